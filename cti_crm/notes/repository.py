"""Queries on notes. A note comes with its author's name."""

from collections.abc import Collection, Sequence
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.contacts.models import Contact
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.infrastructure.upsert import insert_for
from cti_crm.notes.models import Note
from cti_crm.notes.schemas import NoteQuery

Signed = tuple[Note, str]

for_everybody: ColumnElement[bool] = or_(Note.call_id.is_not(None), Note.finished_at.is_not(None))
"""All notes but drafts outside any call, which are only their authors'."""


def belongs_to(owner: Owner) -> ColumnElement[bool]:
    """Notes of the contact; for an organisation also those of its people. Nobody's: none."""
    if owner.contact_id is not None:
        return and_(Note.contact_id == owner.contact_id, for_everybody)
    if owner.organization_id is None:
        return false()
    people = select(Contact.id).where(Contact.organization_id == owner.organization_id)
    return and_(or_(Note.organization_id == owner.organization_id, Note.contact_id.in_(people)), for_everybody)


async def get(session: AsyncSession, note_id: UUID) -> Signed | None:
    """One note."""
    found = await _signed(session, Note.id == note_id)
    return found[0] if found else None


async def of_call_and_author(session: AsyncSession, call_id: UUID, author_id: UUID) -> Note | None:
    """An author's note on a call."""
    query = select(Note).where(Note.call_id == call_id, Note.author_id == author_id)
    return (await session.execute(query)).scalar_one_or_none()


async def draft_about(session: AsyncSession, owner: Owner, author_id: UUID) -> Note | None:
    """What an author writes about a contact or organisation, outside any call; the oldest, if several."""
    query = select(Note).where(
        Note.author_id == author_id,
        Note.contact_id == owner.contact_id,
        Note.organization_id == owner.organization_id,
        Note.call_id.is_(None),
        Note.finished_at.is_(None),
    )
    return (await session.execute(query.order_by(Note.created_at, Note.id).limit(1))).scalar_one_or_none()


async def of_calls(session: AsyncSession, call_ids: Collection[UUID]) -> Sequence[Signed]:
    """The notes on calls, oldest first."""
    return await _signed(session, Note.call_id.in_(call_ids)) if call_ids else []


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Signed]:
    """Several notes."""
    return await _signed(session, Note.id.in_(ids)) if ids else []


async def _signed(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[Signed]:
    query = select(Note, User.display_name).join(User, User.id == Note.author_id)
    rows = await session.execute(query.where(condition).order_by(Note.created_at, Note.id))
    return [(note, name) for note, name in rows.all()]


async def page(session: AsyncSession, query: NoteQuery) -> tuple[Sequence[Signed], str | None]:
    """Notes, newest first."""
    statement = select(Note, User.display_name).join(User, User.id == Note.author_id).where(for_everybody)
    if query.call_id is not None:
        statement = statement.where(Note.call_id == query.call_id)
    if query.contact_id is not None:
        statement = statement.where(Note.contact_id == query.contact_id)
    if query.organization_id is not None:
        statement = statement.where(belongs_to(Owner(None, query.organization_id)))
    order = Keyset(Note.created_at.expression, Note.id.expression, descending=True)
    rows = [(note, name) for note, name in (await session.execute(order.page(statement, query))).all()]
    return cut(rows, query.limit, lambda row: (row[0].created_at, row[0].id))


async def finish(session: AsyncSession, call_id: UUID, author_id: UUID) -> Note | None:
    """The author is done with the call. Who is typing in it still meets no conflict. Returns what was a draft."""
    found = await of_call_and_author(session, call_id, author_id)
    if found is None or found.finished_at is not None:
        return None
    values = {"finished_at": now(), "updated_at": Note.updated_at}
    await session.execute(update(Note).where(Note.id == found.id).values(values))
    return found


async def insert_draft(session: AsyncSession, author_id: UUID, text: str, owner: Owner, call_id: UUID | None) -> None:
    """An author's new draft; nothing happens if they were faster in another window."""
    moment = now()
    about = owner.contact_id or owner.organization_id
    values = {
        # Of two made at once outside any call the second is refused by the key.
        "id": new_id() if call_id else uuid5(author_id, str(about)),
        "version": 1,
        "text": text,
        "author_id": author_id,
        "call_id": call_id,
        "contact_id": owner.contact_id,
        "organization_id": owner.organization_id,
        "created_at": moment,
        "updated_at": moment,
    }
    await session.execute(insert_for(session, Note).values(values).on_conflict_do_nothing())


async def give_calls_notes(session: AsyncSession, call_id: UUID, owner: Owner) -> None:
    """The notes on a call belong to whoever the call belongs to. Who is writing one meanwhile meets no conflict."""
    await session.execute(
        update(Note)
        .where(Note.call_id == call_id)
        .values(contact_id=owner.contact_id, organization_id=owner.organization_id, updated_at=Note.updated_at)
    )
