"""Turns calls with somebody outside into touchpoints, in the transaction in which the calls are stored."""

from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.views import remote_number
from cti_crm.contacts.matching import COLLEAGUE, Matcher
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import MatchOut
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import after_commit
from cti_crm.touchpoints import repository
from cti_crm.touchpoints.events import TouchpointAssigned, TouchpointChanged
from cti_crm.touchpoints.models import Touchpoint

_AT_ONCE = 20  # calls, each time a turn of the loop: more would keep the pops waiting


class TouchpointRecorder:
    """A call's owner is looked up when it is first seen; later look-ups never change what is known."""

    def __init__(self, plan: NumberPlan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher

    async def record(self, session: AsyncSession, calls: Sequence[Call]) -> None:
        """Write the touchpoints of calls that are stored, each as often as the call changes."""
        outside = {call.id: call for call in calls if call.remote is not None}
        for start in range(0, len(outside), _AT_ONCE):
            await self._record(session, dict(islice(outside.items(), start, start + _AT_ONCE)))

    async def _record(self, session: AsyncSession, calls: dict[UUID, Call]) -> None:
        numbers = {call.id: remote_number(call, self._plan) for call in calls.values()}
        known = await repository.recorded(session, calls)
        late = [one for one, numberless in known.items() if numberless and numbers[one] is not None]
        for call_id, touchpoint in (await repository.by_call(session, late)).items():
            await self._number_told_late(session, touchpoint, calls[call_id])
        wanted = {one: number for one, number in numbers.items() if one not in known}
        if wanted:
            connection = await session.connection()
            matches = await connection.run_sync(self._look_up, set(wanted.values()))
            new = [_touchpoint(calls[one], number, matches[number]) for one, number in wanted.items()]
            await repository.insert(session, new)
            for touchpoint in new:
                announce(session, touchpoint)

    def _look_up(self, connection: Connection, numbers: Iterable[str | None]) -> dict[str | None, MatchOut]:
        return {number: self._matcher.look_up(connection, number) for number in numbers}

    async def touchpoint_of(self, session: AsyncSession, call: Call) -> Touchpoint:
        """The call's touchpoint, made if there is none yet."""
        known = await repository.by_call(session, [call.id])
        return known.get(call.id) or await self._make(session, call)

    async def _make(self, session: AsyncSession, call: Call) -> Touchpoint:
        match, number = await self._match(session, call)
        await repository.insert(session, [_touchpoint(call, number, match)])
        touchpoint = (await repository.by_call(session, [call.id]))[call.id]  # somebody may have been faster
        announce(session, touchpoint)
        return touchpoint

    async def _number_told_late(self, session: AsyncSession, touchpoint: Touchpoint, call: Call) -> None:
        match, number = await self._match(session, call)
        if number is not None:
            touchpoint.remote_number = number
            touchpoint.contact_id = match.contact.id if match.contact else None
            touchpoint.organization_id = match.organization.id if match.organization else None
            touchpoint.match_kind, touchpoint.match_reason = match.kind.value, match.reason.value
            await session.flush()
            announce(session, touchpoint)

    async def _match(self, session: AsyncSession, call: Call) -> tuple[MatchOut, str | None]:
        if call.remote is None:
            return COLLEAGUE, None
        number = remote_number(call, self._plan)
        return await self._matcher.match(session, number), number


def _touchpoint(call: Call, number: str | None, match: MatchOut) -> Touchpoint:
    return Touchpoint(
        id=new_id(),
        medium="call",
        at=call.started_at,
        call_id=call.id,
        remote_number=number,
        contact_id=match.contact.id if match.contact else None,
        organization_id=match.organization.id if match.organization else None,
        match_kind=match.kind.value,
        match_reason=match.reason.value,
    )


def announce(session: AsyncSession, touchpoint: Touchpoint) -> None:
    """Tell, after the commit, of a touchpoint that is new or has another owner."""
    after_commit(session, TouchpointChanged(touchpoint.id, touchpoint.call_id, touchpoint.contact_id))
    if touchpoint.call_id is not None and (touchpoint.contact_id or touchpoint.organization_id):
        owner = TouchpointAssigned(touchpoint.call_id, touchpoint.contact_id, touchpoint.organization_id)
        after_commit(session, owner)
