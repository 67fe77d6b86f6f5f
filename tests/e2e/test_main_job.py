"""The main job on real calls: a real Asterisk 22 on `asterisk_conf/`, SIPp as customers and phones, a real Chromium."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Office, dock
from tests.lab.people import People

pytestmark = [pytest.mark.asterisk, pytest.mark.chromium]

KRUEGER = "+4917612345678"


async def test_a_call_to_the_queue_from_the_first_ring_to_the_journey(office: Office, people: People) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd")
    first, second = await people.phone("101"), await people.phone("102")
    customer = await people.customer(KRUEGER)
    call = await customer.call("+49305550200")
    await (await first.next_call()).ringing()
    at_bernd = await second.next_call()
    for page in (anna, bernd):
        await expect(dock(page).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
        await expect(dock(page)).to_contain_text("Queue support")
        await expect(dock(page)).to_contain_text("Number of this contact")

    await at_bernd.answer()
    await expect(dock(anna)).to_contain_text("Answered by Bernd Busch")
    await expect(dock(anna)).to_have_count(0)
    pop = dock(bernd)
    await expect(pop.locator("article")).to_have_attribute("data-state", "talking")
    await pop.get_by_label("Note").fill("The pump is leaking again")
    await pop.get_by_role("button", name="Follow-up task").click()
    await pop.get_by_label("What is to be done?").fill("Send a technician")
    await pop.get_by_text("In 2 hours").click()
    await pop.get_by_role("button", name="Add task").click()
    await expect(pop.get_by_test_id("pop-tasks")).to_contain_text("Send a technician")

    await call.hang_up()
    await expect(pop.locator("article")).to_have_attribute("data-state", "wrap_up")
    await expect(pop.get_by_test_id("note-state")).to_have_text("Saved")
    await pop.get_by_role("button", name="Done").click()
    await expect(dock(bernd)).to_have_count(0)

    truth = await at_bernd.ended()
    await bernd.get_by_role("link", name="Sabine Krüger").click()
    entry = bernd.locator("ol > li").first
    await expect(entry).to_contain_text("Answered")
    await expect(entry).to_contain_text("Bernd Busch")
    await expect(entry).to_contain_text("The pump is leaking again")
    await expect(entry).to_contain_text("Send a technician")
    logged = (await bernd.evaluate("fetch('/api/v1/calls').then((answer) => answer.json())"))["items"]
    assert [(one["outcome"], one["queue"], one["final_agent"]) for one in logged] == [("answered", "support", "102")]
    assert truth.answer is not None
    assert truth.end is not None
    assert logged[0]["talk_seconds"] == pytest.approx(truth.end - truth.answer, abs=1.0)


async def test_click_to_dial(office: Office, people: People) -> None:
    anna = await office.desk_of("anna")
    phone, outside = await people.phone("101"), await people.outside()
    await anna.get_by_role("button", name="Call +44 20 7946 0958").click()
    progress = dock(anna).get_by_test_id("dial-progress")
    await expect(progress).to_have_text("Your phone rings first – pick it up")
    own = await phone.next_call()
    await own.answer()
    customer = await outside.next_call()
    await customer.ringing()
    await expect(progress).to_have_text("It rings at the other side")
    await customer.answer()
    pop = dock(anna)
    await expect(pop.locator("article")).to_have_attribute("data-state", "talking")
    await expect(pop.get_by_test_id("pop-name")).to_have_text("Emily Carter")
    await pop.get_by_role("button", name=re.compile("Hang up")).click()
    await customer.ended()
    await expect(pop.locator("article")).to_have_attribute("data-state", "wrap_up")


async def test_an_unknown_caller_becomes_a_contact(office: Office, people: People) -> None:
    anna = await office.desk_of("anna")
    phone, customer = await people.phone("101"), await people.customer("+4915799900777", "Nora Neu")
    missed = await customer.call("+49305550101")
    await (await phone.next_call()).ringing()
    await expect(dock(anna)).to_contain_text("Nobody has this number yet")
    await missed.hang_up()
    await expect(dock(anna)).to_contain_text("The caller has hung up")
    await dock(anna).get_by_role("button", name="Close").click()

    call = await customer.call("+49305550101")
    await (await phone.next_call()).answer()
    pop = dock(anna)
    await expect(pop.locator("article")).to_have_attribute("data-state", "talking")
    await pop.get_by_role("button", name="Make contact").click()
    await pop.get_by_label("Last name").fill("Neu")
    await pop.get_by_label("First name").fill("Nora")
    await pop.get_by_role("button", name="Save contact").click()
    await expect(pop.get_by_test_id("pop-name")).to_have_text("Nora Neu")
    await call.hang_up()
    await pop.get_by_role("link", name="Nora Neu").click()
    await expect(anna.locator("ol > li")).to_have_count(2)
    await expect(anna.locator("ol > li").filter(has_text="Missed")).to_have_count(1)


async def test_a_blind_transfer_takes_the_customer_and_the_pop_along(office: Office, people: People) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd")
    first, second = await people.phone("101"), await people.phone("102")
    call = await (await people.customer(KRUEGER)).call("+49305550101")
    at_anna = await (await first.next_call()).answer()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")
    transfer = asyncio.create_task(at_anna.transfer("102"))
    at_bernd = await (await second.next_call()).answer()
    await transfer
    await expect(dock(bernd).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await expect(dock(bernd).locator("article")).to_have_attribute("data-state", "talking")
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")
    await call.hang_up()
    await at_bernd.ended()
    await expect(dock(bernd).locator("article")).to_have_attribute("data-state", "wrap_up")


async def test_the_pbx_restarts_in_the_middle_of_calls(office: Office, people: People) -> None:
    anna = await office.desk_of("anna")
    phone = await people.phone("101")
    await (await people.customer(KRUEGER)).call("+49305550101")
    await (await phone.next_call()).ringing()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await people.pbx.restart()
    await expect(dock(anna)).to_have_count(0)
    again = await (await people.customer(KRUEGER)).call("+49305550101")
    await (await phone.next_call()).answer()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")
    await again.hang_up()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")
