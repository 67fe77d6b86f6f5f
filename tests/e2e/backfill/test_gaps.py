"""The link to a real Asterisk is cut while calls begin, change and end: afterwards the log agrees with the people."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cti_crm import app
from cti_crm.calls.call import Call
from tests.e2e.backfill.conftest import Office, Wire, csv_records, office, settings_of
from tests.lab.asterisk import AsteriskPbx
from tests.lab.people import People
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk

CLOSE = 0.5  # seconds; the people's times are those of their SIP messages


async def a_while() -> None:
    """People talk."""
    await asyncio.sleep(0.7)


def talked(call: SipCall) -> float:
    assert call.truth.answer is not None
    assert call.truth.end is not None
    return call.truth.end - call.truth.answer


def over(wanted: int) -> Callable[[list[Call]], bool]:
    return lambda calls: len(calls) == wanted and all(call.ended_at for call in calls)


def by_caller(calls: list[Call]) -> dict[str | None, Call]:
    """Each caller called once, so each stands there once."""
    found = {call.caller.number: call for call in calls}
    assert len(found) == len(calls)
    return found


async def test_calls_that_begin_change_and_end_while_the_link_is_cut(
    people: People, asterisk_pbx: AsteriskPbx, wire: Wire, empty_database_url: str
) -> None:
    began = datetime.now(UTC)
    anna, bert, clara = [await people.phone(extension) for extension in ("101", "102", "103")]
    settings = settings_of(asterisk_pbx, empty_database_url, wire.port, csv_records(asterisk_pbx))
    async with office(settings, began) as desk:
        ends = await (await people.customer("+4930800001")).call("+49305550101")
        await (await anna.next_call()).answer()
        is_answered = await (await people.customer("+4930800002")).call("+49305550102")
        at_bert = await (await bert.next_call()).ringing()
        await desk.calls(lambda calls: len(calls) == 2)

        wire.cut()
        await desk.link(up=False)
        await ends.hang_up()
        await at_bert.answer()
        comes_and_goes = await (await people.customer("+4930800003")).call("+49305550103")
        await (await clara.next_call()).answer()
        await a_while()
        await comes_and_goes.hang_up()
        missed = await (await people.customer("+4930800004")).call("+49305550103")
        await (await clara.next_call()).ringing()
        await missed.hang_up()
        await asyncio.sleep(1)  # else Bert's answer is seen so soon after it that what was seen is believed

        wire.mend()
        await desk.link(up=True)
        await desk.calls(lambda calls: len(calls) == 4)
        await a_while()
        await is_answered.hang_up()
        filled = over(4)
        calls = by_caller(await desk.calls(lambda calls: filled(calls) and all(call.inferred_end for call in calls)))
        expected = {
            "+4930800001": (ends, "101"),
            "+4930800002": (is_answered, "102"),
            "+4930800003": (comes_and_goes, "103"),
        }
        for number, (sip, agent) in expected.items():
            call = calls[number]
            assert (call.answered_by, call.final_agent, call.outcome) == (agent, agent, "answered")
            assert call.talk_seconds == pytest.approx(talked(sip), abs=CLOSE)
            assert call.called.number == sip.truth.peer
        assert (calls["+4930800004"].outcome, calls["+4930800004"].offered_to) == ("missed", ("103",))


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("restarted", [False, True])
async def test_two_who_are_parked_when_the_link_comes_back_do_not_talk_with_each_other(
    people: People, asterisk_pbx: AsteriskPbx, wire: Wire, empty_database_url: str, restarted: bool
) -> None:
    began = datetime.now(UTC)
    anna = await people.phone("101")
    settings = settings_of(asterisk_pbx, empty_database_url, wire.port, {})
    parked: list[SipCall] = []
    async with office(settings, began) as desk:
        for number in ("+4930800051", "+4930800052"):
            parked.append(await (await people.customer(number)).call("+49305550101"))
            await (await (await anna.next_call()).answer()).transfer("700")
        await desk.calls(lambda calls: len(calls) == 2 and all(call.parked for call in calls))
        if not restarted:
            wire.cut()
            await desk.link(up=False)
            wire.mend()
            await desk.link(up=True)
            await _give_up_and_check(desk, parked)
    if restarted:
        async with office(settings, began) as desk:
            await _give_up_and_check(desk, parked)


async def _give_up_and_check(desk: Office, parked: list[SipCall]) -> None:
    for customer in parked:
        await customer.hang_up()
    told = by_caller(await desk.calls(over(2)))
    for call in told.values():
        (waited,) = call.parked
        assert (waited.by, waited.retrieved_by, waited.until is not None) == ("101", None, True)
        assert [one.agent for one in call.talk] == ["101"]
        assert call.final_agent == "101"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_transfer_while_the_service_does_not_run(
    people: People, asterisk_pbx: AsteriskPbx, wire: Wire, empty_database_url: str
) -> None:
    """The consultation was seen to begin; that it became a transfer, only the records know."""
    began = datetime.now(UTC)
    anna, bert = await people.phone("101"), await people.phone("102")
    settings = settings_of(asterisk_pbx, empty_database_url, wire.port, csv_records(asterisk_pbx))
    async with office(settings, began) as desk:
        call = await (await people.customer("+4930800011")).call("+49305550101")
        at_anna = await (await anna.next_call()).answer()
        await at_anna.hold()
        asking = await anna.call("102")
        at_bert = await (await bert.next_call()).ringing()
        await desk.calls(lambda calls: len(calls) >= 1)
    await at_bert.answer()
    await asking.answered()
    await at_anna.transfer_to_call(asking)
    await asking.ended()
    await a_while()
    await call.hang_up()
    async with office(settings, began) as desk:
        (told,) = await desk.calls(lambda calls: len(calls) == 1 and bool(calls[0].transfers))
    assert (told.answered_by, told.final_agent, told.offered_to) == ("101", "102", ("101", "102"))
    assert [(one.kind, one.from_party, one.to_party) for one in told.transfers] == [("attended", "101", "102")]
    assert told.talk_seconds == pytest.approx(talked(call), abs=CLOSE)
    assert [one.agent for one in told.talk] == ["101", "102"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_on_demand_and_again(
    people: People, asterisk_pbx: AsteriskPbx, wire: Wire, empty_database_url: str
) -> None:
    began = datetime.now(UTC)
    phone = await people.phone("101")
    call = await (await people.customer("+4930800021")).call("+49305550101")
    await (await phone.next_call()).answer()
    await call.hang_up()
    settings = settings_of(asterisk_pbx, empty_database_url, wire.port, csv_records(asterisk_pbx))
    for added in (1, 0):
        async with asyncio.timeout(20):
            while True:
                report = (await app.backfill(settings, began, datetime.now(UTC), None))["main"]
                if report.added or report.left:
                    break
                await asyncio.sleep(0.2)  # Asterisk has not yet written it
        assert (len(report.added), report.corrected) == (added, [])


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_pbx_is_killed_in_the_middle(own_pbx: AsteriskPbx, empty_database_url: str) -> None:
    began = datetime.now(UTC)
    async with Wire(own_pbx.ports.ami) as wire, People(own_pbx) as people:
        anna, bert = await people.phone("101"), await people.phone("102")
        settings = settings_of(own_pbx, empty_database_url, wire.port, csv_records(own_pbx))
        async with office(settings, began) as desk:
            await (await people.customer("+4930800031")).call("+49305550101")
            at_anna = await (await anna.next_call()).answer()
            await desk.calls(lambda calls: len(calls) == 1)
            wire.cut()
            await desk.link(up=False)
            unseen = await (await people.customer("+4930800032")).call("+49305550102")
            at_bert = await (await bert.next_call()).answer()
            await unseen.answered()
            await a_while()
            await own_pbx.kill()
            await own_pbx.start()
            wire.mend()
            calls = by_caller(await desk.calls(over(2)))
        for number, agent in (("+4930800031", "101"), ("+4930800032", "102")):
            call = calls[number]
            assert (call.answered_by, call.inferred_end) == (agent, True)
        del at_anna, at_bert
