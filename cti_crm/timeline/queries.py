"""What stands in a timeline: one query for the order of a page, and one for each kind of entry in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, literal, null, or_, select, true, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents.models import Agent
from cti_crm.calls.call import Call
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.notes import repository as notes
from cti_crm.notes.models import Note
from cti_crm.tasks import repository as tasks
from cti_crm.tasks.models import Task
from cti_crm.timeline.schemas import EntryKind, TimelineQuery
from cti_crm.touchpoints import repository as touchpoints
from cti_crm.touchpoints.models import Touchpoint


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `id` is the touchpoint's, note's or task's; `call_id` that of a call."""

    kind: str
    at: datetime
    id: UUID
    call_id: UUID | None


@dataclass(frozen=True, slots=True)
class OwnedCall:
    """A stored call with the owner its touchpoint names."""

    call: Call
    contact: Contact | None
    organization: Organization | None


async def entries(session: AsyncSession, owner: Owner, wanted: TimelineQuery) -> tuple[Sequence[Entry], str | None]:
    """A page of the owner's timeline, newest first. Notes and tasks of a call stand with the call."""
    together = union_all(
        *(_PARTS[kind](owner, wanted) for kind in EntryKind if not wanted.kinds or kind in wanted.kinds)
    ).subquery("timeline")
    query = select(together)
    if wanted.since is not None:
        query = query.where(together.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(together.c.at < wanted.until)
    order = Keyset(together.c.at, together.c.id, descending=True)
    rows = (await session.execute(order.page(query, wanted))).all()
    return cut([Entry(*row) for row in rows], wanted.limit, lambda entry: (entry.at, entry.id))


_no_call = type_coerce(null(), Uuid()).label("call_id")


def _calls(owner: Owner, wanted: TimelineQuery) -> Select[*tuple[Any, ...]]:
    query = (
        select(literal("call").label("kind"), Touchpoint.at.label("at"), Touchpoint.id.label("id"), Touchpoint.call_id)
        .join(CallRow, CallRow.id == Touchpoint.call_id)
        .where(touchpoints.belongs_to(owner))
    )
    if wanted.colleague is not None:
        extensions = select(Agent.extension).where(Agent.user_id == wanted.colleague)
        had_part = select(CallAgentRow.call_id).where(CallAgentRow.extension.in_(extensions))
        query = query.where(CallRow.id.in_(had_part))
    if wanted.q.strip():
        written = select(Note.call_id).where(Note.call_id == CallRow.id, _holds(Note.text, wanted.q)).exists()
        promised = select(Task.call_id).where(Task.call_id == CallRow.id, _holds(Task.text, wanted.q)).exists()
        query = query.where(or_(written, promised))
    return query


def _notes(owner: Owner, wanted: TimelineQuery) -> Select[*tuple[Any, ...]]:
    query = select(literal("note").label("kind"), Note.created_at.label("at"), Note.id.label("id"), _no_call).where(
        notes.belongs_to(owner), Note.call_id.is_(None)
    )
    if wanted.colleague is not None:
        query = query.where(Note.author_id == wanted.colleague)
    return query.where(_holds(Note.text, wanted.q))


def _tasks(owner: Owner, wanted: TimelineQuery) -> Select[*tuple[Any, ...]]:
    query = select(literal("task").label("kind"), Task.created_at.label("at"), Task.id.label("id"), _no_call).where(
        tasks.belongs_to(owner), Task.call_id.is_(None)
    )
    if wanted.colleague is not None:
        query = query.where(or_(Task.created_by == wanted.colleague, Task.assignee_id == wanted.colleague))
    return query.where(_holds(Task.text, wanted.q))


def _holds(column: Any, q: str) -> ColumnElement[bool]:
    """Every word typed; upper and lower case are one, in SQLite only for letters without accents."""
    return and_(true(), *(column.icontains(word, autoescape=True) for word in q.split()))


_PARTS: dict[EntryKind, Callable[[Owner, TimelineQuery], Select[*tuple[Any, ...]]]] = {
    EntryKind.CALL: _calls,
    EntryKind.NOTE: _notes,
    EntryKind.TASK: _tasks,
}


async def calls(session: AsyncSession, call_ids: Sequence[UUID]) -> dict[UUID, OwnedCall]:
    """Stored calls with their owners."""
    query = (
        select(CallRow.document, Contact, Organization)
        .join(Touchpoint, Touchpoint.call_id == CallRow.id)
        .outerjoin(Contact, Contact.id == Touchpoint.contact_id)
        .outerjoin(Organization, Organization.id == Touchpoint.organization_id)
        .where(CallRow.id.in_(call_ids))
    )
    found = [OwnedCall(from_document(row[0]), row[1], row[2]) for row in (await session.execute(query)).all()]
    return {one.call.id: one for one in found}
