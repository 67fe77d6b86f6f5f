"""Channels are dialled: attempts begin, ring and end; a click-to-dial; the two ends of a Local channel."""

from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import DialStatus, PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, Reader, ident, leg, needed, number, optional_leg

# https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/DialEnd/
_STATUSES = {
    "ANSWER": DialStatus.ANSWER,
    "BUSY": DialStatus.BUSY,
    "CANCEL": DialStatus.CANCEL,
    "CHANUNAVAIL": DialStatus.UNAVAILABLE,
    "CONGESTION": DialStatus.CONGESTION,
    "NOANSWER": DialStatus.NO_ANSWER,
}


def _begin(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel is dialled; it need not ring yet. Originate's has only the Dest half, a queue's an old Dest half."""
    return [core.DialBegan(at, optional_leg(fields, ""), leg(fields, "dest"), ident(fields, "dialstring"))]


def _state(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The channel that is dialled went on: RINGING, PROGRESS, PROCEEDING. Before or after its Newstate."""
    source, target = optional_leg(fields, ""), leg(fields, "dest")
    return [core.DialRinging(at, source, target)] if needed(fields, "dialstatus") == "RINGING" else []


def _end(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A dial attempt is over. A queue sends it twice for a leg; a picked-up phone and a failed Originate get none."""
    source, target = optional_leg(fields, ""), leg(fields, "dest")
    status = _STATUSES.get(needed(fields, "dialstatus"), DialStatus.OTHER)
    return [core.DialEnded(at, source, target, status, ident(fields, "forward"))]


def _originate_response(fields: Fields, at: datetime) -> list[PbxEvent]:
    """How an asynchronous Originate went, when the first leg answered or failed. No Uniqueid on failure."""
    ok = needed(fields, "response") == "Success"
    uniqueid = ident(fields, "uniqueid") if ok else ""
    action_id, channel = ident(fields, "actionid"), ident(fields, "channel")
    return [core.OriginateFinished(at, action_id, uniqueid, channel, ok, number(fields, "reason"))]


def _local_bridge(fields: Fields, at: datetime) -> list[PbxEvent]:
    """The two halves of a Local channel: ;1 is dialled, ;2 runs the dialplan."""
    return [core.LocalPaired(at, leg(fields, "localone"), leg(fields, "localtwo"))]


EVENTS: dict[str, Reader] = {
    "DialBegin": _begin,
    "DialState": _state,
    "DialEnd": _end,
    "OriginateResponse": _originate_response,
    "LocalBridge": _local_bridge,
}
