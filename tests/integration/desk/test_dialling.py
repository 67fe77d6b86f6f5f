"""Click-to-dial: the truth about what happens, and never twice."""

import asyncio

from cti_crm.pbx.simulator import Simulator
from tests.desk import Desk

SABINE = "030 4930 1120"


async def test_own_phone_first_then_the_customer(pbx: Simulator, anna: Desk) -> None:
    contact = (await anna.request("GET", "/contacts?q=Krüger"))["items"][0]
    out = await anna.request("POST", "/calls", {"number": SABINE, "contact_id": contact["id"]})
    assert (out["number"], out["device"]) == ("+493049301120", "PJSIP/101")
    click = await pbx.originated()
    pop = await anna.pop("dialling")
    assert pop["call"]["id"] == out["call_id"]
    assert pop["call"]["direction"] == "outbound"
    assert [leg["state"] for leg in pop["call"]["legs"]] == ["alerting"]
    call = await click.answer()
    await call.ring()
    await anna.until(
        lambda desk: [leg["state"] for leg in desk.pops[out["call_id"]]["call"]["legs"]] == ["connected", "alerting"],
        "the customer's phone to ring",
    )
    await call.answer()
    pop = await anna.pop("talking")
    assert pop["call"]["answered_by"] == "+493049301120"
    assert pop["match"]["contact"]["name"] == "Sabine Krüger"
    await call.hang_up(by="caller")
    await anna.pop("wrap_up")
    stored = await anna.stored(f"/calls/{out['call_id']}", lambda record: record["outcome"] == "answered")
    assert stored["called"]["contact"]["id"] == contact["id"]


async def test_clicked_twice_is_dialled_once(pbx: Simulator, anna: Desk) -> None:
    both = await asyncio.gather(*(anna.request("POST", "/calls", {"number": SABINE}) for _ in range(2)))
    assert both[0]["call_id"] == both[1]["call_id"]
    same_key = [await anna.request("POST", "/calls", {"number": "030 4930 1121"}, key="one-click") for _ in range(2)]
    assert same_key[0] == same_key[1]
    first = await pbx.originated()
    second = await pbx.originated()
    assert {first.request.exten, second.request.exten} == {"+493049301120", "+493049301121"}
    await first.no_answer()
    await second.no_answer()
    await anna.ended_call(outcome="failed")


async def test_own_phone_does_not_answer(pbx: Simulator, anna: Desk) -> None:
    out = await anna.request("POST", "/calls", {"number": SABINE})
    await (await pbx.originated()).no_answer()
    pop = await anna.pop("closed", closed_reason="failed")
    assert pop["call"]["outcome"] == "failed"
    await anna.stored(f"/calls/{out['call_id']}", lambda record: record["outcome"] == "failed")


async def test_the_customer_is_busy(pbx: Simulator, anna: Desk) -> None:
    await anna.request("POST", "/calls", {"number": SABINE})
    call = await (await pbx.originated()).answer()
    await call.busy("called")
    await anna.ended_call(outcome="busy")


async def test_what_cannot_be_dialled_is_said(anna: Desk) -> None:
    status, problem = await anna.try_request("POST", "/calls", {"number": "not a number"})
    assert (status, problem["code"]) == (422, "invalid_input")
    assert problem["detail"]


async def test_a_person_without_phone_cannot_dial(maria: Desk) -> None:
    status, problem = await maria.try_request("POST", "/calls", {"number": SABINE})
    assert status == 422
    assert "phone" in problem["detail"]


async def test_hanging_up_from_the_page(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming("+4917612345678", did="+49305550101")
    await call.ring()
    await call.answer("101")
    call_id = (await anna.pop("talking"))["call"]["id"]
    status, problem = await bernd.try_request("DELETE", f"/calls/{call_id}/leg")
    assert status == 409, problem
    await anna.request("DELETE", f"/calls/{call_id}/leg")
    await anna.pop("wrap_up")
    await call.ended.wait()
