"""The simulator over TCP, as clients see it: raw sockets, and panoramisk as the service uses it."""

import asyncio
import re
from collections.abc import AsyncIterator

import panoramisk
import pytest

from cti_crm.pbx.simulator import AmiUser, Caller, Device, Habits, People, Reaction, Simulator, SpeedClock, Traffic
from tests.integration.simulator.raw_ami import TIMEOUT, Client, Packet


@pytest.fixture
async def pbx() -> AsyncIterator[Simulator]:
    async with Simulator() as pbx:
        yield pbx


@pytest.fixture
async def client(pbx: Simulator) -> AsyncIterator[Client]:
    client = await Client.sign_in(pbx)
    yield client
    await client.close()


async def test_sign_in_tells_uptime(pbx: Simulator, client: Client) -> None:
    booted = await client.read()
    assert (booted["Event"], booted["Privilege"], booted["Uptime"]) == ("FullyBooted", "system,all", "0")
    assert pbx.connections == 1


async def test_wrong_password_is_refused_and_the_connection_closed(pbx: Simulator) -> None:
    client = await Client.connect(pbx)
    answer = await client.ask("Login", Username="cti", Secret="wrong")
    assert (answer["Response"], answer["Message"]) == ("Error", "Authentication failed")
    assert await client.gone()
    await client.close()


async def test_nothing_without_sign_in(pbx: Simulator) -> None:
    client = await Client.connect(pbx)
    assert (await client.ask("CoreShowChannels"))["Message"] == "Permission denied"
    await pbx.incoming("+4917612345678", did="+49305550101")
    assert (await client.ask("Ping"))["Message"] == "Permission denied"  # and no event came before it
    await client.close()


async def test_each_user_has_their_own_rights(pbx: Simulator, client: Client) -> None:
    originator = await Client.sign_in(pbx, "cti-originate", "originate-secret")
    call = await pbx.incoming("+4917612345678", did="+49305550101")
    originator.send("Ping")
    assert (await originator.read())["Ping"] == "Pong"  # reads no events, not even FullyBooted
    assert (await originator.ask("CoreShowChannels"))["Message"] == "Permission denied"
    dial = {"Channel": "PJSIP/102", "Exten": "103", "Context": "office", "Priority": "1"}
    assert (await client.ask("Originate", **dial))["Message"] == "Permission denied"
    assert (await originator.ask("Hangup", Channel=call.caller.name))["Response"] == "Success"
    assert call.over
    await originator.close()


@pytest.mark.parametrize("action", ["Command", "QueueReset", "NoSuchThing"])
async def test_other_actions_are_unknown(client: Client, action: str) -> None:
    answer = await client.ask(action)
    assert (answer["Response"], answer["Message"]) == ("Error", "Invalid/unknown command")


async def test_events_can_be_switched_off_and_on(pbx: Simulator, client: Client) -> None:
    assert (await client.ask("Events", EventMask="off"))["Events"] == "Off"
    await pbx.incoming("+4917612345678", did="+49305550101")
    client.send("Ping")
    assert (await client.read())["Ping"] == "Pong"
    assert (await client.ask("Events", EventMask="on"))["Events"] == "On"
    await pbx.incoming("+4917612345679", did="+49305550101")
    assert (await client.read())["CallerIDNum"] == "+4917612345679"
    assert (await client.ask("Events", EventMask="agent"))["Events"] == "On"
    call = await pbx.incoming("+4917612345678", did="+49305550200")
    await call.ring()
    assert (await client.read())["Privilege"] == "agent,all"


async def test_lines_may_end_with_a_bare_lf_and_come_in_pieces(pbx: Simulator) -> None:
    client = await Client.connect(pbx)
    for piece in (b"Action: Lo", b"gin\nUsername: cti\r\nSecr", b"et: cti-secret\n", b"\nAction: Ping\n\n"):
        client.writer.write(piece)
        await client.writer.drain()
    assert (await client.read())["Message"] == "Authentication accepted"
    assert (await client.read())["Event"] == "FullyBooted"
    assert (await client.read())["Ping"] == "Pong"
    await client.close()


