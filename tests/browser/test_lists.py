"""Lists and duplicates, as a person works with them."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SimulatedOffice

pytestmark = pytest.mark.chromium


async def test_a_list_is_made_kept_changed_at_once_and_undone(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/lists")
    await expect(anna.get_by_role("status").filter(has_text="contacts")).to_be_visible()
    await anna.get_by_role("button", name="Filters").click()
    await anna.get_by_label("City").fill("berlin")
    await expect(anna.locator("tbody tr")).to_have_count(3)
    await anna.get_by_role("button", name="Keep this list").click()
    await anna.get_by_label("Name of the list").fill("Berlin")
    await anna.get_by_label("Everybody sees it").check()
    await anna.get_by_role("dialog").get_by_role("button", name="Save").click()

    # A colleague opens it by its name.
    bernd = await office.desk_of("bernd", path="/lists")
    await bernd.get_by_role("button", name="Berlin").click()
    await expect(bernd.locator("tbody tr")).to_have_count(3)
    await expect(bernd).to_have_url(re.compile("berlin"))

    await anna.get_by_label("Choose all that are shown").check()
    bulk = anna.get_by_role("form", name="Change the chosen contacts")
    await bulk.get_by_label("to", exact=True).fill("Potsdam")
    await bulk.get_by_role("button", name="Change 3 contacts").click()
    await expect(anna.get_by_text("3 contacts were changed.")).to_be_visible()
    await expect(anna.get_by_text("Nobody is on this list")).to_be_visible()
    await anna.get_by_role("button", name="Undo").click()
    await expect(anna.locator("tbody tr")).to_have_count(3)

    async with anna.expect_download() as download:
        await anna.get_by_role("link", name="Export as CSV").click()
    assert (await download.value).suggested_filename == "contacts.csv"


async def test_two_that_are_one_are_merged_and_taken_apart(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/duplicates")
    await expect(anna.get_by_text("Same number +49 341 9988770")).to_be_visible()
    await anna.get_by_role("button", name="Compare").click()
    await anna.get_by_role("radio", name="u.schulze@praxis-schulze.example").check()
    await anna.get_by_role("button", name="Merge", exact=True).click()
    await expect(anna.get_by_text("Nobody stands here twice")).to_be_visible()

    await anna.goto("/contacts?q=Schulze")
    await expect(anna.locator("main li")).to_have_count(1)
    await anna.get_by_role("link", name="Petra Schulze").click()
    await expect(anna.locator("main")).to_contain_text("u.schulze@praxis-schulze.example")
    await expect(anna.locator("main")).to_contain_text("+49 1512 3456789")
    await expect(anna.locator("main")).to_contain_text("First name: Uwe")
    await anna.get_by_role("button", name="Take apart").click()
    await expect(anna.get_by_text("Perhaps the same person")).to_be_visible()
    await expect(anna.locator("main")).to_contain_text("empfang@praxis-schulze.example")

    await anna.get_by_role("button", name="Compare").click()
    await anna.get_by_role("dialog").get_by_role("button", name="Two different people").click()
    await expect(anna.get_by_text("Perhaps the same person")).to_have_count(0)
