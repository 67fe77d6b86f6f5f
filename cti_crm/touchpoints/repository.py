"""Queries on touchpoints, wrap-ups and dispositions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.calls.call import Call
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.contacts.models import Contact
from cti_crm.contacts.ownership import CallOwner, Owner, Talk
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.prepared import Writing
from cti_crm.infrastructure.upsert import insert_for
from cti_crm.touchpoints.models import Disposition, RequiredDisposition, Touchpoint, WrapUpRow

_open_to_matching = and_(Touchpoint.contact_id.is_(None), Touchpoint.assigned_by.is_(None))


def belongs_to(owner: Owner) -> ColumnElement[bool]:
    """Touchpoints of the contact; for an organisation also those of its people. Nobody's: none."""
    if owner.contact_id is not None:
        return Touchpoint.contact_id == owner.contact_id
    if owner.organization_id is None:
        return false()
    people = select(Contact.id).where(Contact.organization_id == owner.organization_id)
    return or_(Touchpoint.organization_id == owner.organization_id, Touchpoint.contact_id.in_(people))


async def by_call(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, Touchpoint]:
    """The touchpoints of calls; those without any are left out."""
    if not call_ids:
        return {}
    found = await session.execute(select(Touchpoint).where(Touchpoint.call_id.in_(call_ids)))
    return {one.call_id: one for one in found.scalars() if one.call_id is not None}


_recorded = select(
    Touchpoint.call_id,
    Touchpoint.contact_id,
    Touchpoint.organization_id,
    Touchpoint.remote_number,
    Touchpoint.match_kind,
    Touchpoint.match_reason,
    and_(Touchpoint.remote_number.is_(None), _open_to_matching),
).where(Touchpoint.call_id.in_(bindparam("calls", expanding=True)))


async def recorded(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, tuple[CallOwner, bool]]:
    """Which of the calls have a touchpoint, with whose they are; true for those without a number that nobody owns."""
    if not call_ids:
        return {}
    connection = await session.connection()
    rows = (await connection.execute(_recorded, {"calls": list(call_ids)})).all()
    return {
        call_id: (CallOwner(Owner(contact_id, organization_id), number, kind, reason), numberless)
        for call_id, contact_id, organization_id, number, kind, reason, numberless in rows
        if call_id is not None
    }


def owner_of(touchpoint: Touchpoint) -> CallOwner:
    """Whose a call is, and why."""
    owner = Owner(touchpoint.contact_id, touchpoint.organization_id)
    return CallOwner(owner, touchpoint.remote_number, touchpoint.match_kind, touchpoint.match_reason)


_COLUMNS = [column.name for column in Touchpoint.__table__.columns]
_insert = Writing(Touchpoint.__table__, _COLUMNS, lambda insert: insert.on_conflict_do_nothing())


async def insert(session: AsyncSession, touchpoints: Sequence[Mapping[str, object]]) -> None:
    """Write new touchpoints; where somebody was faster with a call, theirs stays."""
    await _insert.write(session, [[one[column] for column in _COLUMNS] for one in touchpoints])


async def unowned_numbers(
    session: AsyncSession, e164: Collection[str], trunk_prefixes: Collection[str]
) -> Sequence[str]:
    """Which of the numbers, and of those that begin with a trunk's digits, have calls that no contact owns."""
    these = or_(
        Touchpoint.remote_number.in_(e164),
        *(Touchpoint.remote_number.startswith(prefix, autoescape=True) for prefix in trunk_prefixes),
    )
    query = select(Touchpoint.remote_number).where(_open_to_matching, these).distinct()
    return [number for number in (await session.execute(query)).scalars() if number is not None]


async def give(session: AsyncSession, number: str, owner: Owner) -> Sequence[Touchpoint]:
    """Give a number's calls that nobody owns to `owner`. Returns them."""
    query = select(Touchpoint).where(Touchpoint.remote_number == number, _open_to_matching)
    if owner.contact_id is None:
        query = query.where(Touchpoint.organization_id.is_(None))
    found = (await session.execute(query)).scalars().all()
    for touchpoint in found:
        touchpoint.contact_id = owner.contact_id
        touchpoint.organization_id = owner.organization_id or touchpoint.organization_id
    return found


async def dispositions(session: AsyncSession, retired: bool) -> Sequence[tuple[Disposition, str | None]]:
    """Those that are offered, or `retired` as well, in order; with the name of who changed it last."""
    query = (
        select(Disposition, User.display_name)
        .outerjoin(User, User.id == Disposition.changed_by)
        .order_by(Disposition.position, Disposition.id)
    )
    rows = await session.execute(query if retired else query.where(Disposition.active))
    return [(one, name) for one, name in rows.all()]


