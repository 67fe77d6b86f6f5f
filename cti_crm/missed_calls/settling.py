"""Brings the stored lines into the form `arranging` says they have."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.ownership import Talk, TalksWith
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import MatchReason
from cti_crm.infrastructure.business_hours import BusinessHours
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import after_commit
from cti_crm.missed_calls import repository
from cti_crm.missed_calls.arranging import Affected, Attempt, Caller, ClosedHow, Closing, Group, Mark, arrange, identity
from cti_crm.missed_calls.events import MissedCallsChanged
from cti_crm.missed_calls.lures import Background, LureReason, Ring, judge
from cti_crm.missed_calls.models import MissedAttempt, MissedLine

_NOT_KNOWN = (MatchReason.UNKNOWN.value, MatchReason.PENDING.value)

TalkedWithCountry = Callable[[AsyncSession, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Rules:
    """How the firm sees to missed calls. `within`: business time until a call back is due."""

    hours: BusinessHours
    within: timedelta
    claim: timedelta
    away: timedelta
    forget: timedelta


class Settler:
    """Reckons lines anew; called within the transaction in which something about their calls changes."""

    def __init__(self, rules: Rules, plan: NumberPlan, talks_with: TalksWith) -> None:
        self._rules = rules
        self._plan = plan
        self._talks_with = talks_with
        self._talked_with: set[str] = set()  # countries; nobody talks less with them later

    async def settle(self, session: AsyncSession, affected: Affected, new: Sequence[MissedAttempt] = ()) -> None:
        """Put the affected callers' attempts, `new` ones among them, into the lines where they belong."""
        lines = {line.id: line for line in await repository.lines_of(session, affected)}
        if not lines and not new:
            return
        attempts = {row.call_id: row for row in [*await repository.attempts_of_lines(session, lines), *new]}
        talks = await self._talks(session, attempts.values())
        groups = arrange([_attempt(row) for row in attempts.values()], talks, _marks(lines.values(), attempts.values()))
        await self._store(session, lines, attempts, groups)

    async def _talks(self, session: AsyncSession, attempts: Collection[MissedAttempt]) -> list[Talk]:
        contact_ids = {row.contact_id for row in attempts if row.contact_id is not None}
        numbers = {row.number for row in attempts if row.number is not None}
        since = min((row.counts_from for row in attempts), default=None)
        return [] if since is None else await self._talks_with(session, contact_ids, numbers, since)

    async def _store(
        self,
        session: AsyncSession,
        lines: dict[UUID, MissedLine],
        attempts: dict[UUID, MissedAttempt],
        groups: Sequence[Group],
    ) -> None:
        left = dict(lines)
        # What stays open keeps the open line, with who claimed it; a conversation may then take over an open line.
        placed: list[tuple[MissedLine, list[MissedAttempt]]] = []
        for group in sorted(groups, key=lambda one: one.closing is not None):
            members = [attempts[one.call_id] for one in group.attempts]
            line = _line_for(group, members, left, lines)
            left.pop(line.id, None)
            await self._describe(session, line, group, members)
            if line.id not in lines:
                session.add(line)
            if line in session.new or session.is_modified(line) or any(row.line_id != line.id for row in members):
                after_commit(session, MissedCallsChanged(line.id))
            placed.append((line, members))
        await session.flush()
        for line, members in placed:
            for row in members:
                row.line_id = line.id
                session.add(row)
        await session.flush()
        for line in left.values():
            if line.closed_how in (ClosedHow.DONE, ClosedHow.EXPIRED):
                line.attempts = 0
            else:
                await session.delete(line)
            after_commit(session, MissedCallsChanged(line.id))
        await session.flush()

    async def _describe(
        self, session: AsyncSession, line: MissedLine, group: Group, rows: Sequence[MissedAttempt]
    ) -> None:
        last = max(rows, key=lambda row: (row.at, row.call_id))
        line.number, line.name = last.number, next((row.name for row in (last, *rows) if row.name), "")
        line.contact_id, line.organization_id = last.contact_id, last.organization_id
        line.match_kind, line.match_reason = last.match_kind, last.match_reason
        line.attempts = len(rows)
        line.first_at, line.last_at = min(row.at for row in rows), last.at
        line.longest_wait = max(row.waited for row in rows)
        line.due_at = self.due(group.caller, min(row.counts_from for row in rows))
        line.lure = " ".join(await self._lure(session, rows))
        if line.snoozed_at is not None and any(row.at > line.snoozed_at for row in rows):
            line.snoozed_until = line.snoozed_at = line.snoozed_by = None
        _close(line, group.closing)

    def due(self, caller: Caller, since: datetime) -> datetime | None:
        """Until when somebody missed since then is to be called back."""
        return None if caller.is_nobody else self._rules.hours.after(since, self._rules.within)

    async def _lure(self, session: AsyncSession, rows: Sequence[MissedAttempt]) -> tuple[LureReason, ...]:
        number = rows[0].number
        origin = self._plan.origin(number) if number else None
        if origin is None:
            return ()
        known = any(row.contact_id or row.organization_id or row.match_reason not in _NOT_KNOWN for row in rows)
        rings = [Ring(row.at, row.called, timedelta(seconds=row.waited)) for row in rows]
        stranger = judge(rings, Background(origin.abroad, origin.costly, known, talked_with_country=False))
        if LureReason.STRANGE_COUNTRY not in stranger or not await self._talked(session, origin.calling_code):
            return stranger
        return judge(rings, Background(origin.abroad, origin.costly, known, talked_with_country=True))

    async def _talked(self, session: AsyncSession, calling_code: str) -> bool:
        if calling_code not in self._talked_with and await repository.talked_with(session, calling_code):
            self._talked_with.add(calling_code)
        return calling_code in self._talked_with


