"""The time after a call: it counts down, can be lengthened or ended, and takes nothing from what is being written."""

import pytest
from playwright.async_api import expect

from cti_crm.settings import AgentSettings
from tests.browser.conftest import SimulatedOffice, dock

pytestmark = pytest.mark.chromium

KRUEGER = "+4917612345678"
SUPPORT = "+49305550200"


@pytest.fixture
def house_rules() -> dict[str, object]:
    return {"agents": AgentSettings(wrap_up_seconds=115), "queues": {}}


async def test_it_counts_down_and_is_lengthened_and_ended_by_keys(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    await call.answer("101")
    await call.hang_up("caller")
    clock = dock(anna).get_by_test_id("wrap-up")
    await expect(clock).to_contain_text("Ready again in 1:")
    note = dock(anna).get_by_role("textbox", name="Note")
    await note.fill("half a")
    await anna.keyboard.press("Alt+w")
    await expect(clock).to_contain_text("Ready again in 2:")
    await note.press_sequentially(" sentence")
    await anna.keyboard.press("Alt+g")
    await expect(clock).to_have_count(0)
    # Ready again, and still writing: nothing was taken away.
    await expect(note).to_be_focused()
    await expect(note).to_have_value("half a sentence")
    await expect(dock(anna).locator("article")).to_have_attribute("data-state", "wrap_up")


async def test_it_ends_by_itself_while_somebody_writes(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    await call.answer("101")
    await call.hang_up("caller")
    note = dock(anna).get_by_role("textbox", name="Note")
    await note.fill("I am still")
    await anna.evaluate(
        """async () => {
          const session = await (await fetch("/api/v1/session")).json();
          const headers = {"X-CSRF-Token": session.csrf_token, "Content-Type": "application/json",
            "Idempotency-Key": "in-two-seconds-00"};
          const until = new Date(Date.now() + 2000).toISOString();
          await fetch("/api/v1/agents/me/wrap-up", {method: "PUT", headers, body: JSON.stringify({until})});
        }"""
    )
    await expect(dock(anna).get_by_test_id("wrap-up")).to_have_count(0)
    await note.press_sequentially(" writing")
    await expect(note).to_have_value("I am still writing")
    await expect(dock(anna).get_by_test_id("note-state")).to_have_text("Saved")


async def test_it_is_seen_above_the_page_when_the_call_is_done(office: SimulatedOffice) -> None:
    anna = await office.desk_of("anna")
    call = await office.pbx.incoming(KRUEGER, did=SUPPORT)
    await call.ring()
    await call.answer("101")
    await call.hang_up("caller")
    await dock(anna).get_by_role("button", name="Done").click()
    await expect(dock(anna)).to_have_count(0)
    await expect(anna.get_by_test_id("wrap-up")).to_contain_text("Ready again in 1:")
    await anna.get_by_role("button", name="I am ready").click()
    await expect(anna.get_by_test_id("wrap-up")).to_have_count(0)
