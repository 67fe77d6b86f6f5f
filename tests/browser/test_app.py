"""The page as an app: installed, opened offline, brought up to date, and the place where telephone links lead."""

import json

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import SimulatedOffice, dock, sign_in, until

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
ANNA = "+49305550101"
ACTIVE = "navigator.serviceWorker.ready.then(one => one.active.state === 'activated')"


async def annas(office: SimulatedOffice, context: BrowserContext) -> Page:
    page = await office.page_in(context)
    await sign_in(page, "anna")
    return page


async def test_it_can_be_installed(office: SimulatedOffice) -> None:
    page = await office.page_in(await office.browser_of())
    client = await page.context.new_cdp_session(page)
    manifest = await client.send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert told["protocol_handlers"] == [{"protocol": "tel", "url": "/dial?number=%s"}]
    for icon in told["icons"]:
        answer = await page.request.get(icon["src"])
        assert answer.ok, icon
        assert answer.headers["content-type"] == icon["type"]
    problems = await client.send("Page.getInstallabilityErrors")
    # Headless browsers install nothing; of the page itself nothing is complained.
    assert [one["errorId"] for one in problems["installabilityErrors"] if one["errorId"] != "in-incognito"] == []


async def test_it_opens_offline_and_says_what_is_kept(office: SimulatedOffice) -> None:
    context = await office.browser_of(service_workers="allow")
    anna = await annas(office, context)
    await until(anna, ACTIVE)
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    await call.answer("101")
    note = dock(anna).get_by_role("textbox", name="Note")
    await note.wait_for()
    await context.set_offline(True)
    await note.fill("Wants a new offer")
    await expect(anna.get_by_test_id("note-state")).to_have_text("Will be sent when the service is back")
    await anna.reload()
    await expect(anna.get_by_role("heading", name="The service does not answer")).to_be_visible()
    await expect(anna.get_by_text("1 note of yours is kept in this browser")).to_be_visible()
    await context.set_offline(False)
    await expect(dock(anna).get_by_role("textbox", name="Note")).to_have_value("Wants a new offer")
    await expect(anna.get_by_test_id("note-state")).to_have_text("Saved")


async def test_no_answer_of_the_api_is_kept(office: SimulatedOffice) -> None:
    anna = await annas(office, await office.browser_of(service_workers="allow"))
    await until(anna, ACTIVE)
    await anna.get_by_role("link", name="Sabine Krüger").click()
    await anna.get_by_role("heading", name="Journey").wait_for()
    kept = await anna.evaluate(
        """async () => {
          const [name] = await caches.keys();
          const requests = await (await caches.open(name)).keys();
          return requests.map(request => new URL(request.url).pathname);
        }"""
    )
    assert "/index.html" in kept
    assert [path for path in kept if path.startswith(("/api", "/ws", "/contacts"))] == []
    docs = await anna.context.new_page()
    await docs.goto("/api/docs")
    await expect(docs.locator("body")).not_to_contain_text("Sabine")


async def test_a_new_version_is_noticed_and_loaded_on_wish(office: SimulatedOffice) -> None:
    anna = await annas(office, await office.browser_of(service_workers="allow"))
    await until(anna, ACTIVE)
    await anna.reload()
    await anna.get_by_role("img", name="Connected").wait_for()
    update = anna.get_by_text("A new version is there")
    await expect(update).to_have_count(0)
    # To the browser a worker of another address is a newer one.
    await anna.evaluate("navigator.serviceWorker.register('/sw.js?newer').then(() => true)")
    await expect(update).to_be_visible()
    async with anna.expect_navigation():
        await anna.get_by_role("button", name="Load it").click()
    await anna.get_by_role("img", name="Connected").wait_for()


