"""The answers of CoreShowChannels, BridgeList, QueueStatus and ParkedCalls -> one `PbxSnapshot`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cti_crm.calls.pbx_events import PbxSnapshot, SnapshotLeg
from cti_crm.pbx.asterisk.fields import Fields, ident, leg, needed, text
from cti_crm.pbx.asterisk.packet import AmiPacket

QUESTIONS = ("CoreShowChannels", "BridgeList", "QueueStatus", "ParkedCalls")
"""The actions to send after each login, in this order. BridgeList may be missing, as before Asterisk 12."""

_NEEDED = len(QUESTIONS) - 1

_DURATION = re.compile(r"(\d{1,6}):(\d\d):(\d\d)")

# Who placed the call: an application that dials, waits or listens runs on the caller's channel; AppDial and AppQueue
# are what Asterisk calls a channel that was dialled. https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/CoreShowChannel/
_DIALLED = frozenset({"AppDial", "AppDial2", "AppQueue"})


@dataclass(slots=True)
class SnapshotCollector:
    """Takes the packets of one connection, in order, until all questions are answered.

    A question may be answered by an error, as where app_queue is not loaded. Raises nothing of its own: an item that
    lacks a needed header raises MissingHeaderError and is left out.
    """

    _unanswered: int = _NEEDED
    _legs: list[SnapshotLeg] = field(default_factory=list)
    _queued: list[tuple[str, str]] = field(default_factory=list)
    _parked: list[tuple[str, str]] = field(default_factory=list)
    _queues: list[str] = field(default_factory=list)
    _holding: set[str] = field(default_factory=set)  # bridges in which nobody hears another
    _has_channels: bool = False

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return self._unanswered <= 0

    def feed(self, packet: AmiPacket, at: datetime) -> None:
        """Take a list item, the end of a list or an answer to one of our actions; anything else is passed over."""
        if packet.is_response:
            refused = packet.fields.get("response") == "Error"
            self._unanswered -= refused and "BridgeList" not in packet.fields.get("message", "")
            return
        match packet.event:
            case "CoreShowChannelsComplete":
                self._has_channels = True
                self._unanswered -= 1
            case "QueueStatusComplete" | "ParkedCallsComplete":
                self._unanswered -= 1
            case name:
                item = _ITEMS.get(name)
                if item is not None:
                    item(self, packet.fields, at)

    def snapshot(self, at: datetime, *, restarted: bool) -> PbxSnapshot | None:
        """What was found; None if we may not list the channels, for then nothing is known."""
        if not self._has_channels:
            return None
        slots = dict(self._parked)
        legs: list[SnapshotLeg] = []
        for one in self._legs:
            if one.bridge in self._holding:
                slots.setdefault(one.leg.id, "")
                legs.append(replace(one, bridge=""))
            else:
                legs.append(one)
        return PbxSnapshot(at, tuple(legs), tuple(self._queued), tuple(slots.items()), restarted, tuple(self._queues))

    def _channel(self, fields: Fields, at: datetime) -> None:
        application = text(fields, "application")
        self._legs.append(
            SnapshotLeg(
                leg(fields),
                began=at - _duration(fields.get("duration", "")),
                bridge=ident(fields, "bridgeid"),
                placed=application not in _DIALLED if application else None,
                application=application,
            )
        )

    def _bridge(self, fields: Fields, _at: datetime) -> None:
        if text(fields, "bridgetechnology") == "holding_bridge":
            self._holding.add(needed(fields, "bridgeuniqueid"))

    def _queue_entry(self, fields: Fields, _at: datetime) -> None:
        self._queued.append((needed(fields, "uniqueid"), needed(fields, "queue")))

    def _queue(self, fields: Fields, _at: datetime) -> None:
        self._queues.append(needed(fields, "queue"))

    def _parked_call(self, fields: Fields, _at: datetime) -> None:
        self._parked.append((needed(fields, "parkeeuniqueid"), needed(fields, "parkingspace")))


_ITEMS: dict[str, Callable[[SnapshotCollector, Fields, datetime], None]] = {
    "CoreShowChannel": SnapshotCollector._channel,
    "BridgeListItem": SnapshotCollector._bridge,
    "QueueParams": SnapshotCollector._queue,
    "QueueEntry": SnapshotCollector._queue_entry,
    "ParkedCall": SnapshotCollector._parked_call,
}


def _duration(value: str) -> timedelta:
    """HH:MM:SS, hours without a limit; nothing if it has another form."""
    parts = _DURATION.fullmatch(value)
    if parts is None:
        return timedelta()
    hours, minutes, seconds = (int(part) for part in parts.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
