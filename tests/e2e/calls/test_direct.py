"""One customer, one phone or several, no one else between."""

import asyncio

import pytest

from tests.e2e.calls.lived import lived, rang, talk, when
from tests.e2e.calls.office import Office, a_while
from tests.lab.sip import Phone

pytestmark = pytest.mark.asterisk


async def test_answered_and_hung_up_by_agent(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer(name="Karla Kunde")).call("+49305550101")
    at_phone = await (await (await phone.next_call()).ringing()).answer()
    await a_while()
    await at_phone.hang_up()
    await call.ended()
    (told,) = await office.check(lived(call, rang=rang(at_phone), talked=[talk(at_phone)]))
    assert told.caller.name == "Karla Kunde"


async def test_declined(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).ringing()
    await a_while()
    await at_phone.decline()
    await call.ended()
    await office.check(lived(call, outcome="missed", rang=rang(at_phone)))


async def test_busy(office: Office) -> None:
    phone = await office.phone("101")
    phone.refusing = "BUSY"
    call = await (await office.customer()).call("+49305550101")
    await call.ended()
    await office.check(lived(call, outcome="busy"))


async def test_phone_not_plugged_in(office: Office) -> None:
    phone = await office.phone("101")
    phone.refusing = "UNKNOWN"
    call = await (await office.customer()).call("+49305550101")
    await call.ended()
    await office.check(lived(call, outcome="missed"))


async def test_caller_gives_up(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer(None)).call("+49305550101")
    at_phone = await (await phone.next_call()).ringing()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    await office.check(lived(call, outcome="missed", rang=rang(at_phone)))


async def test_national_number_of_the_caller(office: Office) -> None:
    phone = await office.phone("102")
    call = await (await office.customer("017612345678")).call("+49305550102")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    await office.check(lived(call, rang=rang(at_phone), talked=[talk(at_phone)]))


async def test_voicemail(office: Office) -> None:
    phone = await office.phone("105")
    call = await (await office.customer()).call("+49305550105")
    at_phone = await (await phone.next_call()).ringing()
    await at_phone.ended()
    await call.answered()
    await a_while()
    await call.hang_up()
    await office.check(lived(call, outcome="voicemail", rang=rang(at_phone)))


async def test_voicemail_when_busy(office: Office) -> None:
    phone = await office.phone("105")
    phone.refusing = "BUSY"
    call = await (await office.customer()).call("+49305550105")
    await call.answered()
    await a_while()
    await call.hang_up()
    await office.check(lived(call, outcome="voicemail"))


