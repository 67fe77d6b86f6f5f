"""Pops and settings for everybody: no complaint of axe in any appearance, and nothing covered on a small screen."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SimulatedOffice, ask, dock, sign_in
from tests.browser.test_screens import complaints

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
STRANGER = "+4915799900999"
ANNA = "+49305550101"


@pytest.mark.parametrize(("scheme", "contrast"), [("light", "more"), ("dark", "more"), ("dark", "no-preference")])
async def test_axe_has_no_complaint_of_pops_and_settings(office: SimulatedOffice, scheme: str, contrast: str) -> None:
    context = await office.browser_of(color_scheme=scheme, contrast=contrast, reduced_motion="reduce")
    page = await office.page_in(context)
    await sign_in(page, "anna")
    wanted = "more" if contrast == "more" else "normal"
    await expect(page.locator("html")).to_have_attribute("data-contrast", wanted)
    await ask(page, "PUT", f"/spam-numbers/{STRANGER}")
    found: list[str] = []
    for number in (KRUEGER, STRANGER, ""):
        call = await office.pbx.incoming(number, did=ANNA)
        await call.ring()
        await expect(dock(page).locator("article")).to_have_attribute("data-state", "offered")
        found += await complaints(page)
        await call.hang_up("caller")
        await dock(page).get_by_role("button", name="Close").click()
        await expect(dock(page)).to_have_count(0)
    for path in ("/settings", "/dial?number=tel:030123456"):
        await page.goto(path)
        await page.get_by_role("heading", level=1).wait_for()
        await expect(page.get_by_role("status", name="Loading …")).to_have_count(0)
        found += await complaints(page)
    assert found == []


async def test_what_is_typed_stays_in_sight_on_a_small_screen(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/settings", width=360)
    field = anna.get_by_label("Own mobile")
    await field.scroll_into_view_if_needed()
    await field.fill("0170 12")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await dock(anna).wait_for()
    await expect(field).to_be_focused()
    covered = """element => {
      const box = element.getBoundingClientRect();
      // A little inside: the corners are round.
      const points = [[box.left + 8, box.top + 8], [box.right - 8, box.bottom - 8]];
      return points.filter(([x, y]) => document.elementFromPoint(x, y) !== element);
    }"""
    assert await field.evaluate(covered) == []
    await anna.keyboard.type("345")
    await expect(field).to_have_value("0170 12345")
    await expect(anna.get_by_test_id("announcer")).to_have_text("Call from Sabine Krüger")
    assert await anna.evaluate("document.documentElement.scrollWidth") <= 360
