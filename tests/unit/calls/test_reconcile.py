"""What the log has beside what the records tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cti_crm.calls.call import (
    Call,
    CallOutcome,
    Direction,
    Hold,
    Leg,
    LegKind,
    LegState,
    Parking,
    Party,
    Talk,
)
from cti_crm.calls.ports import Conversation
from cti_crm.calls.reconcile import reconcile, with_ends_seen
from cti_crm.infrastructure.clock import new_id

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def leg(leg_id: str) -> Leg:
    return Leg(leg_id, LegKind.DEVICE, "PJSIP/101", Party("101"), LegState.CLEARED, placed=False, started_at=START)


def call(linkedid: str, *legs: str, began: float = 0, agent: str = "101") -> Call:
    return Call(
        id=new_id(),
        pbx="main",
        linkedid=linkedid,
        revision=3,
        direction=Direction.INBOUND,
        caller=Party("+49176"),
        called=Party("+4930101"),
        started_at=at(began),
        offered_to=(agent,),
        answered_by=agent,
        final_agent=agent,
        outcome=CallOutcome.ANSWERED,
        talk=(Talk(agent, at(began + 1), at(began + 9)),),
        answered_at=at(began + 1),
        ended_at=at(began + 9),
        legs=tuple(map(leg, legs)),
    )


def conversation(*calls: Call, detailed: bool = True) -> Conversation:
    ids = frozenset(one for each in calls for one in (each.linkedid, *(leg.id for leg in each.legs)))
    told = tuple(replace(one, inferred_end=True, revision=1) for one in calls)
    return Conversation(told, ids, began=True, ended=True, detailed=detailed, last_at=at(60))


def test_a_call_seen_in_full_is_believed() -> None:
    seen = call("1.0", "1.0", "1.1")
    changes = reconcile([seen], conversation(call("1.0", "1.0", "1.1", agent="102")), ())
    assert (changes.calls, changes.absorbed) == ([], {})


def test_a_doubted_call_that_was_as_the_records_tell_stays_as_it_was_seen() -> None:
    seen = replace(call("1.0", "1.0", "1.1"), offered_to=("101", "103"))
    told = call("1.0", "1.0", "1.1", began=-0.5)
    assert reconcile([seen], conversation(told), {seen.id}).calls == []
    for other in (
        replace(told, talk=(Talk("101", at(1), at(4)), Talk("102", at(4), at(9))), final_agent="102"),
        replace(told, outcome=CallOutcome.MISSED),
        replace(told, ended_at=at(30)),
        replace(told, offered_to=("101", "104")),
        replace(told, holds=(Hold("101", at(3), at(4)),)),
    ):
        assert len(reconcile([seen], conversation(other), {seen.id}).corrected) == 1


def test_a_doubted_call_is_corrected_once_and_keeps_what_only_the_link_saw() -> None:
    seen = replace(
        call("1.0", "1.0", "1.1"),
        caller=Party("+49176", "Käthe"),
        offered_to=("101", "103"),
        holds=(Hold("101", at(3)),),
        parked=(Parking("101", "701", at(4)),),
    )
    told = replace(call("1.0", "1.0", "1.1", agent="102"), parked=(Parking("101", "", at(4.1), at(6), "102"),))
    (better,) = reconcile([seen], conversation(told), {seen.id}).corrected
    assert (better.id, better.revision, better.inferred_end) == (seen.id, seen.revision + 1, True)
    assert (better.final_agent, better.offered_to, better.caller.name) == ("102", ("101", "103", "102"), "Käthe")
    assert better.holds == (Hold("101", at(3), at(9)),)
    assert better.parked == (Parking("101", "701", at(4.1), at(6), "102"),)
    assert reconcile([better], conversation(told), {seen.id}).calls == []


def test_a_talk_too_short_for_cdr_is_not_taken_back() -> None:
    seen = call("1.0", "1.0", "1.1")
    nobody = replace(seen, talk=(), answered_by=None, final_agent=None, outcome=CallOutcome.MISSED, answered_at=None)
    (better,) = reconcile([seen], conversation(nobody, detailed=False), {seen.id}).corrected
    assert (better.talk, better.answered_by, better.final_agent) == (seen.talk, "101", "101")
    assert (better.outcome, better.answered_at) == (CallOutcome.ANSWERED, seen.answered_at)
    assert reconcile([better], conversation(nobody, detailed=False), {seen.id}).calls == []
    (better,) = reconcile([seen], conversation(nobody), {seen.id}).corrected  # CEL would have told of it
    assert (better.talk, better.outcome) == ((), CallOutcome.MISSED)


def test_a_consultation_that_became_part_of_a_call_is_taken_in() -> None:
    main = replace(call("1.0", "1.0", "1.1"), inferred_end=True)
    asking = replace(call("1.2", "1.2", "1.3", began=3), inferred_end=True)
    changes = reconcile([asking, main], conversation(call("1.0", "1.0", "1.1", "1.2", "1.3")), ())
    assert changes.absorbed == {asking.id: main.id}
    assert [one.id for one in changes.corrected] == [main.id]
    assert changes.added == []


def test_two_calls_of_one_conversation_are_each_found() -> None:
    """The customer hung up, two agents talked on: a call of its own under the same Linkedid."""
    first = replace(call("1.0", "1.0", "1.1"), inferred_end=True)
    second = replace(call("1.0", "1.2", "1.3", began=9), inferred_end=True)
    changes = reconcile(
        [second, first], conversation(call("1.0", "1.0", "1.1"), call("1.0", "1.2", "1.3", began=9)), ()
    )
    assert (changes.calls, changes.absorbed) == ([], {})


def test_a_part_that_the_log_lacks_is_added() -> None:
    first = replace(call("1.0", "1.0", "1.1"), inferred_end=True)
    other = call("1.0", "1.2", "1.3", began=9)
    changes = reconcile([first], conversation(other, call("1.0", "1.0", "1.1")), ())
    assert [one.id for one in changes.added] == [other.id]
    assert changes.corrected == []


def test_plain_records_do_not_take_away_transfers_or_numbers() -> None:
    seen = replace(call("1.0", "1.0", "1.1"), inferred_end=True, ended_at=at(4), talk=(Talk("101", at(1), at(4)),))
    told = replace(call("1.0", "1.0", "PJSIP/101-1"), called=Party("101"))
    (better,) = reconcile([seen], conversation(told, detailed=False), ()).corrected
    assert (better.called, better.legs, better.ended_at) == (seen.called, seen.legs, at(9))
    assert better.talk_seconds == 8
    assert reconcile([better], conversation(told, detailed=False), ()).calls == []


def test_records_that_stop_in_the_middle_tell_who_talked_and_the_log_when_it_ended() -> None:
    seen = replace(
        call("1.0", "1.0", "1.1"), talk=(), answered_by=None, final_agent=None, outcome=CallOutcome.MISSED,
        answered_at=None, ended_at=at(20), inferred_end=True,
    )  # fmt: skip
    told = replace(conversation(call("1.0", "1.0", "1.1")), ended=False)
    (better,) = reconcile([seen], with_ends_seen([seen], told), ()).calls
    assert (better.id, better.answered_by, better.outcome) == (seen.id, "101", CallOutcome.ANSWERED)
    assert [(one.agent, one.until) for one in better.talk] == [("101", at(20))]
    assert better.ended_at == at(20)
    assert reconcile([better], with_ends_seen([better], told), ()).calls == []


def test_records_that_stop_in_the_middle_change_nothing_that_was_seen() -> None:
    full = call("1.0", "1.0", "1.1", "1.2")
    seen = replace(full, talk=(*full.talk, Talk("102", at(9), at(15))), final_agent="102", ended_at=at(15))
    told = replace(conversation(call("1.0", "1.0", "1.1")), ended=False)
    for stored in (seen, replace(seen, inferred_end=True)):
        assert reconcile([stored], with_ends_seen([stored], told), {stored.id}).calls == []


def test_who_joined_in_the_middle_is_told_who_talked_before_though_the_records_stop() -> None:
    full = call("1.0", "1.0", "1.1", "1.2", agent="102")
    seen = replace(full, talk=(Talk("102", at(11), at(15)),), ended_at=at(15), inferred_end=True)
    whole = replace(full, answered_by="101", talk=(Talk("101", at(1), at(9)), Talk("102", at(10), at(12))))
    told = replace(conversation(replace(whole, ended_at=at(12))), ended=False)
    (better,) = reconcile([seen], with_ends_seen([seen], told), ()).calls
    assert (better.id, better.answered_by, better.final_agent) == (seen.id, "101", "102")
    assert [(one.agent, one.until) for one in better.talk] == [("101", at(9)), ("102", at(15))]
