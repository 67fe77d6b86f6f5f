"""How the page is heard: notification, title, icon and sound; from one tab only, and not while somebody wants peace."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import COUNT_NOTIFICATIONS, SimulatedOffice, ask, dock, sign_in, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
STRANGER = "+4915799900999"
ANNA = "+49305550101"

# No loudspeaker here: these tests count the tones.
COUNT_TONES = """
window.tones = 0;
const param = () => ({value: 0, setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {}});
const node = () => ({gain: param(), frequency: param(), connect() {}, disconnect() {}, stop() {}});
window.AudioContext = class {
  state = "running"; currentTime = 0; destination = {};
  createGain() { return node(); }
  createOscillator() { return {...node(), start() { window.tones += 1; }}; }
  async resume() {}
};
localStorage.setItem("cti-crm.preferences", JSON.stringify({chime: "bell"}));
"""
ICON = "document.querySelector('link[rel=icon]').getAttribute('href')"


async def listening(office: SimulatedOffice, scripts: str = COUNT_NOTIFICATIONS + COUNT_TONES) -> BrowserContext:
    context = await office.browser_of()
    await context.add_init_script(scripts)
    return context


async def annas(office: SimulatedOffice, context: BrowserContext) -> Page:
    page = await office.page_in(context)
    await sign_in(page, "anna")
    return page


async def test_a_call_is_heard_until_it_is_answered(office: SimulatedOffice) -> None:
    anna = await annas(office, await listening(office))
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(anna).to_have_title("Sabine Krüger calls")
    await until(anna, "tones > 0 && notified.length > 0")
    assert await anna.evaluate("notified") == ["Sabine Krüger calls"]
    assert "%3E1%3C" in await anna.evaluate(ICON)
    other = await office.pbx.incoming("", did=ANNA)
    await other.ring()
    await expect(anna).to_have_title("(2) Sabine Krüger calls")
    assert "%3E2%3C" in await anna.evaluate(ICON)
    await other.hang_up("caller")
    await call.answer("101")
    await expect(anna).to_have_title("cti-crm")
    assert await anna.evaluate(ICON) == "/favicon.svg"


async def test_a_missed_call_says_so_with_a_way_to_call_back(office: SimulatedOffice) -> None:
    anna = await annas(office, await listening(office))
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await until(anna, "notified.length === 1")
    await call.hang_up("caller")
    await until(anna, "notified.length === 2")
    assert (await anna.evaluate("notified"))[1] == "Missed: Sabine Krüger"


async def test_nothing_is_heard_while_somebody_wants_peace(office: SimulatedOffice) -> None:
    anna = await annas(office, await listening(office))
    await ask(anna, "PUT", "/agents/me/do-not-disturb", {"on": True})
    await anna.goto("/settings")
    await expect(anna.get_by_text("You do not want to be disturbed")).to_be_visible()
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")  # but it is shown
    await expect(anna).to_have_title("cti-crm")
    assert await anna.evaluate("[tones, notified.length]") == [0, 0]
    assert await anna.evaluate(ICON) == "/favicon.svg"
    await ask(anna, "PUT", "/agents/me/do-not-disturb", {"on": False})
    await expect(anna).to_have_title("Sabine Krüger calls")
    await until(anna, "tones > 0")


async def test_spam_makes_no_sound_and_no_notification(office: SimulatedOffice) -> None:
    anna = await annas(office, await listening(office))
    await ask(anna, "PUT", f"/spam-numbers/{STRANGER}")
    call = await office.pbx.incoming(STRANGER, did=ANNA)
    await call.ring()
    await expect(dock(anna).get_by_test_id("caller-face")).to_have_attribute("data-kind", "spam")
    wanted = await office.pbx.incoming(KRUEGER, did=ANNA)
    await wanted.ring()
    await until(anna, "notified.length > 0")
    assert await anna.evaluate("notified") == ["Sabine Krüger calls"]


async def test_of_three_tabs_one_is_heard_and_when_it_closes_another(office: SimulatedOffice) -> None:
    context = await listening(office)
    tabs = [await annas(office, context)]
    for _ in range(2):
        tabs.append(await office.page_in(context))
        await tabs[-1].get_by_role("img", name="Connected").wait_for()
    while tabs:
        call = await office.pbx.incoming(KRUEGER, did=ANNA)
        await call.ring()
        await expect(tabs[0]).to_have_title("Sabine Krüger calls")
        await until(tabs[0], "tones > 0")
        for mirror in tabs[1:]:
            await expect(dock(mirror).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
            await expect(mirror).to_have_title("cti-crm")
            assert await mirror.evaluate("[tones, notified.length]") == [0, 0]
        await tabs.pop(0).close()
        await call.hang_up("caller")
        for mirror in tabs:
            await expect(dock(mirror)).to_have_count(0)


async def test_without_https_the_tabs_settle_it_among_themselves(office: SimulatedOffice) -> None:
    # Web Locks are there on secure pages only.
    context = await listening(office, "delete Navigator.prototype.locks;" + COUNT_NOTIFICATIONS + COUNT_TONES)
    first = await annas(office, context)
    second = await office.page_in(context)
    await second.get_by_role("img", name="Connected").wait_for()
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(first).to_have_title("Sabine Krüger calls")
    await expect(dock(second).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
    await expect(second).to_have_title("cti-crm")
    await first.close()
    await expect(second).to_have_title("Sabine Krüger calls")


async def test_sound_is_off_until_it_is_chosen_and_can_be_tried(office: SimulatedOffice) -> None:
    silent = COUNT_TONES.replace("localStorage.setItem", "void localStorage.getItem")
    anna = await annas(office, await listening(office, COUNT_NOTIFICATIONS + silent))
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await expect(anna).to_have_title("Sabine Krüger calls")
    await until(anna, "notified.length > 0")
    assert await anna.evaluate("tones") == 0
    await call.hang_up("caller")
    await anna.get_by_role("navigation").get_by_role("link", name="Settings").click()
    await anna.get_by_text("Soft", exact=True).click()
    await until(anna, "tones > 0")
    before = await anna.evaluate("tones")
    await anna.get_by_label("Volume").fill("30")
    await anna.get_by_role("button", name="Play it").click()
    await until(anna, f"tones > {before}")
    await anna.reload()
    await expect(anna.get_by_label("Volume")).to_have_value("30")
