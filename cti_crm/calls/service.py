"""Click-to-dial: a signed-in person calls from their own phone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from cti_crm.calls.call import Call, CallOutcome, Direction, Party
from cti_crm.calls.call_events import CallEnded, CallStarted
from cti_crm.calls.identity import leg_id_for
from cti_crm.calls.ingest import DialFinished
from cti_crm.calls.ports import CallControl, ControlError, DialRequest
from cti_crm.calls.schemas import DialCreate, DialOut
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.errors import InvalidInputError, UnavailableError
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.http.principal import Principal

# A second click within this time is the same wish.
_SAME_WISH = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A phone of the user who asks."""

    pbx: str
    device: str
    extension: str


class DialPlan(Protocol):
    """How numbers on a page become digits to dial."""

    def dialable(self, raw: str) -> str:
        """`[0-9*#+]+`. Raises InvalidInputError for what cannot be dialled."""
        ...

    def by_keys(self, dialable: str) -> str:
        """The same as one presses it on a phone, which has no key for +."""
        ...


class DialFailedError(UnavailableError):
    """The telephone system did not take the call. Nothing was dialled."""

    code = "dial_failed"


@dataclass(slots=True)
class _Wish:
    """`started`: a call came of it."""

    out: DialOut
    own: OwnDevice
    principal: Principal
    contact_id: UUID | None
    asked_at: datetime
    started: bool = False


class CallService:
    """Begins calls."""

    def __init__(
        self,
        controls: Mapping[str, CallControl],
        bus: EventBus,
        plan: DialPlan,
        devices_of: Callable[[UUID], Sequence[OwnDevice]],
        assign: Callable[[Principal, UUID, UUID], None],
    ) -> None:
        """`controls`: by name of the PBX. `assign(principal, call_id, contact_id)`: a call was made from a contact's
        page; told when the call is known."""
        self._controls = controls
        self._bus = bus
        self._plan = plan
        self._devices_of = devices_of
        self._assign = assign
        self._wishes: dict[str, _Wish] = {}  # by leg id
        self._locks: dict[UUID, asyncio.Lock] = {}
        bus.subscribe(DialFinished, self._finished)
        bus.subscribe(CallStarted, self._started)

    async def dial(self, principal: Principal, wish: DialCreate) -> DialOut:
        """Ring the user's phone; when it answers the PBX dials the number. Twice clicked is dialled once."""
        number = self._plan.dialable(wish.number)
        own = self._own_device(principal, wish.device)
        async with self._locks.setdefault(principal.user_id, asyncio.Lock()):
            again = self._same_wish(own, number)
            if again is not None:
                return again
            control = self._controls.get(own.pbx)
            if control is None:
                raise DialFailedError(f"The telephone system “{own.pbx}” is not set up here.")
            call_id = new_id()
            leg_id = leg_id_for(call_id)
            out = DialOut(call_id=call_id, number=number, device=own.device)
            self._wishes[leg_id] = _Wish(out, own, principal, wish.contact_id, now())
            try:
                await control.originate(DialRequest(leg_id, own.device, number, number))
            except ControlError as error:
                self._wishes.pop(leg_id, None)
                raise DialFailedError(str(error)) from error
        return out

    def _own_device(self, principal: Principal, device: str | None) -> OwnDevice:
        own = self._devices_of(principal.user_id)
        if not own:
            raise InvalidInputError("You have no phone here. An administrator can give you one.")
        for one in own:
            if device in (None, one.device):
                return one
        raise InvalidInputError("That phone is not one of yours.")

    def _same_wish(self, own: OwnDevice, number: str) -> DialOut | None:
        old = now() - _SAME_WISH
        for leg_id, wish in list(self._wishes.items()):
            if wish.asked_at < old:
                del self._wishes[leg_id]
            elif wish.own == own and wish.out.number == number:
                return wish.out
        return None

    def _started(self, event: CallStarted) -> None:
        wish = self._wishes.get(event.call.linkedid)
        if wish is None:
            return
        wish.started = True
        if wish.contact_id is not None:
            self._assign(wish.principal, event.call.id, wish.contact_id)

    def _finished(self, event: DialFinished) -> None:
        wish = self._wishes.pop(event.leg_id, None)
        if wish is None or event.ok or wish.started:
            return
        # The phone could not even be rung (not registered): the PBX made no leg, so no event tells of this call.
        call = _never_rang(wish)
        self._bus.publish(CallStarted(call))
        self._bus.publish(CallEnded(call))


def _never_rang(wish: _Wish) -> Call:
    own = wish.own
    return Call(
        id=wish.out.call_id,
        pbx=own.pbx,
        linkedid=leg_id_for(wish.out.call_id),
        revision=1,
        direction=Direction.OUTBOUND,
        caller=Party(own.extension, "", own.extension),
        called=Party(wish.out.number),
        started_at=wish.asked_at,
        ended_at=now(),
        outcome=CallOutcome.FAILED,
    )
