"""Notes that survive everything, tasks by words, on a calendar, handed over and reminded of; templates and results."""

import asyncio
import contextlib
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Error, Page, Route, expect
from sqlalchemy import update

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.pbx.simulator import Call
from cti_crm.tasks.models import Task
from tests.browser.conftest import SimulatedOffice, dock, sign_in, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
SUPPORT = "+49305550200"
ANNA = "+49305550101"
BERLIN = ZoneInfo("Europe/Berlin")
SAVED = "[data-testid=note-state][data-status=saved]"


async def talking(office: SimulatedOffice, did: str = ANNA) -> Call:
    call = await office.pbx.incoming(KRUEGER, did=did)
    await call.ring()
    await call.answer("101")
    return call


async def add_task(page: Page, text: str, when: str) -> None:
    await page.get_by_role("button", name="New task", exact=True).click()
    await page.get_by_label("What is to be done?").fill(text)
    await page.get_by_label("Due", exact=True).fill(when)
    await expect(page.get_by_test_id("due")).to_contain_text("=")
    await page.get_by_role("button", name="Add task").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_note_survives_the_crash_of_its_page(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    page = await office.page_in(context)
    await sign_in(page, "anna")
    await talking(office)
    # The last letters never left the machine: the network went, then the whole page.
    await dock(page).get_by_label("Note").fill("Wants the offer")
    await dock(page).locator(SAVED).wait_for()
    await context.set_offline(True)
    await dock(page).get_by_label("Note").fill("Wants the offer by Friday")
    crashed = await context.new_cdp_session(page)
    with contextlib.suppress(Error, TimeoutError):  # whoever crashes does not answer
        await asyncio.wait_for(crashed.send("Page.crash"), 2)
    await page.close()
    await context.set_offline(False)
    again = await office.page_in(context)
    await expect(dock(again).get_by_label("Note")).to_have_value("Wants the offer by Friday")
    await dock(again).locator(SAVED).wait_for()
    other = await office.desk_of("anna")
    await expect(dock(other).get_by_label("Note")).to_have_value("Wants the offer by Friday")


async def test_another_device_sees_the_draft_and_a_conflict_loses_nothing(office: SimulatedOffice) -> None:
    first = await office.desk_of("anna")
    second_browser = await office.browser_of()
    second = await office.page_in(second_browser)
    await sign_in(second, "anna")
    await talking(office)
    await dock(first).get_by_label("Note").fill("From the first")
    await expect(dock(second).get_by_label("Note")).to_have_value("From the first")
    await second_browser.set_offline(True)
    await dock(second).get_by_label("Note").fill("From the second, without a network")
    await dock(first).get_by_label("Note").fill("From the first, meanwhile")
    await dock(first).locator(SAVED).wait_for()
    await second_browser.set_offline(False)
    await expect(dock(second).get_by_role("alert")).to_contain_text("From the first, meanwhile")
    await dock(second).get_by_role("button", name="Keep both").click()
    both = re.compile("From the first, meanwhile\\s+From the second, without a network")
    await expect(dock(second).get_by_label("Note")).to_have_value(both)
    await expect(dock(first).get_by_label("Note")).to_have_value(both)


async def test_a_colleague_on_the_call_reads_the_draft(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    bernd = await office.desk_of("bernd")
    call = await talking(office)
    await dock(anna).get_by_label("Note").fill("Pump is leaking")
    await dock(anna).locator(SAVED).wait_for()
    await call.blind_transfer("101", "102")
    await call.answer("102")
    await expect(dock(bernd).get_by_test_id("colleagues-note")).to_contain_text("Anna Adler is writing:")
    await expect(dock(bernd).get_by_test_id("colleagues-note")).to_contain_text("Pump is leaking")
    await dock(anna).get_by_label("Note").fill("Pump is leaking badly")
    await expect(dock(bernd).get_by_test_id("colleagues-note")).to_contain_text("badly")
    await dock(anna).get_by_role("button", name="Done").click()
    await expect(dock(bernd).get_by_test_id("colleagues-note")).to_contain_text("Anna Adler wrote:")


async def test_templates_and_results_are_set_up_and_chosen_by_key(office: SimulatedOffice) -> None:
    maria = await office.desk_of("maria", path="/settings/desk")
    await maria.get_by_role("button", name="New template").click()
    await maria.get_by_label("Title").fill("Leak report")
    await maria.get_by_label("Text").fill("Leak at {{contact}}:")
    await maria.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(maria.get_by_text("Leak report")).to_be_visible()
    await maria.get_by_role("button", name="New result").click()
    await maria.get_by_label("In German").fill("Techniker")
    await maria.get_by_label("In English").fill("Technician")
    await maria.get_by_role("switch", name="Makes a follow-up task").click()
    await maria.get_by_label("Due").fill("tomorrow 8am")
    await expect(maria.get_by_text("Today that would be")).to_be_visible()
    await maria.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(maria.get_by_role("dialog")).to_have_count(0)
    await maria.get_by_label("Every call").click()
    await expect(maria.get_by_label("Every call")).to_be_checked()
    anna = await office.desk_of("anna")
    call = await talking(office, SUPPORT)
    pop = dock(anna)
    await pop.get_by_label("Note").fill("Loud.")
    await anna.keyboard.press("Alt+v")
    await expect(anna.get_by_test_id("templates")).to_contain_text("Leak report")
    number = await anna.get_by_role("menuitem", name="Leak report").locator("kbd").inner_text()
    await anna.get_by_role("menuitem").first.focus()
    await anna.keyboard.press(number)
    await expect(pop.get_by_label("Note")).to_have_value(re.compile(r"Loud\.\nLeak at .*Krüger.*:"))
    await call.hang_up("caller")
    await expect(pop.locator("article")).to_have_attribute("data-state", "wrap_up")
    await pop.get_by_role("button", name="Done").click()
    await expect(pop).to_contain_text("Choose the result first")
    await anna.keyboard.press("Escape")
    await anna.keyboard.press("Alt+r")
    option = anna.get_by_role("option", name="Technician")
    await anna.keyboard.press(await option.locator("kbd").inner_text())
    await expect(pop.get_by_test_id("follow-up-plan")).to_contain_text("08:00")
    await pop.get_by_role("button", name="Done").click()
    await expect(pop).to_have_count(0)
    await anna.goto("/tasks")
    await expect(anna.get_by_role("checkbox", name="Done: Technician")).to_be_visible()


async def test_words_are_understood_or_asked(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks", language="de-DE")
    await anna.get_by_role("button", name="Neue Aufgabe").click()
    await anna.get_by_label("Was ist zu tun?").fill("Angebot schicken")
    due, answer = anna.get_by_label("Fällig", exact=True), anna.get_by_test_id("due")
    save = anna.get_by_role("button", name="Aufgabe anlegen")
    await due.fill("irgendwann")
    await expect(answer).to_contain_text("Anders sagen")
    await expect(save).to_be_disabled()
    await due.fill("morgen um 3")
    await expect(answer).to_contain_text("Welcher Zeitpunkt?")
    await expect(save).to_be_disabled()
    await answer.get_by_role("button").first.click()
    await expect(answer).to_contain_text("15:00")
    await due.fill("übermorgen nachmittag")
    await expect(answer).to_contain_text("15:00")
    await save.click()
    await expect(anna.get_by_text("Angebot schicken")).to_be_visible()


async def test_a_task_is_done_undone_and_comes_again(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    await anna.get_by_role("button", name="New task", exact=True).click()
    await anna.get_by_label("What is to be done?").fill("Check the queue")
    await anna.get_by_role("combobox", name="Repeat").click()
    await anna.get_by_role("option", name="Every weekday").click()
    await anna.get_by_role("button", name="Add task").click()
    box = anna.get_by_role("checkbox", name="Done: Check the queue")
    await box.click()
    await expect(anna.get_by_text("the next one is planned")).to_be_visible()
    await expect(box).to_be_visible()  # the next one
    await anna.get_by_role("button", name="Undo").click()
    await anna.goto("/tasks?status=done")
    await expect(anna.get_by_role("main")).not_to_contain_text("Check the queue")
    await anna.goto("/tasks")
    await expect(box).to_have_count(1)


async def test_the_calendar_is_moved_by_keys_and_mouse_and_back_if_it_fails(office: SimulatedOffice) -> None:
    tomorrow = datetime.now(BERLIN).date() + timedelta(days=1)
    # Within its week, so that it is in sight wherever the month ends.
    key, step = ("ArrowLeft", -1) if tomorrow.weekday() == 6 else ("ArrowRight", 1)
    anna = await office.desk_of("anna", path=f"/tasks?layout=month&day={tomorrow}")
    await add_task(anna, "Inventory", "tomorrow 9:00")
    task = anna.get_by_role("button", name="Inventory")
    here, there = (anna.get_by_test_id(f"day-{day}") for day in (tomorrow, tomorrow + timedelta(days=step)))
    await expect(here).to_contain_text("Inventory")
    await task.focus()
    await anna.keyboard.press(f"Shift+{key}")
    await expect(there).to_contain_text("Inventory")
    await expect(task).to_be_focused()
    await expect(anna.get_by_text("Task moved")).to_be_visible()  # the service has it
    await anna.keyboard.press("Shift+ArrowRight" if key == "ArrowLeft" else "Shift+ArrowLeft")
    await expect(here).to_contain_text("Inventory")
    await expect(anna.get_by_text("Task moved")).to_be_visible()
    await anna.reload()
    await expect(here).to_contain_text("09:00 Inventory")
    await anna.set_viewport_size({"width": 1360, "height": 1400})  # a drag does not scroll
    await task.drag_to(there)
    await expect(there).to_contain_text("Inventory")
    await expect(anna.get_by_text("Task moved")).to_be_visible()
    await anna.reload()
    await expect(there).to_contain_text("09:00 Inventory")
    key, here, there = ("ArrowRight" if key == "ArrowLeft" else "ArrowLeft"), there, here
    await anna.context.route("**/api/v1/tasks/*", lambda route: route.abort())
    await task.focus()
    await anna.keyboard.press(f"Shift+{key}")
    await expect(anna.get_by_text("does not answer")).to_be_visible()
    await expect(here).to_contain_text("Inventory")


async def test_a_task_moved_while_it_moves_goes_where_it_was_moved_last(office: SimulatedOffice) -> None:
    monday = datetime.now(BERLIN).date()
    monday += timedelta(days=7 - monday.weekday())
    anna = await office.desk_of("anna", path=f"/tasks?layout=week&day={monday}")
    await add_task(anna, "Inventory", monday.strftime("%d/%m/%Y 9:00"))
    asked: list[str] = []
    answer = asyncio.Event()

    async def late(route: Route) -> None:
        if route.request.method == "PATCH":
            asked.append(str((route.request.post_data_json or {})["due_at"])[:10])
            await answer.wait()
        await route.continue_()

    await anna.context.route("**/api/v1/tasks/*", late)
    await anna.get_by_role("button", name="Inventory").focus()
    for days in (1, 2, 3):
        await anna.keyboard.press("Shift+ArrowRight")
        there = anna.get_by_test_id(f"day-{monday + timedelta(days=days)}")
        await expect(there).to_contain_text("Inventory")
    answer.set()
    await expect(anna.get_by_text("Task moved")).to_be_visible()
    await until(
        anna,
        f"fetch('/api/v1/tasks?assignee=me').then(answer => answer.text()).then(all => "
        f"all.includes('{monday + timedelta(days=3)}T'))",
    )
    await anna.reload()
    await expect(there).to_contain_text("09:00 Inventory")
    assert asked == [str(monday + timedelta(days=days)) for days in (1, 3)]


async def test_handed_over_with_a_word_and_told_at_once(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    bernd = await office.desk_of("bernd", path="/contacts")
    await add_task(anna, "Call the printer", "tomorrow 9:00")
    await anna.get_by_role("button", name="More about task: Call the printer").click()
    await anna.get_by_role("menuitem", name="Hand over").click()
    await anna.get_by_role("combobox", name="To whom?").click()
    await anna.get_by_role("option", name="Bernd Busch").click()
    await anna.get_by_label("A word on it").fill("The blue one")
    await anna.get_by_role("dialog").get_by_role("button", name="Hand over").click()
    notice = bernd.get_by_test_id("task-notice")
    await expect(notice).to_contain_text("Anna Adler")
    await expect(notice).to_contain_text("The blue one")
    await notice.get_by_role("button", name="Seen").click()
    await expect(notice).to_have_count(0)
    await bernd.goto("/tasks")
    await expect(bernd.get_by_role("checkbox", name="Done: Call the printer")).to_be_visible()
    await expect(bernd.get_by_test_id("task-notice")).to_have_count(0)


async def test_a_reminder_stands_until_it_is_put_off(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    await add_task(anna, "Water the plants", "in 2 hours")
    database: Database = office.service.database
    async with database.transaction() as session:
        await session.execute(update(Task).where(Task.text == "Water the plants").values(remind_at=now()))
    await add_task(anna, "Something else", "tomorrow")  # wakes who looks at the clock
    notice = anna.get_by_test_id("task-notice").filter(has_text="Water the plants")
    await expect(notice).to_be_visible()
    await anna.reload()
    await expect(notice).to_be_visible()
    await notice.get_by_role("button", name="In 10 minutes").click()
    await expect(notice).to_have_count(0)


async def test_two_change_the_same_task(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    other = await office.desk_of("anna", path="/tasks")
    await add_task(anna, "Paint the door", "tomorrow")
    for page in (anna, other):
        await page.get_by_role("button", name="More about task: Paint the door").click()
        await page.get_by_role("menuitem", name="Edit").click()
    await anna.get_by_label("What is to be done?").fill("Paint the gate")
    await other.get_by_label("What is to be done?").fill("Paint the wall")
    await anna.get_by_role("button", name="Save").click()
    await expect(anna.get_by_role("dialog")).to_have_count(0)
    await other.get_by_role("button", name="Save").click()
    await expect(other.get_by_role("alert")).to_contain_text("Paint the gate")
    await other.get_by_role("button", name="Save mine").click()
    await expect(anna.get_by_text("Paint the wall")).to_be_visible()
