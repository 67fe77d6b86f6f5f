"""Every screen of the page and how to get to it: for `make screenshots`, and for what holds on all of them.

A screen is reached by paths and test ids, never by words, so that it is the same in every language.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Page, expect

from cti_crm.pbx.simulator import Call
from cti_crm.settings import AgentSettings
from tests.browser.conftest import SimulatedOffice, ask, dock, sign_in

ANNA = "+49305550101"
SUPPORT = "+49305550200"
KNOWN = "+4917612345678"
SHARED = "03419988770"
UNKNOWN = "+4915799900777"
LONG_WRAP_UP = AgentSettings(wrap_up_seconds=115)


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at. scheme: of the browser; width: of the window in CSS pixels."""

    name: str
    scheme: Literal["light", "dark"]
    language: str
    width: int
    contrast: Literal["more", "no-preference"] = "no-preference"


LOOKS = (
    Look("light-en", "light", "en-GB", 1360),
    Look("dark-de", "dark", "de-DE", 1360),
    Look("narrow-de", "light", "de-DE", 360),
    Look("narrow-dark-en", "dark", "en-GB", 360),
    Look("contrast-de", "light", "de-DE", 1360, "more"),
)

Visit = Callable[[SimulatedOffice, Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. who: signs in, nobody where it is None.

    again: what is opened anew after each reload. rules: settings that are otherwise than the demo's.
    """

    name: str
    visit: Visit
    who: str | None = "anna"
    again: Visit | None = None
    rules: Mapping[str, object] = field(default_factory=dict)


SCREENS: list[Screen] = []


def screen(name: str, who: str | None = "anna", again: Visit | None = None) -> Callable[[Visit], Visit]:
    """Adds a screen, reached by what is decorated."""

    def add(visit: Visit) -> Visit:
        SCREENS.append(Screen(name, visit, who, again))
        return visit

    return add


def page_at(name: str, path: str, who: str = "anna") -> None:
    """Adds a screen that an address leads to."""

    async def visit(_office: SimulatedOffice, page: Page) -> None:
        await page.goto(path)
        await page.locator("main h1").first.wait_for()
        await settled(page)

    SCREENS.append(Screen(name, visit, who))


async def settled(page: Page) -> None:
    """When all answers are there and no placeholder is left."""
    await expect(page.locator("main [aria-busy=true], main .mantine-Skeleton-root")).to_have_count(0)


@screen("sign-in", who=None)
async def _sign_in(_office: SimulatedOffice, page: Page) -> None:
    await page.locator("input[name=username]").wait_for()


for _name, _path in (
    ("contacts", "/contacts"),
    ("organizations", "/organizations"),
    ("import", "/contacts/import"),
    ("lists", "/lists?f=%7B%22has_email%22%3Atrue%7D"),
    ("duplicates", "/duplicates"),
    ("tasks", "/tasks"),
    ("tasks-week", "/tasks?layout=week&whose=mine"),
    ("tasks-month", "/tasks?layout=month"),
    ("calls-empty", "/calls"),
    ("missed-empty", "/missed"),
    ("colleagues", "/colleagues"),
    ("settings", "/settings"),
    ("no-such-page", "/no/such/page"),
):
    page_at(_name, _path)


page_at("desk", "/settings/desk", "maria")
page_at("fields", "/fields", "maria")
page_at("bin", "/bin", "maria")


async def _searched(_office: SimulatedOffice, page: Page) -> None:
    await page.keyboard.press("/")
    await page.get_by_role("combobox").fill("krügr")
    await page.get_by_role("option", name="Sabine Krüger").wait_for()


SCREENS.append(Screen("search", _searched, again=_searched))


@screen("contact")
async def _contact(_office: SimulatedOffice, page: Page) -> None:
    await page.goto("/contacts?q=Kr%C3%BCger")
    await page.locator("main li a[href*='/contacts/']").first.click()
    await page.locator("main ol").first.wait_for()
    await settled(page)


@screen("organization")
async def _organization(_office: SimulatedOffice, page: Page) -> None:
    await page.goto("/organizations")
    await page.locator("main li a[href*='/organizations/']").first.click()
    await settled(page)


@screen("calls", who="maria")
async def _calls(office: SimulatedOffice, page: Page) -> None:
    for number in (KNOWN, UNKNOWN):
        call = await office.pbx.incoming(number, did=SUPPORT)
        await call.ring()
        if number == KNOWN:
            await call.answer("102")
        await call.hang_up("caller")
    waiting = await office.pbx.incoming(SHARED, did=SUPPORT)
    await waiting.ring()
    await page.goto("/calls")
    await page.locator("tbody tr").nth(1).wait_for()
    await settled(page)


@screen("missed")
async def _missed(office: SimulatedOffice, page: Page) -> None:
    for number in (KNOWN, "+2250707123456", UNKNOWN, SHARED, KNOWN, ""):
        call = await office.pbx.incoming(number, did=SUPPORT)
        await call.ring()
        await call.hang_up("caller")
    await page.goto("/missed")
    await expect(page.locator("main article")).to_have_count(5)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("c")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("claimed").wait_for()
    await settled(page)


@screen("call", who="maria")
async def _call(office: SimulatedOffice, page: Page) -> None:
    call = await office.pbx.incoming(KNOWN, did=SUPPORT)
    await call.ring()
    await call.answer("102")
    await call.hang_up("caller")
    await page.goto("/calls")
    await page.locator("tbody tr a").first.click()
    await settled(page)


async def _popped(_office: SimulatedOffice, page: Page) -> None:
    await dock(page).get_by_test_id("pop-name").first.wait_for()


def _pop(name: str, number: str, did: str = ANNA, answered: bool = False, over: bool = False) -> None:
    @screen(name, again=_popped)
    async def visit(office: SimulatedOffice, page: Page) -> None:
        call = await office.pbx.incoming(number, did=did)
        await call.ring()
        await dock(page).get_by_test_id("pop-name").first.wait_for()
        if answered or over:
            await call.answer("101")
            await dock(page).locator("article[data-state=talking]").wait_for()
        if over:
            await call.hang_up("caller")
            await dock(page).locator("article[data-state=wrap_up]").wait_for()
        await settled(page)


_pop("pop-known", KNOWN, SUPPORT)
_pop("pop-shared", SHARED)
_pop("pop-unknown", UNKNOWN)
_pop("pop-withheld", "")
_pop("pop-talking", KNOWN, answered=True)
_pop("pop-wrap-up", KNOWN, over=True)


@screen("pop-tray", again=_popped)
async def _tray(office: SimulatedOffice, page: Page) -> None:
    for number in (KNOWN, UNKNOWN, SHARED):
        call = await office.pbx.incoming(number, did=SUPPORT)
        await call.ring()
    await _popped(office, page)


@screen("pop-colleague", again=_popped)
async def _colleague(office: SimulatedOffice, page: Page) -> None:
    call = await office.pbx.outgoing("102", "101")
    await call.ring()
    await _popped(office, page)


@screen("pop-mobile", again=_popped)
async def _mobile(office: SimulatedOffice, page: Page) -> None:
    bernd = await office.desk_of("bernd")
    await ask(bernd, "PUT", "/own-mobile", {"number": "0170 7654321"})
    call = await office.pbx.incoming("+491707654321", did=ANNA)
    await call.ring()
    await dock(page).locator("[data-kind=mobile]").wait_for()


@screen("pop-spam", again=_popped)
async def _spam(office: SimulatedOffice, page: Page) -> None:
    call = await office.pbx.incoming(UNKNOWN, did=ANNA)
    await call.ring()
    await _popped(office, page)
    await page.keyboard.press("Alt+j")
    await dock(page).locator("[data-kind=spam]").wait_for()


async def _counting(_office: SimulatedOffice, page: Page) -> None:
    await dock(page).get_by_test_id("wrap-up").wait_for()


async def _wrap_up_time(office: SimulatedOffice, page: Page) -> None:
    call = await _talk(office, page, did=SUPPORT)
    await call.hang_up("caller")
    await _counting(office, page)


SCREENS.append(Screen("wrap-up-time", _wrap_up_time, again=_counting, rules={"agents": LONG_WRAP_UP, "queues": {}}))


async def _talk(office: SimulatedOffice, page: Page, did: str = ANNA) -> Call:
    call = await office.pbx.incoming(KNOWN, did=did)
    await call.ring()
    await call.answer("101")
    await page.get_by_test_id("controls").wait_for()
    return call


def _panel(name: str, key: str, panel: str, waiting: int = 0) -> None:
    """What a key of the call's controls opens; `waiting`: so many more calls ring."""

    async def opened(_office: SimulatedOffice, page: Page) -> None:
        await page.get_by_test_id("controls").wait_for()
        await page.keyboard.press(key)
        await page.get_by_test_id(panel).wait_for()

    @screen(name, again=opened)
    async def visit(office: SimulatedOffice, page: Page) -> None:
        await _talk(office, page)
        for number in (UNKNOWN, SHARED)[:waiting]:
            call = await office.pbx.incoming(number, did=ANNA)
            await call.ring()
        await opened(office, page)


_panel("control-hand-over", "Alt+a", "hand-over")
_panel("control-hand-over-tray", "Alt+a", "hand-over", waiting=2)
_panel("control-keypad", "Alt+l", "keypad")


@screen("control-held", again=_popped)
async def _held(office: SimulatedOffice, page: Page) -> None:
    await _talk(office, page)
    await page.keyboard.press("Alt+k")
    await dock(page).locator("[data-tone=hold]").wait_for()
    await page.keyboard.press("Alt+u")
    await dock(page).locator("[data-tone=missed]").wait_for()


@screen("control-parked", again=_popped)
async def _parked(office: SimulatedOffice, page: Page) -> None:
    await _talk(office, page)
    await page.keyboard.press("Alt+q")
    await page.get_by_test_id("parked").wait_for()


async def _asked(office: SimulatedOffice, page: Page) -> Call:
    call = await _talk(office, page)
    await page.keyboard.press("Alt+a")
    await page.get_by_test_id("hand-over").get_by_role("searchbox").fill("bernd")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("asking").wait_for()
    return call


@screen("control-asking", again=_popped)
async def _asking(office: SimulatedOffice, page: Page) -> None:
    await _asked(office, page)


@screen("control-three", again=_popped)
async def _three(office: SimulatedOffice, page: Page) -> None:
    call = await _asked(office, page)
    assert call.asking is not None
    call.asking.answer()
    await page.locator("[data-testid=asking][data-talks=true]").wait_for()
    await page.keyboard.press("Alt+c")
    await page.get_by_test_id("three").wait_for()


async def looked_at(office: SimulatedOffice, one: Screen) -> AsyncGenerator[tuple[Look, Page]]:
    """A screen in one look after the other, in a browser of its own."""
    context = await office.browser_of(LOOKS[0].language, reduced_motion="reduce")
    page = await office.page_in(context)
    if one.who is not None:
        await sign_in(page, one.who)
    await one.visit(office, page)
    for look in LOOKS:
        await page.emulate_media(color_scheme=look.scheme, contrast=look.contrast)
        await page.set_viewport_size({"width": look.width, "height": 860})
        await page.evaluate("language => localStorage.setItem('cti-crm.language', language)", look.language[:2])
        await page.reload()
        await page.locator("main h1, input[name=username]").first.wait_for(state="attached")
        await settled(page)
        if one.again is not None:
            await one.again(office, page)
        await page.evaluate("document.fonts.ready")
        yield look, page
