"""The AMI events in use, one frozen dataclass each, as Asterisk 12 and later send them; the docstring says when.

What an event says about a channel is read straight into a `LegView`, the only form in which it is needed.
Sources: https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/ and recordings of Asterisk 22.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from cti_crm.calls.pbx_events import LegView
from cti_crm.pbx.asterisk.fields import Fields, ident, leg, needed, number, optional_leg, text
from cti_crm.pbx.asterisk.packet import AmiPacket


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """Base of all."""

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        """Make the event of its headers. Raises MissingHeaderError."""
        return cls()


@dataclass(frozen=True, slots=True)
class ChannelEvent(AmiEvent):
    """Base of the events about one channel."""

    leg: LegView

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields))


class Newchannel(ChannelEvent):
    """A channel was made. On a caller's channel Exten is the number dialled, which no later event repeats."""


class Newstate(ChannelEvent):
    """A channel's state changed. 5 on a phone means that it rings; a phone may go from Down to Up without it."""


class NewCallerid(ChannelEvent):
    """A channel's own caller id changed."""


class NewConnectedLine(ChannelEvent):
    """What a channel is told about the other side changed."""


class SoftHangupRequest(ChannelEvent):
    """Asterisk itself wants a channel to end."""


@dataclass(frozen=True, slots=True)
class Rename(AmiEvent):
    """A channel got another name, after a masquerade. Has no caller id and no state."""

    uniqueid: str
    linkedid: str
    new_name: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        uniqueid = needed(fields, "uniqueid")
        return cls(uniqueid, ident(fields, "linkedid") or uniqueid, needed(fields, "newname"))


@dataclass(frozen=True, slots=True)
class HangupRequest(ChannelEvent):
    """The device hung up or declined. Not sent for AMI Hangup, for a transferer after REFER, nor at a shutdown."""

    cause: int

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), number(fields, "cause"))


@dataclass(frozen=True, slots=True)
class Hangup(ChannelEvent):
    """A channel is gone. Events about it may still follow. Cause is Q.850: 21 declined, 26 answered elsewhere."""

    cause: int
    tech_cause: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), number(fields, "cause"), text(fields, "techcause"))


@dataclass(frozen=True, slots=True)
class DialBegin(AmiEvent):
    """A channel is dialled; it need not ring yet. Originate's has only the Dest half, a queue's an old Dest half."""

    source: LegView | None
    target: LegView
    dial_string: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(optional_leg(fields, ""), leg(fields, "dest"), ident(fields, "dialstring"))


@dataclass(frozen=True, slots=True)
class DialState(AmiEvent):
    """The channel that is dialled went on: RINGING, PROGRESS, PROCEEDING. Before or after its Newstate."""

    source: LegView | None
    target: LegView
    status: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(optional_leg(fields, ""), leg(fields, "dest"), needed(fields, "dialstatus"))


@dataclass(frozen=True, slots=True)
class DialEnd(AmiEvent):
    """A dial attempt is over. A queue sends it twice for a leg; a picked-up phone and a failed Originate get none."""

    source: LegView | None
    target: LegView
    status: str
    forward: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(
            optional_leg(fields, ""), leg(fields, "dest"), needed(fields, "dialstatus"), ident(fields, "forward")
        )


@dataclass(frozen=True, slots=True)
class BridgeEnter(ChannelEvent):
    """A channel entered a bridge, in place of SwapUniqueid if that is named.

    conference: a room of ConfBridge; a talk of three that grew of one of two is mixed too, but a "basic" bridge.
    """

    bridge: str
    swapped: str
    technology: str
    conference: bool

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(
            leg(fields),
            needed(fields, "bridgeuniqueid"),
            ident(fields, "swapuniqueid"),
            ident(fields, "bridgetechnology"),
            fields.get("bridgetechnology") == "softmix" and fields.get("bridgetype") != "basic",
        )


@dataclass(frozen=True, slots=True)
class BridgeLeave(ChannelEvent):
    """A channel left a bridge. Its order to Hangup varies."""

    bridge: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), needed(fields, "bridgeuniqueid"))


@dataclass(frozen=True, slots=True)
class BridgeMerge(AmiEvent):
    """All channels of one bridge move to another, as when an attended transfer by feature code is completed."""

    target: str
    source: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(needed(fields, "tobridgeuniqueid"), needed(fields, "frombridgeuniqueid"))


class Hold(ChannelEvent):
    """The device pressed hold. Unhold need not follow: a transfer by feature code or AMI sends none."""