async def required_queues(session: AsyncSession) -> set[str]:
    """The queues whose calls need a disposition; "" stands for every call."""
    return set((await session.execute(select(RequiredDisposition.queue))).scalars())


async def require(session: AsyncSession, queues: Collection[str]) -> None:
    """Calls of these queues need a disposition, and no others."""
    await session.execute(delete(RequiredDisposition))
    session.add_all(RequiredDisposition(queue=queue) for queue in queues)
    await session.flush()


async def disposition(session: AsyncSession, disposition_id: UUID) -> Disposition | None:
    """One disposition, offered or not."""
    return await session.get(Disposition, disposition_id)


async def dispositions_of(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, Disposition]:
    """What was chosen for calls; of several agents' choices the last."""
    if not call_ids:
        return {}
    query = (
        select(WrapUpRow.call_id, Disposition)
        .join(Disposition, Disposition.id == WrapUpRow.disposition_id)
        .where(WrapUpRow.call_id.in_(call_ids))
        .order_by(WrapUpRow.done_at)
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def wrap_up(session: AsyncSession, call_id: UUID, user_id: UUID, disposition_id: UUID | None) -> None:
    """Note that a user is done with a call; said again, the last word counts."""
    statement = insert_for(session, WrapUpRow).values(
        id=new_id(), call_id=call_id, user_id=user_id, disposition_id=disposition_id, done_at=now()
    )
    changed = {"disposition_id": statement.excluded["disposition_id"], "done_at": statement.excluded["done_at"]}
    await session.execute(statement.on_conflict_do_update(index_elements=["call_id", "user_id"], set_=changed))


async def wrapped_up(session: AsyncSession, user_id: UUID, call_ids: Collection[UUID]) -> set[UUID]:
    """Which of the calls the user is done with."""
    if not call_ids:
        return set()
    query = select(WrapUpRow.call_id).where(WrapUpRow.user_id == user_id, WrapUpRow.call_id.in_(call_ids))
    return set((await session.execute(query)).scalars())


async def calls_not_wrapped_up(session: AsyncSession, user_id: UUID, extension: str, since: datetime) -> list[Call]:
    """Calls that began after `since`, are over, were talked at the extension, and with which the user is not done."""
    done = select(WrapUpRow.call_id).where(WrapUpRow.user_id == user_id)
    query = (
        select(CallRow.document)
        .join(CallAgentRow, CallAgentRow.call_id == CallRow.id)
        .where(
            CallAgentRow.extension == extension,
            CallRow.started_at >= since,
            CallRow.ended_at.is_not(None),
            CallRow.id.not_in(done),
        )
        .order_by(CallRow.started_at)
    )
    calls = [from_document(document) for document in (await session.execute(query)).scalars()]
    return [call for call in calls if any(talk.agent == extension for talk in call.talk)]


async def owners_of_calls(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, CallOwner]:
    """Whose calls are, and why; an `OwnersOfCalls`."""
    await session.flush()
    return {call_id: owner for call_id, (owner, _) in (await recorded(session, call_ids)).items()}


async def talks_with(
    session: AsyncSession, contact_ids: Collection[UUID], numbers: Collection[str], since: datetime
) -> list[Talk]:
    """The conversations with these contacts or numbers that began after `since`; a `TalksWith`."""
    if not contact_ids and not numbers:
        return []
    query = (
        select(
            CallRow.id,
            Touchpoint.contact_id,
            Touchpoint.remote_number,
            CallRow.answered_at,
            CallRow.document["final_agent"].as_string(),
        )
        .join(CallRow, CallRow.id == Touchpoint.call_id)
        .where(
            or_(Touchpoint.contact_id.in_(contact_ids), Touchpoint.remote_number.in_(numbers)),
            CallRow.answered_at > since,
        )
    )
    return [Talk(*row) for row in (await session.execute(query)).all()]


async def absorb(session: AsyncSession, gone: UUID, into: UUID) -> None:
    """A call turned out to be part of another: its touchpoint goes, what agents said about it stays."""
    already = select(WrapUpRow.user_id).where(WrapUpRow.call_id == into)
    await session.execute(delete(WrapUpRow).where(WrapUpRow.call_id == gone, WrapUpRow.user_id.in_(already)))
    await session.execute(update(WrapUpRow).where(WrapUpRow.call_id == gone).values(call_id=into))
    await session.execute(delete(Touchpoint).where(Touchpoint.call_id == gone))
