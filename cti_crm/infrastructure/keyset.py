"""Paging by the sort key of the last row seen: stays right and fast however far one pages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Integer, Select, Uuid, literal, tuple_
from sqlalchemy.types import TypeEngine

from cti_crm.infrastructure.database import UtcDateTime
from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.infrastructure.http.pagination import PageQuery, decode_cursor, encode_cursor

R = TypeVar("R")
Ts = TypeVarTuple("Ts")
Key = tuple[str | int | float | datetime | UUID, ...]


class Keyset:
    """An order by columns of which the last is unique and none is null."""

    def __init__(self, *columns: ColumnElement[Any], descending: bool = False) -> None:
        self._columns = columns
        self._descending = descending

    def page(self, query: Select[*Ts], page: PageQuery) -> Select[*Ts]:
        """The query for one page and one row more. Raises InvalidInputError for a cursor that is none of ours."""
        if page.cursor is not None:
            last = self._values(page.cursor)
            query = query.where(self._after(last))
        order = [column.desc() if self._descending else column.asc() for column in self._columns]
        return query.order_by(*order).limit(page.limit + 1)

    def _values(self, cursor: str) -> list[ColumnElement[Any]]:
        values = decode_cursor(cursor, len(self._columns))
        try:
            return [
                literal(_parsed(str(value), column.type), column.type)
                for value, column in zip(values, self._columns, strict=True)
            ]
        except ValueError:
            raise InvalidInputError("The cursor is not valid. Begin again at the first page.") from None

    def _after(self, last: list[ColumnElement[Any]]) -> ColumnElement[bool]:
        here, there = tuple_(*self._columns), tuple_(*last)
        return here < there if self._descending else here > there


def cut(rows: Sequence[R], limit: int, key: Callable[[R], Key]) -> tuple[Sequence[R], str | None]:
    """At most `limit` rows, and the cursor to what follows; `key` gives a row's values of the keyset's columns."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_cursor(*(_text(value) for value in key(rows[limit - 1])))


def _text(value: str | float | datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _parsed(value: str, kind: TypeEngine[Any]) -> str | float | datetime | UUID:
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if isinstance(kind, Integer | Float):
        return int(value) if isinstance(kind, Integer) else float(value)
    return UUID(value) if isinstance(kind, Uuid) else value
