"""The main job, as an agent sees it: the phone rings, and the browser knows who it is."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import COUNT_NOTIFICATIONS, SimulatedOffice, dock, sign_in, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
SUPPORT = "+49305550200"
ANNA = "+49305550101"


async def test_a_queue_call_pops_at_both_and_closes_with_who_answered(office: SimulatedOffice) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd", language="de-DE")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    for page, reason, line in (
        (anna, "Number of this contact", "Queue support"),
        (bernd, "Nummer dieses Kontakts", "Warteschlange support"),
    ):
        pop = dock(page)
        await expect(pop.get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
        await expect(pop).to_contain_text("Krüger Haustechnik GmbH")
        await expect(pop).to_contain_text("+49 176 12345678")
        await expect(pop).to_contain_text(reason)
        await expect(pop).to_contain_text(line)
        await expect(pop.get_by_test_id("pop-tasks")).to_contain_text("Send the offer for the heating control")
        await expect(pop).to_contain_text("Very happy with the last delivery")
    await expect(anna.get_by_test_id("announcer")).to_have_text("Call from Sabine Krüger for support")

    await call.answer("101")
    await expect(dock(bernd)).to_contain_text("Angenommen von Anna Adler")
    await expect(dock(bernd)).to_have_count(0)
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")
    await call.hang_up("caller")


async def test_the_call_is_worked_on_wrapped_up_and_stands_in_the_journey(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    await call.answer("101")
    pop = dock(anna)
    await pop.get_by_label("Note").fill("Wants the offer by Friday")
    await pop.get_by_role("button", name="Follow-up task").click()
    await pop.get_by_label("What is to be done?").fill("Send the offer again")
    await pop.get_by_text("In 2 hours").click()
    await pop.get_by_role("button", name="Add task").click()
    await expect(pop.get_by_test_id("pop-tasks")).to_contain_text("Send the offer again")
    await call.hold("101")
    await expect(pop).to_contain_text("You have the caller on hold")
    await call.resume("101")

    await call.hang_up("caller")
    await expect(pop.locator("article")).to_have_attribute("data-state", "wrap_up")
    await expect(pop.get_by_test_id("note-state")).to_have_text("Saved")
    await pop.get_by_label("Result").click()
    await anna.get_by_role("option").first.click()
    await pop.get_by_role("button", name="Done").click()
    await expect(dock(anna)).to_have_count(0)

    await anna.get_by_role("link", name="Sabine Krüger").click()
    entry = anna.locator("ol > li").first
    await expect(entry).to_contain_text("Answered")
    await expect(entry).to_contain_text("Anna Adler")
    await expect(entry).to_contain_text("Wants the offer by Friday")
    await expect(entry).to_contain_text("Send the offer again")


async def test_what_was_typed_survives_a_closed_tab(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    anna = await office.page_in(context)
    await sign_in(anna, "anna")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await call.answer("101")
    # Nothing reaches the service any more; the tab is closed in the middle of a word.
    await context.route("**/note", lambda route: route.abort())
    await dock(anna).get_by_label("Note").fill("Half a sen")
    await expect(anna.get_by_test_id("note-state")).to_have_text("Will be sent when the service is back")
    await anna.close()

    await context.unroute("**/note")
    again = await office.page_in(context)
    await expect(dock(again).get_by_label("Note")).to_have_value("Half a sen")
    await expect(again.get_by_test_id("note-state")).to_have_text("Saved")
    elsewhere = await office.desk_of("anna")
    await expect(dock(elsewhere).get_by_label("Note")).to_have_value("Half a sen")


async def test_an_unknown_caller_is_made_a_contact_and_earlier_calls_are_theirs(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    for _ in range(2):
        missed = await office.pbx.incoming("+4915799900999", did=ANNA, name="Neu, Nora")
        await missed.ring()
        await expect(dock(anna)).to_contain_text("Nobody has this number yet")
        await missed.hang_up("caller")
        await expect(dock(anna)).to_contain_text("The caller has hung up")
        await dock(anna).get_by_role("button", name="Close").click()
    call = await office.pbx.incoming("+4915799900999", did=ANNA, name="Neu, Nora")
    await call.ring()
    await call.answer("101")
    pop = dock(anna)
    await pop.get_by_role("button", name="Make contact").click()
    await expect(pop.get_by_label("First name")).to_have_value("Nora")
    await expect(pop.get_by_label("Last name")).to_have_value("Neu")
    await pop.get_by_label("Organisation").fill("Neubau AG")
    await pop.get_by_role("button", name="Save contact").click()
    await expect(pop.get_by_test_id("pop-name")).to_have_text("Nora Neu")
    await pop.get_by_role("link", name="Nora Neu").click()
    await expect(anna.get_by_role("heading", name="Nora Neu", level=1)).to_be_visible()
    await expect(anna.locator("ol > li")).to_have_count(3)
    await expect(anna.locator("ol > li").filter(has_text="Missed")).to_have_count(2)


async def test_of_several_one_is_chosen_by_key_and_remembered(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming("03419988770", did=ANNA)
    await call.ring()
    pop = dock(anna)
    await expect(pop).to_contain_text("Several contacts have this number")
    await expect(pop.get_by_test_id("candidates").get_by_role("button")).to_have_count(2)
    await anna.keyboard.press("Alt+Shift+2")
    await expect(pop.get_by_test_id("pop-name")).to_have_text("Uwe Schulze")
    await call.hang_up("caller")
    await expect(pop).to_have_count(0)

    again = await office.pbx.incoming("03419988770", did=ANNA)
    await again.ring()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Uwe Schulze")
    await expect(dock(anna)).to_contain_text("Chosen for this number before")


async def test_two_tabs_show_the_pop_and_one_notifies(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    await context.add_init_script(COUNT_NOTIFICATIONS)
    first = await office.page_in(context)
    await sign_in(first, "anna")
    second = await office.page_in(context)
    await second.get_by_role("img", name="Connected").wait_for()
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    for page in (first, second):
        await expect(dock(page).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await expect(first).to_have_title("Sabine Krüger calls")
    await expect(second).to_have_title("cti-crm")
    await until(first, "notified.length > 0")
    assert await first.evaluate("notified") == ["Sabine Krüger calls"]
    assert await second.evaluate("notified") == []

    # The tab that led is closed: the other one leads from now on.
    await call.hang_up("caller")
    await first.close()
    another = await office.pbx.incoming(KRUEGER, did=ANNA)
    await another.ring()
    await expect(second).to_have_title("Sabine Krüger calls")


async def test_a_pop_takes_neither_focus_nor_the_call_in_front(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/contacts")
    search = anna.get_by_role("searchbox")
    await search.focus()
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(dock(anna)).to_be_visible()
    await expect(search).to_be_focused()
    await anna.keyboard.type("Moreau")
    await expect(search).to_have_value("Moreau")

    await call.answer("101")
    await call.hang_up("caller")
    note = dock(anna).get_by_label("Note")
    await note.fill("still writing")
    other = await office.pbx.incoming("", did=ANNA)
    await other.ring()
    await expect(dock(anna).get_by_test_id("tray")).to_contain_text("1 more call")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await expect(note).to_be_focused()
    await anna.keyboard.press("Alt+X")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Number withheld")


async def test_a_hostile_caller_name_is_only_text(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    name = "<img src=x onerror=document.title='x'>"
    call = await office.pbx.incoming("+4915799900999", did=ANNA, name=name)
    await call.ring()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text(name)
    await expect(dock(anna).locator("img")).to_have_count(0)


async def test_pops_come_back_after_the_connection_was_lost(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    anna = await office.page_in(context)
    await sign_in(anna, "anna")
    await context.set_offline(True)
    await anna.evaluate("dispatchEvent(new Event('offline'))")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await call.answer("101")
    await context.set_offline(False)
    await anna.reload()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")


async def test_done_and_hang_up_by_key(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await call.answer("101")
    await expect(dock(anna).get_by_role("button", name="Hang up")).to_be_visible()
    await anna.keyboard.press("Alt+n")
    await expect(dock(anna).get_by_label("Note")).to_be_focused()
    await anna.keyboard.press("Alt+h")
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")
    await anna.keyboard.press("Alt+Enter")
    await expect(dock(anna)).to_have_count(0)
    assert call.over