async def test_a_telephone_link_asks_for_one_key_before_it_dials(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/dial?number=tel%3A%2B44-20-7946-0958")
    await expect(anna.get_by_role("heading", name="Call this number?")).to_be_visible()
    await expect(anna.get_by_test_id("dial-number")).to_have_text("+442079460958")
    await expect(dock(anna)).to_have_count(0)
    await anna.keyboard.press("Enter")
    await expect(dock(anna).get_by_test_id("dial-progress")).to_have_text("Your phone rings first – pick it up")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Emily Carter")
    assert "/dial" not in anna.url


async def test_a_telephone_link_may_be_refused_or_hold_no_number(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/dial?number=tel%3A%2B442079460958")
    await anna.get_by_test_id("dial-number").wait_for()
    await anna.keyboard.press("Escape")
    await expect(anna.get_by_role("heading", name="Contacts", level=1)).to_be_visible()
    await anna.goto("/dial?number=javascript:alert(1)//")
    await expect(anna.get_by_test_id("dial-number")).to_have_text("1")  # what is no digit is not there
    await anna.goto("/dial?number=nobody")
    await expect(anna.get_by_text("There is no number in this link")).to_be_visible()
    await expect(dock(anna)).to_have_count(0)


async def test_links_are_registered_and_the_appearance_is_kept(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    await context.add_init_script(
        "window.registered = []; Navigator.prototype.registerProtocolHandler = (...all) => registered.push(all);"
    )
    anna = await office.page_in(context, "/settings")
    await sign_in(anna, "anna")
    await anna.get_by_role("button", name="Open telephone links here").click()
    await expect(anna.get_by_text("The browser was asked")).to_be_visible()
    assert await anna.evaluate("registered") == [["tel", f"{office.service.url}/dial?number=%s"]]
    await anna.get_by_text("High", exact=True).click()
    await anna.get_by_label("Compact: more on the screen").click()
    for _ in range(2):
        await expect(anna.locator("html")).to_have_attribute("data-contrast", "more")
        await expect(anna.locator("html")).to_have_attribute("data-density", "compact")
        await anna.reload()
    await anna.get_by_text("Normal", exact=True).click()
    await expect(anna.locator("html")).to_have_attribute("data-contrast", "normal")


async def test_the_browser_that_forbids_notifications_is_named(office: SimulatedOffice) -> None:
    context = await office.browser_of()
    await context.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    anna = await office.page_in(context, "/settings")
    await sign_in(anna, "anna")
    await expect(anna.get_by_text("The browser forbids notifications for this page. Click the icon")).to_be_visible()
    await expect(anna.get_by_label("Browser notifications of calls")).to_be_disabled()


async def test_a_notification_leads_to_the_call_and_calls_back(office: SimulatedOffice) -> None:
    context = await office.browser_of(service_workers="allow", permissions=["notifications"])
    anna = await annas(office, context)
    await until(anna, ACTIVE)
    await anna.evaluate("document.hasFocus = () => false")
    call = await office.pbx.incoming(KRUEGER, did=ANNA)
    await call.ring()
    shown = """navigator.serviceWorker.ready.then(one => one.getNotifications())
      .then(all => all.map(one => [one.title, one.actions.map(action => action.action)]))"""
    await until(anna, f"{shown}.then(all => all.length === 1)")
    assert await anna.evaluate(shown) == [["Sabine Krüger calls", ["show"]]]
    await call.hang_up("caller")
    await until(anna, f"{shown}.then(all => all[0]?.[0].startsWith('Missed'))")
    assert await anna.evaluate(shown) == [["Missed: Sabine Krüger", ["call_back", "show"]]]
    worker = context.service_workers[0]
    # Nobody can click a notification of a headless browser: its worker is told what a click tells it.
    await worker.evaluate(
        """async () => {
          const [notification] = await registration.getNotifications();
          dispatchEvent(new NotificationEvent("notificationclick", {notification, action: "call_back"}));
        }"""
    )
    await expect(dock(anna).get_by_test_id("dial-progress")).to_have_text("Your phone rings first – pick it up")
    await expect(dock(anna).get_by_test_id("pop-name")).to_have_text("Sabine Krüger")
