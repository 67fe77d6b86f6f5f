"""Calls are transferred, picked up and parked."""

from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, Reader, ident, leg, needed, optional_leg, text


def _blind_transfer(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A call was sent on by REFER or feature code. The transferer's Hangup follows. AMI Redirect sends none."""
    transferer, transferee = leg(fields, "transferer"), optional_leg(fields, "transferee")
    ok = needed(fields, "result") == "Success"
    return [core.BlindTransferred(at, transferer, transferee, text(fields, "extension"), ok)]


def _attended_transfer(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A transfer after consultation is complete. By feature code both transferers are one channel.

    DestType Threeway: the transferer stays, and all three talk.
    """
    first, second = leg(fields, "origtransferer"), leg(fields, "secondtransferer")
    transferee, target = optional_leg(fields, "transferee"), optional_leg(fields, "transfertarget")
    ok = needed(fields, "result") == "Success"
    if ok and fields.get("desttype") == "Threeway":
        return [core.ConsultationJoined(at, first)]
    return [core.AttendedTransferred(at, first, second, transferee, target, ok)]


def _pickup(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel (the picker) took a call that rang at another phone (the target)."""
    return [core.PickedUp(at, leg(fields), leg(fields, "target"))]


def _parked(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel was parked. Names no channel of the one who parked, only a dial string. Also an item of ParkedCalls."""
    return [core.Parked(at, leg(fields, "parkee"), needed(fields, "parkingspace"), ident(fields, "parkerdialstring"))]


def _unparked(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A parked channel was fetched by the retriever."""
    parkee, slot = leg(fields, "parkee"), needed(fields, "parkingspace")
    return [core.Unparked(at, parkee, slot, optional_leg(fields, "retriever"))]


def _parking_timed_out(fields: Fields, at: datetime) -> list[PbxEvent]:
    """Nobody fetched a parked channel; it goes back to the one who parked it."""
    return [core.ParkingEnded(at, leg(fields, "parkee"), needed(fields, "parkingspace"), timed_out=True)]


def _parking_given_up(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A parked caller hung up."""
    return [core.ParkingEnded(at, leg(fields, "parkee"), needed(fields, "parkingspace"), timed_out=False)]


EVENTS: dict[str, Reader] = {
    "BlindTransfer": _blind_transfer,
    "AttendedTransfer": _attended_transfer,
    "Pickup": _pickup,
    "ParkedCall": _parked,
    "UnParkedCall": _unparked,
    "ParkedCallTimeOut": _parking_timed_out,
    "ParkedCallGiveUp": _parking_given_up,
}
