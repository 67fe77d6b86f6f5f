"""Searching everything, fields of one's own, numbers that are not to be called, and what two people do to one entry."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SimulatedOffice, dock
from tests.browser.test_screens import complaints

pytestmark = pytest.mark.chromium


async def search(page: Page, typed: str) -> None:
    await page.keyboard.press("/")
    await page.get_by_role("combobox", name="Search contacts").fill(typed)


async def test_search_as_one_types_with_the_keyboard_alone(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    await search(anna, "özdemr")
    options = anna.get_by_role("option")
    await expect(options.first).to_contain_text("Yasemin Özdemir")
    assert await complaints(anna) == []
    await anna.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await anna.keyboard.press("ArrowUp")
    await anna.keyboard.press("Enter")
    await expect(anna.get_by_role("heading", name="Yasemin Özdemir", level=1)).to_be_visible()

    await search(anna, "0176 123")
    await expect(options.first).to_contain_text("Sabine Krüger")
    await expect(options.first.locator("mark")).to_have_text("176 123")
    await anna.get_by_role("combobox", name="Search contacts").fill("xyzzy qwert")
    await expect(anna.get_by_role("dialog")).to_contain_text("Nothing found for “xyzzy qwert”")
    await anna.keyboard.press("Escape")
    await anna.keyboard.press("/")
    await expect(options.first).to_have_text("özdemr")  # what was searched lately
    await expect(anna.get_by_role("combobox", name="Search contacts")).to_be_focused()
    await anna.keyboard.press("Enter")
    await expect(options.first).to_contain_text("Yasemin Özdemir")


async def test_a_key_in_the_search_dials(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await search(anna, "carter")
    await expect(anna.get_by_role("option").first).to_contain_text("Emily Carter")
    await anna.keyboard.press("Shift+Enter")
    await expect(dock(anna)).to_contain_text("Emily Carter")
    await expect(anna.get_by_role("dialog")).to_have_count(0)


async def test_the_search_says_that_it_is_cut_off(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.context.route("**/api/v1/search*", lambda route: route.abort())
    await search(anna, "carter")
    await expect(anna.get_by_role("dialog")).to_contain_text("The service does not answer.")
    await anna.context.unroute("**/api/v1/search*")
    await anna.get_by_role("button", name="Try again").click()
    await expect(anna.get_by_role("option").first).to_contain_text("Emily Carter")


async def test_a_manager_adds_a_field_and_everybody_uses_it(office: SimulatedOffice) -> None:
    maria = await office.desk_of("maria", path="/fields")
    await maria.get_by_role("button", name="Add field").first.click()
    form = maria.get_by_role("dialog")
    await form.get_by_label("Name").fill("Contract")
    await form.get_by_role("combobox", name="Kind").click()
    await maria.get_by_role("option", name="Choice").click()
    await form.get_by_role("combobox", name="Choices").fill("Gold")
    await maria.keyboard.press("Enter")
    await form.get_by_role("combobox", name="Choices").fill("Silver")
    await maria.keyboard.press("Enter")
    await form.get_by_role("button", name="Save").click()
    await expect(maria.locator("main")).to_contain_text("Choice: Gold, Silver")
    await expect(form).to_be_hidden()
    assert await complaints(maria) == []

    anna = await office.desk_of("anna")
    await search(anna, "lindqvist")
    await anna.get_by_role("option", name="Jonas Lindqvist").click()
    await anna.get_by_role("button", name="Edit").click()
    await anna.get_by_role("combobox", name="Contract").click()
    await anna.get_by_role("option", name="Silver").click()
    await anna.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(anna.locator("main dl")).to_contain_text("Silver")
    await search(anna, "silver lindq")
    await expect(anna.get_by_role("option").first).to_contain_text("Jonas Lindqvist")
    await anna.keyboard.press("Escape")

    await maria.get_by_role("button", name="Take Contract away").click()
    await expect(maria.locator("main")).to_contain_text("values are kept")
    await maria.get_by_role("button", name="Bring back").click()
    await expect(maria.get_by_role("button", name="Take Contract away")).to_be_visible()


async def test_a_number_that_is_not_to_be_called_asks_first(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await search(anna, "carter")
    await anna.get_by_role("option", name="Emily Carter").click()
    await anna.get_by_role("button", name="Edit").click()
    form = anna.get_by_role("dialog")
    await form.get_by_role("button", name="Not to be called").click()
    await form.get_by_label("Why not?").fill("Prefers e-mail")
    await form.get_by_role("button", name="Save").click()
    await expect(anna.locator("main dl")).to_contain_text("Not to be called")

    await anna.get_by_label("Dial a number").fill("+44 20 7946 0958")  # wherever it is dialled from
    await anna.keyboard.press("Enter")
    asked = anna.get_by_role("dialog", name="This number is not to be called")
    await expect(asked).to_contain_text("Why: Prefers e-mail")
    assert await complaints(anna) == []
    await anna.keyboard.press("Escape")
    await expect(asked).to_have_count(0)
    await expect(dock(anna)).to_have_count(0)

    await anna.locator("main dl").get_by_role("button", name="Call +44 20 7946 0958").click()
    await asked.get_by_role("button", name="Call anyway").click()
    await expect(dock(anna)).to_contain_text("Emily Carter")


async def test_what_was_deleted_comes_back(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await search(anna, "hofbauer")
    await anna.get_by_role("option", name="Martin Hofbauer").click()
    heading = anna.get_by_role("heading", name="Martin Hofbauer", level=1)
    for way in ("undo", "bin"):
        await anna.get_by_role("button", name="Delete").click()
        await anna.get_by_role("dialog").get_by_role("button", name="Delete").click()
        if way == "undo":
            await anna.get_by_role("button", name="Undo").click()
            await expect(heading).to_be_visible()
    await anna.goto("/bin")
    await expect(anna.locator("main")).to_contain_text("Martin Hofbauer")
    assert await complaints(anna) == []
    await anna.get_by_role("button", name="Restore").click()
    await expect(anna.locator("main")).to_contain_text("The bin is empty")
    await search(anna, "hofbauer")
    await expect(anna.get_by_role("option").first).to_contain_text("Martin Hofbauer")


async def test_a_part_of_the_journey(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await search(anna, "krüger sabine")
    await anna.get_by_role("option", name="Sabine Krüger").click()
    entries = anna.locator("main ol > li")
    await expect(entries.first).to_be_visible()
    await anna.get_by_role("button", name="Filter").click()
    await anna.get_by_label("Text", exact=True).fill("there is no such text")
    await expect(anna.locator("main")).to_contain_text("Nothing fits this filter.")
    assert await complaints(anna) == []
    await anna.get_by_role("button", name="Show all").click()
    await expect(entries.first).to_be_visible()


async def test_a_note_begun_on_a_contacts_page_is_never_lost(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/contacts?q=Kr%C3%BCger")
    await anna.get_by_role("link", name="Sabine Krüger").click()
    await anna.get_by_role("button", name="Add note").click()
    await anna.get_by_role("textbox", name="Note").fill("Wants two offers")
    await expect(anna.get_by_test_id("note-state")).to_have_text("Saved")
    await anna.context.route("**/api/v1/notes/draft", lambda route: route.abort())
    await anna.get_by_role("textbox", name="Note").fill("Wants two offers and a visit")
    path = anna.url
    await anna.close(run_before_unload=False)
    # The tab is gone with the network; what was typed stands in the next one and goes to the service from there.
    again = await office.page_in(anna.context, path)
    await again.get_by_role("button", name="Continue note").click()
    await expect(again.get_by_role("textbox", name="Note")).to_have_value("Wants two offers and a visit")
    await anna.context.unroute("**/api/v1/notes/draft")
    await again.get_by_role("textbox", name="Note").fill("Wants two offers and a visit on Monday")
    await expect(again.get_by_test_id("note-state")).to_have_text("Saved")

    # On another device; a colleague sees nothing of it.
    elsewhere, bernd = await office.desk_of("anna", path=path), await office.desk_of("bernd", path=path)
    await expect(bernd.get_by_role("button", name="Add note")).to_be_visible()
    await expect(bernd.get_by_role("main")).not_to_contain_text("Wants two offers")
    await elsewhere.get_by_role("button", name="Continue note").click()
    await elsewhere.get_by_role("button", name="Discard").click()
    await elsewhere.get_by_role("button", name="Undo").click()
    await elsewhere.get_by_role("button", name="Continue note").click()
    await elsewhere.get_by_role("button", name="Save").click()
    for page in (elsewhere, bernd, again):
        await expect(page.get_by_role("list").filter(has_text="Wants two offers and a visit on Monday")).to_be_visible()
    await again.reload()
    await expect(again.get_by_role("button", name="Add note")).to_be_visible()
    await expect(again.get_by_text("Wants two offers")).to_have_count(1)
