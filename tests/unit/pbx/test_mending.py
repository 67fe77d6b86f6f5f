"""Halves joined, additions cut out, and a look at the PBX asked for where something was odd."""

from datetime import UTC, datetime

import pytest

from cti_crm.calls.pbx_events import LegCleared, LegCreated, PbxEvent, PbxSnapshot
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.known_channels import CONTRADICTION
from cti_crm.pbx.asterisk.mending import MAX_WHOLE, Mended
from cti_crm.pbx.asterisk.packet import Distrust

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
BANNER = "Asterisk Call Manager/11.0.0\r\n"


def block(number: int, caller: str = "+4917612345678") -> list[str]:
    return [
        f"Channel: PJSIP/trunk-{number:08x}", "ChannelState: 4", "ChannelStateDesc: Ring", f"CallerIDNum: {caller}",
        "CallerIDName: Uwe", "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Language: en",
        "AccountCode: ", "Context: from-trunk", "Exten: +49305550101", "Priority: 1", f"Uniqueid: 1.{number}",
        f"Linkedid: 1.{number}",
    ]  # fmt: skip


def event(name: str, number: int, caller: str = "+4917612345678") -> str:
    return "\r\n".join([f"Event: {name}", "Privilege: call,all", *block(number, caller), "", ""])


def answers(first: int, *numbers: int, caller: str = "+4917612345678", waiting: str = "") -> list[str]:
    def answer(action: int, *items: str, event: str, message: str) -> list[str]:
        head = f"Response: Success\r\nActionID: own-{action}\r\nEventList: start\r\nMessage: {message}\r\n\r\n"
        return [head, *items, f"Event: {event}Complete\r\nActionID: own-{action}\r\nEventList: Complete\r\n\r\n"]

    items = [
        "\r\n".join(["Event: CoreShowChannel", f"ActionID: own-{first}", *block(one, caller), "Duration: 00:00:01"])
        + "\r\n\r\n"
        for one in numbers
    ]
    entries = []
    if waiting:
        entry = [
            "Event: QueueEntry", "Queue: support", "Position: 1", f"Channel: PJSIP/trunk-{numbers[0]:08x}",
            f"Uniqueid: 1.{numbers[0]}", f"CallerIDNum: {waiting}", "CallerIDName: Uwe", "Wait: 5", "Priority: 0",
            f"ActionID: own-{first + 1}",
        ]  # fmt: skip
        entries = ["\r\n".join(entry) + "\r\n\r\n"]
    return [
        *answer(first, *items, event="CoreShowChannels", message="Channels will follow"),
        *answer(first + 1, *entries, event="QueueStatus", message="Queue status will follow"),
        *answer(first + 2, event="ParkedCalls", message="Parked calls will follow"),
    ]


def split(raws: list[str]) -> list[str]:
    return [piece + "\r\n\r\n" for raw in raws for piece in raw.removesuffix("\r\n\r\n").split("\r\n\r\n")]


def feed(interpreter: Interpreter, *raws: str) -> list[PbxEvent]:
    return [one for raw in split(list(raws)) for one in interpreter.feed(raw, AT)]


@pytest.fixture
def interpreter() -> Interpreter:
    fresh = Interpreter()
    fresh.feed(BANNER, AT)
    (snapshot,) = feed(fresh, "Response: Success\r\nActionID: own-1\r\n\r\n", *answers(2, 1))
    assert isinstance(snapshot, PbxSnapshot)
    return fresh


FORGED = "1\r\n\r\nEvent: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/trunk-00000001\r\nUniqueid: 1.1\r\n\r\nX: y"


def test_an_event_that_was_cut_is_whole_again_and_counted(interpreter: Interpreter) -> None:
    told: list[tuple[str, str]] = []
    interpreter.on_doubt = lambda channel, reason: told.append((channel, reason))
    (created,) = feed(interpreter, event("Newchannel", 2, FORGED))
    assert isinstance(created, LegCreated)
    assert (created.leg.id, created.leg.number, created.leg.name) == ("1.2", "1", "Uwe")
    assert interpreter.counters.rejected == {Mended.CUT: 1, Mended.FORGED: 1}
    assert told == [("PJSIP/trunk-00000002", Mended.CUT), ("PJSIP/trunk-00000002", Mended.FORGED)]
    assert interpreter.wants_check


