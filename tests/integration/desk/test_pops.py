"""What agents see when the phone rings: the service as a whole, on the simulator."""

from cti_crm.pbx.simulator import Simulator
from tests.desk import Desk

SABINE = "+4917612345678"
PRAXIS = "+493419988770"  # two contacts of the practice share it
UNKNOWN = "+4915799900123"


async def test_a_known_customer_pops_with_what_is_open(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    pop = await anna.pop("offered")
    assert pop["match"]["contact"]["name"] == "Sabine Krüger"
    assert pop["match"]["organization"]["name"] == "Krüger Haustechnik GmbH"
    assert (pop["match"]["kind"], pop["match"]["reason"]) == ("unique", "exact_number")
    assert pop["call"]["caller"]["display"] == "+49 176 12345678"
    assert len(pop["context"]["open_tasks"]) == 2
    assert pop["context"]["last_note"]["text"].startswith("Very happy")
    await call.answer("101")
    assert (await anna.pop("talking"))["call"]["answered_by"] == "101"
    await call.hang_up(by="caller")
    assert (await anna.pop("wrap_up"))["call"]["outcome"] == "answered"


async def test_a_colleague_answers_and_the_pop_goes(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550200")
    await call.ring()
    assert (await anna.pop("offered"))["call"]["queue"] == "support"
    await bernd.pop("offered")
    await call.answer("102")
    closed = await anna.pop("closed", closed_reason="answered_elsewhere")
    assert closed["closed_by"] == "102"
    await bernd.pop("talking")
    await call.hang_up(by="102")
    await bernd.pop("wrap_up")
    assert (await anna.ended_call())["offered_to"] == ["101", "102"]


async def test_the_caller_gives_up(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await anna.pop("offered")
    await call.hang_up(by="caller")
    await anna.pop("closed", closed_reason="caller_gone")
    assert (await anna.ended_call())["outcome"] == "missed"


async def test_nobody_else_sees_the_call_but_the_manager(pbx: Simulator, anna: Desk, bernd: Desk, maria: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await anna.pop("offered")
    await call.hang_up(by="caller")
    ended = await maria.ended_call()
    assert ended["caller"]["contact"]["name"] == "Sabine Krüger"
    assert ended["id"] not in bernd.calls
    assert not bernd.pops
    assert not maria.pops
    await maria.stored("/calls", lambda page: [call["id"] for call in page["items"]] == [ended["id"]])
    assert (await bernd.request("GET", "/calls"))["items"] == []


async def test_a_number_hidden_by_the_caller(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming("", did="+49305550101")
    await call.ring()
    pop = await anna.pop("offered")
    assert pop["match"]["reason"] == "withheld"
    assert pop["call"]["caller"]["number"] is None
    await call.hang_up(by="caller")


async def test_an_unknown_caller_becomes_a_contact_with_all_earlier_calls(pbx: Simulator, anna: Desk) -> None:
    earlier = await pbx.incoming(UNKNOWN, did="+49305550101")
    await earlier.ring()
    await earlier.hang_up(by="caller")
    first = await anna.ended_call()
    await anna.stored(f"/calls/{first['id']}", lambda call: call["outcome"] == "missed")

    call = await pbx.incoming(UNKNOWN, did="+49305550101")
    await call.ring()
    await call.answer("101")
    pop = await anna.pop("talking")
    assert pop["match"]["reason"] == "unknown"
    call_id = pop["call"]["id"]
    new = {"first_name": "Nora", "last_name": "Neumann", "organization_name": "Neumann GmbH"}
    touchpoint = await anna.request("PUT", f"/calls/{call_id}/contact", {"new_contact": new})
    contact_id = touchpoint["contact"]["id"]
    await anna.until(
        lambda desk: (desk.pops[call_id]["match"]["contact"] or {}).get("name") == "Nora Neumann", "the new name"
    )
    await call.hang_up(by="caller")
    timeline = await anna.stored(
        f"/contacts/{contact_id}/timeline",
        lambda page: [entry["call"]["outcome"] for entry in page["items"]] == ["answered", "missed"],
    )
    assert timeline["items"][1]["call"]["id"] == first["id"]


async def test_several_have_the_number_and_the_choice_is_remembered(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(PRAXIS, did="+49305550101")
    await call.ring()
    pop = await anna.pop("offered")
    assert (pop["match"]["kind"], pop["match"]["reason"]) == ("ambiguous", "shared_number")
    assert pop["match"]["organization"]["name"] == "Praxis Dr. Schulze"
    uwe = next(one for one in pop["match"]["candidates"] if one["name"] == "Uwe Schulze")
    await anna.request("PUT", f"/calls/{pop['call']['id']}/contact", {"contact_id": uwe["id"]})
    await call.hang_up(by="caller")
    await anna.ended_call()

    again = await pbx.incoming(PRAXIS, did="+49305550101")
    await again.ring()
    pop = await anna.pop("offered")
    assert (pop["match"]["reason"], pop["match"]["contact"]["name"]) == ("chosen", "Uwe Schulze")
    await again.hang_up(by="caller")


async def test_a_direct_dial_behind_a_firms_trunk_number(pbx: Simulator, anna: Desk) -> None:
    firm = {"name": "Werft Nord", "numbers": [{"value": "+49 431 54321-0", "label": "main"}]}
    await anna.request("POST", "/organizations", firm)
    call = await pbx.incoming("+4943154321123", did="+49305550101")
    await call.ring()
    match = (await anna.pop("offered"))["match"]
    assert (match["reason"], match["organization"]["name"], match["direct_dial"]) == (
        "direct_dial",
        "Werft Nord",
        "123",
    )
    await call.hang_up(by="caller")


async def test_a_colleague_calls(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.outgoing("101", "102")
    await call.ring()
    assert (await bernd.pop("offered"))["match"]["reason"] == "colleague"
    await call.answer()
    await bernd.pop("talking")
    await call.hang_up(by="caller")
    await bernd.pop("closed", closed_reason="done")


async def test_note_task_and_wrap_up(pbx: Simulator, anna: Desk, maria: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await call.answer("101")
    pop = await anna.pop("talking")
    call_id, contact_id = pop["call"]["id"], pop["match"]["contact"]["id"]
    note = await anna.request("PUT", f"/calls/{call_id}/note", {"text": "Wants an", "version": 0})
    note = await anna.request("PUT", f"/calls/{call_id}/note", {"text": "Wants an offer", "version": note["version"]})
    task = {"text": "Send the offer", "due_at": "2026-11-22T09:00:00Z", "call_id": call_id}
    await anna.request("POST", "/tasks", task)
    await anna.until(lambda desk: (desk.pops[call_id]["my_note"] or {}).get("text") == "Wants an offer", "my note")
    await call.hang_up(by="caller")
    await anna.pop("wrap_up")
    resolved = next(one for one in (await anna.request("GET", "/dispositions"))["items"] if one["key"] == "resolved")
    await anna.request("PUT", f"/calls/{call_id}/wrap-up", {"disposition_id": resolved["id"]})
    await anna.pop("closed", closed_reason="done")

    timeline = await maria.stored(
        f"/contacts/{contact_id}/timeline", lambda page: page["items"] and page["items"][0]["kind"] == "call"
    )
    entry = timeline["items"][0]
    assert entry["call"]["final_agent"] == "101"
    assert [one["text"] for one in entry["notes"]] == ["Wants an offer"]
    assert [one["text"] for one in entry["tasks"]] == ["Send the offer"]
    assert entry["disposition"]["key"] == "resolved"


async def test_a_transfer_takes_the_pop_to_the_colleague(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await call.answer("101")
    await anna.pop("talking")
    await call.blind_transfer("101", "102")
    pop = await bernd.pop("offered")
    assert pop["match"]["contact"]["name"] == "Sabine Krüger"
    await anna.pop("wrap_up")
    await call.answer("102")
    await bernd.pop("talking")
    await call.hang_up(by="caller")
    await bernd.pop("wrap_up")
    ended = await bernd.ended_call()
    assert [talk["agent"] for talk in ended["talk"]] == ["101", "102"]
    assert ended["final_agent"] == "102"


async def test_a_call_that_comes_back_after_its_wrap_up_pops_again(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    await call.answer("101")
    await anna.pop("talking")
    await call.blind_transfer("101", "102")
    await call.answer("102")
    call_id = (await anna.pop("wrap_up"))["call"]["id"]
    await anna.request("PUT", f"/calls/{call_id}/wrap-up", {})
    await anna.pop("closed", closed_reason="done")
    await call.blind_transfer("102", "101")
    await anna.pop("offered")
    await call.answer("101")
    await anna.pop("talking")
    await bernd.pop("wrap_up")
    await call.hang_up(by="caller")
    await anna.pop("wrap_up")


async def test_a_number_is_marked_while_it_rings_and_at_the_next_call_still(
    pbx: Simulator, anna: Desk, bernd: Desk
) -> None:
    call = await pbx.incoming(UNKNOWN, did="+49305550200")
    await call.ring()
    assert (await anna.pop("offered"))["spam"] is None
    await anna.request("PUT", f"/spam-numbers/{UNKNOWN}")
    for desk in (anna, bernd):
        pop = await desk.until(lambda desk: next((one for one in desk.pops.values() if one["spam"]), None), "the mark")
        assert (pop["state"], pop["spam"]["marked_by"]["name"]) == ("offered", "Anna Adler")
    await call.hang_up(by="caller")
    again = await pbx.incoming(UNKNOWN, did="+49305550101")
    await again.ring()
    assert (await anna.pop("offered"))["spam"]["number"] == UNKNOWN
    await bernd.request("DELETE", f"/spam-numbers/{UNKNOWN}")
    await anna.pop("offered", spam=None)


async def test_colleagues_are_known_at_their_desk_and_on_their_own_mobile(
    pbx: Simulator, anna: Desk, bernd: Desk
) -> None:
    inside = await pbx.outgoing("102", "101")
    await inside.ring()
    assert (await anna.pop("offered"))["colleague"] == "102"
    assert (await bernd.pop("dialling"))["colleague"] == "101"
    await inside.hang_up("caller")
    await bernd.request("PUT", "/own-mobile", {"number": "0170 7654321"})
    call = await pbx.incoming("+491707654321", did="+49305550101")
    await call.ring()
    pop = await anna.until(
        lambda desk: next((one for one in desk.pops.values() if one["call"]["direction"] == "inbound"), None), "a pop"
    )
    assert pop["colleague"] == "102"


async def test_what_the_caller_keyed_in_is_in_the_pop(pbx: Simulator, anna: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101", variables={"CUSTOMER_NO": "4711", "SECRET": "not named"})
    await call.ring()
    assert (await anna.pop("offered"))["call"]["entered"] == [{"name": "Customer number", "value": "4711"}]


async def test_who_waits_to_be_called_back_and_what_they_speak(pbx: Simulator, anna: Desk, bernd: Desk) -> None:
    call = await pbx.incoming(SABINE, did="+49305550101")
    await call.ring()
    contact = (await anna.pop("offered"))["match"]["contact"]["id"]
    await call.hang_up(by="caller")
    page = await anna.stored("/missed-calls", lambda page: page["items"])
    line = page["items"][0]
    stored = await anna.request("GET", f"/contacts/{contact}")
    await anna.request("PATCH", f"/contacts/{contact}", {"version": stored["version"], "language": "fr"})
    await bernd.request("PUT", f"/missed-calls/{line['id']}/claim", {})

    again = await pbx.incoming(SABINE, did="+49305550101")
    await again.ring()
    context = (await anna.pop("offered"))["context"]
    assert context["language"] == "fr"
    assert (context["missed"]["attempts"], context["missed"]["claimed_by"]["name"]) == (1, "Bernd Busch")
