"""Handed over, asked and brought together from the page: done by a real Asterisk, and lived through by real phones."""

import pytest

from cti_crm.calls.call import Call, LegState
from cti_crm.calls.call_events import CallHeld, CallResumed
from cti_crm.calls.control import ControlFailedError
from cti_crm.infrastructure.errors import ConflictError
from tests.e2e.calls.lived import Lived, lived, talk
from tests.e2e.calls.office import Office, a_while, leg_is, state_of
from tests.e2e.calls.pages import Pages
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk

MOBILE = "+491701234567"


@pytest.mark.parametrize("held", [False, True])
async def test_blind_to_a_colleague(office: Office, pages: Pages, held: bool) -> None:
    first, second, page = await office.phone("101"), await office.phone("102"), pages.page("101")
    call, at_first = await office.connected(first)
    if held:
        await page.hold()
        await office.told(lambda event: isinstance(event, CallHeld))
        await a_while()
    await page.transfer("102")
    await page.transfer("102")
    at_second = await (await second.next_call()).ringing()
    await at_first.ended()
    await a_while()
    await at_second.answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    (told,) = await office.check(blind(office, call, at_first, at_second, "102", ["101", "102"]))
    assert len(told.transfers) == 1


def blind(
    office: Office,
    call: SipCall,
    at_first: SipCall,
    at_last: SipCall,
    to: str,
    rang: list[str],
    queue: str | None = None,
) -> Lived:
    """The truth of a blind transfer, whose moment the PBX says."""
    told = office.calls()[0]
    at = told.transfers[0].at.timestamp()
    return lived(
        call,
        rang=rang,
        queue=queue,
        talked=[talk(at_first, until=at), talk(at_last)],
        transfers=[("blind", "101", to, at)],
        holds=holds_of(office),
    )


async def test_blind_to_a_queue(office: Office, pages: Pages) -> None:
    first, second, page = await office.phone("101"), await office.phone("103"), pages.page("101")
    call, at_first = await office.connected(first)
    await page.transfer("201")
    at_second = await (await (await second.next_call()).ringing()).answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    await office.check(blind(office, call, at_first, at_second, "201", ["101", "103"], "sales"))


async def test_blind_to_a_mobile(office: Office, pages: Pages) -> None:
    first, outside, page = await office.phone("101"), await office.outside(), pages.page("101")
    call, at_first = await office.connected(first)
    await page.transfer("0170 1234567")
    at_mobile = await (await (await outside.next_call()).ringing()).answer()
    await a_while()
    await at_mobile.hang_up()
    await call.ended()
    await office.check(blind(office, call, at_first, at_mobile, MOBILE, ["101"]))


async def test_blind_fails_and_comes_back(office: Office, pages: Pages) -> None:
    first, second, page = await office.phone("101"), await office.phone("102"), pages.page("101")
    second.refusing = "BUSY"
    call, at_first = await office.connected(first)
    await page.transfer("102")
    again = await (await (await first.next_call()).ringing()).answer()
    await a_while()
    await call.hang_up()
    await again.ended()
    await office.check(blind(office, call, at_first, again, "102", ["101"]))


async def test_nobody_is_sent_to_a_number_that_does_not_exist(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    for ask in (page.transfer, page.ask):
        with pytest.raises(ControlFailedError) as refused:
            await ask("999")
        assert (refused.value.code, refused.value.status) == ("control_unknown_number", 422)
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)]))


@pytest.mark.parametrize("to", ["102", MOBILE])
async def test_asked_and_handed_over(office: Office, pages: Pages, to: str) -> None:
    first, page = await office.phone("101"), pages.page("101")
    second = await office.phone("102") if to == "102" else await office.outside()
    call, at_first = await office.connected(first)
    await page.hold()
    await office.told(lambda event: isinstance(event, CallHeld))
    await page.ask(to)
    await page.ask(to)
    at_second = await (await (await second.next_call()).ringing()).answer()
    await office.told(lambda event: page_asks(event.call))
    await a_while()
    await page.complete()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    done = at_first.truth.end
    assert done is not None
    await office.check(
        lived(
            call,
            rang=["101", "102"] if to == "102" else ["101"],
            talked=[talk(at_first), talk(at_second, since=done)],
            transfers=[("attended", "101", at_second.truth.number, done)],
            holds=holds_of(office),
        )
    )


def page_asks(call: Call) -> bool:
    """Somebody has answered 101, who keeps the customer waiting."""
    others = [leg for leg in call.legs if leg.party.extension != "101" and not leg.placed]
    return state_of(call, "101") is LegState.HELD and any(leg.state is LegState.CONNECTED for leg in others)


