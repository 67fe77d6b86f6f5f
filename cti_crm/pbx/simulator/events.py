"""How AMI writes channels, bridges and events down (Asterisk 22, manager_channels.c and its neighbours)."""

from collections.abc import Iterable

from cti_crm.pbx.simulator.model import Bridge, Channel, ChannelState, ParkedChannel, QueueMember, QueueState

Fields = list[tuple[str, str]]

UNKNOWN = "<unknown>"

STATE_WORDS = {
    ChannelState.DOWN: "Down",
    ChannelState.RING: "Ring",
    ChannelState.RINGING: "Ringing",
    ChannelState.UP: "Up",
    ChannelState.BUSY: "Busy",
}

# Q.850 causes as Asterisk words them (main/channel.c).
CAUSE_WORDS = {
    0: "Unknown",
    16: "Normal Clearing",
    17: "User busy",
    19: "User alerting, no answer",
    21: "Call Rejected",
    26: "Answered elsewhere",
    34: "Circuit/channel congestion",
    127: "Interworking, unspecified",
}

# Device state -> (AMI queue member status, extension status, its text). ast_devstate and AST_EXTENSION_* of Asterisk.
STATUS_NUMBERS = {
    "NOT_INUSE": (1, 0, "Idle"),
    "INUSE": (2, 1, "InUse"),
    "BUSY": (3, 2, "Busy"),
    "RINGING": (6, 8, "Ringing"),
    "RINGINUSE": (7, 9, "InUse&Ringing"),
    "ONHOLD": (8, 16, "Hold"),
}


def packet(*groups: Iterable[tuple[str, str]]) -> bytes:
    """One AMI packet. Bytes that were no UTF-8 go out as they came in."""
    lines = [f"{key}: {value}" for group in groups for key, value in group]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def event(name: str, privilege: str, *groups: Iterable[tuple[str, str]]) -> bytes:
    """An event, its class in the second line as in every real one."""
    return packet((("Event", name), ("Privilege", f"{privilege},all")), *groups)


def channel_fields(channel: Channel, prefix: str = "") -> Fields:
    """The headers every event about a channel has, e.g. with prefix `Dest`."""
    return [
        (prefix + "Channel", channel.name),
        (prefix + "ChannelState", str(channel.state.value)),
        (prefix + "ChannelStateDesc", STATE_WORDS[channel.state]),
        (prefix + "CallerIDNum", channel.number or UNKNOWN),
        (prefix + "CallerIDName", channel.caller_name or UNKNOWN),
        (prefix + "ConnectedLineNum", channel.connected_number or UNKNOWN),
        (prefix + "ConnectedLineName", channel.connected_name or UNKNOWN),
        (prefix + "Language", "en"),
        (prefix + "AccountCode", ""),
        (prefix + "Context", channel.context),
        (prefix + "Exten", channel.exten),
        (prefix + "Priority", str(channel.priority)),
        (prefix + "Uniqueid", channel.uniqueid),
        (prefix + "Linkedid", channel.linkedid),
        *((prefix + "ChanVariable", f"{name}={value}") for name, value in channel.variables.items()),
    ]


def bridge_fields(bridge: Bridge, prefix: str = "") -> Fields:
    """The headers every event about a bridge has."""
    return [
        (prefix + "BridgeUniqueid", bridge.id),
        (prefix + "BridgeType", bridge.kind),
        (prefix + "BridgeTechnology", bridge.technology),
        (prefix + "BridgeCreator", bridge.creator or UNKNOWN),
        (prefix + "BridgeName", bridge.name or UNKNOWN),
        (prefix + "BridgeNumChannels", str(len(bridge.channels))),
        (prefix + "BridgeVideoSourceMode", "none"),
    ]


def parked_fields(parked: ParkedChannel, now: float, timeout: int = 45) -> Fields:
    """What follows the parkee (and retriever) in events about parking; `timeout` in seconds."""
    waited = int(now - parked.since)
    return [
        ("ParkerDialString", parked.parker),
        ("Parkinglot", "default"),
        ("ParkingSpace", parked.slot),
        ("ParkingTimeout", str(max(timeout - waited, 0))),
        ("ParkingDuration", str(waited)),
    ]


def member_fields(queue: QueueState, member: QueueMember, state: str, *, listed: bool) -> Fields:
    """A queue's member, in QueueStatus (`listed`) or in QueueMemberStatus, which name things differently."""
    names = ("Name", "Location") if listed else ("MemberName", "Interface")
    fields = [
        ("Queue", queue.plan.name),
        (names[0], member.name),
        (names[1], member.device),
        ("StateInterface", member.device),
        ("Membership", "dynamic" if member.dynamic else "static"),
        ("Penalty", "0"),
        ("CallsTaken", str(member.calls_taken)),
        ("LastCall", str(member.last_call)),
        ("LastPause", str(member.last_pause)),
        ("LoginTime", str(member.login_time)),
        ("InCall", "1" if member.in_call else "0"),
        ("Status", str(STATUS_NUMBERS[state][0])),
        ("Paused", "0" if member.pause_reason is None else "1"),
        ("PausedReason", member.pause_reason or ""),
    ]
    if not listed:
        fields.append(("Ringinuse", "0"))
    fields.append(("Wrapuptime", "0"))
    return fields
