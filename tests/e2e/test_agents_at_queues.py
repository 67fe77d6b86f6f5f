"""Agents at the queues of a real Asterisk: they sign in and out, pause and wrap up over the page; the phones tell."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from cti_crm.app import running
from cti_crm.calls.ports import ControlError
from cti_crm.demo import firm
from cti_crm.pbx.asterisk.queue_actions import AsteriskQueues
from cti_crm.settings import QueueSettings, Settings
from tests.desk import Desk, desk, links_up
from tests.e2e.conftest import settings_for
from tests.integration.desk.test_presence import agent, member, nobody
from tests.lab.asterisk import AsteriskPbx
from tests.lab.people import People
from tests.lab.sip import Phone

pytestmark = pytest.mark.asterisk

SUPPORT = f"/queues/{firm.PBX}/support/membership"
SERVICE = f"/queues/{firm.PBX}/service/membership"
TO_SUPPORT, TO_SERVICE = "+49305550200", "+49305550202"


@pytest.fixture
def settings(tmp_path: Path, sample_firm: Path, asterisk_pbx: AsteriskPbx) -> Settings:
    shutil.copytree(sample_firm, tmp_path / "firm")
    queues = {"support": QueueSettings(wrap_up_seconds=3), "service": QueueSettings(sign_in=["*"])}
    return settings_for(asterisk_pbx, tmp_path / "firm").model_copy(update={"queues": queues})


@pytest_asyncio.fixture
async def anna(settings: Settings) -> AsyncIterator[Desk]:
    async with running(settings) as service:
        await links_up(service)
        async with desk(service.url, "anna", firm.PASSWORD) as person:
            yield person
            for queue in (SERVICE, SUPPORT):  # the PBX is there for other tests, too
                with suppress(AssertionError):
                    await person.request("PUT", queue, {"signed_in": queue == SUPPORT})


async def stays_silent(phone: Phone) -> None:
    """Nothing rings at this phone for as long as a queue needs to ring somebody."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await phone.next_call()


async def test_signing_in_and_out(anna: Desk, people: People) -> None:
    phone, customer = await people.phone("101"), await people.customer("+4917612345678")
    await agent(anna, "101", state="ready")
    await anna.request("PUT", SERVICE, {"signed_in": True})
    await member(anna, "service", "101", name="Anna Adler", fixed=False, paused=False)
    call = await customer.call(TO_SERVICE)
    at_phone = await (await phone.next_call()).ringing()
    await agent(anna, "101", state="ringing")
    await at_phone.answer()
    talking = await agent(anna, "101", state="busy")
    assert talking["call"]["queue"] == "service"
    await call.hang_up()
    await at_phone.ended()
    await agent(anna, "101", state="ready", call=None)

    await anna.request("PUT", SERVICE, {"signed_in": False})
    await nobody(anna, "service", "101")
    again = await customer.call(TO_SERVICE)
    await anna.until(lambda one: waiting(one, "service") == 1, "one who waits")
    await stays_silent(phone)
    await again.hang_up()
    await anna.until(lambda one: waiting(one, "service") == 0, "nobody who waits")


async def test_who_pauses_is_not_rung(anna: Desk, people: People) -> None:
    phone, other = await people.phone("101"), await people.phone("102")
    customer = await people.customer("+4917612345678")
    await anna.request("PUT", SUPPORT, {"signed_in": True, "paused": True, "reason": "Lunch"})
    await member(anna, "support", "101", paused=True, pause_reason="Lunch", fixed=True)
    await agent(anna, "101", state="not_ready", pause_reason="Lunch")
    call = await customer.call(TO_SUPPORT)
    await (await other.next_call()).ringing()
    await stays_silent(phone)
    await call.hang_up()

    await anna.request("PUT", "/agents/me/pause", {"paused": False})
    await member(anna, "support", "101", paused=False)
    call = await customer.call(TO_SUPPORT)
    await (await phone.next_call()).ringing()
    await call.hang_up()


async def test_a_fixed_member_cannot_sign_out(anna: Desk, settings: Settings) -> None:
    status, problem = await anna.try_request("PUT", SUPPORT, {"signed_in": False})
    assert (status, problem["code"]) == (409, "fixed_member")
    control = AsteriskQueues(settings.pbx[0])
    try:
        with pytest.raises(ControlError, match="fixed member"):
            await control.sign_out("support", "PJSIP/101")
        await control.sign_out("service", "PJSIP/101")  # not there: so already
        await control.sign_in("service", "PJSIP/106", "Fritz Funk")
        await control.sign_in("service", "PJSIP/106", "Fritz Funk")  # there: so already
        await member(anna, "service", "106", name="Fritz Funk")
        await control.sign_out("service", "PJSIP/106")
        with pytest.raises(ControlError, match="no such queue"):
            await control.sign_in("nonesuch", "PJSIP/101", "")
        with pytest.raises(ControlError, match="not in this queue"):
            await control.pause("sales", "PJSIP/101", "Lunch")
    finally:
        await control.close()
    await nobody(anna, "service", "106")


async def test_after_a_talk_comes_wrap_up_time_and_then_one_is_ready(anna: Desk, people: People) -> None:
    phone, other = await people.phone("101"), await people.phone("102")
    customer, second = await people.customer("+4917612345678"), await people.customer("+498912345678")
    call = await customer.call(TO_SUPPORT)
    at_phone = await (await phone.next_call()).ringing()
    await (await other.next_call()).ringing()
    await at_phone.answer()
    await agent(anna, "101", state="busy")
    await call.hang_up()
    wrapping = await agent(anna, "101", state="wrap_up", pause_reason=None)
    assert wrapping["wrap_up_until"]
    await member(anna, "support", "101", paused=True, pause_reason="wrap-up")
    later = await second.call(TO_SUPPORT)
    await (await other.next_call()).ringing()

    await agent(anna, "101", state="ready", wrap_up_until=None)
    await member(anna, "support", "101", paused=False)
    await later.hang_up()
    call = await customer.call(TO_SUPPORT)
    await (await phone.next_call()).ringing()
    await call.hang_up()


def waiting(person: Desk, queue: str) -> int | None:
    """How many wait, as last told."""
    found = None
    for message in person.messages:
        for one in message["messages"] if message["type"] == "several" else [message]:
            if one["type"] == "queue" and one["queue"]["name"] == queue:
                found = one["queue"]["waiting"]
    return found
