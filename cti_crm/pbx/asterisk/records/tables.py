"""Where rows come from: the shape all sources share, and what they raise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from cti_crm.pbx.asterisk.records.rows import Values

PAGE = 100
"""Rows handed over at a time: what a source may hold in memory."""


@dataclass(frozen=True, slots=True)
class Kind:
    """CEL or CDR: the table's usual name, the column by whose time rows were written, and those that must be there."""

    name: str
    written_by: tuple[str, ...]  # the first of these that the table has
    needed: tuple[str, ...]


CEL = Kind("cel", ("time",), ("event", "time", "uniqueid", "linkedid", "channel"))
CDR = Kind("cdr", ("end", "start"), ("start", "channel", "dstchannel", "disposition", "uniqueid"))


class Table(Protocol):
    """The rows of one kind."""

    def pages(self, since: datetime, until: datetime) -> AsyncIterator[list[Values]]:
        """The rows written in a stretch of time, in the order they were written; perhaps a few from around it.

        Raises RecordsError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A source as it is configured. `zone`: of times that are written without one; None for
    this machine's."""

    kind: Kind
    source: str
    table: str | None
    columns: tuple[str, ...] | None
    zone: tzinfo | None
