"""Queries on missed calls and their lines."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cti_crm.accounts.models import User
from cti_crm.calls.call import Call, Direction
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.contacts.models import Contact, Organization
from cti_crm.contacts.ownership import CallOwner
from cti_crm.contacts.repository import contains_words
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import UtcDateTime
from cti_crm.infrastructure.keyset import Key, Keyset, cut
from cti_crm.missed_calls.arranging import MISSED, Affected
from cti_crm.missed_calls.models import MissedAttempt, MissedLine
from cti_crm.missed_calls.schemas import MissedCallQuery, MissedSort, MissedState

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # sorts lines that are due at no time behind the others
_due = func.coalesce(MissedLine.due_at, literal(_NEVER, UtcDateTime()))
_ORDERS = {
    MissedSort.DUE: Keyset(_due, MissedLine.id.expression),
    MissedSort.LAST: Keyset(MissedLine.last_at.expression, MissedLine.id.expression, descending=True),
    MissedSort.ATTEMPTS: Keyset(MissedLine.attempts.expression, MissedLine.id.expression, descending=True),
    MissedSort.WAITED: Keyset(MissedLine.longest_wait.expression, MissedLine.id.expression, descending=True),
}
_TALKED_WITHIN = timedelta(days=365)

_claimant, _snoozer, _closer = aliased(User), aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with the names that belong to it."""

    line: MissedLine
    contact: Contact | None
    organization: Organization | None
    claimant: str | None
    snoozer: str | None
    closer: str | None


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt of ours to reach a number, which nobody answered."""

    number: str
    at: datetime
    agent: str | None


# -- what settling needs -------------------------------------------------------------------------------------------


async def attempts(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, MissedAttempt]:
    """The missed calls among these."""
    if not call_ids:
        return {}
    found = await session.execute(select(MissedAttempt).where(MissedAttempt.call_id.in_(call_ids)))
    return {row.call_id: row for row in found.scalars()}


async def attempts_of_lines(session: AsyncSession, line_ids: Collection[UUID]) -> Sequence[MissedAttempt]:
    """The missed calls of lines, the newest first."""
    if not line_ids:
        return []
    query = select(MissedAttempt).where(MissedAttempt.line_id.in_(line_ids))
    return (
        (await session.execute(query.order_by(MissedAttempt.at.desc(), MissedAttempt.call_id.desc()))).scalars().all()
    )


async def at_stake(
    session: AsyncSession, call_ids: Collection[UUID], owners: Collection[CallOwner], since: datetime
) -> Set[UUID | str | None]:
    """Of these calls, contacts and numbers those for which there is a line that is open or was closed after `since`.

    Of the calls also those that stand in a line, or closed one.
    """
    asked = {
        "calls": list(call_ids),
        "contacts": list({one.owner.contact_id for one in owners if one.owner.contact_id is not None}),
        "numbers": list({one.number for one in owners if one.number is not None}),
        "since": since,
    }
    connection = await session.connection()
    return {value for row in await connection.execute(_at_stake, asked) for value in row if value is not None}


_these_calls = bindparam("calls", type_=Uuid(), expanding=True)
_lately = or_(MissedLine.closed_at.is_(None), MissedLine.closed_at > bindparam("since", type_=UtcDateTime()))
_no_number = literal(None, String())
_at_stake: Executable = union_all(
    select(MissedAttempt.call_id, _no_number).where(MissedAttempt.call_id.in_(_these_calls)),
    select(MissedLine.closed_call_id, _no_number).where(MissedLine.closed_call_id.in_(_these_calls)),
    select(MissedLine.contact_id, _no_number).where(
        MissedLine.contact_id.in_(bindparam("contacts", expanding=True)), _lately
    ),
    select(literal(None, Uuid()), MissedAttempt.number)
    .join(MissedLine, MissedLine.id == MissedAttempt.line_id)
    .where(MissedAttempt.number.in_(bindparam("numbers", expanding=True)), _lately),
)


async def lines_of(session: AsyncSession, affected: Affected) -> Sequence[MissedLine]:
    """The affected callers' lines that are open, or were closed after something changed."""
    with_number = select(MissedAttempt.line_id).where(MissedAttempt.number.in_(affected.numbers))
    whose: list[ColumnElement[bool]] = []
    if affected.contact_ids:
        whose.append(MissedLine.contact_id.in_(affected.contact_ids))
    if affected.numbers:
        whose.append(MissedLine.id.in_(with_number))
        whose.append(and_(MissedLine.attempts == 0, MissedLine.number.in_(affected.numbers)))
    if affected.nobody:
        whose.append(and_(MissedLine.number.is_(None), MissedLine.contact_id.is_(None)))
    when: ColumnElement[bool] = MissedLine.closed_at.is_(None)
    if affected.since is not None:
        when = or_(when, MissedLine.closed_at > affected.since)
    wanted = and_(or_(false(), *whose), when)
    if affected.talk_ids:
        wanted = or_(wanted, MissedLine.closed_call_id.in_(affected.talk_ids))
    if affected.line_ids:
        wanted = or_(wanted, MissedLine.id.in_(affected.line_ids))
    return (await session.execute(select(MissedLine).where(wanted))).scalars().all()


