"""One task per PBX: its events go through the tracker, in order, and what they mean goes onto the bus."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from cti_crm.calls.pbx_events import (
    DeviceStateChanged,
    LinkLost,
    OriginateFinished,
    PbxEvent,
    PbxSnapshot,
    QueueMemberChanged,
)
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
            match event:
                case DeviceStateChanged() | QueueMemberChanged() | PbxSnapshot():
                    self._bus.publish(PresenceReported(self._link.name, event))
                case LinkLost():
                    self._bus.publish(LinkBroken(self._link.name, event.at))
                case OriginateFinished():
                    self._bus.publish(DialFinished(self._link.name, event.action_id, event.ok, event.reason))
