"""What agents do with their calls from the page: each is done by a real Asterisk, and lived through by real phones."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cti_crm.calls.call import Call, LegState
from cti_crm.calls.call_events import CallHeld, CallParked, CallResumed
from cti_crm.calls.control import ControlFailedError
from cti_crm.infrastructure.errors import ConflictError
from tests.e2e.calls.lived import Lived, lived, talk, when
from tests.e2e.calls.office import Office, a_while
from tests.e2e.calls.pages import Pages, pages_of
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk

MOBILE = "+491701234567"


@pytest_asyncio.fixture
async def pages(office: Office) -> AsyncIterator[Pages]:
    async with pages_of(office) as pages:
        yield pages


def keys_heard(call: SipCall) -> str:
    """The keys that came to this person's phone."""
    infos = [message for message in call.messages if message.method == "INFO" and not message.sent]
    return "".join(message.text.partition("Signal=")[2][:1] for message in infos)


def state_of(call: Call, extension: str) -> LegState | None:
    legs = [leg.state for leg in call.legs if leg.party.extension == extension and leg.ended_at is None]
    return legs[-1] if legs else None


async def leg_is(office: Office, extension: str, state: LegState) -> float:
    """When the phone was first told to be in that state."""
    told = await office.told(lambda event: state_of(event.call, extension) is state)
    return told.call.steps[-1].at.timestamp()


async def test_hold_and_resume(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    await page.hold()
    await page.hold()
    held = await office.told(lambda event: isinstance(event, CallHeld))
    await page.hold()
    await a_while()
    await page.resume()
    resumed = await office.told(lambda event: isinstance(event, CallResumed))
    await page.resume()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    since, until = held.call.holds[0].since, resumed.call.holds[0].until
    assert until is not None
    span = ("101", since.timestamp(), until.timestamp())
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)], holds=[span]))
    assert len(keys_heard(call)) == 0


async def test_held_when_the_customer_gives_up(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    await page.hold()
    held = await office.told(lambda event: isinstance(event, CallHeld))
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    assert call.truth.end is not None
    span = ("101", held.call.holds[0].since.timestamp(), call.truth.end)
    talked = [talk(at_phone, until=call.truth.end)]
    await office.check(lived(call, rang=["101"], talked=talked, holds=[span], end=at_phone.truth.end))


async def test_what_the_phone_holds_only_the_phone_takes_back(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    await at_phone.hold()
    await office.told(lambda event: isinstance(event, CallHeld))
    with pytest.raises(ControlFailedError) as refused:
        await page.resume()
    assert refused.value.code == "control_held_by_phone"
    await at_phone.resume()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    span = ("101", when(at_phone, "INVITE", 1), when(at_phone, "INVITE", 2))
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)], holds=[span]))


async def test_mute_and_unmute(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    await page.mute()
    assert [leg.device for leg in page.call.legs if leg.muted] == ["PJSIP/101"]
    assert await bridged_by(office) == "simple_bridge"  # Asterisk must touch the audio itself
    await page.mute(on=False)
    assert not any(leg.muted for leg in page.call.legs)
    assert await bridged_by(office) == "native_rtp"
    await call.hang_up()
    await at_phone.ended()
    (told,) = await office.check(lived(call, rang=["101"], talked=[talk(at_phone)]))
    assert [step.what for step in told.steps if step.what.endswith("muted")] == ["muted", "unmuted"]


async def bridged_by(office: Office) -> str:
    """How Asterisk connects the two: it leaves the audio alone (native_rtp) unless something is done to it."""
    async with office.pbx.ami() as ami:
        (bridge,) = [one for one in await ami.listing("BridgeList") if one["BridgeNumChannels"] == "2"]
    return bridge["BridgeTechnology"]


async def test_keys_reach_the_other_side(office: Office, pages: Pages) -> None:
    phone, page = await office.phone("101"), pages.page("101")
    call, at_phone = await office.connected(phone)
    await page.keys("1#*2")
    await call.seen(lambda message: message.method == "INFO" and "Signal=2" in message.text)
    await call.hang_up()
    await at_phone.ended()
    assert keys_heard(call) == "1#*2"
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)]))


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


async def test_parked_and_retrieved(office: Office, pages: Pages) -> None:
    first, second, page = await office.phone("101"), await office.phone("102"), pages.page("101")
    call, at_first = await office.connected(first)
    await page.park()
    parked = await office.told(lambda event: isinstance(event, CallParked))
    await page.park()
    (stay,) = parked.call.parked
    other = pages.page("102")
    out = await other.control.retrieve(other.who, parked.call.id)
    assert (out.device, out.number) == ("PJSIP/102", stay.slot)
    assert (await other.control.retrieve(other.who, parked.call.id)).call_id == out.call_id
    back = await (await (await second.next_call()).ringing()).answer()
    await office.told(lambda event: bool(event.call.parked) and event.call.parked[0].until is not None)
    await a_while()
    await call.hang_up()
    await back.ended()
    await at_first.ended()
    (told,) = office.calls()
    until = told.parked[0].until
    assert until is not None
    since = stay.since.timestamp()
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_first, until=since), talk(back, since=until.timestamp())],
            parked=("101", stay.slot, since, until.timestamp(), "102"),
            end=max(call.truth.end or 0, at_first.truth.end or 0),
        )
    )


@pytest.mark.parametrize("dialled", ["101", "200"])
async def test_picked_up_at_a_colleague(office: Office, pages: Pages, dialled: str) -> None:
    first, third = await office.phone("101"), await office.phone("103")
    if dialled == "200":
        await office.only_in_support("101")
    call = await (await office.customer()).call(f"+49305550{dialled}")
    at_first = await (await first.next_call()).ringing()
    await leg_is(office, "101", LegState.ALERTING)
    page, (ringing,) = pages.page("103"), pages.live.all()
    out = await page.control.pick_up(page.who, ringing.id, None)
    assert (await page.control.pick_up(page.who, ringing.id, "101")).call_id == out.call_id
    taken = await (await (await third.next_call()).ringing()).answer()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await taken.ended()
    queue = "support" if dialled == "200" else None
    await office.check(lived(call, queue=queue, rang=["101"], talked=[talk(taken)]))


async def test_nobody_controls_a_call_that_is_not_theirs(office: Office, pages: Pages) -> None:
    phone = await office.phone("101")
    call, at_phone = await office.connected(phone)
    page, other = pages.page("101"), pages.page("102")
    call_id = page.call.id
    with pytest.raises(ConflictError):
        await other.control.hold(other.who, call_id)
    with pytest.raises(ConflictError):
        await other.control.transfer(other.who, call_id, "103")
    with pytest.raises(ConflictError):
        await other.control.pick_up(other.who, call_id, "101")
    await page.hang_up()
    await call.ended()
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)]))


async def test_this_pbx_lacks_nothing(pages: Pages) -> None:
    (pbx,) = await pages.control.pbxs()
    assert [one for one in pbx.abilities if one.lack is not None] == []