async def test_a_line_without_end_closes_the_connection(pbx: Simulator) -> None:
    client = await Client.connect(pbx)
    client.writer.write(b"x" * 200_000)
    assert await client.gone()
    await client.close()
    await (await Client.sign_in(pbx)).close()


async def test_lists_agree_with_the_running_calls(pbx: Simulator, client: Client) -> None:
    talking = await pbx.incoming("+4917612345678", did="+49305550101")
    await talking.ring()
    await talking.answer("101")
    waiting = await pbx.incoming("+498912345678", did="+49305550201", name="Karla")
    await waiting.ring()
    parked = await pbx.incoming("+4915112345678", did="+49305550102")
    await parked.ring()
    await parked.answer("102")
    slot = await parked.park("102")

    channels = {one["Channel"]: one for one in await client.list("CoreShowChannels")}
    assert set(channels) == set(pbx.model.channels)
    caller, leg = channels[talking.caller.name], channels[talking.channel("101").name]
    assert (caller["Application"], leg["Application"], leg["ApplicationData"]) == ("Dial", "AppDial", "(Outgoing Line)")
    assert caller["BridgeId"] == leg["BridgeId"] != ""
    assert re.fullmatch(r"00:00:\d\d", caller["Duration"])
    assert channels[waiting.channel("103").name]["ChannelStateDesc"] == "Ringing"

    assert "QueueEntry" in {one["Event"] for one in await client.list("QueueStatus", Queue="sales")}
    entries = [one for one in await client.list("QueueStatus") if one["Event"] == "QueueEntry"]
    assert [(one["Queue"], one["Uniqueid"], one["CallerIDName"]) for one in entries] == [
        ("sales", waiting.caller.uniqueid, "Karla")
    ]
    members = {one["Location"]: one for one in await client.list("QueueStatus") if one["Event"] == "QueueMember"}
    assert (members["PJSIP/103"]["Status"], members["PJSIP/104"]["Status"]) == ("6", "1")
    assert [(one["ParkeeUniqueid"], one["ParkingSpace"]) for one in await client.list("ParkedCalls")] == [
        (parked.caller.uniqueid, slot)
    ]
    states = {one["Device"]: one["State"] for one in await client.list("DeviceStateList")}
    assert (states["PJSIP/101"], states["PJSIP/102"], states["PJSIP/103"]) == ("INUSE", "NOT_INUSE", "RINGING")
    assert {one["BridgeUniqueid"] for one in await client.list("BridgeList")} == set(pbx.model.bridges)
    assert (await client.ask("CoreStatus"))["CoreCurrentCalls"] == str(len(pbx.model.channels))
    assert (await client.ask("CoreSettings"))["AsteriskVersion"].startswith("22.")


async def test_endpoints_need_the_system_right(pbx: Simulator, client: Client) -> None:
    assert (await client.ask("PJSIPShowEndpoints"))["Message"] == "Permission denied"
    async with Simulator(users=[AmiUser("admin", "x", write=frozenset({"system"}))]) as other:
        admin = await Client.sign_in(other, "admin", "x")
        call = await other.incoming("+4917612345678", did="+49305550101")
        await call.ring()
        await call.answer()
        endpoints = {one["ObjectName"]: one for one in await admin.list("PJSIPShowEndpoints")}
        assert set(endpoints) == {"101", "102", "103", "104", "105", "106", "trunk"}
        assert endpoints["101"]["DeviceState"] == "In use"
        assert endpoints["trunk"]["ActiveChannels"] == call.caller.name
        await admin.close()


async def test_every_event_has_its_privilege_second(pbx: Simulator, client: Client) -> None:
    call = await pbx.incoming("+4917612345678", did="+49305550300")
    await call.ring()
    await call.answer("102")
    await call.hang_up("caller")
    packets = await client.read_until("ExtensionStatus", Exten="102", StatusText="Idle")
    assert all(list(packet)[:2] == ["Event", "Privilege"] for packet in packets)


