"""Who sees to which missed caller: claim, done, put off, open again."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.service import flush
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.http.pagination import Page
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.missed_calls import repository
from cti_crm.missed_calls.arranging import Affected, Caller, ClosedHow
from cti_crm.missed_calls.events import MissedCallsChanged
from cti_crm.missed_calls.models import MissedAttempt, MissedLine
from cti_crm.missed_calls.repository import LineView, Try
from cti_crm.missed_calls.schemas import Claim, Done, MissedCallOut, MissedCallQuery, MissedCounts, Snooze
from cti_crm.missed_calls.settling import Rules, Settler
from cti_crm.missed_calls.views import line_out


class ClaimedError(ConflictError):
    """A colleague sees to this caller already."""

    code = "claimed"


class ClosedLineError(ConflictError):
    """This caller does not wait any more: somebody talked with them, or it is done."""

    code = "closed"


class MissedCallService:
    """The list is everybody's: who takes calls may see to any line, but not to one that somebody else claimed."""

    def __init__(self, rules: Rules, plan: NumberPlan, settler: Settler, clock: Callable[[], datetime] = now) -> None:
        self._rules = rules
        self._plan = plan
        self._settler = settler
        self._clock = clock

    async def page(self, session: AsyncSession, principal: Principal, query: MissedCallQuery) -> Page[MissedCallOut]:
        """Lines in the order wished for."""
        piece = self._plan.piece(query.q)
        views, following = await repository.page(session, query, principal.user_id, piece=piece)
        return Page[MissedCallOut](items=await self._out(session, views), next_cursor=following)

    async def get(self, session: AsyncSession, line_id: UUID) -> MissedCallOut:
        """One line. Raises NotFoundError."""
        found = await self.several(session, [line_id])
        if not found:
            raise NotFoundError("There is no such line of missed calls, or no more.")
        return found[0]

    async def several(self, session: AsyncSession, line_ids: Collection[UUID]) -> list[MissedCallOut]:
        """Several lines; those that are gone are left out."""
        return await self._out(session, await repository.views(session, line_ids))

    async def counts(self, session: AsyncSession) -> MissedCounts:
        """How many callers wait."""
        found = await repository.counts(session)
        return MissedCounts(
            unclaimed=found.get(None, 0), claimed={user: count for user, count in found.items() if user is not None}
        )

    async def claim(self, session: AsyncSession, principal: Principal, line_id: UUID, body: Claim) -> MissedCallOut:
        """I see to this caller; said again, I get more time. Raises NotFoundError, ClosedLineError, ClaimedError."""
        line = await self._line(session, line_id)
        if line.closed_at is not None:
            raise ClosedLineError
        if line.claimed_by not in (None, principal.user_id, body.instead_of):
            raise ClaimedError
        moment = self._clock()
        if line.claimed_by != principal.user_id:
            line.claimed_at = moment
        line.claimed_by, line.claimed_until = principal.user_id, moment + self._rules.claim
        return await self._told(session, line)

    async def release(self, session: AsyncSession, principal: Principal, line_id: UUID) -> MissedCallOut:
        """I do not see to this caller after all. Raises NotFoundError, ClaimedError: it is not mine to release."""
        line = await self._free(session, principal, line_id)
        line.claimed_by = line.claimed_at = line.claimed_until = None
        return await self._told(session, line)

    async def done(self, session: AsyncSession, principal: Principal, line_id: UUID, body: Done) -> MissedCallOut:
        """Nothing is left. Raises NotFoundError, ClaimedError, ClosedLineError; ConflictError: they called again."""
        line = await self._free(session, principal, line_id)
        if line.closed_at is not None:
            raise ClosedLineError
        if line.version != body.version:
            raise ConflictError
        line.closed_at, line.closed_how = self._clock(), ClosedHow.DONE.value
        line.closed_by = principal.user_id
        line.reason, line.remark = body.reason and body.reason.value, body.remark
        return await self._told(session, line)

    async def snooze(self, session: AsyncSession, principal: Principal, line_id: UUID, body: Snooze) -> MissedCallOut:
        """Put it off. Raises NotFoundError, ClaimedError, ClosedLineError, InvalidInputError: that time has gone by."""
        line = await self._free(session, principal, line_id)
        if line.closed_at is not None:
            raise ClosedLineError
        moment = self._clock()
        if body.until is not None and body.until <= moment:
            raise InvalidInputError(fields=[FieldError("until", "Choose a time that is still to come.")])
        line.snoozed_until = body.until
        line.snoozed_at = moment if body.until is not None else None
        line.snoozed_by = principal.user_id if body.until is not None else None
        return await self._told(session, line)

    async def reopen(self, session: AsyncSession, principal: Principal, line_id: UUID) -> MissedCallOut:
        """They wait after all. Only a conversation after this, or after the word that is taken back, closes it again.

        If the caller has an open line meanwhile, both become one, which is returned. Raises NotFoundError.
        """
        line = await self._line(session, line_id)
        if line.closed_at is None:
            return await self.get(session, line_id)
        rows = await repository.attempts_of_lines(session, [line.id])
        if line.closed_how != ClosedHow.DONE:
            for row in rows:
                row.counts_from = self._clock()
        if line.claimed_by != principal.user_id:
            line.claimed_by = line.claimed_at = line.claimed_until = None
        line.closed_at = line.closed_how = line.closed_by = line.closed_call_id = line.closed_agent = None
        line.reason, line.remark = None, ""
        await flush(session)
        after_commit(session, MissedCallsChanged(line.id))
        affected = Affected(line_ids={line.id})
        for row in rows:
            affected.add(Caller.of(row.contact_id, row.number), row.number, row.counts_from)
        call_id = rows[0].call_id
        await self._settler.settle(session, affected)
        return await self.get(session, (await repository.attempts(session, [call_id]))[call_id].line_id)

    async def _line(self, session: AsyncSession, line_id: UUID) -> MissedLine:
        line = await repository.line(session, line_id)
        if line is None or line.attempts == 0:
            raise NotFoundError("There is no such line of missed calls, or no more.")
        return line

    async def _free(self, session: AsyncSession, principal: Principal, line_id: UUID) -> MissedLine:
        """A line to which nobody else sees."""
        line = await self._line(session, line_id)
        if line.closed_at is None and line.claimed_by not in (None, principal.user_id):
            raise ClaimedError
        return line

    async def _told(self, session: AsyncSession, line: MissedLine) -> MissedCallOut:
        await flush(session)
        after_commit(session, MissedCallsChanged(line.id))
        return await self.get(session, line.id)

    async def _out(self, session: AsyncSession, views: Sequence[LineView]) -> list[MissedCallOut]:
        attempts: dict[UUID, list[MissedAttempt]] = {}
        for row in await repository.attempts_of_lines(session, [view.line.id for view in views]):
            attempts.setdefault(row.line_id, []).append(row)
        open_views = [view for view in views if view.line.closed_at is None]
        numbers = {row.number for view in open_views for row in attempts.get(view.line.id, ()) if row.number}
        since = min((view.line.first_at for view in open_views), default=None)
        tries = [] if since is None else await repository.tries(session, numbers, since)
        items = []
        for view in views:
            rows = attempts.get(view.line.id, [])
            ours = _tries_for(view, {row.number for row in rows}, tries)
            items.append(line_out(view, rows, ours, self._plan))
        return items


def _tries_for(view: LineView, numbers: set[str | None], tries: Sequence[Try]) -> list[Try]:
    if view.line.closed_at is not None:
        return []
    return [one for one in tries if one.number in numbers and one.at >= view.line.first_at]
