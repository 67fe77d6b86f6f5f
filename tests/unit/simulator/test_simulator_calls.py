"""What the recordings do not show: queue attempts, refusals, steps nobody could take, a PBX that starts anew."""

import pytest

from cti_crm.pbx.simulator import Call, CallOverError, Device, Office, Origination, QueuePlan
from cti_crm.pbx.simulator.click_to_dial import OriginateRequest
from cti_crm.pbx.simulator.switch import Switch
from tests.unit.simulator.clocks import VirtualClock


class Pbx:
    """A switch whose events are kept."""

    def __init__(self, office: Office | None = None) -> None:
        self.clock = VirtualClock()
        self.events: list[dict[str, str]] = []
        self.switch = Switch(office or Office(), self.clock, self._keep)

    def _keep(self, privilege: str, data: bytes) -> None:
        lines = data.decode().removesuffix("\r\n\r\n").split("\r\n")
        assert lines[1] == f"Privilege: {privilege},all"
        self.events.append(dict(line.partition(": ")[::2] for line in lines))

    def incoming(self, did: str = "+49305550101", number: str = "+4917612345678") -> Call:
        return Call.from_outside(self.switch, number, "", did)

    def names(self) -> list[str]:
        return [one["Event"] for one in self.events]

    def last(self, name: str) -> dict[str, str]:
        return next(one for one in reversed(self.events) if one["Event"] == name)

    def nothing_left(self) -> bool:
        model = self.switch.model
        basic = [bridge for bridge in model.bridges.values() if bridge.kind == "basic"]
        waiting = [entry for queue in model.queues.values() for entry in queue.waiting]
        idle = all(state == "NOT_INUSE" for device, state in model.device_states().items())
        return not (model.channels or basic or waiting or model.parked) and idle


@pytest.fixture
def pbx() -> Pbx:
    return Pbx()


async def test_queue_tries_again_after_nobody_answered(pbx: Pbx) -> None:
    call = pbx.incoming("+49305550201")
    await call.ring()
    assert call.ringing == ["103"]
    assert "Newstate" not in [one["Event"] for one in pbx.events if one.get("ChannelState") == "6"]
    pbx.clock.time += 2.4
    await call.no_answer()
    ring_no_answer = pbx.last("AgentRingNoAnswer")
    assert (ring_no_answer["Interface"], ring_no_answer["RingTime"]) == ("PJSIP/103", "2000")
    ends = [one["DialStatus"] for one in pbx.events if one["Event"] == "DialEnd"]
    assert ends == ["NOANSWER", "CANCEL"]
    await call.ring()
    assert call.ringing == ["104"]
    await call.answer()
    assert call.talking == "104"
    assert pbx.names().count("QueueCallerJoin") == 1
    await call.hang_up("104")
    assert pbx.last("AgentComplete")["Reason"] == "agent"
    assert pbx.nothing_left()


async def test_round_robin_goes_on_where_it_stopped(pbx: Pbx) -> None:
    first, second = pbx.incoming("+49305550201"), pbx.incoming("+49305550201")
    await first.ring()
    await second.ring()
    assert (first.ringing, second.ringing) == (["103"], ["104"])
    assert pbx.last("QueueCallerJoin")["Position"] == "2"
    third = pbx.incoming("+49305550201")
    await third.ring()
    assert third.ringing == []


async def test_declined_in_a_queue_leaves_the_others_ringing(pbx: Pbx) -> None:
    call = pbx.incoming("+49305550200")
    await call.ring()
    await call.decline("101")
    assert call.ringing == ["102"]
    assert pbx.last("Hangup")["TechCause"] == "603"
    assert pbx.last("AgentRingNoAnswer")["MemberName"] == "Anna Adler"
    await call.hang_up()
    assert call.over
    assert pbx.nothing_left()


async def test_ring_group_where_all_decline_ends_the_call(pbx: Pbx) -> None:
    call = pbx.incoming("+49305550300")
    await call.ring()
    await call.decline("101")
    assert not call.over
    await call.decline("102")
    assert call.over
    assert pbx.nothing_left()


async def test_withheld_number(pbx: Pbx) -> None:
    pbx.incoming(number="")
    new = pbx.last("Newchannel")
    assert (new["CallerIDNum"], new["CallerIDName"]) == ("anonymous", "Anonymous")


async def test_transfer_into_a_queue_and_out_of_it(pbx: Pbx) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.answer()
    await call.blind_transfer("101", "201")
    assert pbx.last("QueueCallerJoin")["Queue"] == "sales"
    await call.answer("103")
    await call.attended_transfer("103", "102")
    assert pbx.last("AgentComplete")["Reason"] == "transfer"
    assert call.talking == "102"
    await call.hang_up("102")
    assert pbx.nothing_left()


async def test_transfer_of_an_outbound_call_to_the_outside(pbx: Pbx) -> None:
    call = Call.from_phone(pbx.switch, "101", "03098765432")
    await call.ring()
    await call.answer("03098765432")
    await call.attended_transfer("101", "102")
    await call.blind_transfer("102", "01711234567")
    assert pbx.last("DialBegin")["DialString"] == "01711234567@trunk"
    await call.answer()
    await call.hang_up("called")
    assert call.over
    assert pbx.nothing_left()


