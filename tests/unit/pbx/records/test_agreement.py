"""Calls told by CEL and CDR alone, compared with what the people on the phones lived through."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from cti_crm.calls.call import Call, LegKind
from cti_crm.calls.ports import Conversation
from cti_crm.pbx.asterisk.records.cdr_calls import call_of
from cti_crm.pbx.asterisk.records.cdr_grouping import CdrGrouping
from cti_crm.pbx.asterisk.records.cel_calls import conversations_of
from cti_crm.pbx.asterisk.records.conversations import CelGrouping
from cti_crm.pbx.asterisk.records.rows import CelRow
from tests.unit.pbx.records.evidence import NAMES, TOPOLOGY, cdr, cel, evidence, lived, told

# The people's times are those of their SIP messages; the CDR that was kept has whole seconds.
CEL_TOLERANCE, CDR_TOLERANCE = 0.35, 1.2
MOMENT = timedelta(seconds=0.02)

# What a call record has no word for.
NOT_IN_CDR = {"called", "transfers", "parked", "holds"}
# A picked-up or fetched call names the phones that had it, whether they rang or not; a click-to-dial's own phone does
# not show, and its record is answered when the agent answers, not the customer.
ALSO_NOT_IN_CDR = {
    "call_pickup": {"rang"},
    "parked_and_retrieved": {"rang"},
    "click_to_dial_originate_async": {"rang", "talk"},
}


LATER = timedelta(hours=1)


def phone(channel: str) -> str:
    return TOPOLOGY.device(channel) if channel and TOPOLOGY.kind(channel) is LegKind.DEVICE else ""


def from_cel(rows: list[CelRow]) -> list[Conversation]:
    def found() -> Iterator[Conversation]:
        grouping = CelGrouping(phone)
        for row in rows:
            for one in grouping.take(row):
                yield from conversations_of(one, "main", TOPOLOGY)
        for one in grouping.finish():
            yield from conversations_of(one, "main", TOPOLOGY)

    return list(found())


def from_cdr(name: str) -> list[Conversation]:
    grouping = CdrGrouping(phone)
    groups = [rows for row in cdr(name) for rows in grouping.take(row)]
    return [call_of(rows, "main", TOPOLOGY) for rows in [*groups, *grouping.finish()]]


def calls_in(conversations: list[Conversation]) -> list[Call]:
    return sorted((call for one in conversations for call in one.calls), key=lambda call: call.started_at)


def test_there_is_evidence() -> None:
    assert len(NAMES) >= 26


@pytest.mark.parametrize("name", NAMES)
def test_cel_tells_what_the_people_lived_through(name: str) -> None:
    conversations = from_cel(cel(name))
    calls, truth = calls_in(conversations), evidence(name)["calls"]
    assert [told(call) for call in calls] == [lived(call) for call in truth]
    assert [call.talk_seconds for call in calls] == pytest.approx([one["talk"] for one in truth], abs=CEL_TOLERANCE)
    assert all(one.began and one.ended and one.detailed for one in conversations)
    assert all(call.inferred_end and call.ended_at for call in calls)


@pytest.mark.parametrize("name", NAMES)
def test_cdr_tells_who_talked_with_whom(name: str) -> None:
    calls, truth = calls_in(from_cdr(name)), evidence(name)["calls"]
    left_out = NOT_IN_CDR | ALSO_NOT_IN_CDR.get(name, set())
    assert [_without(told(call), left_out) for call in calls] == [_without(lived(call), left_out) for call in truth]
    if "talk" not in left_out:
        ours = [call.talk_seconds for call in calls]
        assert ours == pytest.approx([one["talk"] for one in truth], abs=CDR_TOLERANCE)


def _without(fields: dict[str, object], names: set[str]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if key not in names}


@pytest.mark.parametrize("name", NAMES)
def test_a_beginning_that_was_not_read_is_noticed(name: str) -> None:
    rows = [row for row in cel(name) if row.event not in ("LINKEDID_END", "DTMF")]
    assert not any(one.began for one in from_cel(rows[1:])[:1])


@pytest.mark.parametrize("name", NAMES)
def test_an_end_that_was_not_read_is_noticed(name: str) -> None:
    last = next(index for index, row in reversed(list(enumerate(cel(name)))) if row.event == "CHAN_END")
    conversations = from_cel(cel(name)[:last])
    assert sum(not one.ended for one in conversations) == 1


OLDER = [name for name in NAMES if name not in ("hold_and_resume",)]


@pytest.mark.parametrize("name", OLDER)
def test_asterisk_before_22_tells_no_holds(name: str) -> None:
    """It has no STREAM, DTMF or LOCAL_OPTIMIZE_BEGIN events; a consultation still belongs to the call it is for."""
    rows = [row for row in cel(name) if not row.event.startswith(("STREAM", "DTMF", "LOCAL_OPTIMIZE"))]
    calls, truth = calls_in(from_cel(rows)), evidence(name)["calls"]
    assert [_without(told(call), {"holds"}) for call in calls] == [_without(lived(one), {"holds"}) for one in truth]


@pytest.mark.parametrize("name", NAMES)
def test_without_application_events_talk_is_still_right(name: str) -> None:
    """`apps` in cel.conf may name none: then queues and mailboxes are not told, but who talked with whom is."""
    rows = [row for row in cel(name) if not row.event.startswith("APP_")]
    calls, truth = calls_in(from_cel(rows)), evidence(name)["calls"]
    keys = ("direction", "caller", "final_agent", "transfers")
    ours = [{key: told(call)[key] for key in keys} for call in calls]
    assert ours == [{key: lived(one)[key] for key in keys} for one in truth]
    assert [call.talk_seconds for call in calls] == pytest.approx([one["talk"] for one in truth], abs=CEL_TOLERANCE)


def test_calls_over_the_same_line_at_the_same_time_stay_apart() -> None:
    first, second = cel("direct_answered"), cel("queue_answered")
    assert not {row.leg for row in first} & {row.leg for row in second}
    rows = sorted([*first, *second], key=lambda row: row.at)
    assert len(from_cel(rows)) == 2


def test_a_killed_pbx_gives_its_channel_names_again() -> None:
    """What it left without an end has nothing to do with what the same names are and do after its start."""
    rows = cel("attended_transfer_refer")
    cut_off = rows[: next(index for index, row in enumerate(rows) if row.event == "CHAN_END")]

    def later(row: CelRow) -> CelRow:
        return replace(row, at=row.at + timedelta(seconds=60), leg=moved(row.leg), linkedid=moved(row.linkedid))

    def moved(uniqueid: str) -> str:
        at, _, count = uniqueid.partition(".")
        return f"{int(at) + 60}.{count}"

    conversations = from_cel([*cut_off, *map(later, rows)])
    assert [(one.ended, one.began, len(one.calls)) for one in conversations] == [(False, True, 1), (True, True, 1)]
    assert told(conversations[1].calls[0]) == told(from_cel(rows)[0].calls[0])


def test_who_fetches_a_customer_while_talking_to_another_has_two_calls() -> None:
    """A phone in a call that places another asks somebody about it, unless it turns out to have fetched."""
    rows = [row for row in cel("parked_and_retrieved") if row.event not in ("LINKEDID_END", "DTMF")]
    name = next(row.extra["retriever"] for row in rows if "retriever" in row.extra)
    phone = name.rpartition("-")[0]
    begin = next(row.at for row in rows if row.event == "CHAN_START" and row.channel == name)
    talking = [replace(row, leg=f"x-{row.leg}", linkedid=f"x-{row.linkedid}") for row in cel("direct_answered")]
    answered = next(row.at for row in talking if row.event == "BRIDGE_ENTER")
    meanwhile = [
        replace(
            row,
            at=begin + (row.at - answered) * 0.1 - timedelta(seconds=0.01) if row.at <= answered else row.at + LATER,
            channel=re.sub("^PJSIP/101-", f"{phone}-f", row.channel),
        )
        for row in talking
    ]
    both = sorted([*rows, *meanwhile], key=lambda row: row.at)
    assert sorted(call.linkedid for call in calls_in(from_cel(both))) == sorted([rows[0].linkedid, talking[0].linkedid])


def test_memory_is_given_back() -> None:
    """A long file is told conversation by conversation."""
    grouping = CelGrouping(phone)
    rows = cel("direct_answered")
    told_early = 0
    for number in range(200):
        for row in rows:
            later = replace(
                row,
                at=row.at + timedelta(seconds=20 * number),
                leg=f"{number}-{row.leg}",
                linkedid=f"{number}-{row.linkedid}",
            )
            told_early += len(list(grouping.take(later)))
    assert told_early > 150
    assert told_early + len(list(grouping.finish())) == 200


@pytest.mark.parametrize("name", NAMES)
def test_two_who_change_bridges_in_one_moment_may_be_told_in_either_order(name: str) -> None:
    rows = cel(name)
    expected = [_who_talked(call) for call in calls_in(from_cel(rows))]
    for place, (one, two) in enumerate(pairwise(rows)):
        if (
            one.leg == two.leg
            or two.at - one.at > MOMENT
            or not {one.event, two.event} <= {"BRIDGE_ENTER", "BRIDGE_EXIT"}
        ):
            continue
        swapped = [*rows[:place], two, one, *rows[place + 2 :]]
        assert [_who_talked(call) for call in calls_in(from_cel(swapped))] == expected, place


def _who_talked(call: Call) -> tuple[object, ...]:
    transfers = [(one.kind, one.from_party, one.to_party) for one in call.transfers]
    return call.answered_by, call.final_agent, call.outcome, [one.agent for one in call.talk], transfers
