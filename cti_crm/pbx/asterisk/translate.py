"""AMI events -> what the core knows, event by event and without memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import DeviceState, DialStatus, LegView, PbxEvent
from cti_crm.pbx.asterisk import ami_events as ami
from cti_crm.pbx.asterisk import legacy
from cti_crm.pbx.asterisk.counters import LinkCounters
from cti_crm.pbx.asterisk.fields import MissingHeaderError, clean, ident
from cti_crm.pbx.asterisk.packet import AmiPacket

# https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/DialEnd/
_DIAL_STATUSES = {
    "ANSWER": DialStatus.ANSWER,
    "BUSY": DialStatus.BUSY,
    "CANCEL": DialStatus.CANCEL,
    "CHANUNAVAIL": DialStatus.UNAVAILABLE,
    "CONGESTION": DialStatus.CONGESTION,
    "NOANSWER": DialStatus.NO_ANSWER,
}

# include/asterisk/devicestate.h. A phone that talks and is rung for a second call is in use: it is not free to answer.
_DEVICE_STATES = {
    "NOT_INUSE": DeviceState.IDLE,
    "INUSE": DeviceState.IN_USE,
    "BUSY": DeviceState.BUSY,
    "INVALID": DeviceState.UNAVAILABLE,
    "UNAVAILABLE": DeviceState.UNAVAILABLE,
    "RINGING": DeviceState.RINGING,
    "RINGINUSE": DeviceState.IN_USE,
    "ONHOLD": DeviceState.ON_HOLD,
}


def is_phone(device: str) -> bool:
    """Whether a device name stands for a real one: `PJSIP/101`, but not `Queue:support`, `Custom:x` or `Local/1@x`."""
    technology, slash, _ = device.partition("/")
    return bool(slash) and ":" not in technology and technology != "Local"


@dataclass(slots=True)
class Translator:
    """Translates packets that are believed. Counts what it leaves out; raises nothing.

    variables: channel variable -> what its value is called; those that manager.conf's `channelvars` has with every
    event of a channel (https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/).
    """

    counters: LinkCounters = field(default_factory=LinkCounters)
    variables: Mapping[str, str] = field(default_factory=dict)

    def translate(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """What `packet`, received at `at` (aware, UTC), means to the core: mostly one event, or none."""
        name = packet.event
        try:
            older = legacy.EVENTS.get(name)
            if older is not None and (events := older(packet.fields, at)) is not None:
                return events
            event = ami.parse_event(packet)
        except MissingHeaderError as error:
            self.counters.rejected[f"{name} without {error}"] += 1
            return []
        if event is None:
            self.counters.count_unknown(name)
            return []
        events = _TRANSLATIONS[type(event)](event, at)
        if self.variables and "chanvariable" in packet.fields:
            events = [*events, *self._entered(packet, at)]
        return events

    def _entered(self, packet: AmiPacket, at: datetime) -> list[PbxEvent]:
        """The values of the named variables; one that is not set has an empty one."""
        leg_id = ident(packet.fields, "uniqueid")
        pairs = (value.partition("=") for name, value in packet.headers if name.lower() == "chanvariable")
        found = ((self.variables.get(name), clean(value)) for name, _, value in pairs)
        return [core.CallerEntered(at, leg_id, name, value) for name, value in found if name and value]


def _seen(event: ami.ChannelEvent, at: datetime) -> list[PbxEvent]:
    return [core.LegChanged(at, event.leg)]


def _about_leg(kind: type[core.LegEvent]) -> Callable[[ami.ChannelEvent, datetime], list[PbxEvent]]:
    def translate(event: ami.ChannelEvent, at: datetime) -> list[PbxEvent]:
        return [kind(at, event.leg)]

    return translate


def _rename(event: ami.Rename, at: datetime) -> list[PbxEvent]:
    return [core.LegRenamed(at, LegView(event.uniqueid, event.linkedid, event.new_name))]


def _hangup_request(event: ami.HangupRequest, at: datetime) -> list[PbxEvent]:
    return [core.LegHangupRequested(at, event.leg, event.cause)]


def _hangup(event: ami.Hangup, at: datetime) -> list[PbxEvent]:
    return [core.LegCleared(at, event.leg, event.cause, event.tech_cause)]


def _dial_begin(event: ami.DialBegin, at: datetime) -> list[PbxEvent]:
    return [core.DialBegan(at, event.source, event.target, event.dial_string)]


def _dial_state(event: ami.DialState, at: datetime) -> list[PbxEvent]:
    if event.status != "RINGING":
        return []
    return [core.DialRinging(at, event.source, event.target)]


def _dial_end(event: ami.DialEnd, at: datetime) -> list[PbxEvent]:
    status = _DIAL_STATUSES.get(event.status, DialStatus.OTHER)
    return [core.DialEnded(at, event.source, event.target, status, event.forward)]


def _bridge_enter(event: ami.BridgeEnter, at: datetime) -> list[PbxEvent]:
    if event.technology == "holding_bridge":  # parked: in one bridge, but nobody hears another
        return _seen(event, at)
    return [core.LegJoined(at, event.leg, event.bridge, event.swapped, conference=event.conference)]


def _bridge_leave(event: ami.BridgeLeave, at: datetime) -> list[PbxEvent]:
    return [core.LegLeft(at, event.leg, event.bridge)]


def _bridge_merge(event: ami.BridgeMerge, at: datetime) -> list[PbxEvent]:
    return [core.BridgesMerged(at, event.target, event.source)]


def _digit(event: ami.DTMFEnd, at: datetime) -> list[PbxEvent]:
    return [core.DigitPressed(at, event.leg, event.digit)] if event.received else []


def _queue_join(event: ami.QueueCallerJoin, at: datetime) -> list[PbxEvent]:
    return [core.QueueJoined(at, event.leg, event.queue, event.position)]


def _queue_leave(event: ami.QueueCallerLeave, at: datetime) -> list[PbxEvent]:
    return [core.QueueLeft(at, event.leg, event.queue)]


def _queue_abandon(event: ami.QueueCallerAbandon, at: datetime) -> list[PbxEvent]:
    return [core.QueueAbandoned(at, event.leg, event.queue, event.waited)]


def _agent_called(event: ami.AgentCalled, at: datetime) -> list[PbxEvent]:
    return [core.QueueOffered(at, event.queue, event.caller, event.target)]


def _agent_connect(event: ami.AgentConnect, at: datetime) -> list[PbxEvent]:
    return [core.QueueConnected(at, event.queue, event.caller, event.target)]


def _blind_transfer(event: ami.BlindTransfer, at: datetime) -> list[PbxEvent]:
    ok = event.result == "Success"
    return [core.BlindTransferred(at, event.transferer, event.transferee, event.exten, ok)]


def _attended_transfer(event: ami.AttendedTransfer, at: datetime) -> list[PbxEvent]:
    ok = event.result == "Success"
    if ok and event.threeway:
        return [core.ConsultationJoined(at, event.first)]
    return [core.AttendedTransferred(at, event.first, event.second, event.transferee, event.target, ok)]


def _pickup(event: ami.Pickup, at: datetime) -> list[PbxEvent]:
    return [core.PickedUp(at, event.picker, event.target)]


def _parked(event: ami.ParkedCall, at: datetime) -> list[PbxEvent]:
    return [core.Parked(at, event.parkee, event.slot, event.parker)]


def _unparked(event: ami.UnParkedCall, at: datetime) -> list[PbxEvent]:
    return [core.Unparked(at, event.parkee, event.slot, event.retriever)]


def _parking_timed_out(event: ami.ParkedCallTimeOut, at: datetime) -> list[PbxEvent]:
    return [core.ParkingEnded(at, event.parkee, event.slot, timed_out=True)]


def _parking_given_up(event: ami.ParkedCallGiveUp, at: datetime) -> list[PbxEvent]:
    return [core.ParkingEnded(at, event.parkee, event.slot, timed_out=False)]


def _local_bridge(event: ami.LocalBridge, at: datetime) -> list[PbxEvent]:
    return [core.LocalPaired(at, event.one, event.two)]


def _conference(event: ami.ConfbridgeJoin, at: datetime) -> list[PbxEvent]:
    return [core.ConferenceJoined(at, event.leg, event.conference)]


def _message_waiting(event: ami.MessageWaiting, at: datetime) -> list[PbxEvent]:
    return [core.VoicemailLeft(at, event.leg, event.mailbox)] if event.leg is not None else []


def _originate_response(event: ami.OriginateResponse, at: datetime) -> list[PbxEvent]:
    return [core.OriginateFinished(at, event.action_id, event.uniqueid, event.channel, event.ok, event.reason)]


def _shutdown(_event: ami.Shutdown, at: datetime) -> list[PbxEvent]:
    return [core.PbxStopped(at)]


def _device_state(event: ami.DeviceStateChange, at: datetime) -> list[PbxEvent]:
    if not is_phone(event.device):
        return []
    return [core.DeviceStateChanged(at, event.device, _DEVICE_STATES.get(event.state, DeviceState.UNKNOWN))]


def _queue_member(event: ami.QueueMemberEvent, at: datetime) -> list[PbxEvent]:
    device = event.state_interface if is_phone(event.state_interface) else event.interface
    return [
        core.QueueMemberChanged(
            at,
            event.queue,
            device,
            event.name,
            event.paused,
            event.pause_reason,
            present=not isinstance(event, ami.QueueMemberRemoved),
            interface=event.interface,
            dynamic=event.membership == "dynamic",
            paused_at=_pause_began(event, at),
            wrap_up_seconds=event.wrap_up_time,
        )
    ]


def _pause_began(event: ami.QueueMemberEvent, at: datetime) -> datetime | None:
    """By the PBX's clock, which may be ahead of ours."""
    if not event.paused or event.last_pause <= 0:
        return None
    return min(at, datetime.fromtimestamp(event.last_pause, UTC))


