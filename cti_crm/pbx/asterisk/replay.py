"""A recorded AMI stream -> the events the core would have had, without a network."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.stream_file import read_stream

_UNIQUEID = re.compile(r"\r\nUniqueid: (?:[^\r\n]*-)?(\d{9,11})\.\d+\r\n")
_NO_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


def pbx_events_of(path: Path, base: datetime | None = None) -> Iterator[PbxEvent]:
    """The events in the recording, in order. Times are `base` (aware) plus the recording's seconds.

    Without `base` the first Uniqueid that holds a time says when the recording was made; else it is 2026-01-01 UTC.

    Raises:
        OSError: the file cannot be read.
        StreamFileError: a line of it is not a record.
    """
    start = base or recorded_at(path)
    interpreter = Interpreter()
    for record in read_stream(path):
        at = start + timedelta(seconds=record.t)
        if record.mark == "disconnected":
            yield from interpreter.disconnected(at, "the recording says so")
        elif record.raw:
            yield from interpreter.feed(record.raw, at)
    yield from interpreter.finish()


def recorded_at(path: Path) -> datetime:
    """When second 0 of a recording was, good to a second, told by the first Uniqueid of the form `epoch.n`."""
    for record in read_stream(path):
        found = _UNIQUEID.search(record.raw)
        if found is not None:
            return datetime.fromtimestamp(int(found[1]), UTC) - timedelta(seconds=record.t)
    return _NO_CLOCK