class Unhold(ChannelEvent):
    """The device took the other side back. Comes without Hold on REFER."""


class MusicOnHoldStart(ChannelEvent):
    """A channel hears music: on hold, in a queue, parked."""


class MusicOnHoldStop(ChannelEvent):
    """A channel hears no more music."""


@dataclass(frozen=True, slots=True)
class DTMFEnd(ChannelEvent):
    """A digit was let go. Direction Received: the device sent it; Sent: Asterisk played it to the device."""

    digit: str
    received: bool

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), needed(fields, "digit"), fields.get("direction", "Received") == "Received")


@dataclass(frozen=True, slots=True)
class QueueCallerEvent(ChannelEvent):
    """Base of the events about a caller in a queue. `waited` in seconds, only where the caller gives up."""

    queue: str
    position: int
    waited: int

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), needed(fields, "queue"), number(fields, "position"), number(fields, "holdtime"))


class QueueCallerJoin(QueueCallerEvent):
    """A caller entered a queue. The queue may have answered the caller before."""


class QueueCallerLeave(QueueCallerEvent):
    """A caller left a queue: connected, gave up, or time ran out."""


class QueueCallerAbandon(QueueCallerEvent):
    """A caller hung up in the queue; QueueCallerLeave follows."""


@dataclass(frozen=True, slots=True)
class QueueAgentEvent(AmiEvent):
    """Base of the events about a caller and the member that a queue called."""

    queue: str
    caller: LegView
    target: LegView

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(needed(fields, "queue"), leg(fields), leg(fields, "dest"))


class AgentCalled(QueueAgentEvent):
    """A queue is about to dial a member; DialBegin follows."""


class AgentConnect(QueueAgentEvent):
    """A member answered and is connected with the caller."""


@dataclass(frozen=True, slots=True)
class BlindTransfer(AmiEvent):
    """A call was sent on by REFER or feature code. The transferer's Hangup follows. AMI Redirect sends none."""

    transferer: LegView
    transferee: LegView | None
    exten: str
    result: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(
            leg(fields, "transferer"),
            optional_leg(fields, "transferee"),
            text(fields, "extension"),
            needed(fields, "result"),
        )


@dataclass(frozen=True, slots=True)
class AttendedTransfer(AmiEvent):
    """A transfer after consultation is complete. By feature code both transferers are one channel.

    threeway: the transferer stays, and all three talk (DestType).
    """

    first: LegView
    second: LegView
    transferee: LegView | None
    target: LegView | None
    result: str
    threeway: bool

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(
            leg(fields, "origtransferer"),
            leg(fields, "secondtransferer"),
            optional_leg(fields, "transferee"),
            optional_leg(fields, "transfertarget"),
            needed(fields, "result"),
            fields.get("desttype") == "Threeway",
        )


@dataclass(frozen=True, slots=True)
class Pickup(AmiEvent):
    """A channel (the picker) took a call that rang at another phone (the target)."""

    picker: LegView
    target: LegView

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), leg(fields, "target"))


@dataclass(frozen=True, slots=True)
class ParkingEvent(AmiEvent):
    """Base of the events about a parked channel."""

    parkee: LegView
    slot: str
    parker: str
    retriever: LegView | None

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(
            leg(fields, "parkee"),
            needed(fields, "parkingspace"),
            ident(fields, "parkerdialstring"),
            optional_leg(fields, "retriever"),
        )


class ParkedCall(ParkingEvent):
    """A channel was parked. Names no channel of the one who parked, only a dial string. Also an item of ParkedCalls."""


class UnParkedCall(ParkingEvent):
    """A parked channel was fetched by the retriever."""


class ParkedCallTimeOut(ParkingEvent):
    """Nobody fetched a parked channel; it goes back to the one who parked it."""


class ParkedCallGiveUp(ParkingEvent):
    """A parked caller hung up."""


@dataclass(frozen=True, slots=True)
class LocalBridge(AmiEvent):
    """The two halves of a Local channel: ;1 is dialled, ;2 runs the dialplan."""

    one: LegView
    two: LegView

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields, "localone"), leg(fields, "localtwo"))


@dataclass(frozen=True, slots=True)
class ConfbridgeJoin(ChannelEvent):
    """A channel entered a conference room of ConfBridge. Each keeps its own Linkedid."""

    conference: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(leg(fields), needed(fields, "conference"))


