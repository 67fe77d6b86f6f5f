"""Keeps the search up to date: in the transaction of a change itself, and for what was stored before it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.search_tables import SearchEntry, SearchSpelling
from cti_crm.contacts.search_words import Document, own_key, spellings, words
from cti_crm.infrastructure.database import STORE_FAULTS, Database
from cti_crm.infrastructure.upsert import insert_for

BATCH = 200  # rows a transaction; more at once would keep others who write waiting
_PAUSE = 0.02  # seconds in which others may write
_RETRY = 30  # seconds, while the database is away
_TOLD = 50  # batches between two lines in the log
_KEYS_AT_ONCE = 400  # two parameters each; SQLite takes 32,766, older ones 999

log = structlog.get_logger(__name__)


def contact_document(contact: Contact) -> Document:
    """What a person is found by."""
    firm = contact.organization.name if contact.organization else ""
    return Document(
        names=[contact.first_name, contact.last_name],
        beside=[firm, contact.email or "", contact.position or ""],
        text=_text(contact),
        digits=[number.digits for number in contact.numbers],
    )


def organization_document(organization: Organization) -> Document:
    """What a firm is found by."""
    return Document(
        names=[organization.name],
        beside=[organization.email or "", organization.website or ""],
        text=_text(organization),
        digits=[number.digits for number in organization.numbers],
    )


def _text(row: Contact | Organization) -> list[str]:
    custom = [str(value) for value in (row.custom or {}).values() if not isinstance(value, bool)]
    return [row.street or "", row.postal_code or "", row.city or "", row.remark or "", *custom]


async def index(session: AsyncSession, rows: Collection[Contact | Organization]) -> None:
    """Make contacts and organisations found by what they are now. They must be flushed."""
    contacts = {row.id: contact_document(row) for row in rows if isinstance(row, Contact)}
    firms = {row.id: organization_document(row) for row in rows if isinstance(row, Organization)}
    await put(session, SearchEntry.contact_id, contacts)
    await put(session, SearchEntry.organization_id, firms)


async def index_contacts(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Make contacts found by what is stored of them."""
    for begin in range(0, len(ids), BATCH):
        query = select(Contact).where(Contact.id.in_(ids[begin : begin + BATCH]))
        found = await session.execute(query.execution_options(populate_existing=True))
        await index(session, found.scalars().unique().all())


async def put(session: AsyncSession, key: Any, documents: dict[UUID, Document]) -> None:
    """Make what `key`, a column of SearchEntry, points to found by these documents."""
    if not documents:
        return
    name = key.key
    stored = await session.execute(select(key, SearchEntry.id).where(key.in_(documents)))
    known: dict[UUID, int] = {row[0]: row[1] for row in stored}
    new = [{name: one, "tokens": document.tokens} for one, document in documents.items() if one not in known]
    changed = [{"id": entry_id, "tokens": documents[one].tokens} for one, entry_id in known.items()]
    if changed:
        await session.execute(update(SearchEntry), changed)
    if new:
        await session.execute(insert(SearchEntry), new)
    await _learn(session, {word for one in documents.values() for word in words(*one.names, *one.beside)})


async def _learn(session: AsyncSession, found: set[str]) -> None:
    """Keep how words may be misspelt that are not known yet."""
    keys = sorted(own_key(word) for word in found)
    for begin in range(0, len(keys), _KEYS_AT_ONCE):
        query = select(SearchSpelling.word).where(SearchSpelling.key.in_(keys[begin : begin + _KEYS_AT_ONCE]))
        found = found - set((await session.execute(query)).scalars())
    # In one order, so that two who learn the same words wait for each other and never in a circle.
    rows = sorted((key, word) for word in found for key in spellings(word))
    if rows:
        statement = insert_for(session, SearchSpelling).on_conflict_do_nothing()
        await session.execute(statement, [{"key": key, "word": word} for key, word in rows])


Missing = Callable[[AsyncSession, UUID | None, int], Awaitable[UUID | None]]
"""Indexes up to so many of the rows behind an id that are not yet; tells the last one's id, None if there was none."""


async def index_missing_contacts(session: AsyncSession, after: UUID | None, limit: int) -> UUID | None:
    """See `Missing`."""
    return await _index_missing(session, Contact, SearchEntry.contact_id, after, limit)


async def index_missing_organizations(session: AsyncSession, after: UUID | None, limit: int) -> UUID | None:
    """See `Missing`."""
    return await _index_missing(session, Organization, SearchEntry.organization_id, after, limit)


async def _index_missing(
    session: AsyncSession, model: type[Any], key: Any, after: UUID | None, limit: int
) -> UUID | None:
    query = select(model).where(missing(model.id, key, after)).order_by(model.id).limit(limit)
    rows: Sequence[Contact | Organization] = (await session.execute(query)).scalars().unique().all()
    await index(session, rows)
    return rows[-1].id if rows else None


def missing(row_id: Any, key: Any, after: UUID | None) -> ColumnElement[bool]:
    """Rows behind `after` that nothing is known of under `key`, a column of SearchEntry."""
    unknown = ~select(key).where(key == row_id).exists()
    return unknown if after is None else and_(row_id > after, unknown)


async def index_what_is_missing(database: Database, sources: Sequence[Missing]) -> None:
    """Index what was stored without it, a little at a time, until nothing is left; may be begun again at any time."""
    for source in sources:
        last: UUID | None = None
        batches = 0
        while True:
            try:
                async with database.transaction() as session:
                    found = await source(session, last, BATCH)
            except STORE_FAULTS as error:
                log.warning("search_index_waits_for_database", error=type(error).__name__)
                await asyncio.sleep(_RETRY)
                continue
            if found is None:
                break
            last = found
            batches += 1
            if batches % _TOLD == 0:
                log.info("search_index_is_being_filled", rows=batches * BATCH)
            await asyncio.sleep(_PAUSE)
        if batches:
            log.info("search_index_filled")
