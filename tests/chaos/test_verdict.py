"""The comparison itself finds what it is there to find."""

from typing import Any

import pytest

from tests.chaos.traffic import Customer
from tests.chaos.verdict import Verdict, compare
from tests.lab.sip_call import SipCall, SipTruth

NUMBER = "+4915123000000"
CEL = [
    {"event": event, "time": time, "channel": channel, "uniqueid": leg, "linkedid": "1.0", "cid_num": number}
    | dict.fromkeys(("application", "data", "peer", "extra"), "")
    for event, time, channel, leg, number in (
        ("CHAN_START", "10.0", "PJSIP/trunk-1", "1.0", "unknown"),
        ("APP_START", "10.1", "PJSIP/trunk-1", "1.0", NUMBER),
        ("ANSWER", "11.0", "PJSIP/101-1", "1.1", "101"),
        ("ANSWER", "11.0", "PJSIP/trunk-1", "1.0", NUMBER),
        ("BRIDGE_ENTER", "11.0", "PJSIP/101-1", "1.1", "101"),
        ("BRIDGE_ENTER", "11.0", "PJSIP/trunk-1", "1.0", NUMBER),
        ("CHAN_END", "15.0", "PJSIP/trunk-1", "1.0", NUMBER),
    )
]
RIGHT: dict[str, Any] = {
    "id": "a",
    "linkedid": "1.0",
    "caller": {"number": NUMBER},
    "called": {"number": "+49305550101"},
    "direction": "inbound",
    "talk": [{"agent": "101"}],
    "answered_by": "101",
    "final_agent": "101",
    "outcome": "answered",
    "ended_at": "2026-11-21T08:00:00Z",
    "inferred_end": False,
}


def lived(truth: SipTruth) -> SipCall:
    call = SipCall.__new__(SipCall)
    call.truth, call.messages = truth, []
    return call


def verdict(*log: dict[str, Any], cel: list[dict[str, str]] = CEL) -> Verdict:
    at_phone = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=11.0, end=15.0, status=200))
    return compare([Customer(NUMBER, "101", None, [at_phone])], log, cel)


def test_a_log_that_is_right() -> None:
    found = verdict(RIGHT)
    assert found.good
    assert (found.conversations, found.outcomes["answered"]) == (1, 1)


@pytest.mark.parametrize(
    ("log", "fault"),
    [
        ([], "missing"),
        ([RIGHT, RIGHT | {"id": "b"}], "doubled"),
        ([RIGHT, RIGHT | {"id": "b", "linkedid": "2.0", "caller": {"number": "+49301"}}], "made up"),
        ([RIGHT | {"ended_at": None}], "never ended"),
        ([RIGHT | {"talk": [{"agent": "102"}], "answered_by": "102", "final_agent": "102"}], "wrong agent"),
        ([RIGHT | {"outcome": "missed"}], "wrong outcome"),
    ],
)
def test_a_log_that_is_not(log: list[dict[str, Any]], fault: str) -> None:
    found = verdict(*log)
    assert {kind: len(calls) for kind, calls in found.wrong.items() if calls} == {fault: 1}


def test_people_whom_cel_does_not_know() -> None:
    cel = [row for row in CEL if row["event"] != "BRIDGE_ENTER"]
    assert verdict(RIGHT, cel=cel).wrong["actors against CEL"]


def test_a_pbx_that_was_killed_may_not_have_written_what_was_last() -> None:
    cel = [row for row in CEL if row["event"] not in ("BRIDGE_ENTER", "CHAN_END")]
    assert verdict(RIGHT, cel=cel).good
    assert verdict(RIGHT | {"talk": [], "answered_by": None, "final_agent": None, "outcome": "missed"}, cel=cel).good
    assert not verdict(RIGHT | {"outcome": "missed"}, cel=cel).good
    assert not verdict(cel=cel).good


def test_who_talked_before_the_pbx_was_killed_may_have_talked_again() -> None:
    first = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=11.0, end=12.0, status=200))
    again = lived(SipTruth("101", False, NUMBER, invite=14.1, ring=14.2, answer=14.9, end=None, status=200))
    assert compare([Customer(NUMBER, "101", None, [first, again])], [RIGHT], CEL[:-1]).good


