"""Who calls has a face: each kind its own words, and what matters now in one line."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SimulatedOffice, ask, dock, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
PRAXIS = "03419988770"
STRANGER = "+4915799900999"
SUPPORT = "+49305550200"
ANNA = "+49305550101"


async def shows(page: Page, kind: str, words: str | None) -> None:
    pop = dock(page)
    await expect(pop.get_by_test_id("caller-face")).to_have_attribute("data-kind", kind)
    if words is None:
        await expect(pop.get_by_test_id("caller-kind")).to_have_count(0)
    else:
        await expect(pop.get_by_test_id("caller-kind")).to_have_text(words)


@pytest.mark.parametrize(
    ("number", "kind", "words", "name"),
    [
        (KRUEGER, "known", None, "Sabine Krüger"),
        ("+4930778899123", "organization", None, "Turmbau AG"),
        (PRAXIS, "ambiguous", "Several people have this number", "+49 341 9988770"),
        (STRANGER, "unknown", "Unknown number", "+49 1579 9900999"),
        ("", "withheld", None, "Number withheld"),
        ("+493055509", "own_number", "One of our own numbers", "+49 30 55509"),
    ],
)
async def test_each_caller_from_outside(
    office: SimulatedOffice, number: str, kind: str, words: str | None, name: str
) -> None:
    anna = await office.desk_of("anna")
    firm = {"name": "Turmbau AG", "numbers": [{"value": "030 778899-0", "label": "main"}]}
    await ask(anna, "POST", "/organizations", firm)
    call = await office.pbx.incoming(number, did=ANNA)
    await call.ring()
    await shows(anna, kind, words)
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text(name)


async def test_colleagues_inside_and_on_their_mobile(office: SimulatedOffice) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd", path="/settings")
    inside = await office.pbx.outgoing("102", "101")
    await inside.ring()
    await shows(anna, "colleague", "Colleague")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Bernd Busch")
    await shows(bernd, "colleague", "Colleague")
    await expect(dock(bernd).get_by_test_id("pop-name")).to_have_text("Anna Adler")
    await inside.hang_up("caller")

    await bernd.get_by_label("Own mobile").fill("0170 7654321")
    await bernd.get_by_role("button", name="Save").click()
    await expect(bernd.get_by_text("Calls from it are shown as yours")).to_be_visible()
    await expect(bernd.get_by_label("Own mobile")).to_have_value("+49 170 7654321")
    call = await office.pbx.incoming("+491707654321", did=ANNA)
    await call.ring()
    await shows(anna, "mobile", "Colleague, on their mobile")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Bernd Busch")
    await expect(dock(anna)).to_contain_text("+49 170 7654321")
    await expect(dock(anna).get_by_role("button", name="Make contact")).to_have_count(0)


async def test_spam_is_marked_by_a_key_shown_red_and_calm_and_unmarked(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(STRANGER, did=ANNA)
    await call.ring()
    await shows(anna, "unknown", "Unknown number")
    await anna.keyboard.press("Alt+j")
    await shows(anna, "spam", "Marked as spam")
    await expect(dock(anna).get_by_test_id("pop-reason")).to_contain_text("Marked by Anna Adler")
    edge = dock(anna).locator("article > div").first
    assert await edge.evaluate("element => getComputedStyle(element).animationName") == "none"
    await anna.keyboard.press("Alt+j")
    await shows(anna, "unknown", "Unknown number")
    await anna.keyboard.press("Alt+j")
    await shows(anna, "spam", "Marked as spam")
    await call.hang_up("caller")

    bernd = await office.desk_of("bernd")
    again = await office.pbx.incoming(STRANGER, did="+49305550102")
    await again.ring()
    await shows(bernd, "spam", "Marked as spam")
    await bernd.goto("/settings")
    await bernd.get_by_role("listitem").filter(has_text=STRANGER[-7:]).get_by_role("button", name="Not spam").click()
    await shows(bernd, "unknown", "Unknown number")
    await expect(bernd.get_by_text("No number is marked")).to_be_visible()


async def test_a_known_customer_is_not_marked_by_a_slip_of_the_hand(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await shows(anna, "known", None)
    await expect(dock(anna).get_by_role("button", name="Mark as spam")).to_have_count(0)
    await anna.keyboard.press("Alt+j")
    await call.answer("101")
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")
    await shows(anna, "known", None)


async def test_what_matters_now_is_said_first(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT, variables={"CUSTOMER_NO": "4711"})
    await call.ring()
    matters = dock(anna).get_by_test_id("what-matters")
    # Due in a few hours: that is today, or tomorrow if it is late.
    await expect(matters).to_have_text(re.compile("^(Open|Due .*): Send the offer for the heating control as PDF$"))
    await expect(dock(anna).get_by_test_id("pop-entered")).to_have_text("Customer number 4711")
    await expect(dock(anna).get_by_test_id("pop-since")).to_contain_text("waiting 0:")
    await expect(dock(anna)).to_contain_text("Queue support")
    # Their tasks are done, one after the other: what is next matters then, in the end the last note.
    tasks = dock(anna).get_by_test_id("pop-tasks").get_by_role("checkbox")
    await tasks.first.check()
    await expect(matters).to_have_text("Open: Ask about the maintenance contract")
    await tasks.first.check()
    await expect(matters).to_contain_text("Anna Adler noted: Very happy with the last delivery")


async def test_an_overdue_task_comes_before_all(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await dock(anna).get_by_test_id("what-matters").wait_for()
    contact = await dock(anna).get_by_role("link", name="Sabine Krüger").get_attribute("href")
    assert contact is not None
    late = {"text": "Call about the leak", "due_at": "2020-01-01T09:00:00Z", "contact_id": contact.rpartition("/")[2]}
    await ask(anna, "POST", "/tasks", late)
    matters = dock(anna).get_by_test_id("what-matters")
    await expect(matters).to_have_attribute("data-kind", "overdue")
    await expect(matters).to_contain_text("Overdue since 01/01/2020, 10:00: Call about the leak")


async def test_how_often_they_called_today_and_who_talked_with_them(office: SimulatedOffice) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd")
    first = await office.pbx.incoming(KRUEGER, did="+49305550102")
    await first.ring()
    await first.answer("102")
    await first.hang_up("caller")
    await expect(dock(bernd).locator("article")).to_have_attribute("data-state", "wrap_up")
    # The log is written behind the pops.
    stored = "fetch('/api/v1/calls').then(answer => answer.json()).then(page => page.items[0]?.outcome)"
    await until(bernd, stored)
    second = await office.pbx.incoming(KRUEGER, did=ANNA)
    await second.ring()
    today = dock(anna).get_by_test_id("pop-today")
    await expect(today).to_contain_text("called 1 time before today, last talked with Bernd Busch, ")
