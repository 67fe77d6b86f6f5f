"""What a signed-in person may do with a call that goes on: with their own part in it only, and each wish once.

Nothing here says that something was done, only that the PBX took the wish: what became of it, the call's events tell.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from cti_crm.calls.call import Call, Leg, LegKind, LegState
from cti_crm.calls.call_events import CallAbsorbed, CallEnded, CallEvent
from cti_crm.calls.consultation import consulted
from cti_crm.calls.control_schemas import AbilityOut, PbxOut
from cti_crm.calls.identity import leg_id_for
from cti_crm.calls.live import LiveCalls
from cti_crm.calls.pbx_events import LegMuted, PbxEvent
from cti_crm.calls.ports import Ability, CallControl, ControlError, DialRequest, Lack, Refusal
from cti_crm.calls.schemas import DialOut
from cti_crm.calls.service import DialPlan, OwnDevice
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.errors import ConflictError, CtiCrmError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.http.principal import Principal

log = structlog.get_logger(__name__)

# A second click within this time is the same wish.
_SAME_WISH = timedelta(seconds=8)
_TAKEN_BACK_SECONDS = 3.0
_ABILITIES_KEPT = timedelta(seconds=60)
_STATUS = {Refusal.SILENT: 503, Refusal.UNKNOWN_NUMBER: 422}


class ControlFailedError(CtiCrmError):
    """The telephone system did not do it."""

    status = 409

    def __init__(self, error: ControlError) -> None:
        super().__init__(str(error))
        self.code = f"control_{error.refusal}"
        self.status = _STATUS.get(error.refusal, 409)


class NotNowError(ConflictError):
    """This cannot be done with the call as it stands."""

    def __init__(self, code: str, message: str) -> None:
        """`code`: what the page has words for."""
        super().__init__(message)
        self.code = f"control_{code}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A person's part in a call that goes on."""

    call: Call
    leg: Leg
    control: CallControl

    @property
    def asked(self) -> Leg | None:
        return consulted(self.call, self.leg)


@dataclass(frozen=True, slots=True)
class _Wish:
    deed: str
    target: str
    at: datetime
    out: DialOut | None = None


