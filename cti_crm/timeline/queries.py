"""What stands in a timeline: one query for the order of a page, and one for each kind of entry in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, literal, null, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallRow
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.http.pagination import PageQuery
from cti_crm.infrastructure.keyset import Keyset, cut
from cti_crm.notes import repository as notes
from cti_crm.notes.models import Note
from cti_crm.tasks import repository as tasks
from cti_crm.tasks.models import Task
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


async def entries(session: AsyncSession, owner: Owner, page: PageQuery) -> tuple[Sequence[Entry], str | None]:
    """A page of the owner's timeline, newest first. Notes and tasks of a call stand with the call."""
    no_call = type_coerce(null(), Uuid()).label("call_id")
    together = union_all(
        select(literal("call").label("kind"), Touchpoint.at.label("at"), Touchpoint.id.label("id"), Touchpoint.call_id)
        .join(CallRow, CallRow.id == Touchpoint.call_id)
        .where(touchpoints.belongs_to(owner)),
        select(literal("note"), Note.created_at, Note.id, no_call).where(
            notes.belongs_to(owner), Note.call_id.is_(None)
        ),
        select(literal("task"), Task.created_at, Task.id, no_call).where(
            tasks.belongs_to(owner), Task.call_id.is_(None)
        ),
    ).subquery("timeline")
    order = Keyset(together.c.at, together.c.id, descending=True)
    rows = (await session.execute(order.page(select(together), page))).all()
    return cut([Entry(*row) for row in rows], page.limit, lambda entry: (entry.at, entry.id))


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
