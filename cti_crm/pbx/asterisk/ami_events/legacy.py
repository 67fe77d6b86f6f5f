"""AMI events of Asterisk 11 and before (AMI 1) whose meaning is plain: straight to what the core knows.

Where a name lives on with another form, a reader returns None if the event has the newer one.
Source: https://docs.asterisk.org/Asterisk_11_Documentation/API_Documentation/AMI_Events/
"""

from collections.abc import Callable
from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import LegView, PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, caller_number, ident, leg, needed, number, text


def _dial(fields: Fields, at: datetime) -> list[PbxEvent]:
    """Dial, SubEvent Begin: names both channels, but knows neither states nor Linkedid. End names only the caller."""
    if fields.get("subevent") != "Begin":
        return []
    target_id = needed(fields, "destuniqueid")
    target = LegView(
        target_id,
        target_id,
        needed(fields, "destination"),
        number=caller_number(fields, "connectedlinenum"),
        name=text(fields, "connectedlinename"),
    )
    return [core.DialBegan(at, leg(fields), target, ident(fields, "dialstring"))]


def _bridge(fields: Fields, at: datetime) -> list[PbxEvent]:
    """Bridge: two channels hear each other (Link) or no longer do (Unlink). The pair of ids stands for the bridge."""
    one, two = needed(fields, "uniqueid1"), needed(fields, "uniqueid2")
    legs = (
        LegView(one, one, needed(fields, "channel1"), number=caller_number(fields, "callerid1")),
        LegView(two, two, needed(fields, "channel2"), number=caller_number(fields, "callerid2")),
    )
    bridge = f"{one}+{two}"
    if fields.get("bridgestate") == "Link":
        return [core.LegJoined(at, view, bridge) for view in legs]
    return [core.LegLeft(at, view, bridge) for view in legs]


def _queue_join(fields: Fields, at: datetime) -> list[PbxEvent]:
    return [core.QueueJoined(at, leg(fields), needed(fields, "queue"), number(fields, "position"))]


def _queue_leave(fields: Fields, at: datetime) -> list[PbxEvent]:
    return [core.QueueLeft(at, leg(fields), needed(fields, "queue"))]


def _hold(fields: Fields, at: datetime) -> list[PbxEvent] | None:
    match fields.get("status"):
        case "On":
            return [core.LegHeld(at, leg(fields))]
        case "Off":
            return [core.LegUnheld(at, leg(fields))]
        case _:
            return None


def _music(fields: Fields, at: datetime) -> list[PbxEvent]:
    view = leg(fields)
    return [core.MusicStarted(at, view) if fields.get("state") == "Start" else core.MusicStopped(at, view)]


def _parked(fields: Fields, at: datetime) -> list[PbxEvent] | None:
    """ParkedCall: Exten is the slot, From the channel that parked."""
    if "parkeeuniqueid" in fields:
        return None
    return [core.Parked(at, leg(fields), needed(fields, "exten"), ident(fields, "from"))]


def _unparked(fields: Fields, at: datetime) -> list[PbxEvent] | None:
    if "parkeeuniqueid" in fields:
        return None
    return [core.Unparked(at, leg(fields), needed(fields, "exten"))]


OlderReader = Callable[[Fields, datetime], list[PbxEvent] | None]

EVENTS: dict[str, OlderReader] = {
    "Dial": _dial,
    "Bridge": _bridge,
    "Join": _queue_join,
    "Leave": _queue_leave,
    "Hold": _hold,
    "MusicOnHold": _music,
    "ParkedCall": _parked,
    "UnParkedCall": _unparked,
}