async def asking(office: Office, pages: Pages) -> tuple[SipCall, SipCall, SipCall]:
    """101 has a customer and asks 102, whose phone rings: the calls of the customer, 101 and 102."""
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await pages.page("101").ask("102")
    at_second = await (await second.next_call()).ringing()
    await leg_is(office, "102", LegState.ALERTING)
    await a_while()
    return call, at_first, at_second


def holds_of(office: Office) -> list[tuple[str, float, float]]:
    """The holds as told: only the PBX knows the moment."""
    return [
        (one.by, one.since.timestamp(), one.until.timestamp())
        for one in office.calls()[0].holds
        if one.until is not None
    ]


async def test_handed_over_while_it_rings(office: Office, pages: Pages) -> None:
    call, at_first, at_second = await asking(office, pages)
    await pages.page("101").complete()
    await at_first.ended()
    await a_while()
    await at_second.answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    assert at_first.truth.end is not None
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first), talk(at_second)],
            transfers=[("attended", "101", "102", at_first.truth.end)],
            holds=holds_of(office),
        )
    )


@pytest.mark.parametrize("answered", [False, True])
async def test_asked_and_went_back(office: Office, pages: Pages, answered: bool) -> None:
    call, at_first, at_second = await asking(office, pages)
    page = pages.page("101")
    with pytest.raises(ConflictError):
        await page.ask("103")
    if answered:
        await at_second.answer()
        await office.told(lambda event: page_asks(event.call))
        await a_while()
    await page.go_back()
    await at_second.ended()
    await office.told(lambda event: isinstance(event, CallResumed))
    await a_while()
    await call.hang_up()
    await at_first.ended()
    await office.check(lived(call, rang=["101", "102"], talked=[talk(at_first)], holds=holds_of(office)))


async def test_asked_a_mobile_on_a_call_to_the_outside_and_went_back(office: Office, pages: Pages) -> None:
    phone, outside, page = await office.phone("101"), await office.outside(), pages.page("101")
    call = await phone.call("03098765432")
    at_customer = await (await (await outside.next_call()).ringing()).answer()
    await call.answered()
    await a_while()
    await page.ask("0170 1234567")
    at_mobile = await (await (await outside.next_call()).ringing()).answer()
    await office.told(lambda event: len([leg for leg in event.call.legs if leg.state is LegState.CONNECTED]) > 1)
    await a_while()
    await page.go_back()
    await at_mobile.ended()
    await office.told(lambda event: isinstance(event, CallResumed))
    await a_while()
    await at_customer.hang_up()
    await call.ended()
    await office.check(lived(call, "outbound", talked=[talk(at_customer, agent="101")], holds=holds_of(office)))


@pytest.mark.parametrize("at_once", [False, True])
async def test_three_in_a_talk_and_the_colleague_leaves(office: Office, pages: Pages, at_once: bool) -> None:
    call, at_first, at_second = await three(office, pages, at_once)
    await at_second.hang_up()
    await a_while()
    await call.hang_up()
    await at_first.ended()
    joined = office.calls()[0].talk[1].since.timestamp()
    talked = [talk(at_first), talk(at_second, since=joined)]
    (told,) = await office.check(lived(call, rang=["101", "102"], talked=talked, holds=holds_of(office)))
    assert told.final_agent == "101"


async def test_three_in_a_talk_and_the_first_leaves(office: Office, pages: Pages) -> None:
    call, at_first, at_second = await three(office, pages, at_once=True)
    await pages.page("101").hang_up()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    (told,) = office.calls()
    talked = [talk(at_first), talk(at_second, since=told.talk[1].since.timestamp())]
    await office.check(lived(call, rang=["101", "102"], talked=talked, holds=holds_of(office)))


async def three(office: Office, pages: Pages, at_once: bool) -> tuple[SipCall, SipCall, SipCall]:
    """Customer, 101 and 102 talk: 102 was brought in at once, or was asked first."""
    first, second, page = await office.phone("101"), await office.phone("102"), pages.page("101")
    call, at_first = await office.connected(first)
    await (page.bring_in if at_once else page.ask)("102")
    at_second = await (await (await second.next_call()).ringing()).answer()
    if not at_once:
        await office.told(lambda event: page_asks(event.call))
        await a_while()
        await page.join()
    await office.told(lambda event: [step.what for step in event.call.steps].count("joined") == 1)
    await a_while()
    assert state_of(page.call, "101") is LegState.CONNECTED
    return call, at_first, at_second