DIAL = {
    "Channel": "PJSIP/101",
    "Exten": "03098765432",
    "Context": "cti-outbound",
    "Priority": "1",
    "CallerID": "Karla Kunde <03098765432>",
    "Timeout": "25000",
    "ChannelId": "cti-crm-1",
}


class TestClickToDial:
    @pytest.fixture
    async def originator(self, pbx: Simulator) -> AsyncIterator[Client]:
        originator = await Client.sign_in(pbx, "cti-originate", "originate-secret")
        yield originator
        await originator.close()

    async def test_async(self, pbx: Simulator, client: Client, originator: Client) -> None:
        answer = await originator.ask("Originate", Async="true", **DIAL)
        assert (answer["Response"], answer["Message"]) == ("Success", "Originate successfully queued")
        click = await pbx.originated()
        call = await click.answer()
        await call.ring()
        await call.answer()
        await call.hang_up("101")
        packets = await client.read_until("Hangup", Uniqueid="cti-crm-1")
        response = next(one for one in packets if one.get("Event") == "OriginateResponse")
        assert (response["ActionID"], response["Response"]) == (answer["ActionID"], "Success")
        assert (response["Uniqueid"], response["Reason"]) == ("cti-crm-1", "4")
        assert response["CallerIDName"] == "Karla Kunde"
        channels = [one for one in packets if one.get("Event") == "Newchannel"]
        assert {one["Linkedid"] for one in channels} == {"cti-crm-1"}

    async def test_timeout(self, originator: Client) -> None:
        async with Simulator(clock=SpeedClock(1000)) as pbx:
            client = await Client.sign_in(pbx)
            dialler = await Client.sign_in(pbx, "cti-originate", "originate-secret")
            await dialler.ask("Originate", Async="true", **DIAL)
            failure = (await client.read_until("OriginateResponse"))[-1]
            assert (failure["Response"], failure["Reason"], failure["Channel"]) == ("Failure", "3", "PJSIP/101")
            await client.close()
            await dialler.close()

    async def test_hang_up_while_our_phone_rings(self, pbx: Simulator, client: Client, originator: Client) -> None:
        await originator.ask("Originate", Async="true", **DIAL)
        click = await pbx.originated()
        ringing = (await client.read_until("Newstate"))[-1]
        assert (await originator.ask("Hangup", Channel=ringing["Channel"]))["Response"] == "Success"
        assert (await client.read_until("OriginateResponse"))[-1]["Response"] == "Failure"
        assert click.done.is_set()
        assert (await originator.ask("Hangup", Channel=ringing["Channel"]))["Message"] == "No such channel"

    @pytest.mark.parametrize("pattern", ["{uniqueid}", "/^PJSIP/10[1]-/"])
    async def test_hang_up_by_uniqueid_or_pattern(self, pbx: Simulator, originator: Client, pattern: str) -> None:
        call = await pbx.incoming("+4917612345678", did="+49305550101")
        await call.ring()
        await call.answer()
        wanted = pattern.format(uniqueid=call.channel("101").uniqueid)
        assert (await originator.ask("Hangup", Channel=wanted))["Response"] == "Success"
        assert call.over
        assert (await originator.ask("Hangup", Channel="/(/"))["Message"] == "No such channel"

    @pytest.mark.parametrize("answered", [True, False])
    async def test_without_async_the_answer_waits(self, pbx: Simulator, originator: Client, answered: bool) -> None:
        originator.send("Originate", **DIAL)
        click = await pbx.originated()
        if answered:
            await click.answer()
        else:
            await click.decline()
        assert (await originator.read())["Response"] == ("Success" if answered else "Error")

    @pytest.mark.parametrize("missing", ["Channel", "Exten", "Context", "Priority"])
    async def test_incomplete(self, originator: Client, missing: str) -> None:
        headers = {key: value for key, value in DIAL.items() if key != missing}
        assert (await originator.ask("Originate", **headers))["Response"] == "Error"
        unknown = {**DIAL, "Context": "no-such-context"}
        assert (await originator.ask("Originate", **unknown))["Message"] == "Extension does not exist."

    @pytest.mark.parametrize("reaction", list(Reaction))
    async def test_people_answer_by_themselves(self, reaction: Reaction) -> None:
        people = People(Habits(outside={"03098765432": reaction}, talk=(5.0, 6.0)), seed=1)
        async with Simulator(clock=SpeedClock(200), people=people) as pbx:
            client = await Client.sign_in(pbx)
            originator = await Client.sign_in(pbx, "cti-originate", "originate-secret")
            await originator.ask("Originate", Async="true", **DIAL)
            packets = await client.read_until("Hangup", Uniqueid="cti-crm-1")
            talked = any(one.get("Event") == "BridgeEnter" for one in packets)
            assert talked == (reaction is Reaction.ANSWER)
            await client.close()
            await originator.close()


