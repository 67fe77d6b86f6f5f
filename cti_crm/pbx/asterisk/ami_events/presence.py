"""Phones, members of queues, and the PBX itself: how they are, apart from any call."""

from datetime import UTC, datetime

from cti_crm.calls.pbx_events import PbxEvent, PbxStopped
from cti_crm.calls.pbx_presence import DeviceState, DeviceStateChanged, QueueMemberChanged
from cti_crm.pbx.asterisk.fields import Fields, Reader, ident, is_phone, needed, number, text

# include/asterisk/devicestate.h. A phone that talks and is rung for a second call is in use: it is not free to answer.
_STATES = {
    "NOT_INUSE": DeviceState.IDLE,
    "INUSE": DeviceState.IN_USE,
    "BUSY": DeviceState.BUSY,
    "INVALID": DeviceState.UNAVAILABLE,
    "UNAVAILABLE": DeviceState.UNAVAILABLE,
    "RINGING": DeviceState.RINGING,
    "RINGINUSE": DeviceState.IN_USE,
    "ONHOLD": DeviceState.ON_HOLD,
}


def _device_state(fields: Fields, at: datetime) -> list[PbxEvent]:
    """What a device does changed. Also of `Queue:support` and other non-devices. Also in DeviceStateList."""
    device, state = needed(fields, "device"), needed(fields, "state")
    return [DeviceStateChanged(at, device, _STATES.get(state, DeviceState.UNKNOWN))] if is_phone(device) else []


def _member(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A member of a queue: an item of QueueStatus (which says Location and Name for Interface and MemberName); its
    phone's state changed, it was put in, was paused or goes on. StateInterface is the phone behind a Local Interface.

    Membership is `dynamic` (it signed in), `static` or `realtime`; WrapupTime, in seconds, the member's own.
    """
    return [_member_changed(fields, at, present=True)]


def _member_removed(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A member was taken out of a queue."""
    return [_member_changed(fields, at, present=False)]


def _member_changed(fields: Fields, at: datetime, *, present: bool) -> QueueMemberChanged:
    queue = needed(fields, "queue")
    interface, phone = ident(fields, "interface") or needed(fields, "location"), ident(fields, "stateinterface")
    return QueueMemberChanged(
        at,
        queue,
        phone if is_phone(phone) else interface,
        text(fields, "membername") or text(fields, "name"),
        fields.get("paused") == "1",
        text(fields, "pausedreason"),
        present=present,
        interface=interface,
        dynamic=text(fields, "membership") == "dynamic",
        paused_at=_pause_began(fields, at),
        wrap_up_seconds=number(fields, "wrapuptime"),
    )


def _pause_began(fields: Fields, at: datetime) -> datetime | None:
    """LastPause, in seconds since 1970 and 0 if never: by the PBX's clock, which may be ahead of ours."""
    value = fields.get("lastpause", "")
    began = int(value) if value.isascii() and value.isdigit() and len(value) <= 10 else 0
    if fields.get("paused") != "1" or began <= 0:
        return None
    return min(at, datetime.fromtimestamp(began, UTC))


def _shutdown(_fields: Fields, at: datetime) -> list[PbxEvent]:
    """Asterisk stops or restarts in good order. The connection closes right after."""
    return [PbxStopped(at)]


EVENTS: dict[str, Reader] = {
    "DeviceStateChange": _device_state,
    "QueueMember": _member,
    "QueueMemberStatus": _member,
    "QueueMemberAdded": _member,
    "QueueMemberPause": _member,
    "QueueMemberPaused": _member,  # before Asterisk 13
    "QueueMemberRemoved": _member_removed,
    "Shutdown": _shutdown,
}