async def test_consultation_ends_with_resume(pbx: Pbx) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.answer()
    consultation = await call.consult("101", "102")
    await consultation.decline()
    with pytest.raises(CallOverError):
        await call.complete_transfer("101")
    consultation = await call.consult("101", "103")
    await consultation.answer()
    await call.resume("101")
    assert consultation.over
    assert call.talking == "101"
    await call.hang_up()
    assert pbx.nothing_left()


async def test_customer_gives_up_during_a_consultation(pbx: Pbx) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.answer()
    consultation = await call.consult("101", "102")
    await call.hang_up("caller")
    assert consultation.over
    assert pbx.nothing_left()


async def test_parked_caller_gives_up(pbx: Pbx) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.answer()
    await call.park("101")
    assert pbx.switch.model.device_states()["park:701@parkedcalls"] == "INUSE"
    await call.hang_up()
    assert pbx.last("ParkedCallGiveUp")["ParkingSpace"] == "701"
    assert pbx.nothing_left()


@pytest.mark.parametrize("step", ["ring", "answer", "decline", "busy", "no_answer", "hang_up"])
async def test_no_step_after_the_end(pbx: Pbx, step: str) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.hang_up()
    before = len(pbx.events)
    with pytest.raises(CallOverError):
        await getattr(call, step)()
    assert len(pbx.events) == before


async def test_steps_a_person_could_not_take(pbx: Pbx) -> None:
    call = pbx.incoming()
    with pytest.raises(CallOverError):
        await call.answer()
    await call.ring()
    with pytest.raises(CallOverError):
        await call.ring()
    with pytest.raises(CallOverError):
        await call.answer("102")
    with pytest.raises(CallOverError):
        await call.hold("101")
    await call.answer("101")
    with pytest.raises(CallOverError):
        await call.answer("101")
    with pytest.raises(CallOverError):
        await call.resume("101")
    with pytest.raises(ValueError, match="no phone 999"):
        Call.from_phone(pbx.switch, "999", "101")


async def test_ami_hangup_says_no_hangup_request(pbx: Pbx) -> None:
    call = pbx.incoming()
    await call.ring()
    await call.answer()
    leg = call.channel("101")
    leg.owner.clear(leg)
    assert "HangupRequest" not in pbx.names()
    assert call.over
    assert pbx.nothing_left()


@pytest.mark.parametrize(("channel", "channel_id"), [("PJSIP/999", ""), ("SIP/101", ""), ("PJSIP/101", "taken")])
async def test_originate_that_cannot_begin(pbx: Pbx, channel: str, channel_id: str) -> None:
    first = Origination(pbx.switch, OriginateRequest("PJSIP/102", "103", "office", channel_id="taken"))
    await first.ring()
    origination = Origination(pbx.switch, OriginateRequest(channel, "103", "office", "a-1", channel_id=channel_id))
    await origination.ring()
    response = pbx.last("OriginateResponse")
    assert (response["Response"], response["Uniqueid"], response["ActionID"]) == ("Failure", "<unknown>", "a-1")
    assert origination.done.is_set()


async def test_originate_to_a_colleague(pbx: Pbx) -> None:
    origination = Origination(pbx.switch, OriginateRequest("PJSIP/101", "102", "office", channel_id="my-id"))
    await origination.ring()
    assert pbx.last("DialBegin")["DestUniqueid"] == "my-id"
    call = await origination.answer()
    await call.ring()
    await call.answer("102")
    assert call.channel("102").linkedid == "my-id"
    await call.hang_up("102")
    assert pbx.nothing_left()


@pytest.mark.parametrize("killed", [True, False])
async def test_a_new_start_ends_all_and_repeats_no_uniqueid(pbx: Pbx, killed: bool) -> None:
    call, waiting = pbx.incoming(), pbx.incoming("+49305550200")
    await call.ring()
    await call.answer()
    await waiting.ring()
    ids = {one.uniqueid for one in pbx.switch.model.channels.values()}
    names = {one.name for one in pbx.switch.model.channels.values()}
    if killed:
        pbx.switch.crash()
        assert "Hangup" not in pbx.names()
    else:
        pbx.switch.shut_down()
        assert pbx.names()[-1] == "Shutdown"
        assert pbx.names().count("Hangup") == len(ids)
    assert call.over
    assert waiting.over
    assert pbx.nothing_left()
    again = pbx.incoming()
    assert again.caller.name in names
    assert again.caller.uniqueid not in ids


async def test_an_own_plan() -> None:
    phones = tuple(Device(str(number), f"Agent {number}") for number in range(1000, 1003))
    pbx = Pbx(Office(devices=phones, queues=(QueuePlan("500", "all", ("1000", "1001", "1002")),), did_prefix="+4989"))
    call = pbx.incoming("+4989500")
    await call.ring()
    assert call.ringing == ["1000", "1001", "1002"]
    await call.answer("1002")
    await call.hang_up()
    assert pbx.nothing_left()
