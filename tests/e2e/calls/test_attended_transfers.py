"""Calls that an agent hands to somebody else after asking, or meant to."""

import asyncio

import pytest

from tests.e2e.calls.lived import held_by_keys, lived, talk, when
from tests.e2e.calls.office import Office, a_while

pytestmark = pytest.mark.asterisk

MOBILE = "01701234567"


# --- attended, by the phone: two lines, joined by REFER with Replaces


async def test_attended_by_refer(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await asking.answered()
    await a_while()
    await at_first.transfer_to_call(asking)
    await asking.ended()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    done = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first, until=done), talk(at_second, since=done)],
            transfers=[("attended", "101", "102", done)],
            holds=[("101", when(at_first, "INVITE", 1), done)],
        )
    )


async def test_attended_by_refer_to_a_mobile(office: Office) -> None:
    first, outside = await office.phone("101"), await office.outside()
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call(MOBILE)
    at_mobile = await (await outside.next_call()).answer()
    await asking.answered()
    await a_while()
    await at_first.transfer_to_call(asking)
    await asking.ended()
    await a_while()
    await call.hang_up()
    await at_mobile.ended()
    done = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_first, until=done), talk(at_mobile, since=done)],
            transfers=[("attended", "101", MOBILE, done)],
            holds=[("101", when(at_first, "INVITE", 1), done)],
        )
    )


async def test_attended_by_refer_while_it_rings(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call("102")
    at_second = await (await second.next_call()).ringing()
    await asking.ringing()
    await a_while()
    transferring = asyncio.create_task(at_first.transfer_to_call(asking))
    await a_while()
    await at_second.answer()
    await transferring
    await a_while()
    await call.hang_up()
    await at_second.ended()
    done = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first, until=done), talk(at_second)],
            transfers=[("attended", "101", "102", done)],
            holds=[("101", when(at_first, "INVITE", 1), done)],
        )
    )


async def test_asked_a_colleague_and_went_back(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await asking.answered()
    await a_while()
    await asking.hang_up()
    await at_second.ended()
    await at_first.resume()
    await a_while()
    await call.hang_up()
    await at_first.ended()
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first)],
            holds=[("101", when(at_first, "INVITE", 1), when(at_first, "INVITE", 2))],
        )
    )


async def test_asked_a_colleague_who_is_busy(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    second.refusing = "BUSY"
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call("102")
    await asking.ended()
    await at_first.resume()
    await a_while()
    await at_first.hang_up()
    await call.ended()
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_first)],
            holds=[("101", when(at_first, "INVITE", 1), when(at_first, "INVITE", 2))],
        )
    )


async def test_customer_gives_up_while_a_colleague_is_asked(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.hold()
    asking = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await asking.answered()
    await a_while()
    await call.hang_up()
    await at_first.ended()
    await a_while()
    await asking.hang_up()
    await at_second.ended()
    assert call.truth.end is not None
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first, until=call.truth.end)],
            holds=[("101", when(at_first, "INVITE", 1), call.truth.end)],
            end=asking.truth.end,
        )
    )


# --- attended, by keys: the PBX holds the customer and calls the colleague


async def test_attended_by_keys_first_agent_leaves(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("*2102")
    at_second = await (await (await second.next_call()).ringing()).answer()
    await a_while()
    await at_first.hang_up()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    assert at_first.truth.end is not None
    done = at_first.truth.end
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first), talk(at_second, since=done)],
            transfers=[("attended", "101", "102", done)],
            holds=held_by_keys(at_first, done, key=1),
        )
    )


async def test_attended_by_keys_while_it_rings(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("*2102")
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await at_first.hang_up()
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
            holds=held_by_keys(at_first, at_first.truth.end, key=1),
        )
    )


async def test_attended_by_keys_cancelled(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("*2102")
    at_second = await (await (await second.next_call()).ringing()).answer()
    await a_while()
    await at_second.hang_up()
    await a_while()
    await call.hang_up()
    await at_first.ended()
    await office.check(
        lived(
            call, rang=["101", "102"], talked=[talk(at_first)], holds=held_by_keys(at_first, at_second.truth.end, key=1)
        )
    )


async def test_attended_by_keys_unanswered_and_back(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("*2102")
    at_second = await (await second.next_call()).ringing()
    await at_second.ended()
    await a_while()
    await call.hang_up()
    await at_first.ended()
    await office.check(
        lived(
            call, rang=["101", "102"], talked=[talk(at_first)], holds=held_by_keys(at_first, at_second.truth.end, key=1)
        )
    )


async def test_attended_by_keys_nobody_answers_and_the_first_is_called_back(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("*2102")
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await at_first.hang_up()
    await at_second.ended()
    again = await (await first.next_call()).ringing()
    await a_while()
    await again.answer()
    await a_while()
    await call.hang_up()
    await again.ended()
    assert at_first.truth.end is not None
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first), talk(again)],
            transfers=[("attended", "101", "102", at_first.truth.end)],
            holds=held_by_keys(at_first, at_first.truth.end, key=1),
        )
    )