def _attempt(row: MissedAttempt) -> Attempt:
    return Attempt(row.call_id, row.contact_id, row.number, row.counts_from)


def _marks(lines: Collection[MissedLine], attempts: Collection[MissedAttempt]) -> list[Mark]:
    marks = []
    for line in lines:
        if line.closed_at is not None and line.closed_how in (ClosedHow.DONE, ClosedHow.EXPIRED):
            callers = {_attempt(row).caller for row in attempts if row.line_id == line.id}
            marks.append(Mark(line.id, frozenset(callers or {Caller.of(line.contact_id, line.number)}), line.closed_at))
    return marks


def _line_for(
    group: Group, members: Sequence[MissedAttempt], left: dict[UUID, MissedLine], lines: dict[UUID, MissedLine]
) -> MissedLine:
    """The row for a group: the one that is closed (or open) as it is, else one that held its calls, else a new one."""
    if isinstance(group.closing, Mark):
        said = lines[group.closing.line_id]
        # What was said about a line holds for all its calls, whosever they are now.
        return left.get(said.id) or MissedLine(
            id=new_id(),
            closed_at=said.closed_at,
            closed_how=said.closed_how,
            closed_by=said.closed_by,
            reason=said.reason,
            remark=said.remark,
        )
    wanted, held = identity(group.closing), {row.line_id for row in members}
    free = [line for line in left.values() if not _is_mark(line)]
    good = [
        line
        for line in free
        if line.closed_call_id == wanted
        and (line.id in held or Caller.of(line.contact_id, line.number) == group.caller)
    ] or [line for line in free if line.id in held]
    return max(good, key=lambda line: (line.claimed_by is not None, line.id in held), default=MissedLine(id=new_id()))


def _is_mark(line: MissedLine) -> bool:
    return line.closed_how in (ClosedHow.DONE, ClosedHow.EXPIRED)


def _close(line: MissedLine, closing: Closing | None) -> None:
    match closing:
        case Talk():
            line.closed_at, line.closed_how = closing.at, ClosedHow.TALK.value
            line.closed_call_id, line.closed_agent = closing.call_id, closing.agent
            line.closed_by = line.reason = None
        case None:
            line.closed_at = line.closed_how = line.closed_by = line.closed_call_id = line.closed_agent = None
            line.reason = None
