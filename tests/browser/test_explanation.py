"""How a call came about, on the call's page: from the PBX through the flight recorder to the browser."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SimulatedOffice

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
SUPPORT = "+49305550200"


async def test_the_manager_sees_event_by_event_how_a_call_came_about(office: SimulatedOffice) -> None:
    manager = await office.desk_of("maria", path="/calls")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    await call.answer("101")
    await call.hang_up("caller")
    await manager.locator("tbody tr").first.get_by_role("link").first.click()
    await manager.wait_for_url("**/calls/*")
    show = manager.get_by_role("button", name="Show event by event")

    async def shown() -> bool:
        """The recorder writes a moment behind."""
        await show.click()
        await expect(manager.get_by_text("Why this contact:")).to_be_visible()
        if await manager.get_by_text("Hangup PJSIP/").count():
            return True
        await manager.reload()
        return False

    for _try in range(20):
        if await shown():
            break
    await expect(manager.get_by_text("Why this contact: Number of this contact")).to_be_visible()
    events = manager.locator("ol").last
    await expect(events.get_by_text("Anna Adler: Call for you").first).to_be_visible()
    await expect(events.get_by_text("Anna Adler: Talking").first).to_be_visible()
    await expect(events.get_by_text("answered by somebody else (Anna Adler)").first).to_be_visible()
    newchannel = events.locator("details").first
    await newchannel.locator("summary").click()
    await expect(newchannel.locator("pre")).to_have_text(re.compile("Event: Newchannel.*CallerIDNum: ", re.S))
    await expect(events).not_to_contain_text(KRUEGER)
