"""What holds on every screen: axe has no complaint, nothing is wider than the window, no text is missing."""

from contextlib import aclosing
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.conftest import SimulatedOffice
from tests.browser.screens import SCREENS, Look, Screen, looked_at

pytestmark = pytest.mark.chromium

AXE = Path(__file__).parents[2] / "web_popup/node_modules/axe-core/axe.min.js"


async def complaints(page: Page) -> list[str]:
    """What axe finds wrong by WCAG 2.2 AA, once nothing fades in or out any more: what half shows has no contrast."""
    await page.evaluate(
        """async () => { for (;;) {
          const moving = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity
            && one.playState === "running")
          if (moving.length === 0) return
          await Promise.allSettled(moving.map(one => one.finished))
        } }"""
    )
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(
        """async () => (await axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})).violations
          .flatMap(one => one.nodes.map(node => `${one.id}: ${node.target} ${node.failureSummary}`))"""
    )
    return found


async def faults(page: Page, look: Look) -> list[str]:
    """All that is wrong with what a page shows."""
    found = await complaints(page) if look.width > 1000 else []  # narrow is the same colours and names again
    width = await page.evaluate("document.documentElement.scrollWidth")
    if width > look.width:
        found.append(f"{width} pixels wide in a window of {look.width}")
    keys: list[str] = await page.evaluate(
        r"[...document.body.innerText.matchAll(/\b[a-z][A-Za-z]+(\.[a-z][A-Za-z_]+){1,3}\b/g)].map(one => one[0])"
    )
    texts = (
        "nav.",
        "pop.",
        "calls.",
        "contacts.",
        "task.",
        "common.",
        "settings.",
        "colleagues.",
        "missed.",
        "control.",
        "note.",
        "desk.",
    )
    return found + [f"a text is missing: {key}" for key in keys if key.startswith(texts)]


@pytest.fixture
def house_rules(one: Screen) -> dict[str, object]:
    return dict(one.rules)


@pytest.mark.parametrize("one", SCREENS, ids=lambda one: one.name)
async def test_a_screen_is_whole_in_every_look(office: SimulatedOffice, one: Screen) -> None:
    found = []
    async with aclosing(looked_at(office, one)) as looks:
        async for look, page in looks:
            found += [f"{look.name}: {fault}" for fault in await faults(page, look)]
    assert found == []
