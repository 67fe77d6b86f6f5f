"""Missed calls as a work list, worked off by two at once."""

import pytest
from playwright.async_api import Locator, Page, expect

from cti_crm.missed_calls import upkeep
from cti_crm.settings import BusinessHoursSettings
from tests.browser.conftest import SimulatedOffice, dock

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
UNKNOWN = "+4915799900777"
LURE = "+2250707123456"
SUPPORT = "+49305550200"
ALWAYS = ["00:00-24:00"]


@pytest.fixture
def house_rules() -> dict[str, object]:
    """Open round the clock, so that what is due does not depend on when the tests run."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {"business_hours": BusinessHoursSettings(holidays="", **dict.fromkeys(days, ALWAYS))}  # type: ignore[arg-type]


def line(page: Page, name: str = "Sabine Krüger") -> Locator:
    return page.locator("main article").filter(has=page.get_by_role("heading", name=name, exact=True))


async def miss(office: SimulatedOffice, number: str = KRUEGER) -> None:
    call = await office.pbx.incoming(number, did=SUPPORT)
    await call.ring()
    await call.hang_up("caller")


async def test_two_agents_see_at_once_who_calls_back(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/missed")
    bernd = await office.desk_of("bernd", "/missed", language="de-DE")
    await expect(anna.get_by_text("Nobody waits for a call back")).to_be_visible()
    await expect(bernd.get_by_text("Niemand wartet auf einen Rückruf")).to_be_visible()
    await miss(office)
    await expect(line(anna)).to_contain_text("1 call")
    await expect(line(anna)).to_contain_text("support")
    await expect(line(anna).get_by_test_id("due")).to_contain_text("due in")
    await expect(line(bernd).get_by_test_id("due")).to_contain_text("fällig in")
    for page in (anna, bernd):
        await expect(page.get_by_test_id("missed-count")).to_contain_text("1")
    await miss(office)
    await expect(line(anna)).to_contain_text("2 calls")
    await expect(anna.locator("main article")).to_have_count(1)

    await anna.keyboard.press("ArrowDown")
    await expect(line(anna)).to_be_focused()
    await anna.keyboard.press("c")
    await expect(line(anna).get_by_test_id("claimed")).to_contain_text("You are calling back")
    await expect(line(bernd).get_by_test_id("claimed")).to_contain_text("Anna Adler ruft zurück")
    await expect(bernd.get_by_test_id("missed-count")).to_have_count(0)
    await expect(line(bernd).get_by_role("button", name="Zurückrufen")).to_have_count(0)

    await bernd.keyboard.press("c")
    await expect(bernd.get_by_role("alert").filter(has_text="Anna Adler hat das")).to_be_visible()
    await expect(line(bernd).get_by_test_id("claimed")).to_contain_text("Anna Adler ruft zurück")

    await anna.keyboard.press("u")
    await expect(line(bernd).get_by_role("button", name="Übernehmen")).to_be_visible()
    await line(bernd).get_by_role("button", name="Übernehmen").click()
    await expect(line(anna).get_by_test_id("claimed")).to_contain_text("Bernd Busch is calling back")
    await line(anna).get_by_role("button", name="2 calls").click()
    await expect(line(anna).locator("ol li")).to_have_count(2)
    await expect(line(anna)).to_contain_text("Number of this contact")
    await line(anna).get_by_role("button", name="Relieve Bernd Busch").click()
    await expect(line(bernd).get_by_test_id("claimed")).to_contain_text("Anna Adler ruft zurück")


async def test_called_back_with_one_key_it_closes_itself(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    bernd = await office.desk_of("bernd", "/missed")
    await miss(office)
    await expect(line(bernd)).to_be_visible()
    await anna.keyboard.press("Alt+5")
    await expect(line(anna)).to_be_visible()
    await anna.keyboard.press("d")
    await expect(line(bernd).get_by_test_id("claimed")).to_contain_text("Anna Adler is calling back")
    call = await (await office.pbx.originated()).answer()
    await call.ring()
    await call.hang_up("caller")
    await expect(line(anna)).to_be_visible()  # nobody talked yet
    await line(anna).get_by_role("button", name="1 call").click()
    await expect(line(anna)).to_contain_text("we tried once in vain")

    await dock(anna).get_by_role("button", name="Done").click()
    await anna.locator("main h1").click()
    await anna.keyboard.press("d")
    call = await (await office.pbx.originated()).answer()
    await call.ring()
    await call.answer()
    for page in (anna, bernd):
        await expect(page.get_by_text("Nobody waits for a call back")).to_be_visible()
    await expect(anna.get_by_test_id("missed-count")).to_have_count(0)
    await call.hang_up("called")
    await bernd.get_by_text("Done", exact=True).click()
    await expect(line(bernd)).to_contain_text("Anna Adler talked with them")
    await line(bernd).get_by_role("button", name="Open again").click()
    await bernd.get_by_text("Waiting", exact=True).click()
    await expect(line(bernd)).to_be_visible()


async def test_done_put_off_and_undone_by_keys(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/missed")
    await miss(office)
    await expect(line(anna)).to_be_visible()
    await anna.keyboard.press("x")
    await expect(anna.get_by_text("Nobody waits for a call back")).to_be_visible()
    await expect(anna.get_by_role("status").filter(has_text="Sabine Krüger: done")).to_be_visible()
    await anna.keyboard.press("u")
    await expect(line(anna)).to_be_visible()

    await anna.keyboard.press("s")
    await expect(anna.get_by_role("menuitem", name="For 2 hours")).to_be_visible()
    await anna.get_by_role("menuitem", name="For 2 hours").click()
    await expect(line(anna)).to_have_count(0)
    await anna.get_by_text("Put off", exact=True).click()
    await expect(line(anna)).to_contain_text("put off until")
    await line(anna).get_by_role("button", name="Bring back").click()
    await expect(line(anna)).to_have_count(0)
    await anna.get_by_text("Waiting", exact=True).click()

    await line(anna).focus()
    await anna.keyboard.press("Enter")
    await line(anna).get_by_label("Remark").fill("Wrote an e-mail")  # keys typed here are text
    await line(anna).get_by_role("button", name="Done", exact=True).click()
    await anna.get_by_text("Done", exact=True).first.click()
    await expect(line(anna)).to_contain_text("Wrote an e-mail")


async def test_what_looks_like_a_lure_is_asked_about(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/missed")
    await miss(office, LURE)
    lure = anna.locator("main article")
    await expect(lure).to_contain_text("Looks like a lure call")
    await anna.keyboard.press("d")
    dialog = anna.get_by_role("dialog")
    await expect(dialog).to_contain_text("From a country with which nobody here has talked")
    await expect(dialog).to_contain_text("It rang once and was gone.")
    await expect(dialog.get_by_role("button", name="Do not call back")).to_be_focused()
    await anna.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(lure.get_by_test_id("claimed")).to_have_count(0)
    await anna.keyboard.press("d")
    await anna.get_by_role("button", name="Call back all the same").click()
    await office.pbx.originated()
    await expect(lure.get_by_test_id("claimed")).to_contain_text("You are calling back")


async def test_offline_nothing_is_claimed_and_the_list_stays(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/missed")
    await miss(office)
    await expect(line(anna)).to_be_visible()
    await anna.context.set_offline(True)
    await anna.keyboard.press("c")
    await expect(anna.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    await expect(line(anna).get_by_test_id("claimed")).to_have_count(0)
    await anna.context.set_offline(False)
    await miss(office, UNKNOWN)
    await expect(anna.locator("main article")).to_have_count(2)


async def test_filters_stay_in_the_address_and_a_contact_leads_to_the_line(office: SimulatedOffice) -> None:
    maria = await office.desk_of("maria", "/missed")
    await miss(office)
    await miss(office, UNKNOWN)
    await expect(maria.locator("main article")).to_have_count(2)
    await maria.get_by_label("Search", exact=True).fill("krüger")
    await expect(maria.locator("main article")).to_have_count(1)
    await maria.reload()
    await expect(maria.get_by_label("Search", exact=True)).to_have_value("krüger")
    await expect(maria.locator("main article")).to_have_count(1)
    async with maria.expect_download() as download:
        await maria.get_by_role("link", name="Export as CSV").click()
    assert (await download.value).suggested_filename == "missed-calls.csv"
    await line(maria).get_by_role("link", name="Sabine Krüger").click()
    await maria.get_by_role("link", name="In the list of missed calls").click()
    await expect(maria.locator("main article")).to_have_count(1)


SNOOZE_FOR_A_SECOND = """async () => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  const { items } = await (await fetch("/api/v1/missed-calls")).json();
  const until = new Date(Date.now() + 1000).toISOString();
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf_token };
  const url = `/api/v1/missed-calls/${items[0].id}/snooze`;
  return (await fetch(url, { method: "PUT", headers, body: JSON.stringify({ until }) })).status;
}"""


@pytest.fixture
def quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service looks at the clock twice a second."""
    monkeypatch.setattr(upkeep, "_EVERY", 0.5)


async def test_who_was_put_off_is_told_of_when_it_is_time(quick_clock: None, office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", "/missed")
    await miss(office)
    await expect(line(anna)).to_contain_text("1 call")
    await anna.get_by_role("link", name="Tasks").click()
    assert await anna.evaluate(SNOOZE_FOR_A_SECOND) == 200
    notice = anna.get_by_test_id("missed-due")
    await expect(notice).to_contain_text("Sabine Krüger")
    await notice.get_by_role("button", name="To the list").click()
    await expect(line(anna)).to_be_visible()
    await expect(notice).to_have_count(0)
