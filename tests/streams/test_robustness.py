"""Whatever happens to a recorded stream on its way, each call begins once, ends once, pops once, and is forgotten."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Call
from cti_crm.calls.pbx_events import LegCleared, PbxEvent, PbxSnapshot
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.screenpop.policy import audience
from cti_crm.screenpop.protocol import PopState
from tests.streams import mutations
from tests.streams.mutations import Stream, stream
from tests.streams.truth import NAMES, TOPOLOGY, as_truth, last_told

# A sample of the places in each recording; CTI_CRM_EXHAUSTIVE=1 takes all of them.
PLACES = 0 if os.environ.get("CTI_CRM_EXHAUSTIVE") == "1" else 12

MUTATIONS: dict[str, Callable[[Sequence[PbxEvent]], Iterator[Stream]]] = {
    "suffix": mutations.suffixes,
    "late join": mutations.late_joins,
    "lost": mutations.lost,
    "doubled": mutations.doubled,
    "swapped": mutations.swapped,
    "cut": mutations.cuts,
    "cut, 3 missed": partial(mutations.cuts, missed=3),
    "cut, 20 missed": partial(mutations.cuts, missed=20),
}
HARMLESS = ("doubled", "cut")

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _told_how_many(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line("\nchanged streams: " + ", ".join(f"{count} {what}" for what, count in counted.items()))


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_changed_stream_leaves_nothing_wrong(name: str, mutation: str) -> None:
    events = stream(name)
    wanted = [as_truth(call) for call in lived(list(events))] if mutation in HARMLESS else None
    for place, changed in _sample(MUTATIONS[mutation](events), f"{name} {mutation}"):
        calls = lived(changed)
        if wanted is not None:
            assert [as_truth(call) for call in calls] == wanted, place
        counted[mutation] += 1


@pytest.mark.parametrize("name", NAMES)
def test_a_restart_of_the_service_changes_nothing(name: str) -> None:
    """The calls are taken over from the store, and the snapshot says which of them go on."""
    events = stream(name)
    wanted = [as_truth(call) for call in lived(list(events))]
    for place, changed in _sample(mutations.cuts(events), f"{name} restart"):
        before, after = changed[:place], changed[place:]
        told: list[say.CallEvent] = []
        first = CallTracker("main", TOPOLOGY, new_id)
        for event in before:
            told += first.apply(event)
        second = CallTracker("main", TOPOLOGY, new_id)
        second.restore(first.calls())
        told += _told(second, after)
        _check_each_call_once(told)
        assert [as_truth(call) for call in last_told(told)] == wanted, place
        counted["restart"] += 1


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_brings_back_a_call_that_was_ended_by_a_lie(name: str) -> None:
    """Somebody forged the end of each leg that is there; the PBX, when asked, still has them."""
    events = stream(name)
    wanted = [as_truth(call) for call in lived(list(events))]
    for place, changed in _sample(mutations.cuts(events), f"{name} lie"):
        lost, snapshot = changed[place : place + 2]
        assert isinstance(snapshot, PbxSnapshot)
        lies = [LegCleared(lost.at, one.leg, 16) for one in snapshot.legs]
        tracker = CallTracker("main", TOPOLOGY, new_id)
        told = _told(tracker, [*changed[:place], *lies, snapshot, *changed[place + 2 :]])
        calls = last_told(told)
        assert _essence(as_truth(calls[0])) == _essence(wanted[0]), place
        counted["lie"] += 1


@pytest.mark.parametrize("name", ["direct_answered", "queue_answered"])
def test_a_call_of_which_a_part_was_not_seen_says_so(name: str) -> None:
    events = stream(name)
    assert _unseen(list(events)) == 0
    for _, changed in _sample(mutations.late_joins(events), f"{name} unseen"):
        first = changed[0]
        assert isinstance(first, PbxSnapshot)
        # The rest of a call that nobody is known to have placed is not told, if nobody talks any more.
        assert _unseen(changed) == bool(first.legs and lived(changed))
    for place, changed in _sample(mutations.cuts(events), f"{name} unseen"):
        snapshot = changed[place + 1]
        assert isinstance(snapshot, PbxSnapshot)
        assert _unseen(changed) == bool(snapshot.legs)


def _unseen(events: Stream) -> int:
    return sum(step.what == "unseen" for call in lived(events) for step in call.steps)


def _essence(truth: dict[str, Any]) -> dict[str, Any]:
    """What a lie cannot change for good; talk and holds it cuts short, and no snapshot tells of them."""
    return {key: truth[key] for key in ("direction", "caller", "called", "queue", "answered_by", "outcome")}


def lived(events: Stream) -> list[Call]:
    """The calls told by these events and a last look at a PBX where nobody talks; all invariants are checked."""
    told = _told(CallTracker("main", TOPOLOGY, new_id), events)
    _check_each_call_once(told)
    _check_pops(told)
    return last_told(told)


def _told(tracker: CallTracker, events: Stream) -> list[say.CallEvent]:
    told = [one for event in events for one in tracker.apply(event)]
    end = events[-1].at + timedelta(seconds=1)
    told += tracker.apply(PbxSnapshot(end, ()))
    assert len(tracker) == 0
    assert tracker.apply(PbxSnapshot(end + timedelta(minutes=10), ())) == []
    assert tracker.remembered() == 0
    return told


def _check_each_call_once(told: list[say.CallEvent]) -> None:
    over: set[object] = set()
    revisions: dict[object, int] = {}
    for event in told:
        call = event.call
        assert call.id not in over, f"{type(event).__name__} after the end"
        if isinstance(event, say.CallStarted):
            assert call.id not in revisions, "began twice"
        assert call.revision >= revisions.get(call.id, 1)
        revisions[call.id] = call.revision
        if isinstance(event, say.CallEnded | say.CallAbsorbed):
            over.add(call.id)
    assert over == set(revisions), "a call did not end"


def _check_pops(told: list[say.CallEvent]) -> None:
    """Per call and agent no more pops than times the phone rang; and no ring is told twice, whichever the call."""
    offers = Counter(event.leg.id for event in told if isinstance(event, say.CallOffered))
    assert all(count == 1 for count in offers.values()), "a ring was told twice"
    pops: Counter[tuple[object, str]] = Counter()
    states: dict[tuple[object, str], PopState] = {}
    rings: dict[tuple[object, str], set[str]] = {}
    for event in told:
        call = event.call
        for extension, standing in audience(call).items():
            key = (call.id, extension)
            if standing.state is PopState.OFFERED and states.get(key) is not PopState.OFFERED:
                pops[key] += 1
            states[key] = standing.state
            ringing = {leg.id for leg in call.legs if leg.alerting_at and leg.party.extension == extension}
            rings.setdefault(key, set()).update(ringing)
    assert all(count <= len(rings[key]) for key, count in pops.items()), "popped twice"


def _sample(streams: Iterator[Stream], seed: str) -> list[tuple[int, Stream]]:
    every = list(enumerate(streams))
    if not PLACES or len(every) <= PLACES:
        return every
    return random.Random(seed).sample(every, PLACES)