def test_the_first_event_of_a_pbx_is_mended_like_any_other() -> None:
    fresh = Interpreter()
    fresh.feed(BANNER, AT)
    feed(fresh, event("Newchannel", 2, "1\r\nUniqueid: 1.1\r\n\r\nX: y"))
    (created,) = fresh.finish()
    assert isinstance(created, LegCreated)
    assert (created.leg.id, created.leg.exten) == ("1.2", "+49305550101")
    assert fresh.counters.rejected == {Mended.CUT: 1}


def test_an_asterisk_that_never_described_channels_in_full_is_believed_without() -> None:
    older = Interpreter()
    older.feed("Asterisk Call Manager/1.3\r\n", AT)
    brief = "Event: Newchannel\r\nPrivilege: call,all\r\nChannel: SIP/1-1\r\nChannelState: 4\r\nUniqueid: 1.2\r\n\r\n"
    feed(older, brief)
    assert [type(one) for one in older.finish()] == [LegCreated]
    assert not older.counters.rejected


def test_headers_written_in_are_taken_out(interpreter: Interpreter) -> None:
    (created,) = feed(interpreter, event("Newchannel", 2, "1\r\nUniqueid: 1.1\r\nCause: 16"))
    assert isinstance(created, LegCreated)
    assert created.leg.id == "1.2"
    assert interpreter.counters.rejected == {Mended.PADDED: 1}


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (
            "Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/trunk-00000001\r\nUniqueid: 1.1\r\n\r\n",
            Mended.BRIEF,
        ),
        ("X: y\r\n\r\n", Distrust.NO_FIRST_LINE),
        (event("Hangup", 1).replace("trunk-00000001", "eve-1"), CONTRADICTION),
    ],
)
def test_an_odd_event_ends_no_call(interpreter: Interpreter, forged: str, reason: str) -> None:
    assert feed(interpreter, forged) == []
    assert interpreter.counters.rejected == {reason: 1}
    assert [type(one) for one in feed(interpreter, event("Hangup", 1))] == [LegCleared]


def test_a_half_without_the_other_holds_nothing_up_for_long(interpreter: Interpreter) -> None:
    half = "\r\n".join(["Event: Newstate", "Privilege: call,all", *block(1)[:4], "", ""])
    assert feed(interpreter, half, *[event("Newchannel", number) for number in range(2, MAX_WHOLE + 2)]) == []
    assert [type(one) for one in feed(interpreter, event("Hangup", 40))] == [LegCleared]
    assert interpreter.wants_check
    (snapshot,) = feed(interpreter, *answers(10, 41))
    assert isinstance(snapshot, PbxSnapshot)
    assert [one.leg.id for one in snapshot.legs] == ["1.41"]


def test_lists_are_mended_too(interpreter: Interpreter) -> None:
    feed(interpreter, "X: y\r\n\r\n")
    (snapshot,) = feed(interpreter, *answers(10, 1, 2, caller=FORGED, waiting=FORGED))
    assert isinstance(snapshot, PbxSnapshot)
    assert [(one.leg.id, one.leg.number) for one in snapshot.legs] == [("1.1", "1"), ("1.2", "1")]
    assert snapshot.queued == (("1.1", "support"),)


def test_a_list_that_agrees_says_nothing(interpreter: Interpreter) -> None:
    feed(interpreter, event("Newchannel", 2))
    assert feed(interpreter, *answers(10, 1, 2)) == []
    assert not interpreter.wants_check
    assert interpreter.channels == 2


def test_what_differs_twice_is_believed(interpreter: Interpreter) -> None:
    """A Hangup that never came: once the list may have been quicker than the event."""
    assert feed(interpreter, *answers(10)) == []
    assert interpreter.wants_check
    (snapshot,) = feed(interpreter, *answers(20))
    assert isinstance(snapshot, PbxSnapshot)
    assert snapshot.legs == ()
    assert not interpreter.wants_check


def test_events_amid_a_list_come_after_it(interpreter: Interpreter) -> None:
    feed(interpreter, "X: y\r\n\r\n")
    packets = answers(10, 1)
    packets.insert(2, event("Newchannel", 2))
    assert [type(one) for one in feed(interpreter, *packets)] == [PbxSnapshot, LegCreated]
    assert feed(interpreter, *answers(20, 1, 2)) == []
    assert not interpreter.wants_check
