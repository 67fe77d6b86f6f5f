"""The lab itself: real calls through a real Asterisk, and what its AMI users may and may not do."""

import asyncio

import pytest

from tests.lab.ami import AmiError
from tests.lab.asterisk import AsteriskPbx, CdrRow
from tests.lab.people import People
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk

# Asterisk and SIPp note the same moment by their own clocks' readings, on a machine that may be busy.
CLOSE = 1.0


async def records_of(pbx: AsteriskPbx, *calls: SipCall) -> list[CdrRow]:
    """The records about these calls, once one that ended with the last of them is written.

    Other tests call from the same numbers through the same PBX: records from before do not count.
    """
    numbers = {call.truth.number for call in calls}
    begin = min(call.truth.invite for call in calls) - CLOSE
    end = max(call.truth.end or 0 for call in calls)
    async with asyncio.timeout(10):
        while True:
            rows = [row for row in pbx.cdr() if row.src in numbers and row.start >= begin]
            if any(row.end > end - CLOSE for row in rows):
                return rows
            await asyncio.sleep(0.05)


async def test_queue_rings_both_agents_and_the_records_agree(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    customer = await people.customer("+4917600000001")
    call = await customer.call("+49305550200")
    at_first, at_second = await first.next_call(), await second.next_call()
    await at_first.ringing()
    await at_second.ringing()
    await at_second.answer()
    lost = await at_first.ended()
    await call.hang_up()
    answered = await at_second.ended()

    assert (lost.status, lost.ended_by, lost.answer) == (487, "asterisk", None)
    assert (answered.status, answered.ended_by, answered.peer) == (200, "asterisk", "+4917600000001")
    assert call.truth.ended_by == "actor"
    winner = [row for row in await records_of(people.pbx, call) if row.disposition == "ANSWERED"]
    assert [row.dstchannel.split("-")[0] for row in winner] == ["PJSIP/102"]
    assert winner[0].start == pytest.approx(call.truth.invite, abs=CLOSE)
    assert winner[0].end == pytest.approx(call.truth.end, abs=CLOSE)


async def test_a_caller_gives_up_while_it_rings(people: People) -> None:
    phone, customer = await people.phone("101"), await people.customer("+4917600000002")
    call = await customer.call("+49305550101")
    await (await phone.next_call()).ringing()
    await call.ringing()
    await call.hang_up()
    assert (call.truth.status, call.truth.ended_by) == (487, "actor")
    assert [row.disposition for row in await records_of(people.pbx, call)] == ["NO ANSWER"]


@pytest.mark.parametrize(("what", "status"), [("decline", 603), ("busy", 486)])
async def test_a_phone_refuses(people: People, what: str, status: int) -> None:
    phone, customer = await people.phone("101"), await people.customer("+4917600000003")
    call = await customer.call("+49305550101")
    ringing = await phone.next_call()
    truth = await getattr(ringing, what)()
    assert (truth.status, truth.ended_by) == (status, "actor")
    assert (await call.ended()).ended_by == "asterisk"


async def test_a_busy_phone_does_not_ring(people: People) -> None:
    phone = await people.phone("101")
    phone.refusing = "BUSY"
    call = await (await people.customer("+4917600000018")).call("+49305550101")
    truth = await (await phone.next_call()).ended()
    assert (truth.status, truth.ring) == (486, None)
    assert (await call.ended()).ring is None


async def test_a_phone_forwards(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000004")).call("+49305550101")
    await (await first.next_call()).forward("102")
    await (await second.next_call()).answer()
    await call.answered()
    await call.hang_up()


async def test_hold_and_resume(people: People) -> None:
    phone = await people.phone("101")
    call = await (await people.customer("+4917600000005")).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    async with people.pbx.ami() as ami:
        await at_phone.hold()
        await ami.wait_for(lambda event: event.get("Event") == "Hold")
        await at_phone.resume()
        await ami.wait_for(lambda event: event.get("Event") == "Unhold")
    await at_phone.hang_up()
    assert (await call.ended()).ended_by == "asterisk"


async def test_blind_transfer(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000006")).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    transferred = asyncio.create_task(at_first.transfer("102"))
    at_second = await (await second.next_call()).answer()
    await transferred
    assert call.truth.end is None
    await call.hang_up()
    assert (await at_second.ended()).ended_by == "asterisk"


async def test_attended_transfer(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000007")).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    await at_first.hold()
    asking = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await asking.answered()
    await at_first.transfer_to_call(asking)
    await asking.ended()
    assert call.truth.end is None
    await call.hang_up()
    assert (await at_second.ended()).ended_by == "asterisk"


async def test_transfer_by_keys(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000008")).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    await at_first.press("#102")
    at_second = await (await second.next_call()).answer()
    await at_first.ended()
    await call.hang_up()
    assert (await at_second.ended()).ended_by == "asterisk"


async def test_attended_transfer_by_keys(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000016")).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    await at_first.press("*2102")
    at_second = await (await second.next_call()).answer()
    async with people.pbx.ami() as ami:
        await at_first.hang_up()
        await ami.wait_for(lambda event: event.get("Event") == "AttendedTransfer")
    assert call.truth.end is None
    await call.hang_up()
    assert (await at_second.ended()).ended_by == "asterisk"


async def test_conference_and_own_voicemail(people: People) -> None:
    phone = await people.phone("105")
    async with people.pbx.ami() as ami:
        call = await (await people.customer("+4917600000017")).call("+49305550500")
        joined = await phone.call("500")
        for number in ("+4917600000017", "105"):
            await ami.wait_for(lambda e, n=number: e.get("Event") == "ConfbridgeJoin" and e["CallerIDNum"] == n)  # type: ignore[misc]
    await call.hang_up()
    await joined.hang_up()
    own = await (await phone.call("*97")).answered()
    await own.hang_up()


async def test_park_and_retrieve(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000009")).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    async with people.pbx.ami() as ami:
        await at_first.transfer("700")
        slot = (await ami.wait_for(lambda event: event.get("Event") == "ParkedCall"))["ParkingSpace"]
        back = await (await second.call(slot)).answered()
        await ami.wait_for(lambda event: event.get("Event") == "UnParkedCall")
    await call.hang_up()
    assert (await back.ended()).ended_by == "asterisk"


async def test_pickup(people: People) -> None:
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer("+4917600000010")).call("+49305550101")
    ringing = await (await first.next_call()).ringing()
    taken = await (await second.call("*8")).answered()
    assert (await ringing.ended()).status == 487
    await call.answered()
    await taken.hang_up()
    assert (await call.ended()).ended_by == "asterisk"


async def test_follow_me_reaches_the_mobile_and_local_channels_vanish(people: People) -> None:
    desk, outside = await people.phone("104"), await people.outside()
    call = await (await people.customer("+4917600000011")).call("+49305550600")
    await (await desk.next_call()).ringing()
    at_mobile = await outside.next_call()
    async with people.pbx.ami() as ami:
        await at_mobile.answer()
        await call.answered()
        await ami.wait_for(lambda event: event.get("Event") == "LocalOptimizationEnd")
    assert at_mobile.truth.number == "01701234567"
    await call.hang_up()
    await at_mobile.ended()


async def test_both_devices_of_106_ring(people: People) -> None:
    desk, headset = await people.phone("106"), await people.phone("106", device=1)
    call = await (await people.customer("+4917600000012")).call("+49305550106")
    ringing = await (await desk.next_call()).ringing()
    await (await headset.next_call()).answer()
    assert (await ringing.ended()).status == 487
    await call.hang_up()


async def test_voicemail_answers_for_105(people: People) -> None:
    phone = await people.phone("105")
    call = await (await people.customer("+4917600000013")).call("+49305550105")
    ringing = await (await phone.next_call()).ringing()
    assert (await ringing.ended()).status == 487
    await call.answered()
    await call.hang_up()
    assert "VoiceMail" in {row.lastapp for row in await records_of(people.pbx, call)}


async def test_menu_leads_to_sales_which_answers_late(people: People) -> None:
    clara, david = await people.phone("103"), await people.phone("104")
    call = await (await people.customer("+4917600000014")).call("+49305550400")
    await call.answered()
    await call.press("2")
    waiting = [asyncio.create_task(phone.next_call()) for phone in (clara, david)]
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for other in pending:
        other.cancel()
    await next(iter(done)).result().answer()
    await call.hang_up()

    direct = await (await people.customer("+4917600000015")).call("+49305550201")
    await direct.ringing()
    assert direct.truth.answer is None
    await direct.hang_up()
    assert direct.truth.status == 487


async def test_outbound_and_internal_calls(people: People) -> None:
    first, second, outside = await people.phone("101"), await people.phone("102"), await people.outside()
    async with people.pbx.ami() as ami:
        out = await first.call("03098765432")
        at_customer = await (await outside.next_call()).answer()
        await out.answered()
        begun = await ami.wait_for(lambda event: event.get("Event") == "DialBegin")
    assert begun["DestCallerIDNum"] == "03098765432"
    assert begun["DestConnectedLineNum"] == "+49305550101"
    assert (at_customer.truth.number, at_customer.truth.peer) == ("03098765432", "+49305550101")
    await at_customer.hang_up()
    assert (await out.ended()).ended_by == "asterisk"

    busy = await first.call("+498912345678")
    await (await outside.next_call()).busy()
    assert (await busy.ended()).status == 486

    internal = await first.call("102")
    await (await second.next_call()).answer()
    await internal.hang_up()


async def test_hostile_caller_numbers_do_not_pass_the_trunk(people: People) -> None:
    phone = await people.phone("101")
    async with people.pbx.ami() as ami:
        call = await (await people.customer("+49%0d%0aEvil%22)176", name="<b>Name</b>")).call("+49305550101")
        at_phone = await phone.next_call()
        assert at_phone.truth.peer == "+49176"
        await at_phone.decline()
        await call.ended()
        await ami.wait_for(lambda event: event.get("Event") == "Hangup" and "trunk" in event["Channel"])
    assert {event["CallerIDNum"] for event in ami.events if "trunk" in event.get("Channel", "")} == {
        "unknown",
        "+49176",
    }
    assert not any("Evil" in key + value for event in ami.events for key, value in event.items())

    withheld = await (await people.customer(None)).call("+49305550101")
    at_phone = await phone.next_call()
    assert not any(letter.isdigit() for letter in at_phone.truth.peer)
    await at_phone.decline()
    await withheld.ended()


async def test_events_user_reads_the_state_and_cannot_act(asterisk_pbx: AsteriskPbx) -> None:
    async with asterisk_pbx.ami("cti") as ami:
        assert (await ami.action("Ping"))["Ping"] == "Pong"
        assert await ami.listing("CoreShowChannels") == []
        await ami.listing("BridgeList")  # an empty parking lot is a bridge too
        members = [item for item in await ami.listing("QueueStatus") if item["Event"] == "QueueMember"]
        assert {item["Location"] for item in members} == {"PJSIP/101", "PJSIP/102", "PJSIP/103", "PJSIP/104"}
        assert "PJSIP/106" in {item["Device"] for item in await ami.listing("DeviceStateList")}
        for action in ("Originate", "Redirect", "Hangup", "Setvar", "Command", "QueuePause", "ParkedCalls"):
            with pytest.raises(AmiError, match="Permission denied"):
                await ami.action(action)


async def test_originate_user_dials_and_cannot_read(people: People) -> None:
    agent, outside = await people.phone("101"), await people.outside()
    async with people.pbx.ami("cti-originate") as ami:
        assert await ami.listing("ParkedCalls") == []
        dial = {"Channel": "PJSIP/101", "Context": "cti-outbound", "Priority": "1", "Async": "true"}
        await ami.action("Originate", Exten="03011112222", CallerID="03011112222", **dial)
        at_agent = await (await agent.next_call()).answer()
        at_customer = await (await outside.next_call()).answer()
        assert (at_customer.truth.number, at_customer.truth.peer) == ("03011112222", "+49305550101")
        await at_customer.hang_up()
        await at_agent.ended()

        await ami.action("Originate", Exten="0301&PJSIP/103@x", CallerID="0301", **dial)
        refused = await (await agent.next_call()).answer()
        assert (await refused.ended()).ended_by == "asterisk"
        for action in ("Command", "GetConfig", "CoreShowChannels", "ModuleLoad"):
            with pytest.raises(AmiError, match="Permission denied"):
                await ami.action(action)
        assert ami.events == [event for event in ami.events if event.get("ActionID")]


async def test_restart_and_power_cut(own_pbx: AsteriskPbx) -> None:
    await own_pbx.restart()
    await own_pbx.kill()
    with pytest.raises(ConnectionRefusedError):
        await own_pbx.ami().__aenter__()
    await own_pbx.start()
    async with own_pbx.ami() as ami:
        assert (await ami.action("Ping"))["Ping"] == "Pong"
