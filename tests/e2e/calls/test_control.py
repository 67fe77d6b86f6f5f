"""What agents do with their calls from the page: each is done by a real Asterisk, and lived through by real phones.

Handing over and asking: `test_control_transfers.py`.
"""

import pytest

from cti_crm.calls.call import LegState
from cti_crm.calls.call_events import CallHeld, CallParked, CallResumed
from cti_crm.calls.control import ControlFailedError
from cti_crm.infrastructure.errors import ConflictError
from tests.e2e.calls.lived import lived, talk, when
from tests.e2e.calls.office import Office, a_while, leg_is
from tests.e2e.calls.pages import Pages
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk


def keys_heard(call: SipCall) -> str:
    """The keys that came to this person's phone."""
    infos = [message for message in call.messages if message.method == "INFO" and not message.sent]
    return "".join(message.text.partition("Signal=")[2][:1] for message in infos)


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
