"""The link against a manager interface that does everything a bad network and a bad day can bring."""

import asyncio
import dataclasses
import socket
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti_crm.calls.pbx_events import LegCreated, LinkLost, PbxEvent, PbxSnapshot
from cti_crm.calls.pbx_presence import DeviceStateChanged
from cti_crm.calls.ports import LinkState, LinkStatus
from cti_crm.pbx.asterisk import connection
from cti_crm.pbx.asterisk.connection import AsteriskLink, LinkTiming
from cti_crm.pbx.asterisk.stream_file import StreamRecord, StreamWriter, read_stream
from cti_crm.settings import PbxSettings
from tests.fakes.fake_ami import FakeAmi
from tests.integration.ami.running import PATIENCE, QUICK, running


def new_channel(number: int, name: str = "<unknown>") -> str:
    return (
        "Event: Newchannel\r\nPrivilege: call,all\r\n"
        f"Channel: PJSIP/trunk-{number:08x}\r\nChannelState: 4\r\nChannelStateDesc: Ring\r\n"
        f"CallerIDNum: +4917612345678\r\nCallerIDName: {name}\r\nConnectedLineNum: <unknown>\r\n"
        "ConnectedLineName: <unknown>\r\nAccountCode: \r\nContext: x\r\nExten: +49305550101\r\nPriority: 1\r\n"
        f"Uniqueid: 17952.{number}\r\nLinkedid: 17952.{number}\r\n\r\n"
    )


CHANNEL_ITEM = (
    "Event: CoreShowChannel\r\nChannel: PJSIP/trunk-0000000a\r\nChannelState: 6\r\nCallerIDNum: +498912345678\r\n"
    "Uniqueid: 1795.10\r\nLinkedid: 1795.10\r\nApplication: Dial\r\nDuration: 00:00:03\r\nBridgeId: b1"
)


async def test_gives_the_snapshot_first_then_devices_then_events(ami: FakeAmi) -> None:
    ami.lists["CoreShowChannels"] = [CHANNEL_ITEM]
    ami.lists["DeviceStateList"] = ["Event: DeviceStateChange\r\nDevice: PJSIP/101\r\nState: NOT_INUSE"]
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(new_channel(1))
        snapshot = await run.event()
        assert isinstance(snapshot, PbxSnapshot)
        assert [view.leg.id for view in snapshot.legs] == ["1795.10"]
        assert not snapshot.restarted
        assert isinstance(await run.event(), DeviceStateChanged)
        created = await run.event()
        assert isinstance(created, LegCreated)
        assert created.leg.exten == "+49305550101"


@pytest.mark.parametrize("fragment", [1, 3, 7])
async def test_bytes_may_be_split_anywhere(ami: FakeAmi, fragment: int) -> None:
    ami.fragment = fragment
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(new_channel(1, "Jürgen Groß 😀"), new_channel(2, "Zoë"))
        first, second = await run.event(LegCreated), await run.event(LegCreated)
        assert isinstance(first, LegCreated)
        assert isinstance(second, LegCreated)
        assert [first.leg.name, second.leg.name] == ["Jürgen Groß 😀", "Zoë"]


