"""What agents do with the list: claim, done, put off, open again; and what the clock does."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.csv_file import harmless
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.missed_calls.events import MissedCallDue, MissedCallsChanged
from cti_crm.missed_calls.schemas import MissedState
from tests.crm_setup import MOBILE, START, call
from tests.integration.missed_calls.conftest import MissedCrm
from tests.integration.missed_calls.test_lines import SHARED, missed, placed

API = "/api/v1/missed-calls"


async def put(crm: MissedCrm, user: Principal, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
    async with crm.api(user) as client, client.put(f"{API}/{path}", json=body) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def get(crm: MissedCrm, user: Principal, path: str = "", status: int = 200) -> Any:
    async with crm.api(user) as client, client.get(f"{API}{path}") as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


@pytest.fixture
async def line(crm: MissedCrm, anna: Principal) -> str:
    await crm.save(missed())
    return str((await crm.lines(anna))[0].id)


async def test_one_claims_and_the_other_is_told_who(
    crm: MissedCrm, anna: Principal, bernd: Principal, line: str
) -> None:
    claimed = await put(crm, anna, f"{line}/claim", {})
    assert claimed["claimed_by"] == {"id": str(anna.user_id), "name": "Anna"}
    assert MissedCallsChanged(UUID(line)) in crm.published
    problem = await put(crm, bernd, f"{line}/claim", {}, 409)
    assert problem["code"] == "claimed"
    for path, body in (("done", {"version": claimed["version"]}), ("snooze", {"until": None}), ("release", None)):
        assert (await put(crm, bernd, f"{line}/{path}", body, 409))["code"] == "claimed"
    again = await put(crm, anna, f"{line}/claim", {})
    assert again["claimed_at"] == claimed["claimed_at"]
    taken = await put(crm, bernd, f"{line}/claim", {"instead_of": str(anna.user_id)})
    assert taken["claimed_by"]["name"] == "Bernd"
    # Whoever meant to relieve Anna does not relieve Bernd.
    await put(crm, anna, f"{line}/claim", {"instead_of": str(anna.user_id)}, 409)
    released = await put(crm, bernd, f"{line}/release")
    assert (released["claimed_by"], released["claimed_until"]) == (None, None)


async def test_counts(crm: MissedCrm, anna: Principal, line: str) -> None:
    await crm.save(missed(SHARED), missed("+4930777777"))
    await put(crm, anna, f"{line}/claim", {})
    assert await get(crm, anna, "/counts") == {"unclaimed": 2, "claimed": {str(anna.user_id): 1}}


async def test_done_and_undone(crm: MissedCrm, anna: Principal, line: str) -> None:
    version = (await put(crm, anna, f"{line}/claim", {}))["version"]
    body = {"version": version, "reason": "reached_otherwise", "remark": "  by e-mail "}
    done = await put(crm, anna, f"{line}/done", body)
    assert (done["closed_how"], done["closed_by"]["name"]) == ("done", "Anna")
    assert (done["reason"], done["remark"]) == ("reached_otherwise", "by e-mail")
    assert (await put(crm, anna, f"{line}/done", body, 409))["code"] == "closed"
    assert (await put(crm, anna, f"{line}/claim", {}, 409))["code"] == "closed"
    undone = await put(crm, anna, f"{line}/reopen")
    assert (undone["closed_at"], undone["reason"], undone["remark"]) == (None, None, "")
    assert undone["claimed_by"]["name"] == "Anna"
    assert (await put(crm, anna, f"{line}/reopen"))["version"] == undone["version"]


async def test_done_means_the_calls_one_saw(crm: MissedCrm, anna: Principal, line: str) -> None:
    seen = (await get(crm, anna, f"/{line}"))["version"]
    await crm.save(missed(minutes=3))
    assert (await put(crm, anna, f"{line}/done", {"version": seen}, 409))["code"] == "conflict"


async def test_what_is_done_stays_done_for_older_calls_and_not_for_newer(
    crm: MissedCrm, anna: Principal, line: str
) -> None:
    await put(crm, anna, f"{line}/done", {"version": (await get(crm, anna, f"/{line}"))["version"]})
    await crm.save(missed(minutes=20))  # before that, told late
    assert [(one.attempt_count, one.closed_at is None) for one in await crm.lines(anna)] == [(2, False)]
    await crm.save(missed(minutes=90))
    lines = await crm.lines(anna)
    assert sorted((one.attempt_count, one.closed_at is None) for one in lines) == [(1, True), (2, False)]
    reopened = await put(crm, anna, f"{line}/reopen")  # one caller, one line
    assert reopened["attempt_count"] == 3
    assert len(await crm.lines(anna)) == 1


async def test_open_again_after_a_conversation(crm: MissedCrm, anna: Principal, line: str) -> None:
    back = placed(minutes=5)
    await crm.save(back)
    assert (await get(crm, anna, f"/{line}"))["closed_how"] == "talk"
    opened = await put(crm, anna, f"{line}/reopen")
    assert opened["closed_at"] is None
    assert datetime.fromisoformat(opened["due_at"]) == crm.time + timedelta(hours=1)
    await crm.save(back, missed(minutes=4))  # said again, it changes nothing
    assert (await get(crm, anna, f"/{line}"))["closed_at"] is None
    await crm.save(placed(minutes=70))
    assert (await get(crm, anna, f"/{line}"))["closed_how"] == "talk"


async def test_undone_though_somebody_talked_meanwhile(crm: MissedCrm, anna: Principal, line: str) -> None:
    await put(crm, anna, f"{line}/done", {"version": 1})
    await crm.save(placed(minutes=90))
    assert (await put(crm, anna, f"{line}/reopen"))["closed_how"] == "talk"


async def test_put_off(crm: MissedCrm, anna: Principal, line: str) -> None:
    until = crm.time + timedelta(hours=3)
    assert (await put(crm, anna, f"{line}/snooze", {"until": crm.time.isoformat()}, 422))["errors"]
    put_off = await put(crm, anna, f"{line}/snooze", {"until": until.isoformat()})
    assert put_off["snoozed_by"]["name"] == "Anna"
    await crm.tick(hours=2)
    assert (await get(crm, anna, f"/{line}"))["snoozed_until"] is not None
    await crm.tick(hours=1)
    back = await get(crm, anna, f"/{line}")
    assert (back["snoozed_until"], back["snoozed_by"]) == (None, None)
    assert crm.published.count(MissedCallDue(UUID(line), anna.user_id)) == 1
    await crm.tick(hours=1)
    assert crm.published.count(MissedCallDue(UUID(line), anna.user_id)) == 1


async def test_who_calls_again_is_not_put_off_any_more(crm: MissedCrm, anna: Principal, line: str) -> None:
    await put(crm, anna, f"{line}/snooze", {"until": (crm.time + timedelta(days=1)).isoformat()})
    await crm.save(missed(minutes=50))  # before it was put off, told late
    assert (await get(crm, anna, f"/{line}"))["snoozed_until"] is not None
    await crm.save(missed(minutes=61))
    assert (await get(crm, anna, f"/{line}"))["snoozed_until"] is None


async def test_a_claim_lapses(crm: MissedCrm, anna: Principal, line: str) -> None:
    crm.present = {anna.user_id}
    await put(crm, anna, f"{line}/claim", {})
    await crm.tick(minutes=29)
    assert (await get(crm, anna, f"/{line}"))["claimed_by"] is not None
    await crm.tick(minutes=1)
    assert (await get(crm, anna, f"/{line}"))["claimed_by"] is None


async def test_a_claim_of_somebody_who_went_away(crm: MissedCrm, anna: Principal, line: str) -> None:
    crm.present = {anna.user_id}
    await put(crm, anna, f"{line}/claim", {})
    await crm.tick()
    crm.present.clear()
    await crm.tick(minutes=9)
    assert (await get(crm, anna, f"/{line}"))["claimed_by"] is not None
    await crm.tick(minutes=1)
    assert (await get(crm, anna, f"/{line}"))["claimed_by"] is None


async def test_what_nobody_did_anything_about_is_forgotten(crm: MissedCrm, anna: Principal, line: str) -> None:
    await crm.save(missed(SHARED))
    await crm.tick(days=29)
    assert len(await crm.lines(anna, MissedState.OPEN)) == 2
    await crm.tick(days=2)
    assert {one.closed_how for one in await crm.lines(anna)} == {"expired"}
    await put(crm, anna, f"{line}/reopen")
    await crm.tick(days=1)
    assert [str(one.id) for one in await crm.lines(anna, MissedState.OPEN)] == [line]


async def test_filters_orders_and_pages(crm: MissedCrm, anna: Principal, bernd: Principal) -> None:
    await crm.add_contact("Karla Krüger", MOBILE, firm="Krüger GmbH")
    await crm.save(missed(minutes=4, queue="support"), missed(minutes=30, queue="support"))
    await crm.save(missed(SHARED, minutes=8, agent="102"), missed(None, minutes=2))
    await crm.save(missed("+4930777777", minutes=1), call("+4930777777", minutes=40))
    numbers = {one.number: one for one in await crm.lines(anna)}
    await put(crm, anna, f"{numbers[SHARED].id}/claim", {})

    async def shown(**query: Any) -> list[str | None]:
        return [one.number for one in await crm.lines(anna, **{"state": MissedState.OPEN, **query})]

    assert await shown() == [MOBILE, SHARED, None]
    assert await shown(state=MissedState.UNCLAIMED) == [MOBILE, None]
    assert await shown(state=MissedState.MINE) == [SHARED]
    assert await shown(state=MissedState.DONE) == ["+4930777777"]
    assert await shown(queue="support") == [MOBILE]
    assert await shown(extension="102") == [SHARED]
    assert await shown(since=START + timedelta(minutes=9)) == [MOBILE]
    assert await shown(until=START + timedelta(minutes=5)) == [MOBILE, None]
    assert await shown(q="krueger") == [MOBILE]
    assert await shown(q="030 1234") == [SHARED]
    assert await shown(call_id=numbers[SHARED].attempts[0].call_id) == [SHARED]
    assert await shown(sort="last") == [MOBILE, SHARED, None]
    assert await shown(sort="attempts") == [MOBILE, None, SHARED] or (await shown(sort="attempts"))[0] == MOBILE
    for sort in ("due", "last", "attempts", "waited"):
        found, cursor = [], ""
        while True:
            page = await get(crm, bernd, f"?state=all&sort={sort}&limit=1{cursor}")
            found += [one["number"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert found == [one.number for one in await crm.lines(anna, sort=sort)]
        assert len(found) == 4
    await get(crm, anna, "?cursor=nonsense", 422)


async def test_what_is_not_there(crm: MissedCrm, anna: Principal) -> None:
    await get(crm, anna, f"/{new_id()}", 404)
    await put(crm, anna, f"{new_id()}/claim", {}, 404)


async def test_export(crm: MissedCrm, anna: Principal) -> None:
    manager = await crm.add_user("mia", Role.MANAGER)
    await crm.add_contact("=HYPERLINK Krüger", MOBILE)
    await crm.save(missed(), missed(SHARED))
    await get(crm, anna, "/export", 403)
    async with crm.api(manager) as client, client.get(f"{API}/export?state=all&limit=1") as answer:
        assert answer.content_type == "text/csv"
        rows = (await answer.text()).splitlines()
    assert len(rows) == 3
    assert f"'{MOBILE},'=HYPERLINK Krüger" in "\n".join(rows)


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-1", "@a", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("Krüger") == "Krüger"
