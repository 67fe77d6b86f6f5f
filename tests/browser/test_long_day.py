"""A page that is open all day: five hundred calls later it is no larger than after fifty; here, fewer of them.

With CTI_CRM_EXHAUSTIVE=1 it is the five hundred, which take some minutes.
"""

import os

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import SimulatedOffice, dock

pytestmark = pytest.mark.chromium

CALLERS = ("+4917612345678", "+4915799900999", "03419988770", "")
ANNA = "+49305550101"
# What is kept on purpose (the revisions of the last 200 calls, the log's first page) grows until it is full.
AT_MOST = 1.35
EARLY, LATE = (50, 500) if os.environ.get("CTI_CRM_EXHAUSTIVE") else (30, 120)


async def work(office: SimulatedOffice, page: Page, calls: int) -> None:
    """So many calls from ringing to done: every other one is missed."""
    card = dock(page).locator("article")
    for number in range(calls):
        call = await office.pbx.incoming(CALLERS[number % len(CALLERS)], did=ANNA)
        await call.ring()
        await expect(card).to_have_attribute("data-state", "offered")
        if number % 2:
            await call.hang_up("caller")
            await expect(card).to_have_attribute("data-state", "closed")
            await dock(page).get_by_role("button", name="Close").click()
        else:
            await call.answer("101")
            await call.hang_up("caller")
            await expect(card).to_have_attribute("data-state", "wrap_up")
            await page.keyboard.press("Alt+Enter")
        await expect(card).to_have_count(0)


async def size(client: CDPSession) -> dict[str, float]:
    """What the page holds once everything is collected that nobody needs."""
    for _ in range(2):
        await client.send("HeapProfiler.collectGarbage")
    metrics = (await client.send("Performance.getMetrics"))["metrics"]
    wanted = ("JSHeapUsedSize", "Nodes", "JSEventListeners")
    return {one["name"]: one["value"] for one in metrics if one["name"] in wanted}


async def test_many_calls_later_it_is_no_larger(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna", path="/tasks")
    client = await anna.context.new_cdp_session(anna)
    await client.send("Performance.enable")
    await work(office, anna, EARLY)
    early = await size(client)
    await work(office, anna, LATE - EARLY)
    late = await size(client)
    growth = {name: round(late[name] / early[name], 2) for name in early}
    assert {name: ratio for name, ratio in growth.items() if ratio > AT_MOST} == {}, (early, late)
