"""Calls that the phone or the dialplan sends elsewhere, that a colleague takes, or that are parked."""

import asyncio

import pytest

from cti_crm.calls.call_events import CallEvent, CallParked
from tests.e2e.calls.lived import held_by_keys, lived, rang, talk, when
from tests.e2e.calls.office import Office, a_while

pytestmark = pytest.mark.asterisk

MOBILE = "01701234567"


async def test_forwarded_by_the_phone(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550101")
    at_first = await (await first.next_call()).ringing()
    await at_first.forward("102")
    at_second = await (await second.next_call()).answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    await office.check(lived(call, rang=rang(at_first, at_second), talked=[talk(at_second)]))


async def test_forwarded_by_the_phone_to_a_mobile(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).ringing()
    await at_phone.forward(MOBILE)
    at_mobile = await (await outside.next_call()).answer()
    await a_while()
    await at_mobile.hang_up()
    await call.ended()
    await office.check(lived(call, rang=rang(at_phone), talked=[talk(at_mobile)]))


async def test_forwarded_by_the_dialplan_to_a_mobile(office: Office) -> None:
    desk, outside = await office.phone("104"), await office.outside()
    desk.refusing = "BUSY"
    call = await (await office.customer()).call("+49305550601")
    at_mobile = await (await (await outside.next_call()).ringing()).answer()
    await a_while()
    await call.hang_up()
    await at_mobile.ended()
    await office.check(lived(call, talked=[talk(at_mobile)]))


async def test_forwarded_to_a_mobile_that_does_not_answer(office: Office) -> None:
    desk, outside = await office.phone("104"), await office.outside()
    call = await (await office.customer()).call("+49305550601")
    at_desk = await (await desk.next_call()).ringing()
    at_mobile = await (await outside.next_call()).ringing()
    await a_while()
    await call.hang_up()
    await at_mobile.ended()
    await office.check(lived(call, outcome="missed", rang=rang(at_desk)))


async def test_followme_mobile_answers(office: Office) -> None:
    desk, outside = await office.phone("104"), await office.outside()
    call = await (await office.customer()).call("+49305550600")
    at_desk = await (await desk.next_call()).ringing()
    at_mobile = await (await (await outside.next_call()).ringing()).answer()
    await at_desk.ended()
    await a_while()
    await call.hang_up()
    await at_mobile.ended()
    await office.check(lived(call, rang=rang(at_desk), talked=[talk(at_mobile)]))


async def test_followme_desk_answers(office: Office) -> None:
    desk, outside = await office.phone("104"), await office.outside()
    call = await (await office.customer()).call("+49305550600")
    at_desk = await (await desk.next_call()).ringing()
    at_mobile = await (await outside.next_call()).ringing()
    await at_desk.answer()
    await at_mobile.ended()
    await a_while()
    await at_desk.hang_up()
    await call.ended()
    await office.check(lived(call, rang=rang(at_desk), talked=[talk(at_desk)]))


async def test_picked_up_by_a_colleague(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550101")
    at_first = await (await first.next_call()).ringing()
    await a_while()
    taken = await (await second.call("*8")).answered()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await taken.ended()
    await office.check(lived(call, rang=["101"], talked=[talk(taken)]))


async def test_picked_up_from_a_queue(office: Office) -> None:
    await office.only_in_support("102")
    member, other = await office.phone("102"), await office.phone("104")
    call = await (await office.customer()).call("+49305550200")
    at_member = await (await member.next_call()).ringing()
    await a_while()
    taken = await (await other.call("*8")).answered()
    await at_member.ended()
    await a_while()
    await taken.hang_up()
    await call.ended()
    await office.check(lived(call, queue="support", rang=["102"], talked=[talk(taken)]))


async def test_parked_and_retrieved_by_another(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550101")
    at_first = await (await first.next_call()).answer()
    await a_while()
    await at_first.transfer("700")
    parked = await office.told(lambda event: isinstance(event, CallParked))
    slot = parked.call.parked[0].slot
    await a_while()
    back = await (await second.call(slot)).answered()
    await a_while()
    await call.hang_up()
    await back.ended()
    since = when(at_first, "REFER")
    assert back.truth.answer is not None
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_first, until=since), talk(back)],
            parked=("101", slot, since, back.truth.answer, "102"),
        )
    )


