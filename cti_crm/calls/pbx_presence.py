"""What a PBX reports of its phones and of the members of its queues, apart from any call. Pure."""

from datetime import datetime
from enum import StrEnum

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.infrastructure.values import value


class DeviceState(StrEnum):
    """What a phone does, whoever caused it."""

    IDLE = "idle"
    IN_USE = "in_use"
    BUSY = "busy"
    RINGING = "ringing"
    ON_HOLD = "on_hold"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@value(frozen=True, slots=True)
class DeviceStateChanged(PbxEvent):
    """Of a device such as "PJSIP/101"; also sent for each device after a connect."""

    device: str
    state: DeviceState


@value(frozen=True, slots=True)
class QueueMemberChanged(PbxEvent):
    """A device in a queue; also sent for each member after a connect. `present` is False when it was taken out.

    interface: what the PBX calls the member, where that is not the device itself (a Local channel to it).
    dynamic: it signed in, and can be taken out; else the PBX's configuration names it.
    paused_at: when its last pause began, if the PBX says.
    wrap_up_seconds: how long the PBX itself spares this member after a call; 0 if not at all, or not told.
    """

    queue: str
    device: str
    name: str
    paused: bool
    pause_reason: str = ""
    present: bool = True
    interface: str = ""
    dynamic: bool = False
    paused_at: datetime | None = None
    wrap_up_seconds: int = 0