class TestFaults:
    async def test_dropped_connections_do_not_end_calls(self, pbx: Simulator, client: Client) -> None:
        call = await pbx.incoming("+4917612345678", did="+49305550101")
        await call.ring()
        pbx.drop_connections()
        assert await client.gone()
        again = await Client.sign_in(pbx)
        assert len(await again.list("CoreShowChannels")) == 2
        await call.answer()
        assert (await again.read_until("DialEnd"))[-1]["DialStatus"] == "ANSWER"
        await again.close()

    async def test_silence(self, pbx: Simulator, client: Client) -> None:
        await client.read_until("FullyBooted")
        pbx.go_silent()
        silent = Client(*await asyncio.open_connection(pbx.host, pbx.port))
        client.send("Ping")
        call = await pbx.incoming("+4917612345678", did="+49305550101")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await asyncio.wait(
                    [asyncio.ensure_future(client.reader.read(1)), asyncio.ensure_future(silent.reader.read(1))],
                    return_when=asyncio.FIRST_COMPLETED,
                )
        pbx.speak()
        again = await Client.sign_in(pbx)
        await call.ring()
        assert (await again.read_until("DialBegin"))[-1]["Uniqueid"] == call.caller.uniqueid
        for one in (silent, again):
            await one.close()

    @pytest.mark.parametrize("killed", [True, False])
    async def test_restart(self, pbx: Simulator, client: Client, killed: bool) -> None:
        call = await pbx.incoming("+4917612345678", did="+49305550101")
        await call.ring()
        await pbx.restart(killed=killed)
        if not killed:
            packets = await client.read_until("Shutdown")
            assert sum(one.get("Event") == "Hangup" for one in packets) == 2
        assert await client.gone()
        again = await Client.sign_in(pbx)
        assert (await again.read())["Uptime"] == "0"
        assert await again.list("CoreShowChannels") == []
        await again.close()

    async def test_a_client_that_does_not_read_holds_up_nobody(
        self, pbx: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cti_crm.pbx.simulator.ami_server.SLOW_CLIENT_BYTES", 100_000)
        lazy = await Client.sign_in(pbx)
        lazy.writer.transport.pause_reading()  # type: ignore[attr-defined]
        reading = asyncio.create_task(client.read_until("Newchannel", CallerIDNum="last"))
        while pbx.connections == 2:
            call = await pbx.incoming("+4917612345678", did="+49305550300")
            await call.ring()
            await call.hang_up()
            await asyncio.sleep(0)
        await pbx.incoming("last", did="+49305550101")
        await reading
        lazy.writer.transport.abort()
        await lazy.close()


async def test_panoramisk_signs_in_asks_and_hears(pbx: Simulator) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    manager = panoramisk.Manager(host=pbx.host, port=pbx.port, username="cti", secret="cti-secret")
    manager.register_event("*", lambda _, message: heard.put_nowait(message.event))
    await manager.connect()
    async with asyncio.timeout(TIMEOUT):
        while await heard.get() != "FullyBooted":
            pass
        call = await pbx.incoming("+4917612345678", did="+49305550101")
        await call.ring()
        await call.answer()
        while await heard.get() != "BridgeEnter":
            pass
        answers = await manager.send_action({"Action": "CoreShowChannels"}, as_list=True)
        names = {one["Channel"] for one in answers if one.event == "CoreShowChannel"}
        assert names == set(pbx.model.channels)
        refused = await manager.send_action({"Action": "Originate", "Channel": "PJSIP/101"})
        assert refused.message == "Permission denied"
    manager.close()


async def test_traffic_comes_by_itself() -> None:
    traffic = Traffic([Caller("+4917612345678", "Karla Kunde"), Caller("030 1234567"), Caller("")], first_call=300.0)
    async with Simulator(clock=SpeedClock(300), traffic=traffic, people=People(seed=4)) as pbx:
        client = await Client.sign_in(pbx)
        first = (await client.read_until("Newchannel"))[-1]
        assert (first["CallerIDNum"], first["Exten"]) == ("+4917612345678", "+49305550101")
        for event in ("BridgeEnter", "QueueCallerJoin", "Hangup"):
            await client.read_until(event)
        await client.close()


@pytest.fixture
async def bench() -> AsyncIterator[Simulator]:
    devices = [Device(str(extension), f"Agent {extension}") for extension in range(1000, 1010)]
    async with Simulator(devices=devices) as bench:
        yield bench


async def test_burst(bench: Simulator) -> None:
    client = await Client.sign_in(bench)
    playing = asyncio.create_task(bench.burst(100, 0.5, ring=0.05, talk=0.05))
    packets: list[Packet] = []
    while sum(one.get("Event") == "Hangup" for one in packets) < 100:
        packets += await client.read_until("Hangup")
    calls = await playing
    assert len(calls) == 50
    events = [one for one in packets if one["Event"] != "FullyBooted"]
    begun = {one["Uniqueid"]: one for one in events if one["Event"] == "Newchannel"}
    assert set(begun) == {one["Uniqueid"] for one in events if one["Event"] == "Hangup"}
    for call in calls:
        assert begun[call.uniqueid]["CallerIDNum"] == call.number
        assert begun[call.uniqueid]["Exten"] == f"+49305550{call.extension}"
    assert {call.extension for call in calls} == {device.extension for device in bench.office.devices}
    assert all(list(one)[:2] == ["Event", "Privilege"] for one in events)
    assert len({one["BridgeUniqueid"] for one in events if one["Event"] == "BridgeCreate"}) == 50
    await client.close()


async def test_calls_of_a_burst_are_listed_until_a_restart(bench: Simulator) -> None:
    client = await Client.sign_in(bench)
    playing = asyncio.create_task(bench.burst(1000, 0.002, ring=0.01, talk=3600, extensions=["1003"]))
    answered = (await client.read_until("BridgeEnter", BridgeNumChannels="2"))[-1]
    listed = {one["Uniqueid"]: one for one in await client.list("CoreShowChannels")}
    assert listed[answered["Uniqueid"]]["BridgeId"] == answered["BridgeUniqueid"]
    assert listed[answered["Uniqueid"]]["Exten"] == "1003"
    await bench.restart(killed=True)
    assert len(await playing) == 2
    again = await Client.sign_in(bench)
    assert await again.list("CoreShowChannels") == []
    for one in (client, again):
        await one.close()


@pytest.mark.parametrize(("rate", "extension"), [(0, "1000"), (1, "7")])
async def test_a_burst_that_cannot_be(bench: Simulator, rate: float, extension: str) -> None:
    with pytest.raises(ValueError, match=r"above 0|no phone 7"):
        await bench.burst(rate, 1, extensions=[extension])