# The key is the class that the function takes, which no type can say.
_TRANSLATIONS: Mapping[type[ami.AmiEvent], Callable[[Any, datetime], list[PbxEvent]]] = {
    ami.Newchannel: _about_leg(core.LegCreated),
    ami.Newstate: _seen,
    ami.NewCallerid: _seen,
    ami.NewConnectedLine: _seen,
    ami.SoftHangupRequest: _seen,
    ami.Rename: _rename,
    ami.HangupRequest: _hangup_request,
    ami.Hangup: _hangup,
    ami.DialBegin: _dial_begin,
    ami.DialState: _dial_state,
    ami.DialEnd: _dial_end,
    ami.BridgeEnter: _bridge_enter,
    ami.BridgeLeave: _bridge_leave,
    ami.BridgeMerge: _bridge_merge,
    ami.Hold: _about_leg(core.LegHeld),
    ami.Unhold: _about_leg(core.LegUnheld),
    ami.MusicOnHoldStart: _about_leg(core.MusicStarted),
    ami.MusicOnHoldStop: _about_leg(core.MusicStopped),
    ami.DTMFEnd: _digit,
    ami.QueueCallerJoin: _queue_join,
    ami.QueueCallerLeave: _queue_leave,
    ami.QueueCallerAbandon: _queue_abandon,
    ami.AgentCalled: _agent_called,
    ami.AgentConnect: _agent_connect,
    ami.BlindTransfer: _blind_transfer,
    ami.AttendedTransfer: _attended_transfer,
    ami.Pickup: _pickup,
    ami.ParkedCall: _parked,
    ami.UnParkedCall: _unparked,
    ami.ParkedCallTimeOut: _parking_timed_out,
    ami.ParkedCallGiveUp: _parking_given_up,
    ami.LocalBridge: _local_bridge,
    ami.ConfbridgeJoin: _conference,
    ami.MessageWaiting: _message_waiting,
    ami.OriginateResponse: _originate_response,
    ami.Shutdown: _shutdown,
    ami.DeviceStateChange: _device_state,
    ami.QueueMember: _queue_member,
    ami.QueueMemberStatus: _queue_member,
    ami.QueueMemberAdded: _queue_member,
    ami.QueueMemberPause: _queue_member,
    ami.QueueMemberRemoved: _queue_member,
}
