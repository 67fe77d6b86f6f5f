"""Calls told by CEL and CDR alone, compared with what the people on the phones lived through."""

from collections.abc import Iterator

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

# What a call record has no word for.
NOT_IN_CDR = {"called", "transfers", "parked", "holds"}
# A picked-up or fetched call names the phones that had it, whether they rang or not; a click-to-dial's own phone does
# not show, and its record is answered when the agent answers, not the customer.
ALSO_NOT_IN_CDR = {
    "call_pickup": {"rang"},
    "parked_and_retrieved": {"rang"},
    "click_to_dial_originate_async": {"rang", "talk"},
}


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
