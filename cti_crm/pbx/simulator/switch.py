"""What a PBX can do to channels, bridges and queues: each step changes the model and says so in AMI events."""

import uuid
from collections.abc import Callable, Iterable

from cti_crm.pbx.simulator.clock import Clock
from cti_crm.pbx.simulator.events import (
    CAUSE_WORDS,
    STATUS_NUMBERS,
    Fields,
    bridge_fields,
    channel_fields,
    event,
    member_fields,
    parked_fields,
)
from cti_crm.pbx.simulator.model import (
    Bridge,
    Channel,
    ChannelState,
    Model,
    Owner,
    ParkedChannel,
    QueueEntry,
    QueueState,
)
from cti_crm.pbx.simulator.office import Office

Emit = Callable[[str, bytes], None]
"""Takes an event's class (`call`, `agent`, `system`) and the packet."""


class Switch:
    """The steps. They are small and synchronous, so that whoever asks for a list between two events gets a true one."""

    def __init__(self, office: Office, clock: Clock, emit: Emit) -> None:
        self.clock = clock
        self.emit = emit
        self.model = Model(office, clock.now())
        self._serial = 0
        self._earliest = 0
        self._told = self.model.device_states()

    @property
    def office(self) -> Office:
        """The plan."""
        return self.model.office

    def next_serial(self) -> int:
        """The number behind the next channel's name and Uniqueid."""
        self._serial += 1
        return self._serial - 1

    def say(self, name: str, *groups: Iterable[tuple[str, str]], privilege: str = "call") -> None:
        """Emit an event."""
        self.emit(privilege, event(name, privilege, *groups))

    def tell(self, name: str, channel: Channel, *more: tuple[str, str]) -> None:
        """Emit an event about a channel."""
        self.say(name, channel_fields(channel), more)

    def new_channel(
        self,
        owner: Owner,
        device: str,
        state: ChannelState,
        *,
        number: str = "",
        name: str = "",
        context: str = "office",
        exten: str = "s",
        linkedid: str | None = None,
        uniqueid: str | None = None,
    ) -> Channel:
        """A channel begins: Newchannel."""
        serial = self.next_serial()
        now = self.clock.now()
        uniqueid = uniqueid or f"{max(int(now), self._earliest)}.{serial}"
        channel = Channel(
            name=f"{device}-{serial:08x}",
            uniqueid=uniqueid,
            linkedid=linkedid or uniqueid,
            device=device,
            state=state,
            number=number,
            caller_name=name,
            context=context,
            exten=exten,
            began=now,
            owner=owner,
        )
        self.model.channels[channel.name] = channel
        self.tell("Newchannel", channel)
        return channel

    def set_state(self, channel: Channel, state: ChannelState) -> None:
        """Newstate."""
        channel.state = state
        self.tell("Newstate", channel)

    def set_caller_id(self, channel: Channel, number: str, name: str | None = None) -> None:
        """NewCallerid; the name stays unless one is given."""
        channel.number = number
        if name is not None:
            channel.caller_name = name
        self.tell("NewCallerid", channel, ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)"))

    def set_connected(self, channel: Channel, number: str, name: str) -> None:
        """NewConnectedLine: who is on the other side."""
        channel.connected_number, channel.connected_name = number, name
        self.tell("NewConnectedLine", channel)

    def dial_event(self, name: str, source: Channel | None, target: Fields, *more: tuple[str, str]) -> None:
        """DialBegin, DialState, DialEnd, Agent...: only the Dest half where the PBX itself calls."""
        privilege = "agent" if name.startswith("Agent") else "call"
        self.say(name, channel_fields(source) if source else (), target, more, privilege=privilege)

    def dial_end(self, source: Channel | None, target: Channel, status: str) -> None:
        """DialEnd with `status` as in DIALSTATUS."""
        self.dial_event("DialEnd", source, channel_fields(target, "Dest"), ("DialStatus", status))

    def rings(self, source: Channel | None, target: Channel, *, connected: bool = False) -> None:
        """The phone rings: Newstate 5 and DialState; a queue sends NewConnectedLine between them (`connected`)."""
        self.set_state(target, ChannelState.RINGING)
        if connected:
            self.tell("NewConnectedLine", target)
        self.dial_event("DialState", source, channel_fields(target, "Dest"), ("DialStatus", "RINGING"))

    def hangup_request(self, channel: Channel, cause: int | None = None, tech_cause: str = "") -> None:
        """The phone itself hung up or refused."""
        more = [("Cause", str(cause))] if cause is not None else []
        self.tell("HangupRequest", channel, *more, *_tech(tech_cause))

    def soft_hangup(self, channel: Channel, cause: int = 16, tech_cause: str = "") -> None:
        """The PBX asks the channel's thread to end it."""
        self.tell("SoftHangupRequest", channel, ("Cause", str(cause)), *_tech(tech_cause))

    def leave_dialplan(self, channel: Channel) -> None:
        """SoftHangupRequest after a talk, for a channel that runs the dialplan; one that was dialled gets none."""
        if channel.application != "AppDial":
            self.soft_hangup(channel)

    def hangup(self, channel: Channel, cause: int = 16, tech_cause: str = "") -> None:
        """The channel is gone."""
        del self.model.channels[channel.name]
        words = ("Cause-txt", CAUSE_WORDS.get(cause, "Unknown"))
        self.tell("Hangup", channel, ("Cause", str(cause)), words, *_tech(tech_cause))

    def new_bridge(
        self, kind: str = "basic", technology: str = "simple_bridge", creator: str = "", name: str = ""
    ) -> Bridge:
        """BridgeCreate."""
        bridge = Bridge(str(uuid.uuid4()), kind, technology, creator, name)
        self.model.bridges[bridge.id] = bridge
        self.say("BridgeCreate", bridge_fields(bridge))
        return bridge

    def enter(self, bridge: Bridge, channel: Channel, swap: Channel | None = None) -> None:
        """BridgeEnter, in place of `swap` if given (which has left already)."""
        bridge.channels.append(channel)
        channel.bridge = bridge
        more = [("SwapUniqueid", swap.uniqueid)] if swap else []
        self.say("BridgeEnter", bridge_fields(bridge), channel_fields(channel), more)

    def talk(self, dialled: Channel, caller: Channel) -> None:
        """Both enter a new bridge, the one dialled first; it becomes native_rtp without an event."""
        bridge = self.new_bridge()
        self.enter(bridge, dialled)
        self.enter(bridge, caller)
        bridge.technology = "native_rtp"

    def leave(self, channel: Channel) -> None:
        """BridgeLeave."""
        bridge = channel.bridge
        if bridge is not None:
            bridge.channels.remove(channel)
            channel.bridge = None
            self.say("BridgeLeave", bridge_fields(bridge), channel_fields(channel))

    def destroy(self, bridge: Bridge | None) -> None:
        """BridgeDestroy."""
        if bridge is not None and bridge.id in self.model.bridges:
            del self.model.bridges[bridge.id]
            self.say("BridgeDestroy", bridge_fields(bridge))

    def music(self, channel: Channel, *, plays: bool) -> None:
        """MusicOnHoldStart or MusicOnHoldStop."""
        if plays:
            self.tell("MusicOnHoldStart", channel, ("Class", "default"))
        else:
            self.tell("MusicOnHoldStop", channel)

    def queue_event(self, name: str, entry: QueueEntry, *more: tuple[str, str]) -> None:
        """QueueCaller... of a waiting caller."""
        self.say(name, channel_fields(entry.channel), (("Queue", entry.queue.plan.name), *more), privilege="agent")

    def join(self, queue: QueueState, channel: Channel) -> QueueEntry:
        """QueueCallerJoin and music."""
        entry = QueueEntry(queue, channel, self.clock.now(), len(queue.waiting) + 1)
        queue.waiting.append(entry)
        self.queue_event(
            "QueueCallerJoin", entry, ("Position", str(entry.original_position)), ("Count", str(len(queue.waiting)))
        )
        self.music(channel, plays=True)
        return entry

    def leave_queue(self, entry: QueueEntry) -> None:
        """QueueCallerLeave, for whatever reason."""
        position = entry.queue.position(entry)
        entry.queue.waiting.remove(entry)
        count = str(len(entry.queue.waiting))
        self.queue_event("QueueCallerLeave", entry, ("Position", str(position)), ("Count", count))

    def abandon(self, entry: QueueEntry) -> None:
        """QueueCallerAbandon and QueueCallerLeave."""
        entry.queue.abandoned += 1
        self.queue_event(
            "QueueCallerAbandon",
            entry,
            ("Position", str(entry.queue.position(entry))),
            ("OriginalPosition", str(entry.original_position)),
            ("HoldTime", str(round(self.clock.now() - entry.joined))),
        )
        self.leave_queue(entry)

    def agent_event(self, name: str, entry: QueueEntry, target: Channel, *more: tuple[str, str]) -> None:
        """AgentCalled, AgentConnect, AgentRingNoAnswer, AgentComplete."""
        member = next((one for one in entry.queue.members if one.device == target.device), None)
        self.dial_event(
            name,
            entry.channel,
            channel_fields(target, "Dest"),
            ("Queue", entry.queue.plan.name),
            ("Interface", target.device),
            ("MemberName", member.name if member else target.device),
            *more,
        )

    def park(self, channel: Channel, parker: str) -> ParkedChannel:
        """ParkedCall in the first free slot. Raises ValueError: all are taken."""
        slot = next((one for one in self.office.parking_slots if one not in self.model.parked), None)
        if slot is None:
            raise ValueError("no free parking slot")
        parked = ParkedChannel(channel, slot, parker, self.clock.now())
        self.model.parked[slot] = parked
        self.parking_event("ParkedCall", parked)
        lot = next((one for one in self.model.bridges.values() if one.kind == "parking"), None)
        self.enter(lot or self.new_bridge("parking", "holding_bridge", "Parking", "default"), channel)
        self.music(channel, plays=True)
        return parked

    def parking_event(self, name: str, parked: ParkedChannel, retriever: Channel | None = None) -> None:
        """ParkedCall, UnParkedCall, ParkedCallGiveUp."""
        second = channel_fields(retriever, "Retriever") if retriever else []
        self.say(name, channel_fields(parked.channel, "Parkee"), second, parked_fields(parked, self.clock.now()))

    def settle(self) -> None:
        """Say what became of the devices: DeviceStateChange, ExtensionStatus, QueueMemberStatus."""
        states = self.model.device_states()
        changed = {device: state for device, state in states.items() if self._told.get(device) != state}
        self._told = states
        for device, state in changed.items():
            self.say("DeviceStateChange", (("Device", device), ("State", state)))
            phone = next((one for one in self.office.devices if one.interface == device), None)
            if phone is not None:
                _, status, text = STATUS_NUMBERS[state]
                hint = (("Exten", phone.extension), ("Context", "office"), ("Hint", device))
                self.say("ExtensionStatus", hint, (("Status", str(status)), ("StatusText", text)))
            for queue in self.model.queues.values():
                for member in queue.members:
                    if member.device == device:
                        fields = member_fields(queue, member, state, listed=False)
                        self.say("QueueMemberStatus", fields, privilege="agent")

    def crash(self) -> None:
        """Everything is gone without a word, and the PBX begins anew, its serials with it."""
        owners = {channel.owner for channel in self.model.channels.values()}
        self.model = Model(self.office, self.clock.now())
        self._serial = 0
        # Serials begin anew, so within the same second the same Uniqueids would be given out again.
        self._earliest = int(self.clock.now()) + 1
        self._told = self.model.device_states()
        for owner in owners:
            owner.lost()

    def shut_down(self) -> None:
        """`core restart now`: every channel gets its Hangup, then Shutdown; then as `crash`."""
        channels = list(self.model.channels.values())
        for channel in channels:
            self.soft_hangup(channel, cause=4)
        for channel in channels:
            bridge = channel.bridge
            self.leave(channel)
            if bridge is not None and not bridge.channels:
                self.destroy(bridge)
            self.soft_hangup(channel)
            self.hangup(channel)
        owners = {channel.owner for channel in channels}
        self.settle()
        self.say("Shutdown", (("Shutdown", "Cleanly"), ("Restart", "True")), privilege="system")
        for owner in owners:
            owner.lost()
        self.crash()


def _tech(tech_cause: str) -> list[tuple[str, str]]:
    return [("TechCause", tech_cause)] if tech_cause else []