def test_the_phone_that_asked_a_colleague_only_passes_by() -> None:
    asked = [
        CEL[0] | {"event": event, "time": time, "channel": channel, "uniqueid": leg, "linkedid": "2.0", "extra": extra}
        for event, time, channel, leg, extra in (
            ("BRIDGE_ENTER", "13.0", "PJSIP/101-2", "2.0", '{"bridge_id": "b"}'),
            ("BRIDGE_ENTER", "13.0", "PJSIP/102-3", "2.1", '{"bridge_id": "b"}'),
            ("BRIDGE_EXIT", "14.0", "PJSIP/trunk-1", "1.0", ""),
            ("BRIDGE_ENTER", "14.0", "PJSIP/trunk-1", "1.0", '{"bridge_id": "b"}'),
            ("BRIDGE_EXIT", "14.01", "PJSIP/101-2", "2.0", '{"bridge_id": "b"}'),
        )
    ]
    cel = [*CEL[:-1], *asked, CEL[-1]]
    first = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=11.0, end=14.0, status=200))
    second = lived(SipTruth("102", False, "101", invite=12.1, ring=12.2, answer=13.0, end=15.0, status=200))
    log = [RIGHT | {"talk": [{"agent": "101"}, {"agent": "102"}], "final_agent": "102"}]
    assert compare([Customer(NUMBER, "101", None, [first], [second])], log, cel).good
    assert not compare([Customer(NUMBER, "101", None, [first], [second])], [RIGHT], cel).good


def test_a_colleague_who_had_the_customer_for_a_moment_had_them() -> None:
    asked = [
        CEL[0] | {"event": event, "time": time, "channel": channel, "uniqueid": leg, "extra": extra}
        for event, time, channel, leg, extra in (
            ("BRIDGE_ENTER", "13.0", "PJSIP/102-3", "2.1", '{"bridge_id": "b"}'),
            ("BRIDGE_EXIT", "14.0", "PJSIP/trunk-1", "1.0", ""),
            ("BRIDGE_ENTER", "14.0", "PJSIP/trunk-1", "1.0", '{"bridge_id": "b"}'),
            ("BRIDGE_EXIT", "14.02", "PJSIP/trunk-1", "1.0", '{"bridge_id": "b"}'),
            ("BRIDGE_EXIT", "14.021", "PJSIP/102-3", "2.1", '{"bridge_id": "b"}'),
        )
    ]
    first = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=11.0, end=14.0, status=200))
    second = lived(SipTruth("102", False, "101", invite=12.1, ring=12.2, answer=13.0, end=14.0, status=200))
    log = [RIGHT | {"talk": [{"agent": "101"}, {"agent": "102"}], "final_agent": "102"}]
    assert compare([Customer(NUMBER, "101", None, [first], [second])], log, [*CEL[:-1], *asked, CEL[-1]]).good


@pytest.mark.parametrize(("asked_at", "fault"), [("14.5", {"made up": 1}), ("15.5", {})])
def test_a_colleague_asked_when_the_customer_had_gone(asked_at: str, fault: dict[str, int]) -> None:
    phone = CEL[0] | {"channel": "PJSIP/101-1", "uniqueid": "1.1"}
    asking = CEL[0] | {"time": asked_at, "channel": "PJSIP/101-2", "uniqueid": "2.0", "linkedid": "2.0"}
    asked = {"caller": {"number": "101", "extension": "101"}, "called": {"number": "102"}, "direction": "internal"}
    cel = [*CEL, phone, phone | {"event": "CHAN_END", "time": "15.0"}, asking]
    found = verdict(RIGHT, RIGHT | {"id": "b", "linkedid": "2.0"} | asked, cel=cel)
    assert {kind: len(calls) for kind, calls in found.wrong.items() if calls} == fault


def test_of_two_calls_at_a_phone_the_one_that_came_too_late_did_not_talk() -> None:
    late = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=10.5, end=10.51, status=200))
    talked = lived(SipTruth("101", False, NUMBER, invite=10.8, ring=10.9, answer=11.0, end=15.0, status=200))
    assert compare([Customer(NUMBER, "101", None, [late, talked])], [RIGHT], CEL).good


def test_cdr_does_not_tell_a_talk_of_a_moment() -> None:
    moment = lived(SipTruth("101", False, NUMBER, invite=10.1, ring=10.2, answer=11.0, end=11.05, status=200))
    customers = [Customer(NUMBER, "101", None, [moment])]
    missed = RIGHT | {"talk": [], "answered_by": None, "final_agent": None, "outcome": "missed"}
    assert compare(customers, [RIGHT], CEL, knows_holds=False).good
    assert compare(customers, [missed], CEL, knows_holds=False).good
    assert not compare(customers, [missed], CEL).good


def test_a_customer_whom_the_pbx_never_heard_need_not_be_in_the_log() -> None:
    found = verdict(cel=[])
    assert found.good
    assert found.unseen == 1


def test_a_call_that_the_pbx_stopped_before_it_knew_the_number_is_there_once() -> None:
    cel = [*CEL, *(row | {"linkedid": "2.0", "uniqueid": "2.0", "cid_num": "unknown"} for row in (CEL[0], CEL[-1]))]
    nameless = RIGHT | {"id": "b", "linkedid": "2.0", "caller": {"number": None}, "talk": [], "outcome": "failed"}
    assert verdict(RIGHT, nameless, cel=cel).good
    for wrong in (nameless | {"id": "c"}, nameless | {"id": "c", "linkedid": "3.0"}):
        found = verdict(RIGHT, nameless, wrong, cel=cel)
        assert {kind: len(ones) for kind, ones in found.wrong.items() if ones} == {"made up": 1}
