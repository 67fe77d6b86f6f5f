"""The recordings as other people's Asterisk would have told them: other names, other ids, fewer events."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.replay import recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamRecord, read_stream
from tests.streams.test_recordings import UNSEEN, UNTIMED
from tests.streams.truth import NAMES, RECORDINGS, TOPOLOGY, differences, run_of, truth

Change = Callable[[list[StreamRecord]], list[StreamRecord]]


def retold(name: str, change: Change, topology: Topology = TOPOLOGY) -> list[str]:
    """How the calls of a recording differ from what the people lived, after its packets were changed."""
    path = RECORDINGS / f"{name}.ami.jsonl"
    start = recorded_at(path)

    def events() -> Iterator[PbxEvent]:
        interpreter = Interpreter()
        for record in change(list(read_stream(path))):
            at = start + timedelta(seconds=record.t)
            if record.mark == "disconnected":
                yield from interpreter.disconnected(at, "the recording says so")
            elif record.raw:
                yield from interpreter.feed(record.raw, at)
        yield from interpreter.finish()

    lived = [call for call in truth(name) if call["caller"] not in UNSEEN.get(name, ())]
    return differences(run_of(start, events(), topology), lived, timed=name not in UNTIMED)


def rewritten(pattern: str, replacement: str) -> Change:
    return lambda records: [
        StreamRecord(one.t, re.sub(pattern, replacement, one.raw), one.mark) if one.raw else one for one in records
    ]


def without(*events: str) -> Change:
    starts = tuple(f"Event: {event}\r\n" for event in events)
    return lambda records: [one for one in records if not one.raw.startswith(starts)]


@pytest.mark.parametrize("name", NAMES)
def test_chan_sip(name: str) -> None:
    sip = Topology(trunks=frozenset({"SIP/trunk"}))
    assert retold(name, rewritten("PJSIP/", "SIP/"), sip) == []


@pytest.mark.parametrize("name", NAMES)
def test_names_with_dashes(name: str) -> None:
    """`SIP/prov-out-dev-0000001c`: only the last part is Asterisk's own."""
    trunk = Topology(trunks=frozenset({"SIP/prov-out-dev"}))
    assert retold(name, rewritten("PJSIP/trunk", "SIP/prov-out-dev"), trunk) == []


@pytest.mark.parametrize("name", NAMES)
def test_ids_with_the_name_of_the_system(name: str) -> None:
    assert retold(name, rewritten(r"(?<=id: )(\d{10}\.\d+)", r"pbx1-\1")) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "events",
    [
        ("FullyBooted",),
        ("DialState",),
        ("NewConnectedLine", "NewExten", "Newexten"),
        ("LocalBridge", "LocalOptimizationBegin", "LocalOptimizationEnd"),
        ("AgentCalled", "AgentConnect", "AgentComplete", "AgentRingNoAnswer"),
        ("MusicOnHoldStart", "MusicOnHoldStop"),
        ("SoftHangupRequest",),
        ("BridgeCreate", "BridgeDestroy", "BridgeMerge"),
        ("QueueCallerLeave", "QueueCallerAbandon"),
        ("ConfbridgeJoin", "ConfbridgeLeave", "ConfbridgeStart", "ConfbridgeEnd"),
    ],
    ids=lambda events: events[0],
)
def test_without_events_that_not_everybody_has(name: str, events: tuple[str, ...]) -> None:
    assert retold(name, without(*events)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if "attended" in name and "refer" in name])
def test_attended_transfer_told_with_less_and_late(name: str) -> None:
    """Others see the swap in the bridge first, and the event names neither transferee nor target."""

    def change(records: list[StreamRecord]) -> list[StreamRecord]:
        (index,) = [i for i, one in enumerate(records) if one.raw.startswith("Event: AttendedTransfer\r\n")]
        old = records.pop(index)
        swaps = [i for i, one in enumerate(records) if "\r\nSwapUniqueid: " in one.raw]
        later = max([index, *(i + 1 for i in swaps)])
        raw = re.sub(r"(Transferee|TransferTarget)\w*: [^\r]*\r\n", "", old.raw)
        records.insert(later, StreamRecord(records[later - 1].t, raw))
        return records

    assert retold(name, change) == []


NASTY = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '\\"); DROP TABLE calls; --',
    "\u202egnp.exe \u2066\u200f\x07\x1b[31m\x00\x7f",
    "%s%n%0d%0aEvent: Hangup",
    "\udcff\udc80 \ufeff",
    "A" * 10_240,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_callers_name_changes_nothing_but_the_name(name: str, text: str) -> None:
    written = re.sub(r"\\", r"\\\\", text)
    assert retold(name, rewritten(r"(?<=\r\n)(\w*(?:CallerID|ConnectedLine)Name): [^\r]*", rf"\1: {written}")) == []


def test_a_callers_number_is_told_as_it_came_but_without_what_cannot_be_seen() -> None:
    number = "+49<b>176\u202e'\"\x00"
    path = RECORDINGS / "direct_answered.ami.jsonl"
    change = rewritten(r"\+4917612345678", number)
    interpreter = Interpreter()
    start = recorded_at(path)
    events = [
        event
        for record in change(list(read_stream(path)))
        for event in interpreter.feed(record.raw, start + timedelta(seconds=record.t))
    ]
    (call,) = run_of(start, events).calls
    assert (call.caller.number, call.outcome) == ("+49<b>176'\"", "answered")