async def test_ring_group(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550300")
    at_first = await (await first.next_call()).ringing()
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await at_second.answer()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    await office.check(lived(call, rang=rang(at_first, at_second), rang_together=True, talked=[talk(at_second)]))


async def test_one_of_a_ring_group_declines(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550300")
    at_first = await (await first.next_call()).ringing()
    at_second = await (await second.next_call()).ringing()
    await at_first.decline()
    await a_while()
    await at_second.answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    await office.check(lived(call, rang=rang(at_first, at_second), rang_together=True, talked=[talk(at_second)]))


async def test_two_devices_of_one_agent(office: Office) -> None:
    desk, headset = await office.phone("106"), await office.phone("106", device=1)
    call = await (await office.customer()).call("+49305550106")
    at_desk = await (await desk.next_call()).ringing()
    at_headset = await (await headset.next_call()).ringing()
    await a_while()
    await at_headset.answer()
    await at_desk.ended()
    await a_while()
    await at_headset.hang_up()
    await call.ended()
    await office.check(lived(call, rang=rang(at_desk, at_headset), talked=[talk(at_headset)]))


async def test_call_waiting(office: Office) -> None:
    phone = await office.phone("101")
    one = await (await office.customer("+4917600000001")).call("+49305550101")
    at_one = await (await phone.next_call()).answer()
    await a_while()
    two = await (await office.customer("+4917600000002")).call("+49305550101")
    at_two = await (await phone.next_call()).ringing()
    await at_one.hold()
    await at_two.answer()
    await a_while()
    await at_two.hang_up()
    await two.ended()
    await at_one.resume()
    await a_while()
    await one.hang_up()
    await at_one.ended()
    held = ("101", when(at_one, "INVITE", 1), when(at_one, "INVITE", 2))
    await office.check(
        lived(one, rang=["101"], talked=[talk(at_one)], holds=[held]),
        lived(two, rang=["101"], talked=[talk(at_two)]),
    )


async def test_busy_while_talking(office: Office) -> None:
    phone = await office.phone("101")
    one = await (await office.customer("+4917600000001")).call("+49305550101")
    at_one = await (await phone.next_call()).answer()
    phone.refusing = "BUSY"
    two = await (await office.customer("+4917600000002")).call("+49305550101")
    await two.ended()
    await a_while()
    await one.hang_up()
    await at_one.ended()
    await office.check(lived(one, rang=["101"], talked=[talk(at_one)]), lived(two, outcome="busy"))


async def test_held_by_both_sides(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await call.answered()
    await a_while()
    await at_second.hold()
    await a_while()
    await call.hold()
    await a_while()
    await at_second.resume()
    await call.resume()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    invited = 2 if any(message.status == 401 for message in call.messages) else 1
    holds = [
        ("102", when(at_second, "INVITE", 1), when(at_second, "INVITE", 2)),
        ("101", when(call, "INVITE", invited), when(call, "INVITE", invited + 1)),
    ]
    await office.check(lived(call, "internal", rang=["102"], talked=[talk(at_second)], holds=holds))


async def test_hung_up_while_on_hold(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await at_phone.hold()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    assert at_phone.truth.end is not None
    held = ("101", when(at_phone, "INVITE", 1), at_phone.truth.end)
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)], holds=[held]))


async def test_same_customer_on_two_calls_at_once(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    customer = await office.customer()
    one = await customer.call("+49305550101")
    at_first = await (await first.next_call()).answer()
    two = await customer.call("+49305550102")
    at_second = await (await second.next_call()).answer()
    await a_while()
    await one.hang_up()
    await at_first.ended()
    await a_while()
    await at_second.hang_up()
    await two.ended()
    await office.check(
        lived(one, rang=["101"], talked=[talk(at_first)]), lived(two, rang=["102"], talked=[talk(at_second)])
    )


async def test_agent_calls_from_own_mobile(office: Office) -> None:
    phone = await office.phone("101")
    call = await (await office.customer("+491701234567")).call("+49305550101")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    await office.check(lived(call, rang=["101"], talked=[talk(at_phone)]))


async def test_conference_of_three(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    customer = await (await (await office.customer()).call("+49305550500")).answered()
    await a_while()
    one = await (await first.call("500")).answered()
    await a_while()
    two = await (await second.call("500")).answered()
    await a_while()
    await two.hang_up()
    await customer.hang_up()
    await one.hang_up()
    await office.check(
        lived(customer, answered_by="500", talked=[talk(customer, agent="500")]),
        lived(one, "internal", answered_by="500", talked=[talk(one)]),
        lived(two, "internal", answered_by="500", talked=[talk(two)]),
    )


async def test_fifty_calls_in_two_seconds(office: Office) -> None:
    phones = [await office.phone(str(number)) for number in range(101, 105)]
    numbers = [f"+49176{number:08}" for number in range(50)]
    dialled = [f"+49305550{101 + number % 4}" for number in range(50)]
    answers = [asyncio.create_task(_answer_all(phone)) for phone in phones]
    try:
        calls = await office.crowd(numbers, dialled, per_second=25)
        await asyncio.gather(*(call.answered() for call in calls))
        await a_while()
        for call in calls:
            await call.hang_up()
    finally:
        for task in answers:
            task.cancel()
        await asyncio.wait(answers)
    at_phones = {one.truth.peer: one for phone in phones for one in phone.calls}
    for one in at_phones.values():
        await one.ended()
    await office.check(
        *(lived(call, rang=[call.truth.peer[-3:]], talked=[talk(at_phones[call.truth.number])]) for call in calls),
        timed=False,
    )


async def _answer_all(phone: Phone) -> None:
    while True:
        await (await phone.next_call()).answer()
