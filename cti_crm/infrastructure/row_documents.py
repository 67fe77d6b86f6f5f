"""Rows of any table as documents that JSON can hold, to be had back from them, and which columns point to a table."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, FromClause, Uuid

from cti_crm.infrastructure.database import Base, UtcDateTime


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it."""
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def typed(column: Any, value: Any) -> Any:
    """The value of a column that became `value` by `plain`."""
    if value is None:
        return None
    if isinstance(column.type, Uuid):
        return UUID(value)
    return datetime.fromisoformat(value) if isinstance(column.type, UtcDateTime) else value


def typed_row(table: FromClause, document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns kept in a document, as the table takes them; those it has no more are left out."""
    return {name: typed(table.c[name], value) for name, value in document.items() if name in table.c}


def pointing_at(table: FromClause, apart: Collection[str]) -> Iterator[tuple[Column[Any], ForeignKey]]:
    """Every column of every feature that points to a table, but for those of the tables named in `apart`."""
    for other in Base.metadata.sorted_tables:
        if other.name not in apart:
            for column in other.columns:
                for foreign in column.foreign_keys:
                    if foreign.column.table is table:
                        yield column, foreign


def key_of(table: FromClause) -> Any:
    """The column, or the first of several, that is the primary key."""
    return next(iter(table.primary_key))
