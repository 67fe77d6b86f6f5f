"""Callers who wait in a queue, and how they come there."""

import asyncio

import pytest

from tests.e2e.calls.lived import lived, rang, talk
from tests.e2e.calls.office import Office, a_while
from tests.lab.sip import Phone
from tests.lab.sip_call import SipCall

pytestmark = pytest.mark.asterisk


async def first_ringing(*phones: Phone) -> SipCall:
    """The call at the phone that rings first."""
    waiting = [asyncio.create_task(phone.next_call()) for phone in phones]
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    await asyncio.wait(waiting)
    return await done.pop().result().ringing()


async def test_queue_answered_by_one_of_two(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await (await office.customer()).call("+49305550200")
    at_first = await (await first.next_call()).ringing()
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await at_second.answer()
    await at_first.ended()
    await a_while()
    await at_second.hang_up()
    await call.ended()
    await office.check(
        lived(call, queue="support", rang=rang(at_first, at_second), rang_together=True, talked=[talk(at_second)])
    )


async def test_queue_abandoned_while_ringing(office: Office) -> None:
    await office.only_in_support("101")
    phone = await office.phone("101")
    call = await (await office.customer()).call("+49305550200")
    at_phone = await (await phone.next_call()).ringing()
    await a_while()
    await call.hang_up()
    await at_phone.ended()
    await office.check(lived(call, outcome="abandoned", queue="support", rang=rang(at_phone)))


async def test_queue_ring_time_out_then_next_agent(office: Office) -> None:
    phones = await office.phone("103"), await office.phone("104")
    call = await (await office.customer()).call("+49305550201")
    one = await first_ringing(*phones)
    await one.ended()
    other = await first_ringing(*phones)
    await other.answer()
    await a_while()
    await call.hang_up()
    await other.ended()
    assert one.truth.number != other.truth.number
    await office.check(lived(call, queue="sales", rang=rang(one, other), talked=[talk(other)]))


async def test_queue_agent_declines_then_next_agent(office: Office) -> None:
    phones = await office.phone("103"), await office.phone("104")
    call = await (await office.customer()).call("+49305550201")
    one = await first_ringing(*phones)
    await one.decline()
    other = await first_ringing(*phones)
    await other.answer()
    await a_while()
    await other.hang_up()
    await call.ended()
    await office.check(lived(call, queue="sales", rang=rang(one, other), talked=[talk(other)]))


async def test_several_wait_in_a_queue(office: Office) -> None:
    await office.only_in_support("101")
    phone = await office.phone("101")
    one = await (await office.customer("+4917600000001")).call("+49305550200")
    at_one = await (await phone.next_call()).answer()
    others = [
        await (await (await office.customer(number)).call("+49305550200")).answered()
        for number in ("+4917600000002", "+4917600000003")
    ]
    await a_while()
    await at_one.hang_up()
    at_next = await (await phone.next_call()).answer()
    await a_while()
    # Both may be the next, for each asks for itself.
    (lucky,) = [call for call in others if call.truth.number == at_next.truth.peer]
    (waiting,) = [call for call in others if call is not lucky]
    await waiting.hang_up()
    await lucky.hang_up()
    await at_next.ended()
    await one.ended()
    await office.check(
        lived(one, queue="support", rang=["101"], talked=[talk(at_one)]),
        lived(lucky, queue="support", rang=["101"], talked=[talk(at_next)]),
        lived(waiting, outcome="abandoned", queue="support"),
    )


async def test_caller_leaves_the_queue_by_key(office: Office) -> None:
    await office.only_in_support("101")
    member, other = await office.phone("101"), await office.phone("105")
    call = await (await office.customer()).call("+49305550200")
    at_member = await (await member.next_call()).ringing()
    await a_while()
    await call.press("0")
    at_other = await (await other.next_call()).answer()
    await at_member.ended()
    await a_while()
    await call.hang_up()
    await at_other.ended()
    await office.check(lived(call, queue="support", rang=rang(at_member, at_other), talked=[talk(at_other)]))


async def test_paused_agent_is_not_rung(office: Office) -> None:
    paused, other = await office.phone("101"), await office.phone("102")
    await office.only_in_support("102")
    call = await (await office.customer()).call("+49305550200")
    at_other = await (await other.next_call()).answer()
    await a_while()
    await at_other.hang_up()
    await call.ended()
    assert paused.calls == []
    await office.check(lived(call, queue="support", rang=["102"], talked=[talk(at_other)]))


async def test_menu_then_queue(office: Office) -> None:
    await office.only_in_support("102")
    phone = await office.phone("102")
    call = await (await (await office.customer()).call("+49305550400")).answered()
    await call.press("1")
    at_phone = await (await phone.next_call()).answer()
    await a_while()
    await at_phone.hang_up()
    await call.ended()
    await office.check(lived(call, queue="support", rang=["102"], talked=[talk(at_phone)]))


async def test_caller_gives_up_in_the_menu(office: Office) -> None:
    call = await (await (await office.customer()).call("+49305550400")).answered()
    await a_while()
    await call.hang_up()
    await office.check(lived(call, outcome="missed"))