class CallControlService:
    """Hold, mute, hand over, park and the like."""

    def __init__(
        self,
        controls: Mapping[str, CallControl],
        live: LiveCalls,
        bus: EventBus,
        plan: DialPlan,
        devices_of: Callable[[UUID], Sequence[OwnDevice]],
        tell: Callable[[str, PbxEvent], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        """`controls`: by name of the PBX. `tell(pbx, event)`: what only we know of a leg goes to the PBX's tracker."""
        self._controls = controls
        self._live = live
        self._plan = plan
        self._devices_of = devices_of
        self._tell = tell
        self._spawn = spawn
        self._locks: dict[UUID, asyncio.Lock] = {}  # by call
        self._wishes: dict[tuple[UUID, UUID], _Wish] = {}  # by call and user: the last one
        self._joining: dict[UUID, str] = {}  # call -> leg of who asks, where the third is to be let in at once
        self._watching: dict[UUID, list[asyncio.Event]] = {}
        self._lacks: dict[str, tuple[datetime, Mapping[Ability, Lack]]] = {}
        bus.subscribe(CallEvent, self._follow)

    # -- the agent's own talk --------------------------------------------------------------------------------------

    async def hang_up(self, principal: Principal, call_id: UUID) -> None:
        """End the user's own part in a call, whatever it is."""
        call, legs = self._own_legs(principal, call_id)
        async with self._alone(call_id):
            for leg in legs:
                await self._controls[call.pbx].hang_up(leg.id)

    async def hold(self, principal: Principal, call_id: UUID) -> None:
        """Let the other side hear music. Nothing to do if it does."""
        async with self._part(principal, call_id) as part:
            if part.leg.state is not LegState.HELD:
                await part.control.hold(part.leg.id)

    async def resume(self, principal: Principal, call_id: UUID) -> None:
        """Take the other side back. Nothing to do if nobody waits."""
        async with self._part(principal, call_id) as part:
            if part.asked is not None:
                raise NotNowError("asking", "You are asking somebody: go back from there.")
            if part.leg.state is LegState.HELD:
                await part.control.resume(part.leg.id)

    async def mute(self, principal: Principal, call_id: UUID, *, on: bool) -> None:
        """Let the others hear the user or not."""
        async with self._part(principal, call_id) as part:
            if part.leg.muted is not on:
                await part.control.mute(part.leg.id, on=on)
                self._tell(part.call.pbx, LegMuted(now(), part.leg.id, on))

    async def send_digits(self, principal: Principal, call_id: UUID, digits: str) -> None:
        """Play keys to the other side."""
        async with self._part(principal, call_id) as part:
            await part.control.send_digits(part.leg.id, digits)

    # -- handing over ----------------------------------------------------------------------------------------------

    async def transfer(self, principal: Principal, call_id: UUID, to: str) -> None:
        """Send the other side to somebody else, without asking."""
        number = self._plan.dialable(to)
        async with self._alone(call_id):
            if self._again(principal, call_id, "transfer", number) is not None:
                return
            part = self._talking(principal, call_id)
            if part.asked is not None:
                raise NotNowError("asking", "You are asking somebody: hand over to them, or go back first.")
            await part.control.transfer(part.leg.id, number)
            self._done(principal, call_id, "transfer", number)

    async def consult(self, principal: Principal, call_id: UUID, to: str, *, join: bool = False) -> None:
        """Ask somebody while the other side hears music; with `join` all three talk as soon as they answer."""
        number = self._plan.by_keys(self._plan.dialable(to))
        deed = "conference" if join else "consult"
        async with self._alone(call_id):
            if self._again(principal, call_id, deed, number) is not None:
                return
            part = self._talking(principal, call_id)
            if part.asked is not None:
                raise NotNowError("asking", "You are asking somebody already.")
            if part.leg.state is LegState.HELD:
                await self._take_back(part)
            if join:
                self._joining[call_id] = part.leg.id
            try:
                await part.control.consult(part.leg.id, number)
            except ControlError:
                self._joining.pop(call_id, None)
                raise
            self._done(principal, call_id, deed, number)

    async def complete(self, principal: Principal, call_id: UUID) -> None:
        """Hand over to who is asked, also while their phone still rings."""
        async with self._part(principal, call_id) as part:
            self._asking(part)
            self._joining.pop(call_id, None)
            await part.control.hang_up(part.leg.id)

    async def go_back(self, principal: Principal, call_id: UUID) -> None:
        """Ask no longer: back to the other side."""
        async with self._part(principal, call_id) as part:
            self._asking(part)
            self._joining.pop(call_id, None)
            self._wishes.pop((call_id, principal.user_id), None)
            await part.control.end_consultation(part.leg.id)

    async def join(self, principal: Principal, call_id: UUID) -> None:
        """Let who is asked talk with the other side too; if their phone still rings, as soon as they answer."""
        async with self._part(principal, call_id) as part:
            asked = self._asking(part)
            if asked.state is LegState.CONNECTED:
                await part.control.join_consultation(part.leg.id)
            else:
                self._joining[call_id] = part.leg.id

    # -- waiting and ringing calls ---------------------------------------------------------------------------------

    async def park(self, principal: Principal, call_id: UUID) -> None:
        """Let the other side wait in a slot, to be fetched from any phone."""
        async with self._alone(call_id):
            if self._again(principal, call_id, "park", "") is not None:
                return
            part = self._talking(principal, call_id)
            if part.asked is not None:
                raise NotNowError("asking", "You are asking somebody: go back first.")
            await part.control.park(part.leg.id)
            self._done(principal, call_id, "park", "")

    async def retrieve(self, principal: Principal, call_id: UUID) -> DialOut:
        """Fetch a parked call: the user's phone rings, and has it when it answers."""
        call = self._going_on(call_id)
        slot = next((one.slot for one in reversed(call.parked) if one.until is None), None)
        if slot is None:
            raise NotNowError("not_parked", "This call is not parked any more.")
        return await self._fetch(principal, call, slot)

    async def pick_up(self, principal: Principal, call_id: UUID, extension: str | None) -> DialOut:
        """Take a call that rings at a colleague: the user's phone rings, and has it when it answers."""
        call = self._going_on(call_id)
        mine = {(one.pbx, one.device) for one in self._devices_of(principal.user_id)}
        ringing = [leg for leg in call.legs if leg.kind is LegKind.DEVICE and leg.state is LegState.ALERTING]
        if any((call.pbx, leg.device) in mine for leg in ringing):
            raise NotNowError("own_phone_rings", "It rings on your own phone: answer it there.")
        at = [leg.party.extension for leg in ringing if extension in (None, leg.party.extension)]
        if not at or not at[0]:
            raise NotNowError("not_ringing", "This call does not ring there any more.")
        return await self._fetch(principal, call, at[0])

    async def _fetch(self, principal: Principal, call: Call, where: str) -> DialOut:
        own = next((one for one in self._devices_of(principal.user_id) if one.pbx == call.pbx), None)
        if own is None:
            raise InvalidInputError("You have no phone at that telephone system.")
        async with self._alone(call.id):
            again = self._again(principal, call.id, "fetch", where)
            if again is not None and again.out is not None:
                return again.out
            new_call = new_id()
            out = DialOut(call_id=new_call, number=where, device=own.device)
            shown = re.sub(r"[^0-9+]", "", (call.remote and call.remote.number) or "")[:40]
            await self._controls[call.pbx].originate(
                DialRequest(leg_id_for(new_call), own.device, where, shown or where, takes_over=True)
            )
            self._done(principal, call.id, "fetch", where, out)
            return out

    # -- what can be done ------------------------------------------------------------------------------------------

    async def pbxs(self) -> list[PbxOut]:
        """Every PBX with what it can do; asked anew after a minute."""
        return [await self._abilities(name) for name in self._controls]

    async def _abilities(self, pbx: str) -> PbxOut:
        asked_at, lacks = self._lacks.get(pbx, (None, {}))
        if asked_at is None or now() - asked_at > _ABILITIES_KEPT:
            lacks = await self._controls[pbx].lacks()
            self._lacks[pbx] = (now(), lacks)
        return PbxOut(
            name=pbx,
            abilities=[
                AbilityOut(ability=one, lack=lacks[one].kind, name=lacks[one].name)
                if one in lacks
                else AbilityOut(ability=one)
                for one in Ability
            ],
        )

    # -- following calls -------------------------------------------------------------------------------------------

    def _follow(self, event: CallEvent) -> None:
        call_id = event.call.id
        for watcher in self._watching.get(call_id, ()):
            watcher.set()
        if isinstance(event, CallEnded | CallAbsorbed):
            self._joining.pop(call_id, None)
            self._locks.pop(call_id, None)
            for key in [key for key in self._wishes if key[0] == call_id]:
                del self._wishes[key]
        elif call_id in self._joining:
            self._join_if_answered(event.call)

    def _join_if_answered(self, call: Call) -> None:
        leg = next((one for one in call.legs if one.id == self._joining[call.id]), None)
        if leg is None or leg.state is LegState.CLEARED:
            del self._joining[call.id]
            return
        asked = consulted(call, leg)
        if asked is not None and asked.state is LegState.CONNECTED:
            del self._joining[call.id]
            self._spawn(self._join_now(call, leg.id))

    async def _join_now(self, call: Call, leg_id: str) -> None:
        try:
            await self._controls[call.pbx].join_consultation(leg_id)
        except ControlError as error:
            log.warning("conference_not_joined", call=str(call.id), reason=str(error))

    async def _take_back(self, part: _Part) -> None:
        """The keys of a consultation would be taken for the key that ends the hold: so that comes first."""
        watcher = asyncio.Event()
        watchers = self._watching.setdefault(part.call.id, [])
        watchers.append(watcher)
        try:
            await part.control.resume(part.leg.id)
            async with asyncio.timeout(_TAKEN_BACK_SECONDS):
                while self._is_held(part):
                    watcher.clear()
                    await watcher.wait()
        except TimeoutError:
            raise ControlError("The other side could not be taken back from hold.") from None
        finally:
            watchers.remove(watcher)
            if not watchers:
                del self._watching[part.call.id]

    def _is_held(self, part: _Part) -> bool:
        call = self._live.get(part.call.id)
        return call is not None and any(leg.id == part.leg.id and leg.state is LegState.HELD for leg in call.legs)

    # -- whose call it is ------------------------------------------------------------------------------------------

    def _going_on(self, call_id: UUID) -> Call:
        call = self._live.get(call_id)
        if call is None:
            raise NotFoundError("The call is over.")
        return call

    def _own_legs(self, principal: Principal, call_id: UUID) -> tuple[Call, list[Leg]]:
        call = self._going_on(call_id)
        mine = {(one.pbx, one.device) for one in self._devices_of(principal.user_id)}
        legs = [leg for leg in call.legs if leg.ended_at is None and (call.pbx, leg.device) in mine]
        if not legs:
            raise NotNowError("no_part", "You have no part in this call.")
        return call, legs

    def _talking(self, principal: Principal, call_id: UUID) -> _Part:
        call, legs = self._own_legs(principal, call_id)
        talking = [leg for leg in legs if leg.state in (LegState.CONNECTED, LegState.HELD)]
        if not talking:
            raise NotNowError("not_talking", "You are not talking yet.")
        if _is_only_asked(call, talking[0]):
            raise NotNowError("being_asked", "A colleague asks you: this call is not yours yet.")
        return _Part(call, talking[0], self._controls[call.pbx])

    @staticmethod
    def _asking(part: _Part) -> Leg:
        if part.asked is None:
            raise NotNowError("asking_nobody", "You are asking nobody.")
        return part.asked

    @asynccontextmanager
    async def _part(self, principal: Principal, call_id: UUID) -> AsyncIterator[_Part]:
        async with self._alone(call_id):
            yield self._talking(principal, call_id)

    @asynccontextmanager
    async def _alone(self, call_id: UUID) -> AsyncIterator[None]:
        """One wish after the other for each call; what the PBX refuses is told."""
        async with self._locks.setdefault(call_id, asyncio.Lock()):
            try:
                yield
            except ControlError as error:
                raise ControlFailedError(error) from error

    def _again(self, principal: Principal, call_id: UUID, deed: str, target: str) -> _Wish | None:
        wish = self._wishes.get((call_id, principal.user_id))
        if wish is not None and (wish.deed, wish.target) == (deed, target) and now() - wish.at < _SAME_WISH:
            return wish
        return None

    def _done(self, principal: Principal, call_id: UUID, deed: str, target: str, out: DialOut | None = None) -> None:
        self._wishes[call_id, principal.user_id] = _Wish(deed, target, now(), out)


def _is_only_asked(call: Call, own: Leg) -> bool:
    """Whether a colleague keeps the customer waiting to ask this person: who is on the line then is the colleague."""
    extension = own.party.extension
    if any(talk.agent == extension and talk.until is None for talk in call.talk):
        return False
    return any(hold.until is None and hold.by != extension and hold.since <= own.started_at for hold in call.holds)
