"""One task per PBX: its events go through the tracker, in order, and what they mean goes onto the bus."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from cti_crm.calls.call_events import CallChanged, CallEvent
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
        self._changed: dict[UUID, CallChanged] = {}  # not yet told, in this turn of the loop

    def take(self, event: PbxEvent) -> None:
        """An event of calls, from the PBX or of what we did there. One odd event must not stop the calls after it."""
        self._take(event)
        self._tell_changed()

    async def run(self) -> None:
        """Until cancelled."""
        async for event in self._link.events():
            self._take(event)
            told = _FOR_OTHERS.get(type(event))
            if told is not None:
                self._bus.publish(told(self._link.name, event))

    def _take(self, event: PbxEvent) -> None:
        try:
            for call_event in self._tracker.apply(event):
                self._tell(call_event)
        except Exception:
            log.exception("event_not_understood", pbx=self._link.name, pbx_event=type(event).__name__)

    def _tell(self, event: CallEvent) -> None:
        """At once; but that a call merely changed is told once for all that the PBX says in one breath."""
        if type(event) is CallChanged:
            if not self._changed:
                asyncio.get_running_loop().call_soon(self._tell_changed)
            self._changed[event.call.id] = event
        else:
            self._changed.pop(event.call.id, None)  # this event has the whole call as well, and is newer
            self._bus.publish(event)

    def _tell_changed(self) -> None:
        changed, self._changed = self._changed, {}
        for event in changed.values():
            self._bus.publish(event)
