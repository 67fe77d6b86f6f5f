"""Snapshot first, nothing lost, restarts noticed: over recordings and over connections made by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti_crm.calls.pbx_events import LegCleared, LegCreated, LinkLost, PbxEvent, PbxSnapshot, PbxStopped
from cti_crm.calls.pbx_presence import QueueMemberChanged
from cti_crm.pbx.asterisk.interpreter import Interpreter
from cti_crm.pbx.asterisk.replay import pbx_events_of, recorded_at
from cti_crm.pbx.asterisk.stream_file import StreamRecord, StreamWriter, read_stream

RECORDINGS = Path(__file__).parents[2] / "streams" / "recordings"
ALL = sorted(RECORDINGS.glob("*.ami.jsonl"))
BASE = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)

BANNER = "Asterisk Call Manager/11.0.0\r\n"


def event(name: str, *lines: str) -> str:
    return "\r\n".join([f"Event: {name}", "Privilege: call,all", *lines, "", ""])


def item(name: str, action: int, *lines: str) -> str:
    return "\r\n".join([f"Event: {name}", f"ActionID: own-{action}", *lines, "", ""])


def response(action: int, result: str = "Success") -> str:
    return f"Response: {result}\r\nActionID: own-{action}\r\n\r\n"


def leg(number: int) -> tuple[str, str, str]:
    return f"Channel: PJSIP/trunk-{number:08x}", f"Uniqueid: 1.{number}", f"Linkedid: 1.{number}"


def channel(number: int) -> list[str]:
    """As Asterisk 12 and later describe a channel in an event."""
    name, uniqueid, linkedid = leg(number)
    return [
        name, "ChannelState: 4", "ChannelStateDesc: Ring", "CallerIDNum: 1", "CallerIDName: x", "ConnectedLineNum: 1",
        "ConnectedLineName: x", "AccountCode: ", "Context: x", "Exten: 101", "Priority: 1", uniqueid, linkedid,
    ]  # fmt: skip


def lists(first: int, *channels: str) -> list[str]:
    return [
        response(first),
        *channels,
        item("CoreShowChannelsComplete", first),
        response(first + 1),
        item("QueueStatusComplete", first + 1),
        response(first + 2),
        item("ParkedCallsComplete", first + 2),
    ]


def greeting(uptime: int | None) -> list[str]:
    booted = [] if uptime is None else [event("FullyBooted", f"Uptime: {uptime}")]
    return [BANNER, response(1), *booted]


def feed(interpreter: Interpreter, packets: list[str], seconds: float = 0.0) -> list[PbxEvent]:
    at = BASE + timedelta(seconds=seconds)
    return [one for raw in packets for one in interpreter.feed(raw, at)]


def test_events_amid_the_lists_come_after_the_snapshot() -> None:
    interpreter = Interpreter()
    packets = [*greeting(10), *lists(2)]
    packets.insert(3, event("Newchannel", *channel(1)))
    packets.insert(6, event("Hangup", *channel(1)))
    events = feed(interpreter, packets)
    assert [type(one) for one in events] == [PbxSnapshot, LegCreated, LegCleared]
    assert feed(interpreter, [event("Newchannel", *channel(2))])[0].at == BASE


def test_times_never_run_backwards() -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(10), event("Newchannel", *channel(1))], 1)
    events = feed(interpreter, lists(2), 2)
    assert [one.at for one in events] == sorted(one.at for one in events)


def test_the_snapshot_holds_channels_queues_and_slots() -> None:
    channels = [
        item(
            "CoreShowChannel", 2, *leg(1), "ChannelState: 6", "CallerIDNum: +4930123", "Application: Queue",
            "Duration: 00:01:05", "BridgeId: ",
        ),
        item("CoreShowChannel", 2, *leg(2), "Application: AppDial", "Duration: 100:00:00", "BridgeId: b1"),
        item("CoreShowChannel", 2, *leg(3), "Application: ", "Duration: nonsense"),
        item("CoreShowChannel", 2, "Channel: PJSIP/101-1"),
    ]  # fmt: skip
    packets = [*greeting(10), *lists(2, *channels)]
    packets.insert(-3, item("QueueEntry", 3, "Queue: support", "Position: 1", "Channel: x", "Uniqueid: 1.1"))
    packets.insert(-1, item("ParkedCall", 4, "ParkeeUniqueid: 1.9", "ParkeeChannel: y", "ParkingSpace: 701"))
    interpreter = Interpreter()
    (snapshot,) = feed(interpreter, packets)
    assert isinstance(snapshot, PbxSnapshot)
    waiting, dialled, unknown = snapshot.legs
    assert (waiting.placed, waiting.bridge, waiting.application) == (True, "", "Queue")
    assert waiting.began == BASE - timedelta(seconds=65)
    assert (dialled.placed, dialled.bridge) == (False, "b1")
    assert dialled.began == BASE - timedelta(hours=100)
    assert (unknown.placed, unknown.began) == (None, BASE)
    assert snapshot.queued == (("1.1", "support"),)
    assert snapshot.parked == (("1.9", "701"),)
    assert interpreter.counters.rejected == {"CoreShowChannel without uniqueid": 1}


def test_those_who_are_parked_share_a_bridge_but_hear_nobody() -> None:
    """Also where the slots may not be listed."""
    bridges = {1: "hold", 2: "hold", 3: "talk"}
    channels = [item("CoreShowChannel", 2, *leg(one), f"BridgeId: {bridge}") for one, bridge in bridges.items()]
    packets = [*greeting(10), *lists(2, *channels)]
    packets[-4:-4] = [
        response(5),
        item("BridgeListItem", 5, "BridgeUniqueid: hold", "BridgeType: parking", "BridgeTechnology: holding_bridge"),
        item("BridgeListItem", 5, "BridgeUniqueid: talk", "BridgeType: basic", "BridgeTechnology: simple_bridge"),
        item("BridgeListComplete", 5),
    ]
    packets[-2:] = ["Response: Error\r\nActionID: own-4\r\nMessage: Permission denied\r\n\r\n"]
    (snapshot,) = feed(Interpreter(), packets)
    assert isinstance(snapshot, PbxSnapshot)
    assert [one.bridge for one in snapshot.legs] == ["", "", "talk"]
    assert snapshot.parked == (("1.1", ""), ("1.2", ""))


def test_an_asterisk_that_cannot_list_bridges_is_understood() -> None:
    unknown = "Response: Error\r\nActionID: own-5\r\nMessage: Invalid/unknown command: BridgeList. Use Action\r\n\r\n"
    told = lists(2)
    interpreter = Interpreter()
    assert feed(interpreter, [*greeting(10), *told[:2], unknown, *told[2:-1]]) == []
    assert [type(one) for one in feed(interpreter, told[-1:])] == [PbxSnapshot]


@pytest.mark.parametrize("errors", [(3,), (4,), (3, 4)])
def test_a_question_may_be_refused(errors: tuple[int, ...]) -> None:
    packets = [*greeting(10), response(2), item("CoreShowChannelsComplete", 2)]
    for action, name in ((3, "QueueStatusComplete"), (4, "ParkedCallsComplete")):
        packets += [response(action, "Error")] if action in errors else [response(action), item(name, action)]
    (snapshot,) = feed(Interpreter(), packets)
    assert isinstance(snapshot, PbxSnapshot)


def test_without_the_list_of_channels_nothing_is_claimed_but_events_go_on() -> None:
    packets = [*greeting(10), event("Newchannel", *channel(1)), *(response(action, "Error") for action in (2, 3, 4))]
    assert [type(one) for one in feed(Interpreter(), packets)] == [LegCreated]


def test_answers_that_are_not_ours_complete_nothing() -> None:
    forged = ["Response: Error\r\nActionID: x-1\r\n\r\n", "Event: ParkedCallsComplete\r\nActionID: x-9\r\n\r\n"]
    assert feed(Interpreter(), [*greeting(10), *forged * 3, event("Newchannel", *channel(1))]) == []


@pytest.mark.parametrize(
    ("first_uptime", "stayed", "away", "uptime", "restarted"),
    [
        (1000, 100, 60, 1160, False),
        (1000, 100, 60, 30, True),
        (1000, 100, 0.5, 0, True),
        (0, 1, 0.5, 1, False),
        (0, 1, 5, 6, False),
        (1000, 100, 60, 1159, False),  # Asterisk counts whole seconds
        (1000, 100, 60, 500, False),  # its clock was set; it cannot have restarted while we watched
        (1000, 100, 60, None, False),
    ],
)
def test_a_restart_is_told_by_the_uptime(
    first_uptime: int, stayed: float, away: float, uptime: int | None, restarted: bool
) -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(first_uptime), *lists(2)])
    feed(interpreter, [event("Newchannel", *channel(1))], stayed)
    (lost,) = interpreter.disconnected(BASE + timedelta(seconds=stayed), "gone")
    assert lost == LinkLost(BASE + timedelta(seconds=stayed), "gone")
    (snapshot,) = feed(interpreter, [*greeting(uptime), *lists(2)], stayed + away)
    assert isinstance(snapshot, PbxSnapshot)
    assert snapshot.restarted is restarted


def test_failed_attempts_between_do_not_hide_a_restart() -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(1000), *lists(2)])
    interpreter.disconnected(BASE, "gone")
    for second in (10, 20):
        feed(interpreter, [BANNER, response(1, "Error")], second)
        assert interpreter.disconnected(BASE + timedelta(seconds=second), "refused") == []
    (snapshot,) = feed(interpreter, [*greeting(15), *lists(2)], 25)
    assert isinstance(snapshot, PbxSnapshot)
    assert snapshot.restarted


def test_a_restart_is_not_forgotten_if_the_connection_breaks_before_the_snapshot() -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(1000), *lists(2)])
    interpreter.disconnected(BASE, "gone")
    feed(interpreter, greeting(5), 10)
    interpreter.disconnected(BASE + timedelta(seconds=10), "gone again")
    (snapshot,) = feed(interpreter, [*greeting(7), *lists(2)], 12)
    assert isinstance(snapshot, PbxSnapshot)
    assert snapshot.restarted
    interpreter.disconnected(BASE + timedelta(seconds=12), "and again")
    (snapshot,) = feed(interpreter, [*greeting(9), *lists(2)], 14)
    assert isinstance(snapshot, PbxSnapshot)
    assert not snapshot.restarted


def test_events_held_back_are_not_lost_with_the_connection() -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(10), event("Newchannel", *channel(1))])
    assert [type(one) for one in interpreter.disconnected(BASE, "gone")] == [LegCreated, LinkLost]


def test_a_banner_forged_by_a_caller_breaks_nothing() -> None:
    interpreter = Interpreter()
    feed(interpreter, [*greeting(10), *lists(2)])
    assert feed(interpreter, ["Asterisk Call Manager/11.0.0\r\n\r\n"]) == []
    assert len(feed(interpreter, [event("Newchannel", *channel(1))])) == 1


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name.removesuffix(".ami.jsonl"))
def test_a_recording_begins_with_a_snapshot_and_loses_no_leg(path: Path) -> None:
    events = list(pbx_events_of(path))
    assert isinstance(events[0], PbxSnapshot)
    assert isinstance(events[1], QueueMemberChanged)
    assert [one.at for one in events] == sorted(one.at for one in events)
    created = sum(record.raw.startswith("Event: Newchannel") for record in read_stream(path))
    assert sum(isinstance(one, LegCreated) for one in events) == created


def test_a_broken_connection_shows_in_the_replay() -> None:
    kinds = [
        type(one)
        for one in pbx_events_of(RECORDINGS / "ami_reconnect_midcall.ami.jsonl")
        if isinstance(one, LinkLost | PbxSnapshot)
    ]
    assert kinds == [PbxSnapshot, LinkLost, PbxSnapshot]
    restart = [
        one
        for one in pbx_events_of(RECORDINGS / "asterisk_restart_midcall.ami.jsonl")
        if isinstance(one, LinkLost | PbxSnapshot | PbxStopped)
    ]
    assert [type(one) for one in restart] == [PbxSnapshot, PbxStopped, LinkLost, PbxSnapshot]
    assert isinstance(restart[-1], PbxSnapshot)
    assert restart[-1].restarted


def test_a_mark_breaks_the_connection_too(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl"
    with StreamWriter(path) as writer:
        for raw in [*greeting(10), *lists(2)]:
            writer.write(StreamRecord(0, raw=raw))
        writer.write(StreamRecord(2, mark="disconnected"))
        writer.write(StreamRecord(3, mark="connected"))
    assert [(type(one), one.at) for one in pbx_events_of(path, BASE)] == [
        (PbxSnapshot, BASE),
        (LinkLost, BASE + timedelta(seconds=2)),
    ]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name.removesuffix(".ami.jsonl"))
def test_nothing_recorded_is_odd(path: Path) -> None:
    interpreter = Interpreter()
    for record in read_stream(path):
        interpreter.feed(record.raw, BASE) if record.raw else interpreter.disconnected(BASE, "")
    assert interpreter.counters.rejected == {}


@pytest.mark.parametrize("path", ALL[::5], ids=lambda path: path.name.removesuffix(".ami.jsonl"))
def test_every_suffix_of_a_recording_can_be_read(path: Path) -> None:
    records = list(read_stream(path))
    for begin in range(len(records)):
        interpreter = Interpreter()
        events = [one for record in records[begin:] for one in interpreter.feed(record.raw, BASE)]
        created = sum(record.raw.startswith("Event: Newchannel") for record in records[begin:])
        held = interpreter.finish()
        assert sum(isinstance(one, LegCreated) for one in [*events, *held]) == created


def test_the_time_of_a_recording_is_told_by_its_uniqueids(tmp_path: Path) -> None:
    path = tmp_path / "x.ami.jsonl"
    with StreamWriter(path) as writer:
        writer.write(StreamRecord(5.5, raw=event("Newchannel", "Uniqueid: pbx1-1795286204.7")))
    assert recorded_at(path) == datetime.fromtimestamp(1795286204, UTC) - timedelta(seconds=5.5)
    with StreamWriter(path) as writer:
        writer.write(StreamRecord(5.5, raw=event("Newchannel", "Uniqueid: chosen-by-us")))
    assert recorded_at(path) == datetime(2026, 1, 1, tzinfo=UTC)
