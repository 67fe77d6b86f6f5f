"""Calls that begin at one of our phones, or at our asking."""

import pytest

from cti_crm.calls.identity import leg_id_for
from cti_crm.calls.ports import DialRequest
from cti_crm.infrastructure.clock import new_id
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.settings import PbxSettings
from tests.e2e.calls.lived import lived, rang, talk
from tests.e2e.calls.office import Office, a_while

pytestmark = pytest.mark.asterisk

NUMBER = "03098765432"


async def test_outbound_answered(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    call = await phone.call(NUMBER)
    at_customer = await (await (await outside.next_call()).ringing()).answer()
    await call.answered()
    await a_while()
    await at_customer.hang_up()
    await call.ended()
    await office.check(lived(call, "outbound", talked=[talk(at_customer, agent="101")]))


async def test_outbound_busy(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    outside.refusing = "BUSY"
    call = await phone.call(NUMBER)
    await call.ended()
    await office.check(lived(call, "outbound", "busy"))


async def test_outbound_no_answer(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    call = await phone.call(NUMBER)
    at_customer = await (await outside.next_call()).ringing()
    await a_while()
    await call.hang_up()
    await at_customer.ended()
    await office.check(lived(call, "outbound", "no_answer"))


async def test_outbound_declined(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    call = await phone.call(NUMBER)
    at_customer = await (await outside.next_call()).ringing()
    await at_customer.decline()
    await call.ended()
    await office.check(lived(call, "outbound", "no_answer"))


async def test_outbound_failed(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    outside.refusing = "UNKNOWN"
    call = await phone.call(NUMBER)
    await call.ended()
    await office.check(lived(call, "outbound", "failed"))


async def test_internal_answered(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await first.call("102")
    at_second = await (await (await second.next_call()).ringing()).answer()
    await a_while()
    await call.hang_up()
    await at_second.ended()
    (told,) = await office.check(lived(call, "internal", rang=["102"], talked=[talk(at_second)]))
    assert (told.caller.name, told.caller.extension, told.called.extension) == ("Anna Adler", "101", "102")


async def test_internal_declined(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    call = await first.call("102")
    at_second = await (await second.next_call()).ringing()
    await at_second.decline()
    await call.ended()
    await office.check(lived(call, "internal", "missed", rang=rang(at_second)))


async def click(office: Office, number: str = NUMBER) -> str:
    """What the service does when somebody clicks a number; returns the id that the call shall have."""
    settings = PbxSettings.model_validate(
        {
            "port": office.pbx.ports.ami,
            "secret": office.pbx.events_secret,
            "originate_username": "cti-originate",
            "originate_secret": office.pbx.originate_secret,
            "ring_seconds": 5,
        }
    )
    call_id = new_id()
    control = AsteriskControl(settings)
    await control.originate(DialRequest(leg_id_for(call_id), "PJSIP/101", number, number))
    await control.close()
    return str(call_id)


async def test_click_to_dial_answered(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    call_id = await click(office)
    at_agent = await (await (await phone.next_call()).ringing()).answer()
    at_customer = await (await (await outside.next_call()).ringing()).answer()
    await a_while()
    await at_customer.hang_up()
    await at_agent.ended()
    (told,) = await office.check(
        lived(
            at_agent,
            "outbound",
            caller="101",
            called=NUMBER,
            rang=["101"],
            talked=[talk(at_customer, agent="101")],
            answered_by=NUMBER,
        )
    )
    assert str(told.id) == call_id


async def test_click_to_dial_agent_does_not_pick_up(office: Office) -> None:
    phone = await office.phone("101")
    call_id = await click(office)
    at_agent = await (await phone.next_call()).ringing()
    await at_agent.ended()
    (told,) = await office.check(lived(at_agent, "outbound", "failed", caller="101", called=NUMBER, rang=["101"]))
    assert str(told.id) == call_id


async def test_click_to_dial_agent_declines(office: Office) -> None:
    phone = await office.phone("101")
    await click(office)
    at_agent = await (await phone.next_call()).ringing()
    await at_agent.decline()
    await office.check(lived(at_agent, "outbound", "failed", caller="101", called=NUMBER, rang=["101"]))


async def test_click_to_dial_customer_busy(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    outside.refusing = "BUSY"
    await click(office)
    at_agent = await (await phone.next_call()).answer()
    await at_agent.ended()
    await office.check(lived(at_agent, "outbound", "busy", caller="101", called=NUMBER, rang=["101"]))


async def test_click_to_dial_customer_does_not_answer(office: Office) -> None:
    phone, outside = await office.phone("101"), await office.outside()
    await click(office)
    at_agent = await (await phone.next_call()).answer()
    at_customer = await (await outside.next_call()).ringing()
    await a_while()
    await at_agent.hang_up()
    await at_customer.ended()
    await office.check(lived(at_agent, "outbound", "no_answer", caller="101", called=NUMBER, rang=["101"]))


async def test_click_to_dial_a_colleague(office: Office) -> None:
    first, second = await office.phone("101"), await office.phone("102")
    await click(office, "102")
    at_agent = await (await first.next_call()).answer()
    at_colleague = await (await second.next_call()).answer()
    await a_while()
    await at_agent.hang_up()
    await at_colleague.ended()
    await office.check(
        lived(at_agent, "internal", caller="101", called="102", rang=["101", "102"], talked=[talk(at_colleague)])
    )
