"""Every recording of a real Asterisk, compared with what the people on the phones lived through."""

import pytest

from tests.streams.truth import NAMES, TOLERANCE, as_truth, ended_once, expected, replay, truth

# Calls that began and ended while nobody listened leave no trace in AMI; only the PBX's own records have them.
UNSEEN = {"ami_reconnect_midcall": {"+4940111222"}}
# Changed while nobody listened, so seen only at the next snapshot.
UNTIMED = {"ami_reconnect_midcall"}


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_are_what_the_people_lived_through(name: str) -> None:
    run = replay(name)
    wanted = [expected(call) for call in truth(name) if call["caller"] not in UNSEEN.get(name, ())]
    assert [as_truth(call, run) for call in run.calls] == wanted


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNTIMED])
def test_times_agree_with_the_phones(name: str) -> None:
    run = replay(name)
    for call, real in zip(run.calls, truth(name), strict=True):
        close = {
            "start": (run.seconds(call.started_at), real["start"]),
            "answer": (run.seconds(call.answered_at), real["answer"]),
            "end": (run.seconds(call.ended_at), real["end"]),
            "talk": (call.talk_seconds, real["talk"]),
        }
        for transfer, wanted in zip(call.transfers, real["transfers"], strict=True):
            close[f"transfer to {transfer.to_party}"] = (run.seconds(transfer.at), wanted["t"])
        for hold, (since, until) in zip(call.holds, real["holds"], strict=True):
            close["hold since"] = (run.seconds(hold.since), since)
            close["hold until"] = (run.seconds(hold.until), until)
        assert {key: ours for key, (ours, _) in close.items()} == pytest.approx(
            {key: theirs for key, (_, theirs) in close.items()}, abs=TOLERANCE
        )


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
