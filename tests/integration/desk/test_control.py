"""Call control from the page: each wish over HTTP, and what both desks are told of it."""

from typing import Any

import pytest

from cti_crm.pbx.simulator import Call, Simulator
from tests.desk import Desk, Json

CUSTOMER = "+4917612345678"
NOTHING: Json = {"legs": [], "parked": [], "transfers": []}


async def talking(pbx: Simulator, anna: Desk) -> tuple[Call, str]:
    """Anna talks with a customer: the call, and its id."""
    call = await pbx.incoming(CUSTOMER, did="+49305550101")
    await call.ring()
    await call.answer("101")
    return call, (await anna.pop("talking"))["call"]["id"]


async def ask(desk: Desk, call_id: str, action: str, body: Json | None = None) -> Json:
    return await desk.request("POST", f"/calls/{call_id}/{action}", body)


def leg(desk: Desk, call_id: str, extension: str) -> Json:
    """That phone's newest part in a call."""
    return [one for one in desk.calls[call_id]["legs"] if one["device"] == f"PJSIP/{extension}"][-1]


async def leg_is(desk: Desk, call_id: str, extension: str, **wanted: Any) -> None:
    def is_so(one: Desk) -> bool:
        legs = [leg for leg in one.calls.get(call_id, NOTHING)["legs"] if leg["device"] == f"PJSIP/{extension}"]
        return bool(legs) and all(legs[-1][key] == value for key, value in wanted.items())

    await desk.until(is_so, f"{extension} to be {wanted}")


async def test_hold_and_resume_are_told_by_the_call(pbx: Simulator, anna: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "hold")
    await leg_is(anna, call_id, "101", state="held")
    await ask(anna, call_id, "hold")
    assert len(anna.calls[call_id]["holds"]) == 1
    await ask(anna, call_id, "resume")
    await leg_is(anna, call_id, "101", state="connected")
    await call.hold("101")
    await leg_is(anna, call_id, "101", state="held")
    status, problem = await anna.try_request("POST", f"/calls/{call_id}/resume")
    assert (status, problem["code"]) == (409, "control_held_by_phone")
    await call.hang_up()
    await anna.pop("wrap_up")


async def test_mute_is_told_of_the_leg(pbx: Simulator, anna: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "mute")
    await leg_is(anna, call_id, "101", muted=True)
    assert call.channel("101").muted
    await ask(anna, call_id, "unmute")
    await leg_is(anna, call_id, "101", muted=False)
    assert not call.channel("101").muted
    await call.hang_up()


async def test_keys_are_played_to_the_customer(pbx: Simulator, anna: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "dtmf", {"digits": "12#"})
    assert call.caller.heard == "12#"
    status, _ = await anna.try_request("POST", f"/calls/{call_id}/dtmf", {"digits": "A"})
    assert status == 422
    await call.hang_up()


