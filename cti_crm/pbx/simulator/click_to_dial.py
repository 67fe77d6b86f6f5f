"""AMI's Originate: our own phone rings first, then the number is dialled. Event orders as recorded on Asterisk 22."""

import asyncio
from dataclasses import dataclass

from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.events import UNKNOWN, channel_fields
from cti_crm.pbx.simulator.model import Channel, ChannelState
from cti_crm.pbx.simulator.switch import Switch

# Reasons in OriginateResponse: the last thing the phone said (include/asterisk/frame.h, AST_CONTROL_*).
REASON_NONE, REASON_HUNG_UP, REASON_RINGING, REASON_ANSWERED, REASON_BUSY = 0, 1, 3, 4, 5


@dataclass(frozen=True, slots=True)
class OriginateRequest:
    """What Originate said. `timeout` in seconds; `channel_id` "" lets the PBX choose."""

    channel: str
    exten: str
    context: str
    action_id: str = ""
    caller_number: str = ""
    caller_name: str = ""
    channel_id: str = ""
    timeout: float = 30.0


class Origination:
    """A click-to-dial until our own phone has answered; then `call` goes on."""

    def __init__(self, switch: Switch, request: OriginateRequest) -> None:
        self.request = request
        self.done = asyncio.Event()
        self.call: Call | None = None
        self._switch = switch
        self._channel: Channel | None = None

    @property
    def extension(self) -> str:
        """Whose phone rings."""
        return self.request.channel.partition("/")[2]

    async def ring(self) -> None:
        """Our own phone rings; an unknown phone fails at once."""
        switch, request = self._switch, self.request
        phone = switch.office.device(self.extension)
        taken = {channel.uniqueid for channel in switch.model.channels.values()}
        if phone is None or phone.interface != request.channel or request.channel_id in taken:
            self._finish(REASON_NONE)
            return
        channel = self._channel = switch.new_channel(
            self,
            phone.interface,
            ChannelState.DOWN,
            number=phone.extension,
            name=phone.name,
            uniqueid=request.channel_id or None,
        )
        if request.caller_number or request.caller_name:
            switch.set_caller_id(channel, request.caller_number, request.caller_name)
            switch.set_connected(channel, request.caller_number, request.caller_name)
        dest = channel_fields(channel, "Dest")
        switch.dial_event("DialBegin", None, dest, ("DialString", phone.extension))
        switch.rings(None, channel)
        switch.settle()

    @property
    def fetches(self) -> bool:
        """Whether it takes over a call that rings or is parked, instead of making one."""
        return self.request.context == self._switch.office.pickup_context

    async def answer(self) -> Call:
        """Our phone is picked up; the call returned has yet to `ring()` the other side, or was fetched and talks.

        Raises CallOverError: the phone does not ring, or there is nothing to fetch any more.
        """
        switch, request = self._switch, self.request
        channel = self._ringing()
        switch.set_state(channel, ChannelState.UP)
        switch.dial_end(None, channel, "ANSWER")
        self._finish(REASON_ANSWERED)
        channel.context, channel.exten = request.context, request.exten
        if self.fetches:
            self.call = self._fetch(channel)
            return self.call
        self.call = Call.from_channel(switch, channel, request.exten)
        switch.settle()
        return self.call

    def _fetch(self, channel: Channel) -> Call:
        """Take the call in that slot, or the one that rings at that extension."""
        switch, wanted = self._switch, self.request.exten
        parked = switch.model.parked.get(wanted)
        if parked is not None and isinstance(parked.channel.owner, Call):
            parked.channel.owner.retrieve_to(channel)
            return parked.channel.owner
        for ringing in switch.model.channels.values():
            owner = ringing.owner
            if ringing.peer == wanted and ringing.state is ChannelState.RINGING and isinstance(owner, Call):
                owner.pick_up(channel, wanted)
                return owner
        switch.soft_hangup(channel)
        switch.hangup(channel)
        switch.settle()
        raise CallOverError("nothing to fetch")

    async def no_answer(self) -> None:
        """The ring time is over."""
        self._fail(REASON_RINGING, 19, "480")

    async def decline(self) -> None:
        """Our phone rejects the call."""
        self._fail(REASON_HUNG_UP, 21, "603")

    async def busy(self) -> None:
        """Our phone is busy."""
        self._fail(REASON_BUSY, 17, "486")

    def clear(self, channel: Channel) -> None:
        """AMI's Hangup while the phone rings."""
        if channel is self._channel and not self.done.is_set():
            self._fail(REASON_HUNG_UP, 16, "")

    def lost(self) -> None:
        """The PBX is gone; nobody is left to be answered."""
        self._channel = None
        self.done.set()

    def _ringing(self) -> Channel:
        if self._channel is None or self.done.is_set():
            raise CallOverError("the phone does not ring")
        return self._channel

    def _fail(self, reason: int, cause: int, tech_cause: str) -> None:
        self._switch.hangup(self._ringing(), cause, tech_cause)
        self._finish(reason)
        self._switch.settle()

    def _finish(self, reason: int) -> None:
        request, channel = self.request, self._channel
        answered = reason == REASON_ANSWERED
        action_id = [("ActionID", request.action_id)] if request.action_id else []
        self._switch.say(
            "OriginateResponse",
            action_id,
            (
                ("Response", "Success" if answered else "Failure"),
                ("Channel", channel.name if answered and channel else request.channel),
                ("Context", request.context),
                ("Exten", request.exten),
                ("Reason", str(reason)),
                ("Uniqueid", channel.uniqueid if answered and channel else UNKNOWN),
                ("CallerIDNum", request.caller_number or UNKNOWN),
                ("CallerIDName", request.caller_name or UNKNOWN),
            ),
        )
        self.done.set()
