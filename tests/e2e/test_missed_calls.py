"""A missed call on a real Asterisk: it becomes a line, is called back by one key, and closes itself."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Office
from tests.lab.people import People

pytestmark = [pytest.mark.asterisk, pytest.mark.chromium]

KRUEGER = "+4917612345678"


async def test_from_the_missed_call_to_the_call_back(office: Office, people: People) -> None:
    anna, bernd = await office.desk_of("anna", "/missed"), await office.desk_of("bernd", "/missed")
    first, second = await people.phone("101"), await people.phone("102")
    outside = await people.outside()
    await expect(anna.get_by_text("Nobody waits for a call back")).to_be_visible()

    call = await (await people.customer(KRUEGER)).call("+49305550200")
    for phone in (first, second):
        await (await phone.next_call()).ringing()
    await call.hang_up()
    for page in (anna, bernd):
        line = page.locator("main article")
        await expect(line).to_have_count(1)
        await expect(line.get_by_role("heading")).to_have_text("Sabine Krüger")
        await expect(line).to_contain_text("support")

    # Anna tries, and the customer does not answer: the line stays, and tells of it.
    await anna.locator("main h1").click()
    await anna.keyboard.press("d")
    await expect(bernd.get_by_test_id("claimed")).to_contain_text("Anna Adler is calling back")
    own = await (await first.next_call()).answer()
    ringing = await (await outside.next_call()).ringing()
    await own.hang_up()
    await ringing.ended()
    await anna.get_by_role("button", name="1 call").click()
    await expect(anna.locator("main article")).to_contain_text("we tried once in vain")

    # The customer calls again and Bernd is there: that settles it, whoever had claimed it.
    again = await (await people.customer(KRUEGER)).call("+49305550102")
    at_bernd = await (await second.next_call()).answer()
    await again.answered()
    for page in (anna, bernd):
        await expect(page.get_by_text("Nobody waits for a call back")).to_be_visible()
    await at_bernd.hang_up()
    await again.ended()
    await anna.get_by_text("Done", exact=True).first.click()
    await expect(anna.locator("main article")).to_contain_text("Bernd Busch talked with them")


async def test_called_back_and_answered_it_closes_itself(office: Office, people: People) -> None:
    anna = await office.desk_of("anna", "/missed")
    phone, outside = await people.phone("101"), await people.outside()
    call = await (await people.customer(KRUEGER)).call("+49305550101")
    await (await phone.next_call()).ringing()
    await call.hang_up()
    line = anna.locator("main article")
    await expect(line).to_have_count(1)
    await anna.locator("main h1").click()
    await anna.keyboard.press("d")
    await (await phone.next_call()).answer()
    customer = await (await (await outside.next_call()).ringing()).answer()
    await expect(anna.get_by_text("Nobody waits for a call back")).to_be_visible()
    await customer.hang_up()
    await anna.get_by_text("Done", exact=True).first.click()
    await expect(line).to_contain_text("Anna Adler talked with them")
    calls = (await anna.evaluate("fetch('/api/v1/missed-calls?state=all').then((answer) => answer.json())"))["items"]
    assert [(one["attempt_count"], one["closed_how"], one["closed_agent"]) for one in calls] == [(1, "talk", "101")]
