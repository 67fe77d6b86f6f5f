"""Every recording of a real Asterisk, compared with what the people on the phones lived through."""

import pytest

from cti_crm.calls.call_events import CallOffered, CallStarted
from tests.streams.truth import NAMES, differences, ended_once, replay, truth

# Calls that began and ended while nobody listened leave no trace in AMI; only the PBX's own records have them.
UNSEEN = {"ami_reconnect_midcall": {"+4940111222"}}
# Changed while nobody listened, so seen only at the next snapshot.
UNTIMED = {"ami_reconnect_midcall"}


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_are_what_the_people_lived_through(name: str) -> None:
    lived = [call for call in truth(name) if call["caller"] not in UNSEEN.get(name, ())]
    assert differences(replay(name), lived, timed=name not in UNTIMED) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_call_ends_once_and_nothing_is_left(name: str) -> None:
    run = replay(name)
    assert ended_once(run)
    assert all(call.ended_at is not None for call in run.calls)
    assert len(run.tracker) == 0


@pytest.mark.parametrize("name", NAMES)
def test_revisions_only_grow(name: str) -> None:
    revisions: dict[object, int] = {}
    for event in replay(name).events:
        assert event.call.revision >= revisions.get(event.call.id, 1)
        revisions[event.call.id] = event.call.revision


def test_what_comes_back_to_the_one_who_handed_it_over_is_no_new_call() -> None:
    run = replay("attended_by_keys_nobody_answers_and_the_first_is_called_back")
    assert sum(isinstance(event, CallStarted) for event in run.events) == 1
    offered = [event.leg.party.extension for event in run.events if isinstance(event, CallOffered)]
    assert offered == ["101", "102", "101"]
