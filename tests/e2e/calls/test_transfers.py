"""Calls that an agent hands to somebody else, without asking and after asking."""

import asyncio

import pytest

from tests.e2e.calls.lived import held_by_keys, lived, talk, when
from tests.e2e.calls.office import Office, a_while
from tests.lab.sip import Phone, SipCall

pytestmark = pytest.mark.asterisk

MOBILE = "01701234567"


async def connected(office: Office, phone: Phone) -> tuple[SipCall, SipCall]:
    """A customer who talks with the agent at that phone: the customer's call and the agent's."""
    call = await (await office.customer()).call(f"+49305550{phone.number}")
    at_phone = await (await phone.next_call()).answer()
    await call.answered()
    await a_while()
    return call, at_phone


# --- blind


async def test_blind_by_refer_to_an_agent(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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


# --- attended, by the phone: two lines, joined by REFER with Replaces


async def test_attended_by_refer(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
    call, at_first = await connected(office, first)
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
