"""Rows from a CSV file that Asterisk appends to: found by time, so that only what is asked for is read."""

import asyncio
import csv
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from cti_crm.calls.ports import RecordsError
from cti_crm.pbx.asterisk.records.rows import Values, known_name, moment
from cti_crm.pbx.asterisk.records.tables import CDR, CEL, PAGE, Kind

# asterisk_conf/cel_custom.conf and cdr_custom.conf
_OWN = {
    CEL: "event time cid_num exten context channel application data uniqueid linkedid peer extra",
    CDR: "start answer end duration billsec disposition clid src dst dcontext channel dstchannel lastapp lastdata "
    "uniqueid linkedid sequence",
}
# configs/samples/cel_custom.conf.sample and cdr_custom.conf.sample of Asterisk
_SAMPLE = {
    CEL: "event time cid_name cid_num cid_ani cid_rdnis cid_dnid exten context channel application data amaflags "
    "accountcode uniqueid linkedid peer userfield userdeftype extra",
    CDR: "clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec disposition "
    "amaflags accountcode uniqueid userfield sequence",
}
# cdr/cdr_csv.c: what follows depends on loguniqueid, loguserfield and newcdrcolumns in cdr.conf, [csv].
_CDR_CSV = (
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec "
    "disposition amaflags uniqueid"
)
_CDR_CSV_MORE = {17: "", 18: "userfield", 20: "peeraccount linkedid sequence",
                 21: "userfield peeraccount linkedid sequence"}  # fmt: skip

_NEAR = 64 * 1024  # bytes; nearer than this is read rather than searched
_SLACK = timedelta(minutes=1)  # rows are written by several threads, so not quite in the order of their times
_BEGINNING = re.compile(rb'"[^"]|"",|[^"]')
_LONGEST = 200  # lines; a caller's name may hold line breaks, a row of more is none


class CsvFile:
    """One file, and the one before it (`FILE.1`) if it has been rotated since. Implements `Table`."""

    def __init__(self, path: Path, kind: Kind, columns: tuple[str, ...] | None, zone: tzinfo | None) -> None:
        self._path = path
        self._kind = kind
        self._zone = zone
        self._layouts = _layouts(path, kind, columns)

    async def pages(self, since: datetime, until: datetime) -> AsyncIterator[list[Values]]:
        """See `Table`. The files are read in a thread."""
        rows = self._rows(since - _SLACK, until + _SLACK)
        while page := await asyncio.to_thread(self._page, rows):
            yield page

    def _page(self, rows: Iterator[Values]) -> list[Values]:
        try:
            return list(islice(rows, PAGE))
        except OSError as error:
            raise RecordsError(f"{error.filename or self._path} cannot be read: {error.strerror}.") from None

    def _rows(self, since: datetime, until: datetime) -> Iterator[Values]:
        if not self._path.exists() and self._path.parent.is_dir():
            return  # Asterisk makes the file when it has something to write
        rotated = self._path.with_name(self._path.name + ".1")
        with self._path.open("rb") as file:
            first = self._next_row(file)
            if rotated.exists() and (first is None or first.written > since):
                with rotated.open("rb") as before:
                    yield from self._window(before, since, until)
            yield from self._window(file, since, until)

    def _window(self, file: BinaryIO, since: datetime, until: datetime) -> Iterator[Values]:
        file.seek(self._start(file, since))
        for record in _records(file):
            row = self._parsed(record)
            written = self._written(row) if row is not None else None
            if row is None or written is None or written < since:
                continue
            if written > until:
                return
            yield row

    def _start(self, file: BinaryIO, since: datetime) -> int:
        """Where a row begins before which nothing as young as `since` was written."""
        low, high = 0, file.seek(0, 2)
        while high - low > _NEAR:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline()
            row = self._next_row(file)
            if row is not None and row.offset < high and row.written < since:
                low = row.offset
            else:
                high = middle
        return low

    def _next_row(self, file: BinaryIO) -> "_Found | None":
        """The next row from a place that may be in the middle of one; within quotes a quote is always written twice."""
        for _ in range(2 * _LONGEST):
            offset = file.tell()
            line = file.readline()
            if not line:
                return None
            if not _BEGINNING.match(line):
                continue
            file.seek(offset)
            row = next((self._parsed(record) for record in _records(file)), None)
            written = self._written(row) if row is not None else None
            if written is not None:
                return _Found(offset, written)
            file.seek(offset + len(line))
        return None

    def _parsed(self, record: list[str]) -> Values | None:
        for row in csv.reader(record):
            columns = self._layouts.get(len(row))
            return None if columns is None else dict(zip(columns, row, strict=True))
        return None

    def _written(self, row: Values) -> datetime | None:
        return next(filter(None, (moment(row.get(name), self._zone) for name in self._kind.written_by)), None)


@dataclass(frozen=True, slots=True)
class _Found:
    offset: int
    written: datetime


def _records(file: BinaryIO) -> Iterator[list[str]]:
    """The lines of each row. A last line without an end is still being written and left out."""
    source = (raw.decode("utf-8", "replace") for raw in file if raw.endswith(b"\n"))
    lines: list[str] = []
    again: deque[str] = deque()
    while (line := again.popleft() if again else next(source, None)) is not None:
        lines.append(line)
        if sum(one.count('"') for one in lines) % 2 == 0:
            yield lines
            lines = []
        elif len(lines) > _LONGEST:  # the search began within a row: begin again with the line after
            again.extendleft(reversed(lines[1:]))
            lines = []


def _layouts(path: Path, kind: Kind, columns: tuple[str, ...] | None) -> dict[int, tuple[str, ...]]:
    """What stands where, by how many columns a row has. Raises RecordsError if something needed is in none."""
    if columns is not None:
        names = tuple(known_name(one) for one in columns)
        missing = [one for one in kind.needed if one not in names]
        if missing:
            raise RecordsError(f"records.{kind.name}.columns lacks {', '.join(missing)}.")
        return {len(names): names}
    if kind is CDR and path.parent.name == "cdr-csv":
        return {width: tuple(f"{_CDR_CSV} {more}".split()) for width, more in _CDR_CSV_MORE.items()}
    names = tuple((_SAMPLE if path.name == "Master.csv" else _OWN)[kind].split())
    return {len(names): names}
