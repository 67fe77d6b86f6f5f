"""Deleted contacts and organisations with all that hung on them, kept for a while, to be had back whole.

What hangs on a row is read off the tables' foreign keys, so what later features keep about a contact comes back, too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.models import BinItem, Contact, Organization
from cti_crm.contacts.search_tables import SearchEntry
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Base, Database
from cti_crm.infrastructure.errors import NotFoundError
from cti_crm.infrastructure.repeating import repeat
from cti_crm.infrastructure.row_documents import key_of, plain, pointing_at, typed, typed_row
from cti_crm.infrastructure.upsert import insert_for

KEPT = timedelta(days=30)
SHOWN = 200
_LOOK_AGAIN = timedelta(hours=6)  # for what is to go
_NOT_KEPT = {SearchEntry.__tablename__}  # made anew

Owner = Contact | Organization


class BinItemOut(BaseModel):
    """Something deleted; from `gone_at` on it cannot be had back."""

    id: UUID
    kind: str
    name: str
    deleted_at: datetime
    deleted_by: str
    gone_at: datetime


class BinList(BaseModel):
    """The latest first."""

    items: list[BinItemOut]


async def throw_away(session: AsyncSession, row: Owner, by: str) -> None:
    """Delete a contact or organisation; it stays in the bin for a while."""
    table = Contact.__table__ if isinstance(row, Contact) else Organization.__table__
    document: dict[str, Any] = {"rows": [], "links": []}
    await _collect(session, table, table.c.id == row.id, document, set())
    kind = "contact" if isinstance(row, Contact) else "organization"
    await session.merge(
        BinItem(id=row.id, kind=kind, name=row.name, document=document, deleted_at=now(), deleted_by=by)
    )
    await session.delete(row)


async def _collect(
    session: AsyncSession, table: Any, condition: Any, document: dict[str, Any], seen: set[tuple[str, Any]]
) -> None:
    """Rows of a table, and what hangs on them: what would be deleted with them, and what would lose its link."""
    rows = [
        row
        for row in (await session.execute(select(table).where(condition))).mappings()
        if _key(table, row) not in seen
    ]
    for row in rows:
        seen.add(_key(table, row))
        document["rows"].append({"table": table.name, "values": {name: plain(value) for name, value in row.items()}})
    for column, foreign in pointing_at(table, _NOT_KEPT):
        ids = [row[foreign.column.name] for row in rows]
        if not ids:
            continue
        if foreign.ondelete == "CASCADE":
            await _collect(session, column.table, column.in_(ids), document, seen)
        elif foreign.ondelete == "SET NULL":
            key = key_of(column.table)
            for one in ids:
                found = (await session.execute(select(key).where(column == one))).scalars()
                link = {"table": column.table.name, "column": column.name, "to": plain(one)}
                document["links"].append({**link, "ids": [plain(value) for value in found]})


def _key(table: Any, row: Any) -> tuple[str, Any]:
    return table.name, tuple(row[column.name] for column in table.primary_key)


async def items(session: AsyncSession) -> list[BinItemOut]:
    """What can be had back, the latest first."""
    query = select(BinItem).where(BinItem.deleted_at > now() - KEPT).order_by(BinItem.deleted_at.desc()).limit(SHOWN)
    return [item_out(one) for one in (await session.execute(query)).scalars()]


def item_out(item: BinItem) -> BinItemOut:
    """An item as the API shows it."""
    return BinItemOut(
        id=item.id,
        kind=item.kind,
        name=item.name,
        deleted_at=item.deleted_at,
        deleted_by=item.deleted_by,
        gone_at=item.deleted_at + KEPT,
    )


async def item(session: AsyncSession, item_id: UUID) -> BinItem:
    """One item. Raises NotFoundError: not in the bin, or no more."""
    found = await session.get(BinItem, item_id)
    if found is None or found.deleted_at < now() - KEPT:
        raise NotFoundError("This is not in the bin, or no more.")
    return found


async def take_back(session: AsyncSession, found: BinItem) -> None:
    """Store it again with all that hung on it, as far as that still has its place."""
    for one in found.document["rows"]:
        table = Base.metadata.tables.get(one["table"])
        if table is not None:
            await _insert(session, table, one["values"])
    for one in found.document["links"]:
        table = Base.metadata.tables.get(one["table"])
        if table is None or one["column"] not in table.c:
            continue
        column, key = table.c[one["column"]], key_of(table)
        ids = [typed(key, value) for value in one["ids"]]
        # Who was given to somebody else meanwhile stays theirs.
        await session.execute(
            update(table).where(key.in_(ids), column.is_(None)).values({column: typed(column, one["to"])})
        )
    await session.delete(found)
    await session.flush()


async def _insert(session: AsyncSession, table: Table, document: dict[str, Any]) -> None:
    values = typed_row(table, document)
    for column in table.columns:
        for foreign in column.foreign_keys:
            value = values.get(column.name)
            if value is None:
                continue
            there = select(foreign.column).where(foreign.column == value)
            if (await session.execute(there)).first() is None:
                if not column.nullable:
                    return
                values[column.name] = None
    await session.execute(insert_for(session, table).values(values).on_conflict_do_nothing())


async def empty(database: Database) -> None:
    """Let go what has been in the bin long enough; works until it is cancelled."""

    async def let_go() -> timedelta:
        async with database.transaction() as session:
            await session.execute(delete(BinItem).where(BinItem.deleted_at < now() - KEPT))
        return _LOOK_AGAIN

    await repeat(let_go, waiting_is_told_as="bin_waits_for_database")


def ids_of(found: BinItem, table: str) -> Sequence[UUID]:
    """The ids of the rows of a table that are in an item."""
    return [UUID(one["values"]["id"]) for one in found.document["rows"] if one["table"] == table]
