"""Whom a call concerns and how: on the calls of real recordings, and on calls made for the odd cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cti_crm.calls.call import Call, CallOutcome, Direction, Leg, LegEnd, LegKind, LegState, Party, Talk
from cti_crm.screenpop.policy import Standing, audience
from cti_crm.screenpop.protocol import CloseReason, PopState
from tests.streams.truth import replay

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def leg(extension: str, state: LegState = LegState.ALERTING, **changes: object) -> Leg:
    ringing = Leg(
        id=extension,
        kind=LegKind.DEVICE,
        device=f"PJSIP/{extension}",
        party=Party(extension, "", extension),
        state=state,
        placed=False,
        started_at=START,
        alerting_at=START,
    )
    return replace(ringing, **changes)  # type: ignore[arg-type]


def call(*legs: Leg, **changes: object) -> Call:
    inbound = Call(
        id=UUID(int=1),
        pbx="main",
        linkedid="1.0",
        revision=1,
        direction=Direction.INBOUND,
        caller=Party("+4917612345678"),
        called=Party("+49305550200"),
        started_at=START,
        legs=legs,
    )
    return replace(inbound, **changes)  # type: ignore[arg-type]


def states(name: str, extension: str) -> list[str]:
    """What an agent sees of a recording, without repetitions; a closed pop with its reason."""
    seen: list[str] = []
    for event in replay(name).events:
        standing = audience(event.call).get(extension)
        if standing is not None:
            word = standing.reason.value if standing.reason else standing.state.value
            if seen[-1:] != [word]:
                seen.append(word)
    return seen


@pytest.mark.parametrize(
    ("recording", "extension", "expected"),
    [
        ("direct_answered", "101", ["offered", "talking", "wrap_up"]),
        ("direct_missed", "101", ["offered", "caller_gone"]),
        ("direct_busy", "101", []),
        ("agent_declines", "101", ["offered", "not_answered"]),
        ("queue_answered", "102", ["offered", "talking", "wrap_up"]),
        ("hold_and_resume", "101", ["offered", "talking", "wrap_up"]),
        ("blind_transfer_refer", "101", ["offered", "talking", "wrap_up"]),
        ("blind_transfer_refer", "102", ["offered", "talking", "wrap_up"]),
        ("attended_transfer_refer", "101", ["offered", "talking", "wrap_up"]),
        ("attended_transfer_by_ami", "101", ["offered", "talking", "wrap_up"]),
        ("outbound_from_agent_answered", "101", ["dialling", "talking", "wrap_up"]),
        ("outbound_busy", "101", ["dialling", "wrap_up"]),
        ("click_to_dial_originate_async", "101", ["dialling", "talking", "wrap_up"]),
        ("click_to_dial_agent_does_not_answer", "101", ["dialling", "failed"]),
        ("internal_call_between_agents", "102", ["offered", "talking", "done"]),
        ("call_pickup", "102", ["talking", "wrap_up"]),
        ("voicemail_after_noanswer", "105", ["offered", "not_answered"]),
    ],
)
def test_what_an_agent_sees_of_a_real_call(recording: str, extension: str, expected: list[str]) -> None:
    assert states(recording, extension) == expected


@pytest.mark.parametrize("recording", ["queue_answered", "ringgroup_answered_by_second", "call_pickup"])
def test_a_colleague_who_answers_closes_the_pop_in_the_end(recording: str) -> None:
    assert states(recording, "101")[0] == "offered"
    assert states(recording, "101")[-1] == "answered_elsewhere"


def test_who_answered_is_named() -> None:
    lost = leg("101", LegState.CLEARED, end=LegEnd.CANCELLED, ended_at=START)
    won = leg("102", LegState.CONNECTED, answered_at=START)
    standings = audience(call(lost, won, talk=(Talk("102", START),)))
    assert standings["101"] == Standing(PopState.CLOSED, CloseReason.ANSWERED_ELSEWHERE, "102")
    assert standings["102"].state is PopState.TALKING


def test_a_phone_that_has_not_rung_bothers_nobody() -> None:
    unreachable = leg("101", LegState.CLEARED, alerting_at=None, end=LegEnd.UNREACHABLE, ended_at=START)
    assert audience(call(unreachable)) == {}


def test_a_second_phone_of_the_same_agent_does_not_close_the_pop_of_the_first() -> None:
    desk = leg("106", LegState.CONNECTED, answered_at=START)
    mobile = leg("106", LegState.CLEARED, id="other", end=LegEnd.ANSWERED_ELSEWHERE, ended_at=START)
    assert audience(call(desk, mobile, talk=(Talk("106", START),)))["106"].state is PopState.TALKING


def test_ringing_again_in_a_queue_opens_the_pop_again() -> None:
    first = leg("103", LegState.CLEARED, end=LegEnd.NO_ANSWER, ended_at=START)
    assert audience(call(first))["103"].reason is CloseReason.NOT_ANSWERED
    assert audience(call(first, leg("103", id="second")))["103"].state is PopState.OFFERED


def test_a_call_that_nobody_took_is_over_for_all() -> None:
    end = START + timedelta(seconds=20)
    gone = leg("101", LegState.CLEARED, end=LegEnd.CANCELLED, ended_at=end)
    over = call(gone, ended_at=end, outcome=CallOutcome.MISSED)
    assert audience(over)["101"] == Standing(PopState.CLOSED, CloseReason.CALLER_GONE)
