"""The files of the flight recorder: written in turns, so that old ones make room, and read.

A file is a recording as any other (`*.ami.jsonl.gz`, see `stream_file`); its name tells the PBX and when it began.
"""

import contextlib
import gzip
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from cti_crm.infrastructure import clock
from cti_crm.pbx.asterisk.packet import AmiPacket
from cti_crm.pbx.asterisk.pseudonyms import Pseudonyms
from cti_crm.pbx.asterisk.stream_file import StreamRecord, as_line, read_stream

_SUFFIX = ".ami.jsonl.gz"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_FILES = 12  # about so many at a time


@dataclass(frozen=True, slots=True)
class RecorderLimits:
    """At most `hours` are kept, and `max_bytes` of files; `pause` seconds after a fault the disk is tried again."""

    hours: float = 24.0
    max_bytes: int = 500_000_000
    pause: float = 60.0


@dataclass(frozen=True, slots=True)
class Written:
    """What became of some records.

    dropped: how many of these, or of those before, are lost. rotated: a file began amid a connection. fault: why
    nothing can be written now. signed_in: what a later file of the same connection has to begin with.
    """

    dropped: int
    rotated: bool
    fault: str | None
    signed_in: str


class FlightFiles:
    """Writes what one PBX says, `t` in seconds since 1970. A fault of the disk is told, not raised."""

    def __init__(self, folder: Path, pbx: str, limits: RecorderLimits, *, mask: bool, signed_in: str = "") -> None:
        self._folder = folder
        self._pbx = pbx
        self._limits = limits
        self._mask = mask
        self._signed_in = signed_in
        self._awaits_sign_in = False
        self._pseudonyms: Pseudonyms | None = None
        self._file: TextIO | None = None
        self._path = folder
        self._began = 0.0
        self._lines: list[str] = []
        self._dropped = 0
        self._rotated = False
        self._fault: str | None = None
        self._retry_at = 0.0

    def write(self, records: Iterable[StreamRecord]) -> Written:
        """Write records, so that a reader finds them."""
        self._dropped, self._rotated = 0, False
        for record in records:
            self._note_sign_in(record)
            if self._fault is not None and record.t < self._retry_at:
                self._dropped += 1
                continue
            try:
                if self._file is None or record.t - self._began > self._limits.hours * 3600 / _FILES:
                    self._open(record)
                self._add(record)
            except OSError as error:
                self._dropped += 1
                self._fail(error)
        try:
            self._flush()
        except OSError as error:
            self._fail(error)
        return Written(self._dropped, self._rotated, self._fault, self._signed_in)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The last file is whole."""
        self._abandon()

    def _add(self, record: StreamRecord) -> None:
        raw = record.raw
        if raw and self._pseudonyms is not None:
            raw = self._pseudonyms.packet(raw)
        line = as_line(record.t - self._began, raw, record.mark)
        if line is not None:
            self._lines.append(line)

    def _note_sign_in(self, record: StreamRecord) -> None:
        """The first answer of a connection tells what is ours: each file begins with it."""
        if record.mark == "connected":
            self._awaits_sign_in = True
        elif self._awaits_sign_in and record.raw.startswith("Response:"):
            self._awaits_sign_in = False
            self._signed_in = f"Response: Success\r\nActionID: {AmiPacket(record.raw).action_id}\r\n\r\n"

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
            self._add(StreamRecord(record.t, self._signed_in))
            self._rotated = True
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
        """What is noted reaches the file; if that is full now, the next record begins another."""
        if self._file is not None:
            self._file.write("".join(self._lines))
            self._file.flush()
            self._lines.clear()
            self._fault = None
            if self._path.stat().st_size > self._limits.max_bytes / _FILES:
                self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with file:
                file.write("".join(self._lines))
                self._lines.clear()

    def _fail(self, error: OSError) -> None:
        self._fault = error.strerror or str(error)
        self._retry_at = clock.now().timestamp() + self._limits.pause
        self._dropped += len(self._lines)
        self._lines.clear()
        self._abandon()

    def _abandon(self) -> None:
        with contextlib.suppress(OSError):
            self._close()


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
