"""Lists of contacts: filters, kept lists, many changed at once and undone, files; on both databases."""

import csv
import io
import json
from typing import Any

import pytest

from cti_crm.contacts.schemas import ContactOut
from cti_crm.infrastructure.http.principal import Role
from cti_crm.lists.routes import list_routes
from cti_crm.lists.service import ListService
from cti_crm.tasks.schemas import TaskCreate
from tests.crm_setup import MOBILE, Client, Crm, call, send


def routes(crm: Crm) -> Any:
    return list_routes(ListService(crm.plan, crm.contacts))


async def listed(client: Client, **filters: object) -> list[str]:
    lines = await send(client, "GET", "/lists/contacts/lines", filters=json.dumps(filters))
    count = await send(client, "GET", "/lists/contacts/count", filters=json.dumps(filters))
    assert count["count"] == len(lines["items"])
    return [one["name"] for one in lines["items"]]


def seen(*contacts: ContactOut) -> list[dict[str, object]]:
    return [{"id": str(one.id), "version": one.version} for one in contacts]


async def test_each_filter_finds_its_own(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    first = await crm.add_contact("Jürgen Groß", MOBILE, city="Ulm", postal_code="89073", email="j@gross.example")
    await crm.add_contact("Eva Klein", firm="Klein AG", city="Bonn", country="DE", language="en")
    await crm.add_contact("Ida Neu", "030 1112223", postal_code="10115")
    await crm.save(call(MOBILE))
    async with crm.database.transaction() as session:
        await crm.tasks.create(session, anna, TaskCreate(text="call back", contact_id=first.id))
    async with crm.client(anna, routes(crm)) as client:
        everybody = ["Jürgen Groß", "Eva Klein", "Ida Neu"]
        assert await listed(client) == everybody
        for filters, expected in (
            ({"q": "gross"}, ["Jürgen Groß"]),
            ({"city": "ULM"}, ["Jürgen Groß"]),
            ({"postal_code": "1"}, ["Ida Neu"]),
            ({"country": "de"}, ["Eva Klein"]),
            ({"language": "en"}, ["Eva Klein"]),
            ({"has_email": True}, ["Jürgen Groß"]),
            ({"has_number": False}, ["Eva Klein"]),
            ({"do_not_call": False}, everybody),
            ({"open_task": True}, ["Jürgen Groß"]),
            ({"open_task": False}, ["Eva Klein", "Ida Neu"]),
            ({"contacted_days": 3650}, ["Jürgen Groß"]),
            ({"quiet_days": 3650}, ["Eva Klein", "Ida Neu"]),
            ({"created_from": "2020-01-01", "created_until": "2999-01-01"}, everybody),
            ({"created_until": "2020-01-01"}, []),
            ({"city": "Ulm", "has_email": False}, []),
        ):
            assert await listed(client, **filters) == expected, filters
        line = (await send(client, "GET", "/lists/contacts/lines", filters='{"q": "groß"}'))["items"][0]
        assert line["last_contact_at"] is not None
        assert line["open_tasks"] == 1
        await send(client, "GET", "/lists/contacts/lines", status=422, filters='{"nonsense": 1}')
        await send(client, "GET", "/lists/contacts/lines", status=422, filters="{")


async def test_the_newest_come_first_if_wished_page_by_page(crm: Crm) -> None:
    for number in range(5):
        await crm.add_contact(f"Nr {number}")
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        names: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await send(client, "GET", "/lists/contacts/lines", sort="newest", limit="2", **cursor)
            names += [one["name"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert names == [f"Nr {number}" for number in reversed(range(5))]


async def test_a_list_is_kept_shared_and_only_its_owners_to_change(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    maria = await crm.add_user("maria", Role.MANAGER)
    wish = {"name": "Ulm, long not called", "filters": {"city": "Ulm", "quiet_days": 90}}
    async with crm.client(anna, routes(crm)) as client:
        made = await send(client, "POST", "/lists", wish, 201)
        assert {**made["filters"]} | wish["filters"] == made["filters"]  # type: ignore[operator]
        path = f"/lists/{made['id']}"
        async with crm.client(bernd, routes(crm)) as other:
            assert (await send(other, "GET", "/lists"))["items"] == []
            await send(other, "PUT", path, wish, 404)
            await send(client, "PUT", path, {**wish, "shared": True})
            assert [(one["name"], one["mine"]) for one in (await send(other, "GET", "/lists"))["items"]] == [
                ("Ulm, long not called", False)
            ]
            await send(other, "DELETE", path, status=403)
    async with crm.client(maria, routes(crm)) as client:
        await send(client, "DELETE", path, status=204)
        assert (await send(client, "GET", "/lists"))["items"] == []


async def test_many_are_changed_at_once_and_have_their_own_again(crm: Crm) -> None:
    anna = await crm.add_user("anna")
    ulm, bonn = await crm.add_contact("A A", city="Ulm"), await crm.add_contact("B B", city="Bonn")
    changed_meanwhile = await crm.add_contact("C C", city="Köln")
    async with crm.client(anna, routes(crm)) as client:
        await send(client, "PATCH", f"/contacts/{changed_meanwhile.id}", {"version": 1, "remark": "new"})
        body = {"contacts": seen(ulm, bonn, changed_meanwhile), "change": {"city": "Berlin"}}
        done = await send(client, "POST", "/lists/contacts/change", body, 201)
        assert (done["changed"], done["left"]) == (2, [str(changed_meanwhile.id)])
        assert await listed(client, city="Berlin") == ["A A", "B B"]

        # What somebody changed since is not taken back.
        await send(client, "PATCH", f"/contacts/{bonn.id}", {"version": 2, "city": "Kiel"})
        undone = await send(client, "POST", f"/lists/changes/{done['id']}/undo", status=201)
        assert undone == {"restored": 1, "left": 1}
        assert await listed(client, city="Ulm") == ["A A"]
        assert await listed(client, city="Kiel") == ["B B"]
        await send(client, "POST", f"/lists/changes/{done['id']}/undo", status=409)


async def test_a_firm_is_set_and_taken_away_again(crm: Crm) -> None:
    who, firm = await crm.add_contact("A A"), await crm.add_firm("Klein AG")
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        body = {"contacts": seen(who), "change": {"organization_id": str(firm.id)}}
        done = await send(client, "POST", "/lists/contacts/change", body, 201)
        assert await listed(client, organization_id=str(firm.id)) == ["A A"]
        await send(client, "POST", f"/lists/changes/{done['id']}/undo", status=201)
        assert await listed(client, organization_id=str(firm.id)) == []


@pytest.mark.parametrize("change", [{}, {"city": "Ulm", "country": "DE"}, {"last_name": "Same"}])
async def test_one_field_at_a_time_that_may_be_alike(crm: Crm, change: dict[str, str]) -> None:
    who = await crm.add_contact("A A")
    async with crm.client(await crm.add_user("anna"), routes(crm)) as client:
        await send(client, "POST", "/lists/contacts/change", {"contacts": seen(who), "change": change}, 422)


async def test_the_file_holds_all_and_no_formula(crm: Crm) -> None:
    await crm.add_contact("=cmd|' /C calc'!A0", MOBILE, city="Ulm")
    await crm.add_contact("Zoë Last", city="Ulm")
    await crm.add_contact("Not There", city="Bonn")
    async with (
        crm.client(await crm.add_user("anna"), routes(crm)) as client,
        client.get("/api/v1/lists/contacts/file", params={"filters": '{"city": "Ulm"}'}) as answer,
    ):
        assert answer.status == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert [row["first_name"] for row in rows] == ["'=cmd|' /C", "Zoë"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert {row["numbers"] for row in rows} == {"'+49 176 12345678", ""}
