"""The real service on the simulated PBX, and a real Chromium: each test has its own and drives the calls by itself."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from cti_crm.app import STATIC, Service, running
from cti_crm.demo import firm
from cti_crm.demo.run import demo_settings
from cti_crm.infrastructure.database import Database
from cti_crm.migrations.store import prepare
from cti_crm.pbx.simulator import Simulator
from cti_crm.settings import HttpSettings, LogSettings

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 15_000

# A notification shows nothing in a headless browser: these tests count those the page asks for.
COUNT_NOTIFICATIONS = """
window.notified = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title) { window.notified.push(title); }
  close() {}
};
document.hasFocus = () => false;
"""

ASK = """async ([method, path, body]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const key = crypto.getRandomValues(new Uint8Array(16)).join("");
  const headers = {"X-CSRF-Token": session.csrf_token, "Idempotency-Key": key, "Content-Type": "application/json"};
  const answer = await fetch("/api/v1" + path, {method, headers, body: body && JSON.stringify(body)});
  return [answer.status, await answer.text()];
}"""


@dataclass(slots=True)
class Office:
    """The firm at work: its service, and the browsers of its people."""

    service: Service
    browser: Browser
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def browser_of(self, language: str = "en-GB", width: int = 1360, **options: object) -> BrowserContext:
        """A browser of its own, with nobody signed in; without service workers, unless they are asked for."""
        options.setdefault("service_workers", "block")
        context = await self.browser.new_context(
            locale=language,
            viewport={"width": width, "height": 860},
            base_url=self.service.url,
            timezone_id="Europe/Berlin",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        return context

    async def page_in(self, context: BrowserContext, path: str = "/") -> Page:
        """A new tab; what it complains about is a fault of ours."""
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._heard(message))
        await page.goto(path)
        return page

    async def desk_of(self, username: str, path: str = "/", language: str = "en-GB", **options: object) -> Page:
        """Somebody's desk, signed in and with its first snapshot."""
        page = await self.page_in(await self.browser_of(language, **options), path)  # type: ignore[arg-type]
        await sign_in(page, username)
        return page

    async def close(self) -> None:
        """Close all browsers."""
        for context in self._contexts:
            await context.close()

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # Chromium reports every answer of 400 and above; those are judged by what the page shows.
        if kind == "error" and "the server responded with a status of" not in text and "ERR_" not in text:
            self.faults.append(text)


@dataclass(slots=True, kw_only=True)
class SimulatedOffice(Office):
    """The firm on the simulated PBX, whose calls a test drives step by step."""

    pbx: Simulator


async def ask(page: Page, method: str, path: str, body: object = None) -> None:
    """Ask the API as whoever is signed in on the page."""
    status, text = await page.evaluate(ASK, [method, path, body])
    assert status < 300, text


async def sign_in(page: Page, username: str, password: str = firm.PASSWORD) -> None:
    await page.locator("input[name=username]").fill(username)
    await page.locator("input[name=password]").fill(password)
    await page.locator("button[type=submit]").click()
    await page.get_by_role("img", name="Connected").or_(page.get_by_role("img", name="Verbunden")).wait_for()


async def until(page: Page, expression: str) -> None:
    """Wait until an expression is true, or what it promises. The page forbids the `eval` of Playwright's own way."""
    look = f"async () => {{ while (!(await ({expression}))) await new Promise(again => setTimeout(again, 20)); }}"
    async with asyncio.timeout(PATIENCE_MS / 1000):
        await page.evaluate(look)


def dock(page: Page) -> Locator:
    return page.get_by_test_id("dock")


@pytest.fixture(scope="session")
def browser_and_app() -> None:
    """Fails in CI, and skips loudly elsewhere, where there is no browser or nothing to show in it."""
    if Path(CHROMIUM).exists() and (STATIC / "index.html").exists():
        return
    message = "NOT TESTED IN A BROWSER: Debian's chromium and the built browser app (`make build`) are needed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
async def browser(browser_and_app: None) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def sample_firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of the sample firm, to be copied."""
    folder = tmp_path_factory.mktemp("firm")

    asyncio.run(make_sample_firm(folder))
    return folder


@pytest.fixture
def house_rules() -> dict[str, object]:
    """Settings that are otherwise than the demo's; a test overrides this."""
    return {}


@pytest.fixture
async def office(
    tmp_path: Path, sample_firm: Path, browser: Browser, house_rules: dict[str, object]
) -> AsyncIterator[SimulatedOffice]:
    folder = tmp_path / "firm"
    shutil.copytree(sample_firm, folder)
    async with at_work(folder, browser, house_rules) as office:
        yield office
    assert office.faults == []


async def make_sample_firm(folder: Path) -> None:
    """Write the database of the sample firm into `folder`."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'cti-crm.db'}")
    await prepare(database)
    await firm.set_up(database)
    await database.close()


@asynccontextmanager
async def at_work(
    folder: Path, browser: Browser, house_rules: dict[str, object] | None = None
) -> AsyncIterator[SimulatedOffice]:
    """The firm whose database is in `folder`, with a simulated PBX of its own; all its browsers close in the end."""
    async with Simulator() as pbx:
        settings = demo_settings(folder, pbx.port, HttpSettings(port=0), LogSettings())
        settings = settings.model_copy(update=house_rules or {})
        async with running(settings) as service:
            office = SimulatedOffice(service, browser, pbx=pbx)
            yield office
            await office.close()
