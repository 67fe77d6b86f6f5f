"""Channels come, change, hear music, press digits and go."""

from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import LegView, PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, Reader, ident, leg, needed, number, optional_leg, text


def _new_channel(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel was made. On a caller's channel Exten is the number dialled, which no later event repeats."""
    return [core.LegCreated(at, leg(fields))]


def _new_state(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel's state changed. 5 on a phone means that it rings; a phone may go from Down to Up without it."""
    return [core.LegChanged(at, leg(fields))]


def _new_caller_id(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel's own caller id changed."""
    return [core.LegChanged(at, leg(fields))]


def _new_connected_line(fields: Fields, at: datetime) -> list[PbxEvent]:
    """What a channel is told about the other side changed."""
    return [core.LegChanged(at, leg(fields))]


def _rename(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel got another name, after a masquerade. Has no caller id and no state."""
    uniqueid = needed(fields, "uniqueid")
    return [core.LegRenamed(at, LegView(uniqueid, ident(fields, "linkedid") or uniqueid, needed(fields, "newname")))]


def _soft_hangup_request(fields: Fields, at: datetime) -> list[PbxEvent]:
    """Asterisk itself wants a channel to end."""
    return [core.LegChanged(at, leg(fields))]


def _hangup_request(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The device hung up or declined. Not sent for AMI Hangup, for a transferer after REFER, nor at a shutdown."""
    return [core.LegHangupRequested(at, leg(fields), number(fields, "cause"))]


def _hangup(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel is gone. Events about it may still follow. Cause is Q.850: 21 declined, 26 answered elsewhere."""
    return [core.LegCleared(at, leg(fields), number(fields, "cause"), text(fields, "techcause"))]


def _hold(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The device pressed hold. Unhold need not follow: a transfer by feature code or AMI sends none."""
    return [core.LegHeld(at, leg(fields))]


def _unhold(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The device took the other side back. Comes without Hold on REFER."""
    return [core.LegUnheld(at, leg(fields))]


def _music_starts(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel hears music: on hold, in a queue, parked."""
    return [core.MusicStarted(at, leg(fields))]


def _music_stops(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel hears no more music."""
    return [core.MusicStopped(at, leg(fields))]


def _digit(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A digit was let go. Direction Received: the device sent it; Sent: Asterisk played it to the device."""
    view, digit = leg(fields), needed(fields, "digit")
    return [core.DigitPressed(at, view, digit)] if fields.get("direction", "Received") == "Received" else []


def _message_waiting(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The state of a mailbox. Names the caller's channel if, and only if, that caller has just left a message."""
    view, mailbox = optional_leg(fields, ""), needed(fields, "mailbox")
    return [core.VoicemailLeft(at, view, mailbox)] if view is not None else []


EVENTS: dict[str, Reader] = {
    "Newchannel": _new_channel,
    "Newstate": _new_state,
    "NewCallerid": _new_caller_id,
    "NewConnectedLine": _new_connected_line,
    "Rename": _rename,
    "SoftHangupRequest": _soft_hangup_request,
    "HangupRequest": _hangup_request,
    "Hangup": _hangup,
    "Hold": _hold,
    "Unhold": _unhold,
    "MusicOnHoldStart": _music_starts,
    "MusicOnHoldStop": _music_stops,
    "DTMFEnd": _digit,
    "MessageWaiting": _message_waiting,
}
