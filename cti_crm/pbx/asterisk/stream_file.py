"""Recorded AMI streams (`*.ami.jsonl`, compressed `*.ami.jsonl.gz`): read and write.

One JSON object a line: `{"t": seconds since the start, "raw": packet}`, answers too, with its line ends; bytes
that are not UTF-8 stand as lone surrogates. `{"t": ..., "mark": "disconnected"}` and `"connected"` stand where the
connection broke.
"""

import gzip
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from cti_crm.pbx.asterisk.packet import EOL

Mark = Literal["connected", "disconnected"]

_SECRET_HEADERS = frozenset({"secret", "key", "password", "md5secret"})


class StreamFileError(ValueError):
    """A recording cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One line of a recording: a packet (`raw`, with its line ends) or a mark. `t` is seconds since the start."""

    t: float
    raw: str = ""
    mark: Mark | None = None


def read_stream(path: Path, mentioning: Collection[str] = ()) -> Iterator[StreamRecord]:
    """Read a recording line by line; empty lines are skipped, and with `mentioning` those that hold none of these.

    Raises:
        OSError: the file cannot be read.
        StreamFileError: a line is not a record.
    """
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        lines = enumerate(file, start=1)
        while True:
            try:
                number, line = next(lines)
            except (StopIteration, EOFError):  # a compressed file is not complete while it is written
                return
            except (gzip.BadGzipFile, zlib.error) as error:
                raise StreamFileError(f"{path}: not a recording, for it is not compressed as its name says") from error
            except UnicodeDecodeError as error:
                raise StreamFileError(f"{path}: not a recording, for it is not UTF-8") from error
            if line.strip() and (not mentioning or any(one in line for one in mentioning)):
                yield _record(path, number, line)


def _record(path: Path, number: int, line: str) -> StreamRecord:
    try:
        match json.loads(line):
            case {"t": int() | float() as t, "raw": str() as raw}:
                return StreamRecord(float(t), raw=raw)
            case {"t": int() | float() as t, "mark": ("connected" | "disconnected") as mark}:
                return StreamRecord(float(t), mark=mark)
    except json.JSONDecodeError as error:
        raise StreamFileError(f"{path}, line {number}: not JSON ({error.msg})") from error
    raise StreamFileError(f'{path}, line {number}: needs "t" and either "raw" or "mark"')


def as_line(t: float, raw: str, mark: Mark | None) -> str | None:
    """A record as it stands in the file, without any secret; None for a sign-in, which is left out altogether."""
    if mark is not None:
        return f'{{"t": {round(t, 4)!r}, "mark": "{mark}"}}\n'
    if raw.startswith(("Action: Login", "Action: Challenge")):
        return None
    return f'{{"t": {round(t, 4)!r}, "raw": {json.dumps(_without_secrets(raw))}}}\n'


class StreamWriter:
    """Writes a recording; each line reaches the file at once. Never writes a secret. A context manager."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def write(self, record: StreamRecord) -> None:
        """Add a line. A sign-in is left out altogether. Raises OSError."""
        line = as_line(record.t, record.raw, record.mark)
        if line is not None:
            self._file.write(line)

    def close(self) -> None:
        """Close the file; more than once does no harm."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _without_secrets(raw: str) -> str:
    lower = raw.lower()
    if not ("secret" in lower or "key" in lower or "password" in lower):
        return raw
    lines = raw.split(EOL)
    return EOL.join(line for line in lines if line.partition(":")[0].strip().lower() not in _SECRET_HEADERS)