async def talked_with(session: AsyncSession, calling_code: str) -> bool:
    """Whether anybody here talked with a number that begins with "+225" within the last year."""
    query = (
        select(literal(1))
        .where(
            CallRow.started_at > now() - _TALKED_WITHIN,
            CallRow.remote_number.startswith(calling_code, autoescape=True),
            CallRow.answered_at.is_not(None),
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None


async def open_lines(session: AsyncSession) -> Sequence[MissedLine]:
    """Every line that is open."""
    return (await session.execute(select(MissedLine).where(MissedLine.closed_at.is_(None)))).scalars().all()


async def calls_of_interest(session: AsyncSession, call_ids: Collection[UUID]) -> list[Call]:
    """Of these stored calls those that were missed or had a conversation."""
    if not call_ids:
        return []
    outcomes = [one.value for one in MISSED]
    query = select(CallRow.document).where(
        CallRow.id.in_(call_ids), or_(CallRow.answered_at.is_not(None), CallRow.outcome.in_(outcomes))
    )
    return [from_document(document) for document in (await session.execute(query)).scalars()]


async def missed_but_not_listed(session: AsyncSession, after: tuple[datetime, UUID], limit: int) -> list[Call]:
    """Stored calls behind `after` (beginning, id) that were missed and stand in no line; the oldest first."""
    listed = select(MissedAttempt.call_id).where(MissedAttempt.call_id == CallRow.id)
    query = (
        select(CallRow.document)
        .where(
            CallRow.started_at >= after[0],
            tuple_(CallRow.started_at, CallRow.id)
            > tuple_(literal(after[0], UtcDateTime()), literal(after[1], Uuid())),
            CallRow.direction == Direction.INBOUND.value,
            CallRow.outcome.in_([one.value for one in MISSED]),
            ~listed.exists(),
        )
        .order_by(CallRow.started_at, CallRow.id)
        .limit(limit)
    )
    return [from_document(document) for document in (await session.execute(query)).scalars()]


async def move_closings(session: AsyncSession, gone: UUID, into: UUID) -> None:
    """A call became part of another: what its conversation closed, the other's closed."""
    await session.execute(update(MissedLine).where(MissedLine.closed_call_id == gone).values(closed_call_id=into))


# -- what people read ----------------------------------------------------------------------------------------------


def _select() -> Select[MissedLine, Contact, Organization, str, str, str]:
    return (
        select(
            MissedLine,
            Contact,
            Organization,
            _claimant.display_name,
            _snoozer.display_name,
            _closer.display_name,
        )
        .outerjoin(Contact, Contact.id == MissedLine.contact_id)
        .outerjoin(Organization, Organization.id == MissedLine.organization_id)
        .outerjoin(_claimant, _claimant.id == MissedLine.claimed_by)
        .outerjoin(_snoozer, _snoozer.id == MissedLine.snoozed_by)
        .outerjoin(_closer, _closer.id == MissedLine.closed_by)
    )


async def line(session: AsyncSession, line_id: UUID) -> MissedLine | None:
    """One line."""
    return await session.get(MissedLine, line_id)


async def views(session: AsyncSession, line_ids: Collection[UUID]) -> list[LineView]:
    """Several lines; those that are gone are left out."""
    if not line_ids:
        return []
    query = _select().where(MissedLine.id.in_(line_ids), MissedLine.attempts > 0)
    return [LineView(*row) for row in (await session.execute(query)).all()]


async def page(
    session: AsyncSession, query: MissedCallQuery, user_id: UUID, *, piece: str | None
) -> tuple[Sequence[LineView], str | None]:
    """Lines in the order wished for; `piece`: digits that `query.q` stands for, if any."""
    statement = _select().where(MissedLine.attempts > 0, *_conditions(query, user_id, piece))
    rows = (await session.execute(_ORDERS[query.sort].page(statement, query))).all()
    return cut([LineView(*row) for row in rows], query.limit, lambda view: _key(query.sort, view.line))


def _key(sort: MissedSort, line: MissedLine) -> Key:
    match sort:
        case MissedSort.DUE:
            return line.due_at or _NEVER, line.id
        case MissedSort.LAST:
            return line.last_at, line.id
        case MissedSort.ATTEMPTS:
            return line.attempts, line.id
        case MissedSort.WAITED:
            return line.longest_wait, line.id


def waiting() -> ColumnElement[bool]:
    """Open, and not put off."""
    return and_(
        MissedLine.attempts > 0,
        MissedLine.closed_at.is_(None),
        or_(MissedLine.snoozed_until.is_(None), MissedLine.snoozed_until <= now()),
    )


def _conditions(query: MissedCallQuery, user_id: UUID, piece: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    match query.state:
        case MissedState.OPEN:
            conditions.append(waiting())
        case MissedState.UNCLAIMED:
            conditions += [waiting(), MissedLine.claimed_by.is_(None)]
        case MissedState.MINE:
            conditions += [MissedLine.closed_at.is_(None), MissedLine.claimed_by == user_id]
        case MissedState.SNOOZED:
            conditions += [MissedLine.closed_at.is_(None), MissedLine.snoozed_until > now()]
        case MissedState.DONE:
            conditions.append(MissedLine.closed_at.is_not(None))
        case MissedState.ALL:
            pass
    calls = _calls(query)
    if calls:
        conditions.append(MissedLine.id.in_(select(MissedAttempt.line_id).where(*calls)))
    if query.contact_id is not None:
        conditions.append(MissedLine.contact_id == query.contact_id)
    if query.q.strip():
        names = contains_words(query.q, Contact.search_text, Organization.search_text)
        conditions.append(or_(names, MissedLine.number.contains(piece, autoescape=True)) if piece else names)
    return conditions


def _calls(query: MissedCallQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.since is not None:
        conditions.append(MissedAttempt.at >= query.since)
    if query.until is not None:
        conditions.append(MissedAttempt.at < query.until)
    if query.queue is not None:
        conditions.append(MissedAttempt.queue == query.queue)
    if query.call_id is not None:
        conditions.append(MissedAttempt.call_id == query.call_id)
    if query.extension is not None:
        rang = select(CallAgentRow.call_id).where(CallAgentRow.extension == query.extension)
        conditions.append(MissedAttempt.call_id.in_(rang))
    return conditions


async def counts(session: AsyncSession) -> dict[UUID | None, int]:
    """How many lines wait, by who claimed them; None: nobody."""
    query = select(MissedLine.claimed_by, func.count()).where(waiting()).group_by(MissedLine.claimed_by)
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def tries(session: AsyncSession, numbers: Collection[str], since: datetime) -> list[Try]:
    """Our calls to these numbers since then that nobody answered, the newest first."""
    if not numbers:
        return []
    query = (
        select(CallRow.remote_number, CallRow.started_at, CallRow.document["caller"]["extension"].as_string())
        .where(
            CallRow.remote_number.in_(numbers),
            CallRow.started_at >= since,
            CallRow.direction == Direction.OUTBOUND.value,
            CallRow.ended_at.is_not(None),
            CallRow.answered_at.is_(None),
        )
        .order_by(CallRow.started_at.desc())
    )
    return [Try(*row) for row in (await session.execute(query)).all()]


# -- what the clock does -------------------------------------------------------------------------------------------


async def lapsed(session: AsyncSession, moment: datetime, away: Collection[UUID]) -> Sequence[MissedLine]:
    """Open lines whose claim ran out, or is of somebody who is `away`."""
    over = or_(MissedLine.claimed_until <= moment, MissedLine.claimed_by.in_(away))
    query = select(MissedLine).where(MissedLine.closed_at.is_(None), MissedLine.claimed_by.is_not(None), over)
    return (await session.execute(query)).scalars().all()


async def claimants(session: AsyncSession) -> set[UUID]:
    """Who claimed an open line."""
    query = select(MissedLine.claimed_by).where(MissedLine.closed_at.is_(None), MissedLine.claimed_by.is_not(None))
    return {one for one in (await session.execute(query.distinct())).scalars() if one is not None}


async def snoozed_until(session: AsyncSession, moment: datetime) -> Sequence[MissedLine]:
    """Open lines that were put off until now or earlier."""
    query = select(MissedLine).where(MissedLine.closed_at.is_(None), MissedLine.snoozed_until <= moment)
    return (await session.execute(query)).scalars().all()


async def forgotten(session: AsyncSession, before: datetime) -> Sequence[MissedLine]:
    """Open lines with which nobody did anything, last called or opened again before then."""
    newer = select(MissedAttempt.call_id).where(
        MissedAttempt.line_id == MissedLine.id, MissedAttempt.counts_from >= before
    )
    query = select(MissedLine).where(
        MissedLine.closed_at.is_(None),
        MissedLine.last_at < before,
        ~newer.exists(),
        MissedLine.claimed_by.is_(None),
        or_(MissedLine.snoozed_until.is_(None), MissedLine.snoozed_until < before),
    )
    return (await session.execute(query)).scalars().all()
