"""Calls once they talk: hold, transfers, parking. And how calls begin."""

from typing import Self

from cti_crm.pbx.simulator.asking import Asking
from cti_crm.pbx.simulator.dialling import CallOverError, Dialling
from cti_crm.pbx.simulator.events import bridge_fields, channel_fields
from cti_crm.pbx.simulator.model import Bridge, Channel, ChannelState, ParkedChannel
from cti_crm.pbx.simulator.switch import Switch


class Call(Dialling):
    """One call, driven step by step; see `Dialling` for ringing, answering and hanging up."""

    def __init__(self, switch: Switch, exten: str) -> None:
        super().__init__(switch, exten)
        self.parked: ParkedChannel | None = None
        self.consultation: Call | None = None
        self.asking: Asking | None = None
        self._holds: Channel | None = None  # who pressed hold

    @classmethod
    def from_outside(cls, switch: Switch, number: str, name: str, did: str) -> Self:
        """A call reaches the trunk. `number` "" withholds it; it and `name` go into the stream as they are."""
        call = cls(switch, switch.office.extension(did))
        call.caller = switch.new_channel(
            call,
            switch.office.trunk,
            ChannelState.RING,
            number=number or "anonymous",
            name=name or ("" if number else "Anonymous"),
            context="from-trunk",
            exten=did,
        )
        call.caller.context, call.caller.exten = "office", call.exten
        return call

    @classmethod
    def from_phone(cls, switch: Switch, extension: str, number: str) -> Self:
        """A phone of ours dials a colleague, a queue, or an outside number. Raises ValueError: no such phone."""
        phone = switch.office.device(extension)
        if phone is None:
            raise ValueError(f"no phone {extension}")
        call = cls(switch, number)
        call.caller = switch.new_channel(
            call, phone.interface, ChannelState.RING, number=extension, name=phone.name, exten=number
        )
        if switch.office.is_outside(number):
            call.caller.context = "outside"
        return call

    @classmethod
    def from_channel(cls, switch: Switch, caller: Channel, exten: str) -> Self:
        """A channel that is up already goes on to dial `exten` (click-to-dial). It then belongs to this call."""
        call = cls(switch, exten)
        call.caller = caller
        caller.owner = call
        return call

    # -- hold

    @property
    def held(self) -> bool:
        """Whether one of the two hears music."""
        return self._holds is not None or self.asking is not None

    async def hold(self, who: str) -> None:
        """`who` presses hold; the other one hears music."""
        channel, other = self._pair(who)
        if self._holds is not None:
            raise CallOverError("on hold already")
        self._hold(channel, other)
        self._switch.settle()

    async def resume(self, who: str) -> None:
        """`who` takes the other one back; a consultation of theirs ends."""
        channel, other = self._pair(who)
        if self._holds is not channel:
            raise CallOverError(f"{who} does not hold")
        if self.consultation is not None:
            consultation, self.consultation = self.consultation, None
            if not consultation.over:
                await consultation.hang_up("caller")
        self._unhold(channel, other)
        self._switch.settle()

    def put_on_hold(self, channel: Channel) -> None:
        """A channel's person holds by the PBX's feature; nothing happens if somebody holds already."""
        other = channel.bridge.other(channel) if channel.bridge else None
        if other is not None and self._holds is None:
            channel.context = "cti-hold"
            self._hold(channel, other)
            self._switch.settle()

    def take_back(self, channel: Channel) -> None:
        """The end of `put_on_hold`."""
        other = channel.bridge.other(channel) if channel.bridge else None
        if other is not None and self._holds is channel:
            channel.context = "office"
            self._unhold(channel, other)
            self._switch.settle()

    def _hold(self, channel: Channel, other: Channel) -> None:
        self._holds = channel
        other.on_hold = True
        self._switch.tell("Hold", channel, ("MusicClass", "default"))
        self._switch.music(other, plays=True)

    def _unhold(self, channel: Channel, other: Channel) -> None:
        """Unhold; a REFER sends it even where nothing was held."""
        self._switch.tell("Unhold", channel)
        if self._holds is not None:
            self._switch.music(other, plays=False)
            other.on_hold = False
            self._holds = None

    def _pair(self, who: str) -> tuple[Channel, Channel]:
        channel = self.channel(who)
        other = channel.bridge.other(channel) if channel.bridge else None
        if other is None:
            raise CallOverError(f"{who} talks to nobody")
        return channel, other

    # -- transfers

    async def blind_transfer(self, who: str, to: str) -> None:
        """`who` sends the other one to `to` by REFER; the phones there (or the queue) ring at once."""
        self.hand_over(self.channel(who), to)

    def hand_over(self, channel: Channel, to: str) -> None:
        """The same, by the channel."""
        channel, other = self._pair(self._name(channel))
        before = self._transfer_fields(channel, other)
        self._unhold(channel, other)
        self.agent_completes("transfer")
        other.exten, other.priority = to, 1
        other.context = "outside" if self._switch.office.is_outside(to) else "office"
        self._part_for_transfer(channel, other, before, to)
        self.caller, self._exten = other, to
        self.legs, self.talking = {}, None
        self._ring()

    def _transfer_fields(self, channel: Channel, other: Channel) -> list[tuple[str, str]]:
        bridge = _bridge(channel)
        return channel_fields(channel, "Transferer") + channel_fields(other, "Transferee") + bridge_fields(bridge)

    def _part_for_transfer(self, channel: Channel, other: Channel, fields: list[tuple[str, str]], to: str) -> None:
        switch, bridge = self._switch, _bridge(channel)
        bridge.technology = "simple_bridge"
        switch.leave(other)
        switch.say(
            "BlindTransfer",
            (("Result", "Success"),),
            fields,
            (("IsExternal", "Yes"), ("Context", "office"), ("Extension", to)),
        )
        switch.leave(channel)
        switch.destroy(bridge)
        switch.hangup(channel)
        switch.settle()

    async def consult(self, who: str, to: str) -> "Call":
        """`who` holds and calls `to` from a second line; the call returned rings there."""
        channel, other = self._pair(who)
        if self._holds is None:
            self._hold(channel, other)
            self._switch.settle()
        self.consultation = Call.from_phone(self._switch, channel.peer, to)
        await self.consultation.ring()
        return self.consultation

    def ask(self, channel: Channel, to: str) -> Asking:
        """The PBX holds the other side for `channel` and calls `to`."""
        channel, other = self._pair(self._name(channel))
        self.asking = Asking(self._switch, self, channel, other, _bridge(channel))
        self.asking.ring(to)
        return self.asking

    def goes_on(self, one: Channel, other: Channel) -> None:
        """These two have the call now, whoever had it before."""
        one.owner = other.owner = self
        self.caller, self.legs, self.talking = one, {other.peer: other}, other.peer
        self.asking = None

    async def complete_transfer(self, who: str) -> None:
        """`who`, talking to both, joins them by REFER with Replaces.

        Raises CallOverError: nobody answered the second call.
        """
        switch = self._switch
        consultation, self.consultation = self.consultation, None
        first, customer = self._pair(who)
        if consultation is None or consultation.over:
            raise CallOverError(f"{who} consults nobody")
        second, target = consultation._pair("caller")
        bridge, kept = _bridge(first), _bridge(second)
        story = [
            ("Result", "Success"),
            *channel_fields(first, "OrigTransferer"),
            *bridge_fields(bridge, "Orig"),
            *channel_fields(second, "SecondTransferer"),
            *bridge_fields(kept, "Second"),
            *channel_fields(customer, "Transferee"),
            *channel_fields(target, "TransferTarget"),
            ("IsExternal", "No"),
            ("DestType", "Bridge"),
            ("DestBridgeUniqueid", kept.id),
        ]
        switch.tell("Unhold", first)
        switch.tell("Unhold", second)
        switch.music(customer, plays=False)
        customer.on_hold, self._holds = False, None
        self.agent_completes("transfer")
        switch.leave(customer)
        switch.leave(second)
        switch.enter(kept, customer, swap=second)
        switch.soft_hangup(second, cause=1)
        switch.say("AttendedTransfer", story)
        bridge.technology = "simple_bridge"
        switch.leave(first)
        target.linkedid = customer.linkedid  # the older call's, without an event of its own
        switch.set_connected(target, customer.number, customer.caller_name)
        switch.destroy(bridge)
        switch.set_connected(customer, target.number, target.caller_name)
        switch.hangup(first)
        switch.soft_hangup(second)
        switch.hangup(second)
        target.owner = self
        name = consultation.exten if consultation.talking is None else consultation.talking
        self.caller, self.legs, self.talking = customer, {name: target}, name
        consultation.ended.set()
        switch.settle()

    async def attended_transfer(self, who: str, to: str) -> None:
        """`who` holds, calls `to`, who answers at once, and hands over."""
        consultation = await self.consult(who, to)
        await consultation.answer()
        await self.complete_transfer(who)

    # -- parking

    async def park(self, who: str) -> str:
        """`who` parks the other one by a transfer to the parking extension; the slot is returned.

        Raises CallOverError: no free slot.
        """
        switch = self._switch
        channel, other = self._pair(who)
        if len(switch.model.parked) >= len(switch.office.parking_slots):
            raise CallOverError("no free parking slot")
        before = self._transfer_fields(channel, other)
        self._unhold(channel, other)
        self.agent_completes("transfer")
        self._part_for_transfer(channel, other, before, switch.office.parking_extension)
        self.caller = other
        self.legs, self.talking = {}, None
        other.application, other.data = "Park", ""
        self.parked = switch.park(other, channel.device)
        switch.settle()
        return self.parked.slot

    def park_at_once(self, channel: Channel) -> str:
        """The other side of `channel` is parked by the PBX (AMI's Park); the slot is returned. Raises CallOverError."""
        switch = self._switch
        channel, other = self._pair(self._name(channel))
        if len(switch.model.parked) >= len(switch.office.parking_slots):
            raise CallOverError("no free parking slot")
        bridge = _bridge(channel)
        self._unhold(channel, other)
        self.agent_completes("transfer")
        switch.leave(other)
        self.caller = other
        self.legs, self.talking = {}, None
        other.application, other.data = "Park", ""
        self.parked = switch.park(other, channel.device)
        switch.leave(channel)
        switch.destroy(bridge)
        switch.leave_dialplan(channel)
        switch.hangup(channel)
        switch.settle()
        return self.parked.slot

    async def retrieve(self, who: str) -> None:
        """`who` fetches the parked caller by dialling the slot. Raises ValueError: no such phone."""
        switch, parked = self._switch, self.parked
        phone = switch.office.device(who)
        if phone is None:
            raise ValueError(f"no phone {who}")
        if self.over or parked is None:
            raise CallOverError("nobody is parked")
        channel = switch.new_channel(
            self, phone.interface, ChannelState.RING, number=who, name=phone.name, exten=parked.slot
        )
        switch.set_state(channel, ChannelState.UP)
        switch.settle()
        self.retrieve_to(channel)

    def retrieve_to(self, channel: Channel) -> None:
        """The parked caller comes to a channel that is up. Raises CallOverError: nobody is parked."""
        switch, parked, who = self._switch, self.parked, channel.peer
        if self.over or parked is None:
            raise CallOverError("nobody is parked")
        channel.owner = self
        channel.application, channel.data = "ParkedCall", f"default,{parked.slot}"
        bridge = switch.new_bridge()
        switch.music(self.caller, plays=False)
        switch.parking_event("UnParkedCall", parked, channel)
        self._unpark()
        switch.enter(bridge, self.caller)
        channel.linkedid = self.caller.linkedid  # without an event of its own
        switch.enter(bridge, channel)
        switch.set_connected(channel, self.caller.number, self.caller.caller_name)
        switch.set_connected(self.caller, channel.number, channel.caller_name)
        bridge.technology = "native_rtp"
        self.legs, self.talking = {who: channel}, who
        switch.settle()

    def _unpark(self) -> None:
        if self.parked is not None:
            del self._switch.model.parked[self.parked.slot]
            self._switch.leave(self.caller)
            self.parked = None

    # -- pickup

    def pick_up(self, channel: Channel, who: str) -> None:
        """A channel that is up takes the call that rings at `who`. Raises CallOverError: it does not ring there."""
        switch, target = self._switch, self.channel(who)
        self._be_ringing(target)
        switch.say("Pickup", channel_fields(channel), channel_fields(target, "Target"))
        channel.owner, channel.application, channel.data = self, "AppDial", "(Outgoing Line)"
        losers, self.legs = list(self.legs.values()), {channel.peer: channel}
        switch.soft_hangup(target)
        switch.dial_end(self.caller, channel, "ANSWER")
        for loser in losers:
            if loser is not target:
                switch.dial_end(self.caller, loser, "CANCEL")
        if self.entry is not None:
            switch.music(self.caller, plays=False)
            switch.leave_queue(self.entry)
            self.entry = None
        if self.caller.state is not ChannelState.UP:
            switch.set_state(self.caller, ChannelState.UP)
        for loser in losers:
            switch.hangup(loser, 26)
        switch.talk(channel, self.caller)
        channel.linkedid = self.caller.linkedid  # without an event of its own
        self.talking = channel.peer
        switch.settle()

    # -- the end

    def _hang_up(self, channel: Channel, *, pressed: bool) -> None:
        if self.asking is not None and not self.over:
            self.asking.hang_up(channel, pressed=pressed)
        else:
            super()._hang_up(channel, pressed=pressed)

    def _part(self, first: Channel, *, pressed: bool) -> None:
        consultation, self.consultation = self.consultation, None
        if self._holds is not None and first.bridge is not None:
            other = first.bridge.other(self._holds)
            if other is not None:
                self._switch.music(other, plays=False)
        super()._part(first, pressed=pressed)
        if consultation is not None and not consultation.over:
            consultation.clear(consultation.caller)

    def _give_up(self, *, pressed: bool) -> None:
        if self.parked is not None:
            self._switch.music(self.caller, plays=False)
            self._switch.parking_event("ParkedCallGiveUp", self.parked)
            self._unpark()
        super()._give_up(pressed=pressed)


def _bridge(channel: Channel) -> Bridge:
    if channel.bridge is None:
        raise CallOverError(f"{channel.peer} talks to nobody")
    return channel.bridge
