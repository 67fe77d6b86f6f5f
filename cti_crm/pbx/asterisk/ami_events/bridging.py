"""Channels hear each other: bridges and conference rooms."""

from datetime import datetime

from cti_crm.calls import pbx_events as core
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.pbx.asterisk.fields import Fields, Reader, ident, leg, needed


def _enter(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel entered a bridge, in place of SwapUniqueid if that is named.

    In a holding bridge nobody hears another: its channel is parked. A room of ConfBridge is mixed ("softmix"); so is a
    talk of three that grew of one of two, but that is a "basic" bridge.
    """
    view, bridge, technology = leg(fields), needed(fields, "bridgeuniqueid"), fields.get("bridgetechnology")
    if technology == "holding_bridge":
        return [core.LegChanged(at, view)]
    conference = technology == "softmix" and fields.get("bridgetype") != "basic"
    return [core.LegJoined(at, view, bridge, ident(fields, "swapuniqueid"), conference)]


def _leave(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel left a bridge. Its order to Hangup varies."""
    return [core.LegLeft(at, leg(fields), needed(fields, "bridgeuniqueid"))]


def _merge(fields: Fields, at: datetime) -> list[PbxEvent]:
    """All channels of one bridge move to another, as when an attended transfer by feature code is completed."""
    return [core.BridgesMerged(at, needed(fields, "tobridgeuniqueid"), needed(fields, "frombridgeuniqueid"))]


def _conference_join(fields: Fields, at: datetime) -> list[PbxEvent]:
    """A channel entered a conference room of ConfBridge. Each keeps its own Linkedid."""
    return [core.ConferenceJoined(at, leg(fields), needed(fields, "conference"))]


EVENTS: dict[str, Reader] = {
    "BridgeEnter": _enter,
    "BridgeLeave": _leave,
    "BridgeMerge": _merge,
    "ConfbridgeJoin": _conference_join,
}
