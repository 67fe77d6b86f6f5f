"""Rows from a table that Asterisk writes: cel_pgsql, cdr_pgsql, cel_sqlite3_custom, cdr_sqlite3_custom."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Column, DateTime, MetaData, Numeric, Select, Table, inspect, make_url, select, table, text
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.types import Float, Integer

from cti_crm.calls.ports import RecordsError
from cti_crm.infrastructure.database import STORE_FAULTS
from cti_crm.pbx.asterisk.records.rows import Values, known_name, moment
from cti_crm.pbx.asterisk.records.tables import PAGE, Place

_SLACK = timedelta(minutes=1)  # rows are written by several threads, so not quite in the order of their times
_ROWID = text("rowid")


class SqlTable:
    """One table, read only. Implements `tables.Table`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._name = place.table or place.kind.name
        self._url = _url(place.source)

    async def pages(self, since: datetime, until: datetime) -> AsyncIterator[list[Values]]:
        """See `tables.Table`."""
        engine = create_async_engine(self._url, hide_parameters=True)
        try:
            async with engine.connect() as connection:
                columns = await self._columns(connection)
                query = await self._query(connection, columns, since - _SLACK, until + _SLACK)
                names = [known_name(column.name) for column in columns]
                async with connection.stream(query) as result:
                    async for page in result.partitions(PAGE):
                        yield [dict(zip(names, row, strict=True)) for row in page]
        except STORE_FAULTS as error:
            raise RecordsError(f"The table {self._name} cannot be read: {str(error).splitlines()[0]}") from None
        finally:
            await engine.dispose()

    async def _columns(self, connection: AsyncConnection) -> list[Column[Any]]:
        schema, _, name = self._name.rpartition(".")
        try:
            found = await connection.run_sync(lambda sync: inspect(sync).get_columns(name, schema=schema or None))
        except NoSuchTableError:
            raise RecordsError(f"There is no table {self._name}.") from None
        columns = Table(
            name, MetaData(), *(Column(one["name"], one["type"]) for one in found), schema=schema or None
        ).columns
        known = {known_name(column.name) for column in columns}
        missing = [one for one in self._place.kind.needed if one not in known]
        if missing:
            raise RecordsError(f"The table {self._name} lacks {', '.join(missing)}.")
        return list(columns)

    async def _query(
        self, connection: AsyncConnection, columns: list[Column[Any]], since: datetime, until: datetime
    ) -> Select[Any]:
        written = self._written_by(columns)
        query = select(*columns)
        if connection.dialect.name == "sqlite":  # its columns have no types to compare by, but its rows an order
            first = await self._first_rowid(connection, written, since)
            last = await self._first_rowid(connection, written, until)
            return (
                query.where(text("rowid >= :first AND rowid < :last")).params(first=first, last=last).order_by(_ROWID)
            )
        order = next((column for column in columns if column.name == "id"), text("ctid"))
        low, high = (self._comparable(written, at) for at in (since, until))
        return query.where(written >= low, written < high).order_by(written, order)

    def _written_by(self, columns: list[Column[Any]]) -> Column[Any]:
        by_name = {known_name(column.name): column for column in columns}
        return next(by_name[name] for name in self._place.kind.written_by if name in by_name)

    def _comparable(self, column: Column[Any], at: datetime) -> object:
        """`at` as the column's type has it. Text is compared as text: year first, as both modules write it."""
        if isinstance(column.type, DateTime):
            return at if column.type.timezone else at.astimezone(self._place.zone).replace(tzinfo=None)
        if isinstance(column.type, Integer | Float | Numeric):
            return at.timestamp()
        return at.astimezone(self._place.zone).strftime("%Y-%m-%d %H:%M:%S")

    async def _first_rowid(self, connection: AsyncConnection, written: Column[Any], at: datetime) -> int:
        """The first row written at or after `at`: rows are only ever added, so halving finds it."""
        source = table(written.table.name)
        ends = (await connection.execute(select(text("min(rowid), max(rowid)")).select_from(source))).one()
        low, high = int(ends[0] or 0), int(ends[1] or -1) + 1
        while low < high:
            middle = (low + high) // 2
            query = select(_ROWID, written).where(text("rowid >= :middle")).order_by(_ROWID).limit(1)
            row = (await connection.execute(query, {"middle": middle})).first()
            time = moment(row[1], self._place.zone) if row is not None else None
            if row is None or (time is not None and time >= at):
                high = middle
            else:
                low = int(row[0]) + 1
        return low


def _url(source: str) -> URL:
    if source.startswith("sqlite:"):
        path = Path(source.removeprefix("sqlite:").removeprefix("//")).absolute()
        query = {"mode": "ro", "uri": "true"}
        return URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query=query)
    return make_url(source).set(drivername="postgresql+asyncpg")
