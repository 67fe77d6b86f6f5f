"""One task per PBX: its events go through the tracker, in order, and what they mean goes onto the bus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from cti_crm.calls.pbx_events import LinkLost, OriginateFinished, PbxEvent, PbxSnapshot
from cti_crm.calls.pbx_presence import DeviceStateChanged, QueueMemberChanged
from cti_crm.calls.ports import PbxLink
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PresenceReported:
    """A PBX told of a phone or of a queue's member; a snapshot says that all of them follow anew."""

    pbx: str
    event: DeviceStateChanged | QueueMemberChanged | PbxSnapshot


@dataclass(frozen=True, slots=True)
class LinkBroken:
    """From `at` on nothing is known of a PBX, until its next snapshot."""

    pbx: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DialFinished:
    """The PBX's word on a click-to-dial; `leg_id` is the one that was asked for."""

    pbx: str
    leg_id: str
    ok: bool
    reason: int


# What concerns others than those who follow calls. The key is the class that the function takes, which no type can say.
_FOR_OTHERS: Mapping[type[PbxEvent], Callable[[str, Any], PresenceReported | LinkBroken | DialFinished]] = {
    DeviceStateChanged: PresenceReported,
    QueueMemberChanged: PresenceReported,
    PbxSnapshot: PresenceReported,
    LinkLost: lambda pbx, event: LinkBroken(pbx, event.at),
    OriginateFinished: lambda pbx, event: DialFinished(pbx, event.action_id, event.ok, event.reason),
}


class Ingest:
    """Feeds one PBX's events to its tracker."""

    def __init__(self, link: PbxLink, tracker: CallTracker, bus: EventBus) -> None:
        self._link = link
        self._tracker = tracker
        self._bus = bus

    def take(self, event: PbxEvent) -> None:
        """An event of calls, from the PBX or of what we did there. One odd event must not stop the calls after it."""
        try:
            for call_event in self._tracker.apply(event):
                self._bus.publish(call_event)
        except Exception:
            log.exception("event_not_understood", pbx=self._link.name, pbx_event=type(event).__name__)

    async def run(self) -> None:
        """Until cancelled."""
        async for event in self._link.events():
            self.take(event)
            told = _FOR_OTHERS.get(type(event))
            if told is not None:
                self._bus.publish(told(self._link.name, event))
