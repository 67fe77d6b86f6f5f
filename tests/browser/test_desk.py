"""The rest of the desk: signing in, dialling, contacts, tasks, the call list, languages, small screens."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SimulatedOffice, dock, sign_in

pytestmark = pytest.mark.chromium

ANNA = "+49305550101"


async def test_nothing_is_shown_without_signing_in(office: SimulatedOffice) -> None:
    page = await office.page_in(await office.browser_of(), "/calls")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.locator("input[name=username]")).to_be_focused()
    await page.locator("input[name=username]").fill("anna")
    await page.locator("input[name=password]").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    await expect(page.locator("input[name=password]")).to_be_focused()
    await sign_in(page, "anna")
    await expect(page.get_by_role("heading", name="Calls", level=1)).to_be_visible()

    await page.get_by_role("button", name="Signed in as Anna Adler").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_the_language_is_the_browsers_and_can_be_switched(office: SimulatedOffice) -> None:
    page = await office.desk_of("anna", path="/settings", language="de-AT")
    await expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    await page.get_by_text("English", exact=True).click()
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()


async def test_twice_clicked_is_dialled_once_and_the_page_tells_the_truth(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.get_by_role("button", name="Call +44 20 7946 0958").dblclick()
    progress = dock(anna).get_by_test_id("dial-progress")
    await expect(progress).to_have_text("Your phone rings first – pick it up")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Emily Carter")
    origination = await office.pbx.originated()
    call = await origination.answer()
    await expect(progress).to_have_text("Dialling …")
    await call.ring()
    await expect(progress).to_have_text("It rings at the other side")
    await call.answer()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "talking")
    await call.hang_up("called")
    await anna.goto("/calls")
    await expect(anna.locator("tbody tr")).to_have_count(1)


async def test_a_busy_line_is_told(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.get_by_role("button", name="Call +44 20 7946 0958").click()
    call = await (await office.pbx.originated()).answer()
    await call.busy()
    await expect(dock(anna).get_by_test_id("dial-progress")).to_have_text("Busy")
    await expect(dock(anna).get_by_role("button", name="Call again")).to_be_visible()


async def test_a_phone_nobody_picks_up_is_told(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.get_by_label("Dial a number").fill("030 1234567")
    await anna.keyboard.press("Enter")
    origination = await office.pbx.originated()
    await expect(dock(anna)).to_contain_text("Your phone rings first")
    await origination.no_answer()
    await expect(dock(anna)).to_contain_text("Your phone did not answer")
    await expect(dock(anna).get_by_role("button", name="Call again")).to_be_visible()


async def test_what_cannot_be_dialled_is_said(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.get_by_label("Dial a number").fill("nonsense")
    await anna.keyboard.press("Enter")
    await expect(anna.get_by_text("The call could not be placed")).to_be_visible()
    await expect(anna.get_by_role("button", name="Call +44 20 7946 0958")).to_have_attribute("aria-disabled", "false")


async def test_contacts_are_found_made_and_changed_without_overwriting(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    await anna.get_by_role("searchbox").fill("4930 1120")
    await expect(anna.locator("main li")).to_have_count(1)
    await anna.get_by_role("button", name="New contact").click()
    dialog = anna.get_by_role("dialog")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("A first or last name is needed.")
    await dialog.get_by_label("Last name").fill("Zander")
    await dialog.get_by_label("Number", exact=True).fill("030 / 44 55 66 - 7")
    await dialog.get_by_role("button", name="Save").click()
    await expect(anna.get_by_role("heading", name="Zander", level=1)).to_be_visible()
    await expect(anna.locator("main")).to_contain_text("+49 30 4455667")

    bernd = await office.desk_of("bernd", path=anna.url)
    for page in (anna, bernd):
        await page.get_by_role("button", name="Edit").click()
    form = bernd.get_by_role("dialog")
    await form.get_by_label("City").fill("Bonn")
    await anna.get_by_role("dialog").get_by_label("City").fill("Ulm")
    await anna.get_by_role("dialog").get_by_label("Country").fill("Germany")
    await anna.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(anna.locator("main")).to_contain_text("Ulm")
    await expect(form).to_contain_text("Somebody else changed this meanwhile")
    await expect(form).to_contain_text("Taken over into the form: Country.")
    await expect(form.get_by_label("Country")).to_have_value("Germany")
    await expect(form.get_by_role("button", name="Save")).to_be_disabled()
    await form.get_by_label("Mine: Bonn").click()
    await form.get_by_role("button", name="Save").click()
    await expect(anna.locator("main")).to_contain_text("Bonn")
    await expect(anna.locator("main")).to_contain_text("Germany")


async def test_a_file_is_imported_and_bad_lines_are_named(office: SimulatedOffice, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("first_name,last_name,phone\nIda,Import,030 7654321\n,,030 1112222\n", encoding="utf-8")
    anna = await office.desk_of("anna", path="/contacts/import")
    await anna.locator("input[type=file]").set_input_files(file)
    await expect(anna.get_by_role("status").filter(has_text="Import finished")).to_be_visible()
    await expect(anna.locator("main")).to_contain_text("Line 3")
    await anna.goto("/contacts?q=Import")
    await expect(anna.get_by_role("link", name="Ida Import")).to_be_visible()


async def test_tasks_are_ticked_off(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    await anna.get_by_role("button", name="New task").click()
    await anna.get_by_label("What is to be done?").fill("Order paper")
    await anna.get_by_role("button", name="Add task").click()
    task = anna.get_by_role("checkbox", name="Done: Order paper")
    await task.check()
    await expect(task).to_have_count(0)
    await anna.get_by_text("Done", exact=True).click()
    await expect(anna.locator("main")).to_contain_text("Order paper")


async def test_a_manager_sees_all_calls_filters_them_and_opens_one(office: SimulatedOffice) -> None:
    maria = await office.desk_of("maria", path="/calls")
    call = await office.pbx.incoming("+4917612345678", did="+49305550200")
    await call.ring()
    running = maria.get_by_role("region", name="Now")
    await expect(running).to_contain_text(re.compile("Sabine Krüger|176 12345678"))
    await call.answer("102")
    await expect(running).to_contain_text("Bernd Busch")
    await call.hang_up("caller")
    missed = await office.pbx.incoming("", did=ANNA)
    await missed.ring()
    await missed.hang_up("caller")
    await expect(maria.locator("tbody tr")).to_have_count(2)
    await maria.get_by_role("combobox", name="Outcome").click()
    await maria.get_by_role("option", name="Answered").click()
    await expect(maria.locator("tbody tr")).to_have_count(1)
    await expect(maria).to_have_url(re.compile("outcome=answered"))
    await maria.get_by_role("link", name="Show the call with Sabine Krüger").click()
    await expect(maria.get_by_role("heading", name="How it went")).to_be_visible()
    await expect(maria.get_by_role("img", name=re.compile("^Bernd Busch: Rings .*Talks"))).to_be_visible()
    await expect(maria.get_by_role("img", name=re.compile("^Anna Adler: Rings [^T]*$"))).to_be_visible()


async def test_everything_fits_360_pixels(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", width=360, language="de-DE")
    call = await office.pbx.incoming("+4917612345678", did=ANNA)
    await call.ring()
    await call.answer("101")
    await dock(anna).get_by_label("Notiz").fill("auch unterwegs")
    for path in ("contacts", "tasks", "calls", "colleagues", "settings"):
        await anna.get_by_role("navigation").locator(f"a[href='/{path}']").click()
        await expect(anna.get_by_role("heading", level=1).first).to_be_visible()
        assert await anna.evaluate("document.documentElement.scrollWidth") <= 360
    # What is typed on the page is never covered: the call makes room.
    await anna.get_by_role("navigation").locator("a[href='/contacts']").click()
    await anna.get_by_role("searchbox").focus()
    await expect(dock(anna).get_by_label("Notiz")).to_have_count(0)
    await anna.get_by_role("button", name="Anruf zeigen").click()
    await expect(dock(anna).get_by_label("Notiz")).to_have_value("auch unterwegs")