async def test_the_pop_and_the_note_travel_with_the_call(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await anna.request("PUT", f"/calls/{call_id}/note", {"text": "Wants a new contract", "version": 0})
    for _ in range(2):  # a double click
        await ask(anna, call_id, "transfer", {"to": "102"})
    pop = await bernd.pop("offered")
    assert [(one["kind"], one["from"], one["to"]) for one in pop["call"]["transfers"]] == [("blind", "101", "102")]
    await bernd.until(
        lambda desk: [note["text"] for note in desk.pops[call_id]["colleagues_notes"]] == ["Wants a new contract"],
        "Anna's note",
    )
    await anna.pop("wrap_up")
    await call.answer("102")
    await bernd.pop("talking")
    await call.hang_up()
    stored = await anna.stored(f"/calls/{call_id}", lambda record: record["outcome"] == "answered")
    assert [one["agent"] for one in stored["talk"]] == ["101", "102"]


async def test_asked_and_handed_over(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "transfer", {"to": "102", "ask_first": True})
    await bernd.pop("offered")
    await leg_is(anna, call_id, "102", state="alerting")
    assert leg(anna, call_id, "101")["state"] == "held"
    assert call.asking is not None
    call.asking.answer()
    await leg_is(anna, call_id, "102", state="connected")
    status, problem = await bernd.try_request("POST", f"/calls/{call_id}/park")
    assert (status, problem["code"]) == (409, "control_being_asked")
    await ask(anna, call_id, "complete-transfer")
    await anna.pop("wrap_up")
    await anna.until(lambda desk: desk.calls.get(call_id, NOTHING)["transfers"], "the transfer")
    (transfer,) = anna.calls[call_id]["transfers"]
    assert (transfer["kind"], transfer["from"], transfer["to"]) == ("attended", "101", "102")
    await bernd.pop("talking")
    await call.hang_up()
    await bernd.pop("wrap_up")


async def test_asked_and_went_back(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "transfer", {"to": "102", "ask_first": True})
    await leg_is(anna, call_id, "102", state="alerting")
    status, _ = await anna.try_request("POST", f"/calls/{call_id}/park")
    assert status == 409
    await ask(anna, call_id, "cancel-transfer")
    await leg_is(anna, call_id, "101", state="connected")
    await bernd.pop("closed")
    status, _ = await anna.try_request("POST", f"/calls/{call_id}/complete-transfer")
    assert status == 409
    await call.hang_up()


async def test_a_third_is_brought_in_and_stays(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "conference", {"to": "102"})
    await leg_is(anna, call_id, "102", state="alerting")
    assert call.asking is not None
    call.asking.answer()
    await leg_is(anna, call_id, "101", state="connected")
    await leg_is(anna, call_id, "102", state="connected")
    await anna.request("DELETE", f"/calls/{call_id}/leg")
    await anna.pop("wrap_up")
    assert (await bernd.pop("talking"))["call"]["id"] == call_id
    await call.hang_up()
    stored = await anna.stored(f"/calls/{call_id}", lambda record: record["outcome"] == "answered")
    assert (stored["final_agent"], stored["transfers"]) == ("102", [])


async def test_parked_and_fetched_by_another(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    await ask(anna, call_id, "park")
    await anna.until(lambda desk: desk.calls.get(call_id, NOTHING)["parked"], "the slot")
    assert anna.calls[call_id]["parked"][0]["slot"] == "701"
    out = await ask(bernd, call_id, "retrieve")
    await (await pbx.originated()).answer()
    pop = await bernd.pop("talking")
    assert pop["call"]["id"] == call_id
    assert pop["call"]["parked"][0]["retrieved_by"] == "102"
    assert out["call_id"] not in [one["call"]["id"] for one in bernd.pops.values() if one["state"] != "closed"]
    await call.hang_up()


async def test_a_colleagues_ringing_call_is_picked_up(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming(CUSTOMER, did="+49305550101")
    await call.ring()
    call_id = (await anna.pop("offered"))["call"]["id"]
    status, _ = await anna.try_request("POST", f"/calls/{call_id}/pick-up", {})
    assert status == 409
    await ask(bernd, call_id, "pick-up", {})
    await (await pbx.originated()).answer()
    assert (await bernd.pop("talking"))["call"]["id"] == call_id
    closed = await anna.pop("closed")
    assert (closed["closed_reason"], closed["closed_by"]) == ("answered_elsewhere", "102")
    await call.hang_up()


@pytest.mark.parametrize("action", ["hold", "resume", "mute", "park", "cancel-transfer", "complete-transfer"])
async def test_nobody_controls_a_call_that_is_not_theirs(
    pbx: Simulator, anna: Desk, bernd: Desk, maria: Desk, action: str
) -> None:
    call, call_id = await talking(pbx, anna)
    for other in (bernd, maria):
        status, problem = await other.try_request("POST", f"/calls/{call_id}/{action}")
        assert (status, problem["code"]) == (409, "control_no_part")
    await call.hang_up()
    await anna.pop("wrap_up")
    status, _ = await anna.try_request("POST", f"/calls/{call_id}/{action}")
    assert status == 404


async def test_what_a_pbx_can_do_is_told(anna: Desk) -> None:
    (pbx,) = (await anna.request("GET", "/pbxs"))["items"]
    assert {one["ability"]: one["lack"] for one in pbx["abilities"]} == dict.fromkeys(
        ("hold", "mute", "transfer", "consult", "conference", "park", "pick_up", "dtmf")
    )


async def test_unknown_numbers_are_refused_in_words(pbx: Simulator, anna: Desk) -> None:
    call, call_id = await talking(pbx, anna)
    for body in ({"to": "777"}, {"to": "777", "ask_first": True}):
        status, problem = await anna.try_request("POST", f"/calls/{call_id}/transfer", body)
        assert (status, problem["code"]) == (422, "control_unknown_number")
    status, problem = await anna.try_request("POST", f"/calls/{call_id}/transfer", {"to": "sales department"})
    assert (status, problem["code"]) == (422, "invalid_input")
    await call.hang_up()