async def test_bytes_that_are_not_utf8_do_no_harm(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(new_channel(1, "J@rgen").encode().replace(b"@", b"\xfc"))
        created = await run.event(LegCreated)
        assert isinstance(created, LegCreated)
        assert created.leg.name == "J\ufffdrgen"


async def test_a_wrong_password_is_told_and_tried_again(ami: FakeAmi) -> None:
    async with running(ami, secret="wrong") as run:
        status = await run.status(LinkState.REFUSED)
        assert "refused the user 'cti'" in status.message
        assert "wrong" not in status.message
        ami.secret = "wrong"
        await run.status(LinkState.UP)


async def test_a_password_file_that_is_missing_is_told(ami: FakeAmi, tmp_path: Path) -> None:
    settings = PbxSettings.model_validate({"port": ami.port, "secret_file": tmp_path / "none"})
    states: asyncio.Queue[LinkStatus] = asyncio.Queue()
    task = asyncio.create_task(AsteriskLink(settings, timing=QUICK, on_status=states.put_nowait).run())
    status = await asyncio.wait_for(states.get(), PATIENCE)
    task.cancel()
    await asyncio.wait({task})
    assert status.state is LinkState.REFUSED
    assert str(tmp_path / "none") in status.message


async def test_without_read_rights_no_boot_event_comes(ami: FakeAmi) -> None:
    ami.uptime = None
    async with running(ami, timing=LinkTiming(boot=0.05, retry=0.02, retry_cap=0.05)) as run:
        assert "needs `read = system,call,agent,user,dtmf`" in (await run.status(LinkState.REFUSED)).message


async def test_an_old_asterisk_need_not_tell_that_it_booted(ami: FakeAmi) -> None:
    ami.greeting, ami.uptime = "Asterisk Call Manager/1.3\r\n", None
    async with running(ami, timing=LinkTiming(boot=0.05)) as run:
        await run.status(LinkState.UP)


async def test_without_the_right_to_list_channels_nothing_is_claimed(ami: FakeAmi) -> None:
    ami.denied = {"CoreShowChannels"}
    async with running(ami) as run:
        assert "needs `write = reporting`" in (await run.status(LinkState.REFUSED)).message


async def test_queues_and_parking_may_be_missing(ami: FakeAmi) -> None:
    ami.denied = {"QueueStatus", "ParkedCalls", "DeviceStateList"}
    async with running(ami) as run:
        assert isinstance(await run.event(), PbxSnapshot)


async def test_what_is_no_ami_is_told(ami: FakeAmi) -> None:
    ami.greeting = "SSH-2.0-OpenSSH_9.2\r\n"
    async with running(ami) as run:
        assert "is no Asterisk manager interface" in (await run.status(LinkState.REFUSED)).message


async def test_what_never_greets_is_no_ami(ami: FakeAmi) -> None:
    ami.greeting = ""
    async with running(ami, timing=LinkTiming(connect=0.2, retry=0.02, retry_cap=0.05)) as run:
        assert "is no Asterisk manager interface" in (await run.status(LinkState.REFUSED)).message


async def test_a_port_nobody_listens_on_is_told(ami: FakeAmi) -> None:
    await ami.stop()
    async with running(ami) as run:
        assert "Nothing listens on 127.0.0.1" in (await run.status(LinkState.DOWN)).message
        await ami.start()
        await run.status(LinkState.UP)


async def test_a_host_nobody_knows_is_told(ami: FakeAmi, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_such_host(*_args: object, **_named: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", no_such_host)
    async with running(ami) as run:
        assert "No host is named '127.0.0.1'" in (await run.status(LinkState.DOWN)).message


async def test_a_break_is_told_and_followed_by_a_new_snapshot(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await run.event(PbxSnapshot)
        ami.lists["CoreShowChannels"] = [CHANNEL_ITEM]
        ami.drop()
        assert "broke" in (await run.status(LinkState.DOWN)).message
        lost, snapshot = await run.event(), await run.event()
        assert isinstance(lost, LinkLost)
        assert isinstance(snapshot, PbxSnapshot)
        assert len(snapshot.legs) == 1
        assert not snapshot.restarted
        await run.status(LinkState.UP)
        assert run.link.counters.resyncs == 1


async def test_a_restart_of_the_pbx_is_noticed(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.event(PbxSnapshot)
        await ami.say("Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n")
        ami.uptime = 0
        ami.drop()
        snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert snapshot.restarted


async def test_a_break_in_the_middle_of_a_packet_loses_only_that_packet(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(new_channel(1), new_channel(2)[:60])
        ami.drop()
        assert isinstance(await run.event(LegCreated), LegCreated)
        assert isinstance(await run.event(), LinkLost)
        assert isinstance(await run.event(), PbxSnapshot)
        assert not run.link.counters.rejected


async def test_a_silent_peer_is_given_up(ami: FakeAmi) -> None:
    async with running(ami, timing=LinkTiming(ping=0.02, answer=0.3, retry=0.02, retry_cap=0.05)) as run:
        await run.status(LinkState.UP)
        ami.unanswered = {"Ping"}
        assert "does not answer (Ping" in (await run.status(LinkState.DOWN)).message
        ami.unanswered = set()
        await run.status(LinkState.UP)


async def test_a_peer_that_falls_silent_within_the_snapshot_is_given_up(ami: FakeAmi) -> None:
    ami.unanswered = {"QueueStatus"}
    async with running(ami, timing=LinkTiming(answer=1.0, retry=0.02, retry_cap=0.05)) as run:
        assert "does not answer (QueueStatus" in (await run.status(LinkState.DOWN)).message
        ami.unanswered = set()
        assert isinstance(await run.event(), PbxSnapshot)


async def test_a_peer_that_closes_at_sign_in_is_told(ami: FakeAmi) -> None:
    ami.unanswered, ami.hangs_up_after = {"Login"}, "Login"
    async with running(ami) as run:
        assert "manager.conf permits this machine" in (await run.status(LinkState.REFUSED)).message


async def test_a_peer_that_closes_without_a_word_is_told(ami: FakeAmi) -> None:
    ami.closes_at_once = True
    async with running(ami) as run:
        assert "closed the connection without a word" in (await run.status(LinkState.REFUSED)).message


@pytest.mark.parametrize("greets", [True, False])
async def test_a_pbx_that_let_us_in_before_and_now_closes_is_waited_for(ami: FakeAmi, greets: bool) -> None:
    """As one that restarts, or something between that was cut; if it goes on so, a person must look."""
    async with running(ami) as run:
        for _ in range(2):
            await run.status(LinkState.UP)
            ami.unanswered, ami.hangs_up_after, ami.closes_at_once = {"Login"}, "Login", not greets
            ami.drop()
            assert (await run.status(LinkState.CONNECTING)).message
            ami.unanswered, ami.hangs_up_after, ami.closes_at_once = set(), None, False
        await run.status(LinkState.UP)
        ami.unanswered, ami.hangs_up_after, ami.closes_at_once = {"Login"}, "Login", not greets
        ami.drop()
        await run.status(LinkState.CONNECTING)
        assert "check" in (await run.status(LinkState.REFUSED)).message


async def test_a_peer_that_closes_after_sign_in_is_told(ami: FakeAmi) -> None:
    ami.hangs_up_after = "Login"
    async with running(ami) as run:
        assert "The connection to the PBX broke" in (await run.status(LinkState.DOWN)).message


async def test_malformed_and_hostile_packets_are_counted_and_passed_over(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(
            "\r\nEvent: Hangup\r\nPrivilege: call,all\r\nUniqueid: 1\r\n\r\n",
            "Event: Hangup\r\nUniqueid: 1\r\nLinkedid: 1\r\n\r\n",
            "Event: Hangup\r\nPrivilege: call,all\r\nEvent: Newchannel\r\nUniqueid: 1\r\n\r\n",
            "Event: Newstate\r\nPrivilege: call,all\r\nChannel: PJSIP/101-1\r\n\r\n",
            "Asterisk Call Manager/9.9\r\n\r\n",
            "no header at all\r\n\r\n",
            "Event: Strange\r\nPrivilege: call,all\r\n\r\n",
            b"\xff\xfe\x00\r\n\r\n",
            new_channel(5),
        )
        created = await run.event(LegCreated)
        assert isinstance(created, LegCreated)
        assert created.leg.id == "17952.5"
        assert run.link.counters.rejected == {
            "begins with an empty line": 1,
            "no Privilege, and no list that was asked for": 1,
            "does not describe its channel as Asterisk does": 1,
            "first line is neither Event nor Response": 3,
            "Newstate without uniqueid": 1,
        }
        assert run.link.counters.unknown["Strange"] == 1
        assert run.link.status.state is LinkState.UP


async def test_a_caller_who_writes_into_the_list_of_channels_does_not_break_the_link(ami: FakeAmi) -> None:
    forged = "CallerIDNum: 1\r\nEvent: X\r\nResponse: A\r\nMessage: B\r\nMessage: C\r\nCommandID: 1\r\nCommandID: 2\r\n"
    ami.lists["CoreShowChannels"] = [
        CHANNEL_ITEM.replace("CallerIDNum: +498912345678\r\n", forged),
        CHANNEL_ITEM.replace("1795.10", "1795.11"),
    ]
    async with running(ami) as run:
        await run.status(LinkState.UP)
        snapshot = await run.event()
        assert isinstance(snapshot, PbxSnapshot)
        assert [view.leg.id for view in snapshot.legs] == ["1795.11"]
        assert run.link.counters.rejected == {"a header that names the call is repeated": 1}


async def test_a_password_file_that_is_no_text_is_told(ami: FakeAmi, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe")
    settings = PbxSettings.model_validate({"port": ami.port, "secret_file": file})
    states: asyncio.Queue[LinkStatus] = asyncio.Queue()
    task = asyncio.create_task(AsteriskLink(settings, timing=QUICK, on_status=states.put_nowait).run())
    status = await asyncio.wait_for(states.get(), PATIENCE)
    task.cancel()
    await asyncio.wait({task})
    assert status.state is LinkState.REFUSED


async def test_a_packet_without_an_end_ends_the_connection(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
        await ami.say(b"x" * (1 << 20), b"y" * 100)
        assert "a packet without an end" in (await run.status(LinkState.DOWN)).message
        await run.status(LinkState.UP)


async def test_a_slow_reader_gets_a_new_snapshot_instead_of_old_events(ami: FakeAmi) -> None:
    async with running(ami, queue_limit=50) as run:
        await run.status(LinkState.UP)
        await ami.say("".join(new_channel(number) for number in range(200)))
        assert "cannot keep up" in (await run.status(LinkState.DOWN)).message
        assert run.link.counters.overflows == 1
        assert run.link.queue_depth == 51
        seen: list[PbxEvent] = []
        while not seen or not isinstance(seen[-1], LinkLost):
            seen.append(await run.event())
        assert 0 < sum(isinstance(event, LegCreated) for event in seen) < 50
        while not isinstance(seen[-1], PbxSnapshot):
            seen.append(await run.event())
        await run.status(LinkState.UP)
        assert run.link.counters.resyncs == 1


async def test_a_long_read_lets_others_have_their_turn(ami: FakeAmi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_TURN", 0.0)  # over after any packet
    async with running(ami) as run:
        await run.status(LinkState.UP)
        turns = 0

        def count() -> None:
            nonlocal turns
            turns += 1
            if run.link.queue_depth:
                asyncio.get_running_loop().call_soon(count)

        await run.event(PbxSnapshot)
        await ami.say("".join(new_channel(number) for number in range(50)))
        while run.link.queue_depth < 50:  # noqa: ASYNC110  # all of it is there before the first is read
            await asyncio.sleep(0)
        count()
        for _ in range(50):
            await run.event(LegCreated)
        assert turns >= 49


async def test_a_tap_records_what_can_be_replayed_and_no_secret(ami: FakeAmi, tmp_path: Path) -> None:
    path = tmp_path / "live.ami.jsonl"
    with StreamWriter(path) as writer:
        async with running(ami, tap=writer.write) as run:
            await run.status(LinkState.UP)
            await ami.say(new_channel(1))
            await run.event(LegCreated)
            ami.drop()
            await run.event(LinkLost)
    records = list(read_stream(path))
    assert [record.mark for record in records if record.mark][:2] == ["connected", "disconnected"]
    assert records[1].raw == ami.greeting
    assert new_channel(1) in [record.raw for record in records]
    assert "secret" not in path.read_text(encoding="utf-8").lower()


async def test_a_tap_that_fails_stops_nothing(ami: FakeAmi) -> None:
    calls = 0

    def full_disk(_record: StreamRecord) -> None:
        nonlocal calls
        calls += 1
        raise OSError(28, "No space left on device")

    async with running(ami, tap=full_disk) as run:
        assert isinstance(await run.event(), PbxSnapshot)
    assert calls == 1


async def test_stopping_closes_the_connection(ami: FakeAmi) -> None:
    async with running(ami) as run:
        await run.status(LinkState.UP)
    await asyncio.wait_for(ami.stop(), PATIENCE)


def full_event(name: str, number: int, caller: str = "+4917612345678") -> str:
    return (
        f"Event: {name}\r\nPrivilege: call,all\r\n"
        f"Channel: PJSIP/trunk-{number:08x}\r\nChannelState: 4\r\nChannelStateDesc: Ring\r\nCallerIDNum: {caller}\r\n"
        "CallerIDName: x\r\nConnectedLineNum: x\r\nConnectedLineName: x\r\nLanguage: en\r\nAccountCode: \r\n"
        f"Context: from-trunk\r\nExten: +49305550101\r\nPriority: 1\r\nUniqueid: 1.{number}\r\nLinkedid: 1.{number}"
        "\r\n\r\n"
    )


async def test_something_odd_has_the_pbx_asked_over_the_same_connection(ami: FakeAmi) -> None:
    timing = dataclasses.replace(QUICK, check_again=0.01)
    async with running(ami, timing=timing) as run:
        await run.event(PbxSnapshot)
        await run.status(LinkState.UP)
        while not ami.actions.empty():
            ami.actions.get_nowait()
        with capture_logs() as logs:
            for number in (1, 1, 2):
                await ami.say(full_event("Newchannel", number, "1\r\n\r\nEvent: Hangup\r\nUniqueid: 1.9\r\n\r\nX: y"))
                await run.event(LegCreated)
            snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert snapshot.legs == ()
        warned = [log["channel"] for log in logs if log["log_level"] == "warning"]
        assert warned == ["PJSIP/trunk-00000001", "PJSIP/trunk-00000002"]
        assert run.link.status.state is LinkState.UP


async def test_a_call_whose_end_was_lost_is_found_out(ami: FakeAmi) -> None:
    timing = dataclasses.replace(QUICK, ping=0.02, check=0.02, check_again=0.01)
    async with running(ami, timing=timing) as run:
        await run.event(PbxSnapshot)
        await ami.say(full_event("Newchannel", 1))
        snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert snapshot.legs == ()


async def test_while_nothing_goes_on_nothing_is_asked(ami: FakeAmi) -> None:
    timing = dataclasses.replace(QUICK, ping=0.01, check=0.0)
    async with running(ami, timing=timing) as run:
        await run.event(PbxSnapshot)
        await ami.received("DeviceStateList")
        asked = [(await ami.actions.get())["Action"] for _ in range(5)]
        assert asked == ["Ping"] * 5
