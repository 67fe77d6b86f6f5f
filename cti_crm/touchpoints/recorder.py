"""Turns calls with somebody outside into touchpoints, in the transaction in which the calls are stored."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.views import remote_number
from cti_crm.contacts.matching import COLLEAGUE, Matcher
from cti_crm.contacts.ownership import CallOwner, Owner
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import MatchOut
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import after_commit
from cti_crm.touchpoints import repository
from cti_crm.touchpoints.events import TouchpointAssigned, TouchpointChanged
from cti_crm.touchpoints.models import Touchpoint

_AT_ONCE = 50  # calls, each time a turn of the loop: more would keep the pops waiting


class TouchpointRecorder:
    """A call's owner is looked up when it is first seen; later look-ups never change what is known."""

    def __init__(self, plan: NumberPlan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher

    async def record(self, session: AsyncSession, calls: Sequence[Call]) -> dict[UUID, CallOwner]:
        """Write the touchpoints of calls that are stored, each as often as the call changes.

        Returns whose calls are, of those that were recorded before.
        """
        outside = {call.id: call for call in calls if call.remote is not None}
        owners: dict[UUID, CallOwner] = {}
        for start in range(0, len(outside), _AT_ONCE):
            some = dict(islice(outside.items(), start, start + _AT_ONCE))
            owners |= await self._record(session, some)
        return owners

    async def _record(self, session: AsyncSession, calls: dict[UUID, Call]) -> dict[UUID, CallOwner]:
        numbers = {call.id: remote_number(call, self._plan) for call in calls.values()}
        known = await repository.recorded(session, calls)
        owners = {one: owner for one, (owner, _) in known.items()}
        late = [one for one, (_, numberless) in known.items() if numberless and numbers[one] is not None]
        for call_id, touchpoint in (await repository.by_call(session, late)).items():
            await self._number_told_late(session, touchpoint, calls[call_id])
            owners[call_id] = repository.owner_of(touchpoint)
        wanted = {one: number for one, number in numbers.items() if one not in known}
        if wanted:
            connection = await session.connection()
            matches = await connection.run_sync(self._matcher.look_up_many, set(wanted.values()))
            new = [_touchpoint(calls[call_id], number, matches[number]) for call_id, number in wanted.items()]
            await repository.insert(session, new)
            for one in new:
                _tell(session, one["id"], one["call_id"], Owner(one["contact_id"], one["organization_id"]), new=True)
        return owners

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


class _New(TypedDict):
    id: UUID
    medium: str
    at: datetime
    call_id: UUID
    remote_number: str | None
    contact_id: UUID | None
    organization_id: UUID | None
    match_kind: str
    match_reason: str
    assigned_by: None


def _touchpoint(call: Call, number: str | None, match: MatchOut) -> _New:
    return _New(
        id=new_id(),
        medium="call",
        at=call.started_at,
        call_id=call.id,
        remote_number=number,
        contact_id=match.contact.id if match.contact else None,
        organization_id=match.organization.id if match.organization else None,
        match_kind=match.kind.value,
        match_reason=match.reason.value,
        assigned_by=None,
    )


def announce(session: AsyncSession, touchpoint: Touchpoint) -> None:
    """Tell, after the commit, of a touchpoint that is new or has another owner."""
    owner = Owner(touchpoint.contact_id, touchpoint.organization_id)
    _tell(session, touchpoint.id, touchpoint.call_id, owner)


def _tell(session: AsyncSession, touchpoint_id: UUID, call_id: UUID | None, owner: Owner, *, new: bool = False) -> None:
    after_commit(session, TouchpointChanged(touchpoint_id, call_id, owner.contact_id))
    if call_id is not None and (owner.contact_id or owner.organization_id):
        after_commit(session, TouchpointAssigned(call_id, owner.contact_id, owner.organization_id, new))
