"""Call control in the page: every control shows what the call says, and nothing claims to be done by itself."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from cti_crm.pbx.simulator import Call
from tests.browser.conftest import SimulatedOffice, dock

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
ANNA = "+49305550101"


async def talking(office: SimulatedOffice, page: Page) -> tuple[Call, Locator]:
    """Somebody outside talks with Anna: the call, and the controls of it on her page."""
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await call.answer("101")
    await expect(page.get_by_test_id("controls")).to_be_visible()
    return call, page.get_by_test_id("controls")


async def test_hold_and_mute_by_click_and_by_key(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call, controls = await talking(office, anna)
    await controls.get_by_role("button", name="Hold").click()
    await expect(controls.get_by_role("button", name="Resume")).to_be_visible()
    await expect(dock(anna)).to_contain_text("You have the caller on hold")
    await anna.keyboard.press("Alt+K")
    await expect(controls.get_by_role("button", name="Hold")).to_be_visible()
    await anna.keyboard.press("Alt+U")
    await expect(controls.get_by_role("button", name="Unmute")).to_be_visible()
    assert call.channel("101").muted
    await controls.get_by_role("button", name="Unmute").click()
    await expect(controls.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    # What the phone itself holds, only the phone takes back: said in words, and the button stays as the call is.
    await call.hold("101")
    await controls.get_by_role("button", name="Resume").click()
    await expect(anna.get_by_text("take it back there")).to_be_visible()
    await expect(controls.get_by_role("button", name="Resume")).to_have_attribute("aria-busy", "false")
    await call.hang_up("caller")
    await expect(controls).to_have_count(0)


async def test_keys_are_typed_and_clicked(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call, _ = await talking(office, anna)
    await anna.keyboard.press("Alt+L")
    keypad = anna.get_by_test_id("keypad")
    await expect(keypad).to_be_focused()
    await anna.keyboard.type("12#")
    await keypad.get_by_role("button", name="0").click()
    await expect(anna.get_by_test_id("sent-keys")).to_have_text("12#0")
    assert call.caller.heard == "12#0"
    await anna.keyboard.press("Escape")
    await expect(keypad).to_have_count(0)


async def test_handed_over_by_keyboard_the_pop_and_the_note_travel(office: SimulatedOffice) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd", language="de-DE")
    call, _ = await talking(office, anna)
    await dock(anna).get_by_label("Note").fill("Asks for the heating offer")
    await expect(anna.get_by_test_id("note-state")).to_have_text("Saved")
    await anna.keyboard.press("Alt+A")
    panel = anna.get_by_test_id("hand-over")
    await panel.get_by_text("At once", exact=True).click()
    await expect(panel.get_by_role("searchbox")).to_be_focused()
    await anna.keyboard.type("bus")
    await expect(panel.get_by_role("option")).to_have_count(1)
    await anna.keyboard.press("Enter")

    pop = dock(bernd)
    await expect(pop.get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await expect(pop.get_by_test_id("handed-over")).to_contain_text("Weitergegeben von Anna Adler")
    await expect(pop.get_by_test_id("handed-over")).to_contain_text("Asks for the heating offer")
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")
    await call.answer("102")
    await expect(pop.get_by_test_id("colleagues-note")).to_contain_text("Asks for the heating offer")
    await expect(bernd.get_by_test_id("controls")).to_be_visible()
    await call.hang_up("caller")


async def test_asks_first_then_hands_over(office: SimulatedOffice) -> None:
    anna, bernd = await office.desk_of("anna"), await office.desk_of("bernd")
    call, controls = await talking(office, anna)
    await ask(anna, "Bernd")
    asking = controls.get_by_test_id("asking")
    await expect(asking).to_contain_text("Calling Bernd Busch")
    await expect(controls.get_by_role("button", name="Park")).to_have_count(0)
    await expect(dock(bernd).get_by_test_id("handed-over")).to_contain_text("Anna Adler asks you")
    assert call.asking is not None
    call.asking.answer()
    await expect(asking).to_contain_text("Bernd Busch is on the line")
    await anna.keyboard.press("Alt+B")
    await expect(asking).to_have_count(0)
    await expect(controls.get_by_role("button", name="Hold")).to_be_visible()

    await ask(anna, "Bernd")
    await expect(asking).to_contain_text("Calling Bernd Busch")
    assert call.asking is not None
    call.asking.answer()
    await expect(asking).to_contain_text("on the line")
    await asking.get_by_role("button", name="Hand over").click()
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")
    await expect(dock(bernd).get_by_test_id("handed-over")).to_contain_text("Handed over by Anna Adler")
    await expect(dock(bernd).locator("article")).to_have_attribute("data-state", "talking")


async def ask(page: Page, name: str) -> None:
    """Open the panel by its key and choose somebody, who is asked first."""
    await page.keyboard.press("Alt+A")
    await page.get_by_test_id("hand-over").get_by_role("searchbox").fill(name)
    await page.get_by_test_id("hand-over").get_by_role("option", name=re.compile(name)).click()


async def test_three_talk(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call, controls = await talking(office, anna)
    await anna.keyboard.press("Alt+A")
    panel = anna.get_by_test_id("hand-over")
    await panel.get_by_text("Talk of three").click()
    await panel.get_by_role("option", name=re.compile("Bernd Busch")).click()
    await expect(controls.get_by_test_id("asking")).to_contain_text("Calling Bernd Busch")
    assert call.asking is not None
    call.asking.answer()
    await expect(controls.get_by_test_id("three")).to_contain_text("Bernd Busch")
    await expect(controls.get_by_role("button", name="Hold")).to_be_visible()


async def test_parked_and_fetched(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call, _ = await talking(office, anna)
    await anna.keyboard.press("Alt+Q")
    parked = anna.get_by_test_id("parked")
    await expect(parked).to_contain_text("Waits in slot 701")
    await parked.get_by_role("button", name="Fetch").click()
    await (await office.pbx.originated()).answer()
    await expect(parked).to_have_count(0)
    await expect(anna.get_by_test_id("controls")).to_be_visible()
    await call.hang_up("caller")


async def test_a_refusal_is_said_in_words(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", language="de-DE")
    call, controls = await talking(office, anna)
    await anna.keyboard.press("Alt+A")
    await expect(anna.get_by_test_id("hand-over").get_by_role("searchbox")).to_be_focused()
    await anna.keyboard.type("777")
    await anna.keyboard.press("Enter")
    await expect(anna.get_by_text("Die Telefonanlage kennt diese Nummer nicht.")).to_be_visible()
    await expect(controls.get_by_role("button", name="Halten")).to_have_attribute("aria-busy", "false")
    await call.hang_up("caller")