async def test_parked_by_keys_and_retrieved_by_the_same(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await at_phone.press("#700")
    parked = await office.told(lambda event: isinstance(event, CallParked))
    since = parked.call.parked[0].since.timestamp()
    slot = parked.call.parked[0].slot
    await at_phone.ended()
    back = await (await phone.call(slot)).answered()
    await a_while()
    await back.hang_up()
    await call.ended()
    assert back.truth.answer is not None
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_phone, until=since), talk(back)],
            parked=("101", slot, since, back.truth.answer, "101"),
            holds=held_by_keys(at_phone, since),
        )
    )


async def test_parked_and_timed_out_back(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await at_phone.transfer("700")
    again = await (await phone.next_call()).ringing()
    await a_while()
    await again.answer()
    await a_while()
    await call.hang_up()
    await again.ended()
    since, until = when(at_phone, "REFER"), again.truth.invite
    assert until is not None
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_phone, until=since), talk(again)],
            parked=("101", office.calls()[0].parked[0].slot, since, until, None),
        )
    )


async def test_customer_hangs_up_while_parked(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await at_phone.transfer("700")
    parked = await office.told(lambda event: isinstance(event, CallParked))
    await a_while()
    await call.hang_up()
    since, until = when(at_phone, "REFER"), call.truth.end
    assert until is not None
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_phone, until=since)],
            parked=("101", parked.call.parked[0].slot, since, until, None),
        )
    )


async def test_two_customers_parked_at_once(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    one = await (await office.customer("+4917600000001")).call("+49305550101")
    at_one = await (await first.next_call()).answer()
    two = await (await office.customer("+4917600000002")).call("+49305550102")
    at_two = await (await second.next_call()).answer()
    await a_while()
    parking = [asyncio.create_task(call.transfer("700")) for call in (at_one, at_two)]
    parked = [
        await office.told(lambda event, number=call.truth.number: _parked(event, number))  # type: ignore[misc]
        for call in (one, two)
    ]
    await a_while()
    await one.hang_up()
    await two.hang_up()
    await asyncio.gather(*parking)
    await office.check(
        *(
            lived(
                call,
                rang=[at_phone.truth.number],
                talked=[talk(at_phone, until=when(at_phone, "REFER"))],
                parked=(
                    at_phone.truth.number,
                    event.call.parked[0].slot,
                    when(at_phone, "REFER"),
                    call.truth.end or 0,
                    None,
                ),
            )
            for call, at_phone, event in zip((one, two), (at_one, at_two), parked, strict=True)
        )
    )


def _parked(event: CallEvent, number: str) -> bool:
    return isinstance(event, CallParked) and event.call.caller.number == number


async def test_picked_up_while_somebody_is_on_hold(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    one = await (await office.customer("+4917600000001")).call("+49305550101")
    at_one = await (await first.next_call()).answer()
    await a_while()
    two = await (await office.customer("+4917600000002")).call("+49305550102")
    at_two = await (await second.next_call()).ringing()
    await at_one.hold()
    taken = await (await first.call("*8")).answered()
    await at_two.ended()
    await a_while()
    await two.hang_up()
    await taken.ended()
    await at_one.resume()
    await a_while()
    await one.hang_up()
    await at_one.ended()
    held = ("101", when(at_one, "INVITE", 1), when(at_one, "INVITE", 2))
    await office.check(
        lived(one, rang=["101"], talked=[talk(at_one)], holds=[held]),
        lived(two, rang=["102"], talked=[talk(taken)]),
    )
