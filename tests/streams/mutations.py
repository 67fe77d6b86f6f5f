"""What may happen to a stream on its way: cut, joined late, an event lost, doubled or out of order.

The core's events are changed, not the text: what a forger writes into the text is the stream reader's matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cache

from cti_crm.calls import pbx_events as pbx
from cti_crm.calls.pbx_events import ChannelState, LegView, PbxEvent, PbxSnapshot, SnapshotLeg
from cti_crm.calls.pbx_presence import DeviceStateChanged, QueueMemberChanged
from cti_crm.pbx.asterisk.replay import pbx_events_of
from tests.streams.truth import RECORDINGS

_NOT_ABOUT_CALLS = (DeviceStateChanged, QueueMemberChanged, pbx.OriginateFinished, pbx.DigitPressed)

Stream = list[PbxEvent]


@cache
def stream(name: str) -> tuple[PbxEvent, ...]:
    """The events of a recording that are about calls."""
    recorded = pbx_events_of(RECORDINGS / f"{name}.ami.jsonl")
    return tuple(event for event in recorded if not isinstance(event, _NOT_ABOUT_CALLS))


def suffixes(events: Sequence[PbxEvent]) -> Iterator[Stream]:
    """The service joins late and is told nothing of what went before."""
    for start in range(1, len(events)):
        yield list(events[start:])


def late_joins(events: Sequence[PbxEvent]) -> Iterator[Stream]:
    """The service joins late and is told the state of the PBX."""
    pbx_state = PbxState()
    for start in range(1, len(events)):
        pbx_state.take(events[start - 1])
        yield [pbx_state.snapshot(events[start]), *events[start:]]


def lost(events: Sequence[PbxEvent]) -> Iterator[Stream]:
    """One event is lost."""
    for index in range(len(events)):
        yield [*events[:index], *events[index + 1 :]]


def doubled(events: Sequence[PbxEvent]) -> Iterator[Stream]:
    """One event comes twice."""
    for index in range(len(events)):
        yield [*events[: index + 1], *events[index:]]


def swapped(events: Sequence[PbxEvent]) -> Iterator[Stream]:
    """Two neighbours that speak of different legs come the other way round."""
    for index in range(len(events) - 1):
        one, two = events[index], events[index + 1]
        if not {view.id for view in views(one)} & {view.id for view in views(two)}:
            yield [*events[:index], two, one, *events[index + 2 :]]


def cuts(events: Sequence[PbxEvent], missed: int = 0) -> Iterator[Stream]:
    """The link breaks and comes back with a snapshot; `missed` events went by meanwhile."""
    pbx_state = PbxState()
    for event in events[:missed]:
        pbx_state.take(event)
    for start in range(len(events) - missed):
        end = start + missed
        yield [
            *events[:start],
            pbx.LinkLost(events[start].at),
            pbx_state.snapshot(events[end]),
            *events[end:],
        ]
        pbx_state.take(events[end])


def views(event: PbxEvent) -> list[LegView]:
    """The legs of which an event speaks."""
    found = [getattr(event, one.name) for one in fields(event)]
    return [one for one in found if isinstance(one, LegView)]


@dataclass
class PbxState:
    """What the PBX would answer if it were asked now: read from its events, independently of the tracker."""

    legs: dict[str, SnapshotLeg] = field(default_factory=dict)
    queued: dict[str, str] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)
    dialled: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def take(self, event: PbxEvent) -> None:
        match event:
            case PbxSnapshot():
                self.legs = {one.leg.id: one for one in event.legs}
                self.queued, self.parked = dict(event.queued), dict(event.parked)
                return
            case pbx.LegCleared():
                for where in (self.legs, self.queued, self.parked):
                    where.pop(event.leg.id, None)
                self.gone.add(event.leg.id)
                return
            case pbx.PbxStopped():
                self.legs, self.queued, self.parked = {}, {}, {}
                return
            case pbx.DialBegan():
                self.dialled.add(event.target.id)
            case pbx.QueueJoined():
                self.queued[event.leg.id] = event.queue
            case pbx.QueueLeft():
                self.queued.pop(event.leg.id, None)
            case pbx.Parked():
                self.parked[event.leg.id] = event.slot
            case pbx.Unparked() | pbx.ParkingEnded():
                self.parked.pop(event.leg.id, None)
        for view in views(event):
            self._see(view, event)

    def _see(self, view: LegView, event: PbxEvent) -> None:
        if view.id in self.gone or not view.id:
            return
        old = self.legs.get(view.id)
        if old is not None and isinstance(event, pbx.DialBegan | pbx.DialEnded | pbx.QueueOffered):
            return  # perhaps an old view
        bridge = old.bridge if old else ""
        application = old.application if old else ""
        if isinstance(event, pbx.LegJoined):
            bridge = event.bridge
            application = "ConfBridge" if event.conference else application
        elif isinstance(event, pbx.LegLeft):
            bridge = ""
        if old is None and view.state is ChannelState.DOWN:
            self.dialled.add(view.id)
        placed = view.id not in self.dialled
        application = application or ("Dial" if placed else "AppDial")
        began = old.began if old else event.at
        self.legs[view.id] = SnapshotLeg(view, began, bridge, placed, application)

    def snapshot(self, before: PbxEvent) -> PbxSnapshot:
        """Taken a moment before that event."""
        legs = tuple(self.legs.values())
        at = before.at - timedelta(milliseconds=1)
        return PbxSnapshot(at, legs, tuple(self.queued.items()), tuple(self.parked.items()))
