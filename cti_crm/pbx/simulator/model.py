"""What the PBX knows at any moment: channels, bridges, queues, parked calls. No I/O, no events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from cti_crm.pbx.simulator.office import Office, QueuePlan


class ChannelState(IntEnum):
    """Asterisk's channel states as far as they occur here (include/asterisk/channelstate.h)."""

    DOWN = 0
    RING = 4
    RINGING = 5
    UP = 6
    BUSY = 7


class Owner(Protocol):
    """The call a channel belongs to."""

    def clear(self, channel: "Channel") -> None:
        """End the channel and what depends on it; nobody pressed a key."""
        ...

    def lost(self) -> None:
        """The PBX went away, and the call with it."""
        ...


@dataclass(slots=True, eq=False)
class Channel:
    """One leg. Empty texts stand for what Asterisk shows as `<unknown>`. `began`: seconds since 1970.

    variables: those of `channelvars` in manager.conf. heard: the keys that were played to it.
    """

    name: str
    uniqueid: str
    linkedid: str
    device: str
    state: ChannelState
    number: str
    caller_name: str
    context: str
    exten: str
    began: float
    owner: Owner
    priority: int = 1
    connected_number: str = ""
    connected_name: str = ""
    application: str = ""
    data: str = ""
    bridge: "Bridge | None" = None
    on_hold: bool = False
    muted: bool = False
    heard: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def peer(self) -> str:
        """The endpoint's own name, e.g. `101` or `trunk`."""
        return self.device.partition("/")[2]


@dataclass(slots=True, eq=False)
class Bridge:
    """Where channels talk, or wait if it is a parking lot's."""

    id: str
    kind: str = "basic"
    technology: str = "simple_bridge"
    creator: str = ""
    name: str = ""
    channels: list[Channel] = field(default_factory=list)

    def other(self, channel: Channel) -> Channel | None:
        """Who talks with `channel`."""
        return next((one for one in self.channels if one is not channel), None)


@dataclass(slots=True, eq=False)
class QueueMember:
    """A phone in a queue; `dynamic`: it signed in. pause_reason: None while it is not paused."""

    device: str
    name: str
    login_time: int
    calls_taken: int = 0
    last_call: int = 0
    in_call: bool = False
    dynamic: bool = False
    pause_reason: str | None = None
    last_pause: int = 0


@dataclass(slots=True, eq=False)
class QueueEntry:
    """A caller in a queue, from joining to the end of the call it led to. Times: seconds since 1970."""

    queue: "QueueState"
    channel: Channel
    joined: float
    original_position: int
    rang: float = 0.0
    answered: float | None = None
    member: QueueMember | None = None


@dataclass(slots=True, eq=False)
class QueueState:
    """A queue with its members and waiting callers."""

    plan: QueuePlan
    members: list[QueueMember]
    waiting: list[QueueEntry] = field(default_factory=list)
    completed: int = 0
    abandoned: int = 0
    next_member: int = 0

    def position(self, entry: QueueEntry) -> int:
        """Place in the queue, from 1."""
        return self.waiting.index(entry) + 1


@dataclass(slots=True, eq=False)
class ParkedChannel:
    """A call waiting in a slot. `since`: seconds since 1970."""

    channel: Channel
    slot: str
    parker: str
    since: float


class Model:
    """All of it, with the states that follow from it."""

    def __init__(self, office: Office, started: float) -> None:
        self.office = office
        self.started = started
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.parked: dict[str, ParkedChannel] = {}
        self.queues: dict[str, QueueState] = {}
        for plan in office.queues:
            members = [
                QueueMember(device.interface, device.name, int(started))
                for extension in plan.members
                if (device := office.device(extension)) is not None
            ]
            members += [
                QueueMember(device.interface, device.name, int(started), dynamic=True)
                for extension in plan.signed_in
                if (device := office.device(extension)) is not None
            ]
            self.queues[plan.name] = QueueState(plan, members)

    def device_channels(self, device: str) -> Iterator[Channel]:
        """The channels of a phone or trunk."""
        return (channel for channel in self.channels.values() if channel.device == device)

    def device_state(self, device: str) -> str:
        """Asterisk's word for what a phone or trunk does, e.g. `NOT_INUSE` or `RINGING`."""
        channels = [one for one in self.device_channels(device) if one.state is not ChannelState.DOWN]
        if not channels:
            return "NOT_INUSE"
        if all(one.on_hold for one in channels):
            return "ONHOLD"
        if all(one.state is ChannelState.BUSY for one in channels):
            return "BUSY"
        ringing = [one.state is ChannelState.RINGING for one in channels]
        if all(ringing):
            return "RINGING"
        return "RINGINUSE" if any(ringing) else "INUSE"

    def is_free(self, device: str) -> bool:
        """Whether a phone has no call at all, not even one about to ring."""
        return next(self.device_channels(device), None) is None

    def device_states(self) -> dict[str, str]:
        """Every phone, trunk, queue and occupied parking slot."""
        states = {device.interface: self.device_state(device.interface) for device in self.office.devices}
        states[self.office.trunk] = self.device_state(self.office.trunk)
        for name, queue in self.queues.items():
            states[f"Queue:{name}"] = "RINGING" if queue.waiting else "NOT_INUSE"
            free = any(states.get(member.device) == "NOT_INUSE" for member in queue.members)
            states[f"Queue:{name}_avail"] = "NOT_INUSE" if free else "INUSE"
        for slot in self.office.parking_slots:
            states[f"park:{slot}@parkedcalls"] = "INUSE" if slot in self.parked else "NOT_INUSE"
        return states
