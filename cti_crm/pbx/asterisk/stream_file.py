"""Recorded AMI streams (`*.ami.jsonl`): read and write.

One JSON object a line: `{"t": seconds since the start, "raw": packet}`, answers too, with its line ends; bytes
that are not UTF-8 stand as lone surrogates. `{"t": ..., "mark": "disconnected"}` and `"connected"` stand where the
connection broke.
"""

import json
from collections.abc import Iterator
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


def read_stream(path: Path) -> Iterator[StreamRecord]:
    """Read a recording line by line; empty lines are skipped.

    Raises:
        OSError: the file cannot be read.
        StreamFileError: a line is not a record.
    """
    with path.open(encoding="utf-8") as file:
        lines = enumerate(file, start=1)
        while True:
            try:
                number, line = next(lines)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise StreamFileError(f"{path}: not a recording, for it is not UTF-8") from error
            if line.strip():
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


class StreamWriter:
    """Writes a recording; each line reaches the file at once. Never writes a secret. A context manager."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def write(self, record: StreamRecord) -> None:
        """Add a line. A sign-in is left out altogether. Raises OSError."""
        line: dict[str, float | str] = {"t": round(record.t, 4)}
        if record.mark is not None:
            line["mark"] = record.mark
        elif record.raw.startswith(("Action: Login", "Action: Challenge")):
            return
        else:
            line["raw"] = _without_secrets(record.raw)
        self._file.write(json.dumps(line) + "\n")

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
    lines = raw.split(EOL)
    return EOL.join(line for line in lines if line.partition(":")[0].strip().lower() not in _SECRET_HEADERS)
