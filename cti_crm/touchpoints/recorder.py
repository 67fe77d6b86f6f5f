"""Turns calls with somebody outside into touchpoints, in the transaction in which the calls are stored."""

from collections.abc import Sequence

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


class TouchpointRecorder:
    """A call's owner is looked up when it is first seen; later look-ups never change what is known."""

    def __init__(self, plan: NumberPlan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher

    async def record(self, session: AsyncSession, calls: Sequence[Call]) -> None:
        """Write the touchpoints of calls that are stored, each as often as the call changes."""
        outside = [call for call in calls if call.remote is not None]
        known = await repository.by_call(session, [call.id for call in outside])
        for call in outside:
            touchpoint = known.get(call.id)
            if touchpoint is None:
                await self._make(session, call)
            elif touchpoint.remote_number is None and touchpoint.contact_id is None and not touchpoint.assigned_by:
                await self._number_told_late(session, touchpoint, call)

    async def touchpoint_of(self, session: AsyncSession, call: Call) -> Touchpoint:
        """The call's touchpoint, made if there is none yet."""
        known = await repository.by_call(session, [call.id])
        return known.get(call.id) or await self._make(session, call)

    async def _make(self, session: AsyncSession, call: Call) -> Touchpoint:
        match, number = await self._match(session, call)
        new = Touchpoint(
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
        touchpoint = await repository.insert(session, new)
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


def announce(session: AsyncSession, touchpoint: Touchpoint) -> None:
    """Tell, after the commit, of a touchpoint that is new or has another owner."""
    after_commit(session, TouchpointChanged(touchpoint.id, touchpoint.call_id, touchpoint.contact_id))
    if touchpoint.call_id is not None and (touchpoint.contact_id or touchpoint.organization_id):
        owner = TouchpointAssigned(touchpoint.call_id, touchpoint.contact_id, touchpoint.organization_id)
        after_commit(session, owner)
