"""Colleagues and queues: what each sees of the others, and how an agent comes, goes and pauses."""

import pytest
from playwright.async_api import expect

from cti_crm.pbx.simulator.queue_members import QueueMembers
from tests.browser.conftest import SimulatedOffice

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"


async def test_pausing_by_keyboard_is_seen_by_colleagues(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/contacts")
    bernd = await office.desk_of("bernd", "/colleagues", "de-DE")
    seen = bernd.get_by_test_id("agent-101")
    await expect(seen).to_contain_text("Bereit")
    state = anna.get_by_test_id("own-state")
    await expect(state).to_have_text("Ready")

    await anna.keyboard.press("Alt+s")
    await anna.get_by_role("menuitem", name="Lunch").wait_for()
    await expect(anna.locator("[role=menu]:focus-within")).to_have_count(1)
    for _ in range(3):  # to do-not-disturb, the first reason, the second; "Ready" is passed over, for she is
        await anna.keyboard.press("ArrowDown")
    await expect(anna.get_by_role("menuitem", name="Lunch")).to_be_focused()
    await anna.keyboard.press("Enter")
    await expect(state).to_have_text("Lunch")
    await expect(seen).to_contain_text("Mittag")
    await expect(bernd.get_by_test_id("queue-support")).to_contain_text("Mittag")
    call = await office.pbx.incoming(KRUEGER, did="+49305550200")
    await call.ring()
    assert call.ringing == ["102"]
    await call.hang_up()

    await anna.keyboard.press("Alt+s")
    await anna.get_by_role("menuitem", name="Ready").click()
    await expect(state).to_have_text("Ready")
    await expect(seen).to_contain_text("Bereit")


async def test_signing_in_pausing_and_signing_out(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/colleagues")
    service, support = anna.get_by_test_id("own-queue-service"), anna.get_by_test_id("own-queue-support")
    await expect(service).to_contain_text("Not signed in")
    await service.get_by_role("button", name="Sign in to service").click()
    await expect(service.get_by_role("status")).to_have_text("Signed in")
    await expect(anna.get_by_test_id("queue-service")).to_contain_text("Anna Adler")

    await service.get_by_role("button", name="Pause in service").click()
    await anna.get_by_role("menuitem", name="Meeting").click()
    await expect(service.get_by_role("status")).to_contain_text("Meeting")
    # One queue of two may still ring her.
    await expect(anna.get_by_test_id("own-state")).to_have_text("Ready")
    await service.get_by_role("button", name="Go on in service").click()
    await expect(service.get_by_role("status")).to_have_text("Signed in")

    await service.get_by_role("button", name="Sign out of service").click()
    await expect(service).to_contain_text("Not signed in")
    fixed = support.get_by_role("button", name="Sign out of support")
    await expect(fixed).to_be_disabled()
    await expect(fixed).to_have_attribute(
        "title", "You are a fixed member of this queue and cannot sign out of it. You can pause instead."
    )


async def test_what_the_pbx_refuses_is_told(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/colleagues", "de-DE")
    service = anna.get_by_test_id("own-queue-service")
    await service.get_by_role("button", name="An service anmelden").wait_for()
    del office.pbx.model.queues["service"]
    await service.get_by_role("button", name="An service anmelden").click()
    await expect(anna.get_by_role("alert")).to_contain_text("Die Telefonanlage hat das nicht getan")
    await expect(service).to_contain_text("Nicht angemeldet")


async def test_do_not_disturb_is_seen_but_queues_ring_on(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    bernd = await office.desk_of("bernd", "/colleagues")
    await anna.keyboard.press("Alt+s")
    await anna.get_by_role("menuitem", name="Do not disturb").click()
    await expect(anna.get_by_test_id("own-state")).to_have_text("Do not disturb")
    await expect(bernd.get_by_test_id("agent-101")).to_contain_text("Do not disturb")
    call = await office.pbx.incoming(KRUEGER, did="+49305550200")
    await call.ring()
    assert sorted(call.ringing) == ["101", "102"]
    await call.hang_up()


async def test_a_call_is_seen_and_by_managers_with_whom(office: SimulatedOffice) -> None:
    bernd = await office.desk_of("bernd", "/colleagues")
    maria = await office.desk_of("maria", "/colleagues")
    call = await office.pbx.incoming(KRUEGER, did="+49305550103")
    await call.ring()
    for page in (bernd, maria):
        await expect(page.get_by_test_id("agent-103")).to_contain_text("Rings")
        await expect(page.get_by_test_id("agent-103")).to_contain_text("Call from outside")
    await expect(maria.get_by_test_id("agent-103")).to_contain_text("Sabine Krüger")
    await expect(bernd.get_by_test_id("agent-103")).not_to_contain_text("Krüger")
    await expect(bernd.get_by_role("button", name="Take the call that rings at Clara Cohn")).to_be_visible()
    await call.answer()
    await expect(bernd.get_by_test_id("agent-103")).to_contain_text("On a call")
    await expect(bernd.get_by_test_id("agent-103").get_by_role("time")).to_be_visible()
    await call.hang_up()
    await expect(bernd.get_by_test_id("agent-103")).to_contain_text("Ready")


async def test_searching_and_dialling_a_colleague(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/colleagues")
    await anna.get_by_label("Name, extension, team").fill("vertrieb dorn")
    await expect(anna.get_by_test_id("agent-104")).to_be_visible()
    await expect(anna.get_by_test_id("agent-103")).to_have_count(0)
    await anna.get_by_role("button", name="Call David Dorn").click()
    origination = await office.pbx.originated()
    assert origination.request.exten == "104"
    await origination.no_answer()
    await anna.get_by_label("Name, extension, team").fill("nobody")
    await expect(anna.get_by_text("Nobody matches")).to_be_visible()


async def test_what_is_not_known_is_grey_and_then_as_it_is(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/colleagues")
    clara = anna.get_by_test_id("agent-103")
    await expect(clara).to_contain_text("Ready")
    office.pbx.drop_connections()
    office.pbx.go_silent()
    await expect(clara).to_contain_text("As of")
    await expect(anna.get_by_role("button", name="Pause in support")).to_be_disabled()
    QueueMembers(office.pbx.switch).pause("PJSIP/103", None, "Lunch")
    office.pbx.speak()
    await expect(clara).to_contain_text("Lunch")
    await expect(clara).not_to_contain_text("As of")
