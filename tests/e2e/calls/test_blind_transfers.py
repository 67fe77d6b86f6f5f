"""Calls that an agent hands to somebody else without asking."""

import asyncio

import pytest

from tests.e2e.calls.lived import held_by_keys, lived, talk, when
from tests.e2e.calls.office import Office, a_while

pytestmark = pytest.mark.asterisk

MOBILE = "01701234567"


async def test_blind_by_refer_to_an_agent(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    transferring = asyncio.create_task(at_first.transfer("102"))
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await at_second.answer()
    await transferring
    await a_while()
    await call.hang_up()
    await at_second.ended()
    sent = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first, until=sent), talk(at_second)],
            transfers=[("blind", "101", "102", sent)],
        )
    )


async def test_blind_by_refer_to_a_queue(office: Office) -> None:
    await office.only_in_support("102")
    first, second = await office.phone("103"), await office.phone("102")
    call, at_first = await office.connected(first)
    transferring = asyncio.create_task(at_first.transfer("200"))
    at_second = await (await (await second.next_call()).ringing()).answer()
    await transferring
    await a_while()
    await at_second.hang_up()
    await call.ended()
    sent = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            queue="support",
            rang=["103", "102"],
            talked=[talk(at_first, until=sent), talk(at_second)],
            transfers=[("blind", "103", "200", sent)],
        )
    )


async def test_blind_by_refer_to_a_mobile(office: Office) -> None:
    first, outside = await office.phone("101"), await office.outside()
    call, at_first = await office.connected(first)
    transferring = asyncio.create_task(at_first.transfer(MOBILE))
    at_mobile = await (await (await outside.next_call()).ringing()).answer()
    await transferring
    await a_while()
    await call.hang_up()
    await at_mobile.ended()
    sent = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101"],
            talked=[talk(at_first, until=sent), talk(at_mobile)],
            transfers=[("blind", "101", MOBILE, sent)],
        )
    )


@pytest.mark.parametrize("how", ["busy", "declined", "unanswered"])
async def test_blind_fails_and_comes_back(office: Office, how: str) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    second.refusing = "BUSY" if how == "busy" else None
    transferring = asyncio.create_task(at_first.transfer("102"))
    at_second = await second.next_call()
    if how == "declined":
        await (await at_second.ringing()).decline()
    await at_second.ended()
    again = await (await (await first.next_call()).ringing()).answer()
    await transferring
    await a_while()
    await call.hang_up()
    await again.ended()
    sent = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101"] if how == "busy" else ["101", "102"],
            talked=[talk(at_first, until=sent), talk(again)],
            transfers=[("blind", "101", "102", sent)],
        )
    )


async def test_blind_and_the_customer_gives_up(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    transferring = asyncio.create_task(at_first.transfer("102"))
    at_second = await (await second.next_call()).ringing()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    await transferring
    sent = when(at_first, "REFER")
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first, until=sent)],
            transfers=[("blind", "101", "102", sent)],
        )
    )


@pytest.mark.parametrize("to", ["102", "200", MOBILE])
async def test_blind_by_keys(office: Office, to: str) -> None:
    await office.only_in_support("102")
    first = await office.phone("101")
    at_other_place = await office.outside() if to == MOBILE else await office.phone("102")
    call, at_first = await office.connected(first)
    await at_first.press("#" + to)
    at_second = await (await (await at_other_place.next_call()).ringing()).answer()
    await at_first.ended()
    await a_while()
    await at_second.hang_up()
    await call.ended()
    assert at_first.truth.end is not None
    await office.check(
        lived(
            call,
            queue="support" if to == "200" else None,
            rang=["101"] if to == MOBILE else ["101", "102"],
            talked=[talk(at_first), talk(at_second)],
            transfers=[("blind", "101", to, at_first.truth.end)],
            holds=held_by_keys(at_first, at_first.truth.end),
        )
    )


async def test_redirected_over_ami(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await office.connected(first)
    channel = await office.channel_of("PJSIP/trunk")
    async with office.pbx.ami("cti-originate") as ami:
        await ami.action("Redirect", Channel=channel, Context="office", Exten="102", Priority="1")
    at_second = await (await (await second.next_call()).ringing()).answer()
    await at_first.ended()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    assert at_first.truth.end is not None
    await office.check(
        lived(
            call,
            rang=["101", "102"],
            talked=[talk(at_first), talk(at_second)],
            transfers=[("blind", "101", "102", at_first.truth.end)],
        )
    )


async def test_outbound_call_handed_to_a_colleague(office: Office) -> None:
    first, second, outside = await office.phone("101"), await office.phone("102"), await office.outside()
    call = await first.call("03098765432")
    at_customer = await (await outside.next_call()).answer()
    await call.answered()
    await a_while()
    transferring = asyncio.create_task(call.transfer("102"))
    at_second = await (await (await second.next_call()).ringing()).answer()
    await transferring
    await a_while()
    await at_customer.hang_up()
    await at_second.ended()
    sent = when(call, "REFER")
    await office.check(
        lived(
            call,
            "outbound",
            end=at_customer.truth.end,
            rang=["102"],
            talked=[talk(at_customer, agent="101", until=sent), talk(at_second)],
            transfers=[("blind", "101", "102", sent)],
        )
    )


async def test_internal_call_handed_to_a_third(office: Office) -> None:
    first, second, third = await office.phone("101"), await office.phone("102"), await office.phone("103")
    call = await first.call("102")
    at_second = await (await second.next_call()).answer()
    await call.answered()
    await a_while()
    transferring = asyncio.create_task(at_second.transfer("103"))
    at_third = await (await (await third.next_call()).ringing()).answer()
    await transferring
    await a_while()
    await at_third.hang_up()
    await call.ended()
    sent = when(at_second, "REFER")
    await office.check(
        lived(
            call,
            "internal",
            rang=["102", "103"],
            talked=[talk(at_second, until=sent), talk(at_third)],
            transfers=[("blind", "102", "103", sent)],
        )
    )
