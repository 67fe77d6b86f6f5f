"""The last hours of AMI in compressed files that replace each other: written by a thread of their own, and read.

A file is a recording as any other (`*.ami.jsonl.gz`, see `stream_file`); its name tells the PBX and when it began.
"""

import contextlib
import gzip
import json
import queue
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

import structlog

from cti_crm.infrastructure import clock
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.pbx.asterisk.pseudonyms import Pseudonyms
from cti_crm.pbx.asterisk.stream_file import StreamRecord, as_line, read_stream

log = structlog.get_logger(__name__)

EPOCH = datetime.fromtimestamp(0, UTC)

_SUFFIX = ".ami.jsonl.gz"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_WAITING = 50_000  # packets kept while the disk is slow; about 20 MB
_FILES = 12  # about so many at a time
_FLUSH = 1.0


@dataclass(frozen=True, slots=True)
class RecorderLimits:
    """At most `hours` are kept, and `max_bytes` of files; `pause` seconds after a fault the disk is tried again."""

    hours: float = 24.0
    max_bytes: int = 500_000_000
    pause: float = 60.0


class FlightRecorder:
    """Writes what a link hears. `take` is its tap, for absolute times: `link.tap(recorder.take, EPOCH)`.

    A disk that is full or away stops the writing, not the service; it is logged once and tried again later.
    """

    def __init__(
        self,
        folder: Path,
        pbx: str,
        limits: RecorderLimits | None = None,
        *,
        mask: bool = True,
        on_rotate: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_rotate` is called, from the writing thread, when a file begins amid a connection."""
        self.dropped = 0
        self._folder = folder
        self._pbx = pbx
        self._limits = limits or RecorderLimits()
        self._mask = mask
        self._on_rotate = on_rotate
        self._queue: queue.SimpleQueue[StreamRecord | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"recorder-{pbx}", daemon=True)
        self._pseudonyms: Pseudonyms | None = None
        self._file: TextIO | None = None
        self._path = folder
        self._began = 0.0
        self._signed_in = ""
        self._awaits_sign_in = False
        self._failing = False
        self._retry_at = 0.0

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def take(self, record: StreamRecord) -> None:
        """Note a record, `t` in seconds since 1970. Never waits."""
        if self._queue.qsize() >= _WAITING:
            self.dropped += 1
            return
        self._queue.put(record)

    def stop(self) -> None:
        """Write what is noted and close; waits for that."""
        self._queue.put(None)
        self._thread.join()

    # -- in the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        unflushed = False
        while True:
            try:
                record = self._queue.get(timeout=_FLUSH)
            except queue.Empty:
                if unflushed:
                    self._try(self._flush)
                    unflushed = False
                continue
            if record is None:
                break
            self._try(partial(self._write, record))
            unflushed = True
        self._try(self._close)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            if not self._failing:
                log.error(
                    "recorder_stopped", pbx=self._pbx, folder=str(self._folder), error=error.strerror or str(error)
                )
            self._failing = True
            file, self._file = self._file, None
            if file is not None:
                with contextlib.suppress(OSError):
                    file.close()
            self._retry_at = clock.now().timestamp() + self._limits.pause

    def _write(self, record: StreamRecord) -> None:
        self._note_sign_in(record)
        if self._failing and record.t < self._retry_at:
            self.dropped += 1
            return
        if self._file is None or self._is_full(record.t):
            self._open(record)
        if self._mask and record.raw and self._pseudonyms is not None:
            record = StreamRecord(record.t, self._pseudonyms.packet(record.raw))
        self._put(record)
        if self._failing:
            self._failing = False
            log.info("recorder_goes_on", pbx=self._pbx, dropped=self.dropped)

    def _put(self, record: StreamRecord) -> None:
        line = as_line(StreamRecord(record.t - self._began, record.raw, record.mark))
        if line is not None and self._file is not None:
            self._file.write(json.dumps(line) + "\n")

    def _note_sign_in(self, record: StreamRecord) -> None:
        """The first answer of a connection tells what is ours: each file begins with it."""
        if record.mark == "connected":
            self._awaits_sign_in = True
        elif self._awaits_sign_in and record.raw.startswith("Response:"):
            self._awaits_sign_in = False
            self._signed_in = f"Response: Success\r\nActionID: {AmiPacket(record.raw).action_id}\r\n\r\n"

    def _is_full(self, t: float) -> bool:
        if t - self._began > self._limits.hours * 3600 / _FILES:
            return True
        return self._path.stat().st_size > self._limits.max_bytes / _FILES

    def _open(self, record: StreamRecord) -> None:
        self._close()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._mask:
            self._pseudonyms = Pseudonyms.of(self._folder / "pseudonyms.key")
        self._began = record.t
        self._path = self._folder / f"{self._pbx}-{datetime.fromtimestamp(record.t, UTC).strftime(_STAMP)}{_SUFFIX}"
        self._path.touch(mode=0o600)
        self._file = gzip.open(self._path, "wt", encoding="utf-8", compresslevel=6)  # noqa: SIM115  # stays open
        if record.mark != "connected" and self._signed_in:
            self._put(StreamRecord(record.t, self._signed_in))
            self._on_rotate()
        self._prune(record.t)

    def _prune(self, t: float) -> None:
        files = recordings(self._folder, self._pbx)
        sizes = {path: path.stat().st_size for _, path in files}
        room = self._limits.max_bytes * (_FILES - 1) / _FILES
        oldest = datetime.fromtimestamp(t, UTC) - timedelta(hours=self._limits.hours * (_FILES + 1) / _FILES)
        for begin, path in files[:-1]:
            if begin < oldest or sum(sizes.values()) > room:
                path.unlink()
                del sizes[path]

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def recordings(folder: Path, pbx: str) -> list[tuple[datetime, Path]]:
    """The files of a PBX with their beginnings, oldest first. Raises OSError."""
    found = []
    for path in folder.glob(f"{pbx}-*{_SUFFIX}"):
        try:
            begin = datetime.strptime(path.name[len(pbx) + 1 : -len(_SUFFIX)], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # another PBX, whose name begins like this one's
        found.append((begin, path))
    return sorted(found)


def recorded_between(
    folder: Path, pbx: str, since: datetime, until: datetime, mentioning: Collection[str] = ()
) -> Iterator[tuple[datetime, StreamRecord]]:
    """What was recorded, from the last file that began before `since`, until `until`; `mentioning` as in `read_stream`.

    Raises:
        OSError: a file cannot be read.
        StreamFileError: a file is no recording.
    """
    files = recordings(folder, pbx)
    first = max((index for index, (begin, _) in enumerate(files) if begin <= since), default=0)
    for begin, path in files[first:]:
        if begin > until:
            return
        for record in read_stream(path, mentioning):
            at = begin + timedelta(seconds=record.t)
            if at > until:
                return
            yield at, record