@dataclass(frozen=True, slots=True)
class MessageWaiting(AmiEvent):
    """The state of a mailbox. Names the caller's channel if, and only if, that caller has just left a message."""

    leg: LegView | None
    mailbox: str
    new: int

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(optional_leg(fields, ""), needed(fields, "mailbox"), number(fields, "new"))


@dataclass(frozen=True, slots=True)
class OriginateResponse(AmiEvent):
    """How an asynchronous Originate went, when the first leg answered or failed. No Uniqueid on failure."""

    action_id: str
    ok: bool
    channel: str
    uniqueid: str
    reason: int

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        ok = needed(fields, "response") == "Success"
        uniqueid = ident(fields, "uniqueid") if ok else ""
        return cls(ident(fields, "actionid"), ok, ident(fields, "channel"), uniqueid, number(fields, "reason"))


class Shutdown(AmiEvent):
    """Asterisk stops or restarts in good order. The connection closes right after."""


@dataclass(frozen=True, slots=True)
class DeviceStateChange(AmiEvent):
    """What a device does changed. Also of `Queue:support` and other non-devices. Also in DeviceStateList."""

    device: str
    state: str

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        return cls(needed(fields, "device"), needed(fields, "state"))


@dataclass(frozen=True, slots=True)
class QueueMemberEvent(AmiEvent):
    """Base of the events about a member of a queue; `state_interface` is the phone behind a Local `interface`.

    membership: `dynamic` (it signed in), `static` or `realtime`. last_pause: when its last pause began, in seconds
    since 1970, 0 if never. wrap_up_time: seconds without calls after each, where the member has some of its own.
    """

    queue: str
    interface: str
    state_interface: str
    name: str
    paused: bool
    pause_reason: str
    membership: str
    last_pause: int
    wrap_up_time: int

    @classmethod
    def _read(cls, fields: Fields) -> Self:
        # QueueMember says Location and Name for Interface and MemberName.
        return cls(
            needed(fields, "queue"),
            ident(fields, "interface") or needed(fields, "location"),
            ident(fields, "stateinterface"),
            text(fields, "membername") or text(fields, "name"),
            fields.get("paused") == "1",
            text(fields, "pausedreason"),
            text(fields, "membership"),
            _seconds_since_1970(fields, "lastpause"),
            number(fields, "wrapuptime"),
        )


def _seconds_since_1970(fields: Fields, name: str) -> int:
    value = fields.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 10 else 0


class QueueMember(QueueMemberEvent):
    """An item of QueueStatus."""


class QueueMemberStatus(QueueMemberEvent):
    """The state of a member's phone changed."""


class QueueMemberAdded(QueueMemberEvent):
    """A member was put into a queue."""


class QueueMemberPause(QueueMemberEvent):
    """A member was paused, or goes on. Before Asterisk 13: QueueMemberPaused."""


class QueueMemberRemoved(QueueMemberEvent):
    """A member was taken out of a queue."""


_ALL: tuple[type[AmiEvent], ...] = (
    Newchannel,
    Newstate,
    NewCallerid,
    NewConnectedLine,
    SoftHangupRequest,
    Rename,
    HangupRequest,
    Hangup,
    DialBegin,
    DialState,
    DialEnd,
    BridgeEnter,
    BridgeLeave,
    BridgeMerge,
    Hold,
    Unhold,
    MusicOnHoldStart,
    MusicOnHoldStop,
    DTMFEnd,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueCallerAbandon,
    AgentCalled,
    AgentConnect,
    BlindTransfer,
    AttendedTransfer,
    Pickup,
    ParkedCall,
    UnParkedCall,
    ParkedCallTimeOut,
    ParkedCallGiveUp,
    LocalBridge,
    ConfbridgeJoin,
    MessageWaiting,
    OriginateResponse,
    Shutdown,
    DeviceStateChange,
    QueueMember,
    QueueMemberStatus,
    QueueMemberAdded,
    QueueMemberPause,
    QueueMemberRemoved,
)

EVENTS: Mapping[str, type[AmiEvent]] = MappingProxyType(
    {kind.__name__: kind for kind in _ALL} | {"QueueMemberPaused": QueueMemberPause}
)
"""Name of an event -> its class."""


def parse_event(packet: AmiPacket) -> AmiEvent | None:
    """Read the event in `packet`; None if nobody uses it. Raises MissingHeaderError."""
    kind = EVENTS.get(packet.event)
    return None if kind is None else kind._read(packet.fields)
