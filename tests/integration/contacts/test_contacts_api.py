"""Contacts and organisations over HTTP, on both databases."""

from uuid import uuid4

import pytest

from cti_crm.contacts.events import ContactChanged, NumbersAttached
from cti_crm.infrastructure.clock import new_id
from tests.crm_setup import MOBILE, Client, Crm, get, send


async def names(client: Client, q: str, path: str = "/contacts") -> list[str]:
    return [one["name"] for one in (await get(client, path, q=q))["items"]]


async def test_the_life_of_a_contact(crm: Crm) -> None:
    anna = await crm.add_user("anna")
    async with crm.client(anna) as client:
        body = {
            "first_name": "Jürgen",
            "last_name": "Groß",
            "organization_name": "Groß & Söhne",
            "numbers": [{"value": "0176/12345678", "label": "mobile"}, {"value": "101"}],
        }
        made = await send(client, "POST", "/contacts", body, 201)
        assert made["version"] == 1
        assert made["numbers"][0] | {"id": ""} == {
            "id": "",
            "value": "0176/12345678",
            "e164": MOBILE,
            "extension": None,
            "display": "+49 176 12345678",
            "label": "mobile",
            "do_not_call": False,
            "do_not_call_reason": "",
        }
        assert made["numbers"][1]["e164"] is None
        assert made["organization"]["name"] == "Groß & Söhne"
        path = f"/contacts/{made['id']}"

        changed = await send(client, "PATCH", path, {"version": 1, "city": "Berlin"}, 200)
        assert (changed["version"], changed["city"], len(changed["numbers"])) == (2, "Berlin", 2)
        conflict = await send(client, "PATCH", path, {"version": 1, "city": "Bonn"}, 409)
        assert conflict["code"] == "conflict"
        kept = changed["numbers"][0]["id"]
        body = {"version": 2, "numbers": [{"value": "030 1234567"}, {"value": "0176/12345678", "label": "mobile"}]}
        changed = await send(client, "PATCH", path, body, 200)
        assert (changed["version"], [one["e164"] for one in changed["numbers"]]) == (3, ["+49301234567", MOBILE])
        assert changed["numbers"][1]["id"] == kept
        assert await get(client, path) == changed

        more = await send(client, "POST", f"{path}/numbers", {"value": "030 7654321"}, 201)
        assert (more["version"], len(more["numbers"])) == (4, 3)
        await send(client, "DELETE", path, None, 204)
        assert (await get(client, path, 404))["code"] == "not_found"
        assert (await crm.match(MOBILE)).contact is None
    told = [event for event in crm.published if isinstance(event, NumbersAttached)]
    assert [event.e164 for event in told] == [(MOBILE,), ("+49301234567",), ("+49307654321",)]
    assert sum(isinstance(event, ContactChanged) for event in crm.published) == 5


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "last_name"),
        ({"last_name": "  "}, "last_name"),
        ({"last_name": "x", "numbers": [{"value": "keine"}]}, "numbers.0.value"),
        ({"last_name": "x", "numbers": [{"value": ""}]}, "numbers.0.value"),
        ({"last_name": "x", "organization_id": str(uuid4())}, "organization_id"),
        ({"last_name": "x" * 201}, "last_name"),
        ({"last_name": "x", "hair": "red"}, "hair"),
    ],
)
async def test_bad_input_names_the_field(crm: Crm, body: dict[str, object], field: str) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        problem = await send(client, "POST", "/contacts", body, 422)
        assert [one["field"] for one in problem["errors"]] == [field]


async def test_search(crm: Crm) -> None:
    await crm.add_contact("Jürgen Müller", "0176/12345678", firm="Käse-Haus Öhler", email="jm@kaese.example")
    await crm.add_contact("Anna Muller", "030 1234567 ext. 42")
    await crm.add_contact("Zoe 100%_Sicher")
    async with crm.client(await crm.add_user("anna")) as client:
        for q in ["müller", "MUELLER", "jürgen mueller", "mueller juergen", "Oehler", "ohler käse", "jm@kaese"]:
            assert "Jürgen Müller" in await names(client, q), q
        assert await names(client, "muller") == ["Jürgen Müller", "Anna Muller"]
        for q in ["0176 123", "+49 176", "0049176123", "176/1234", "5678"]:
            assert await names(client, q) == ["Jürgen Müller"], q
        assert await names(client, "030 1234567") == ["Anna Muller"]
        assert await names(client, "100%_") == ["Zoe 100%_Sicher"]
        assert await names(client, "%") == []
        assert await names(client, "müller nobody") == []
        assert len(await names(client, "")) == 3


async def test_pages(crm: Crm) -> None:
    for number in range(7):
        await crm.add_contact("Same Name" if number < 4 else f"Other{number}")
    async with crm.client(await crm.add_user("anna")) as client:
        seen: list[str] = []
        cursor = {}
        for _page in range(4):
            page = await get(client, "/contacts", limit="2", **cursor)
            seen += [one["id"] for one in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        assert cursor == {}
        assert len(set(seen)) == 7
        assert (await get(client, "/contacts", 422, cursor="bm9uc2Vuc2U"))["code"] == "invalid_input"
        assert (await get(client, "/contacts", 422, limit="0"))["code"] == "invalid_input"


async def test_the_life_of_an_organization(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        body = {"name": "Berger GmbH", "numbers": [{"value": "030 12345-0", "label": "main"}]}
        made = await send(client, "POST", "/organizations", body, 201)
        path = f"/organizations/{made['id']}"
        body = {"last_name": "Berger", "organization_name": "BERGER gmbh"}
        person = await send(client, "POST", "/contacts", body, 201)
        assert person["organization"]["id"] == made["id"]
        assert [one["name"] for one in (await get(client, path))["contacts"]] == ["Berger"]
        assert await names(client, "030/1234", "/organizations") == ["Berger GmbH"]
        assert await names(client, "berger", "/organizations") == ["Berger GmbH"]
        of_firm = await get(client, "/contacts", organization_id=made["id"])
        assert [one["id"] for one in of_firm["items"]] == [person["id"]]
        changed = await send(client, "PATCH", path, {"version": 1, "name": "Öko Berger AG"}, 200)
        assert (changed["version"], changed["name"], len(changed["numbers"])) == (2, "Öko Berger AG", 1)
        assert await names(client, "oeko") == ["Berger"]  # a person is found by the firm's new name
        await send(client, "PATCH", path, {"version": 1, "city": "Bonn"}, 409)
        match = await get(client, "/numbers/match", number="+493012345123")
        assert (match["reason"], match["direct_dial"]) == ("direct_dial", "123")
        await send(client, "DELETE", path, None, 204)
        assert (await get(client, f"/contacts/{person['id']}"))["organization"] is None
        await get(client, path, 404)
        await get(client, f"/organizations/{new_id()}", 404)
        await get(client, "/organizations/none", 404)


async def test_characters_that_nobody_types(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        body = {"last_name": "Ber\x00ger\u202e", "remark": "one\r\ntwo\x1b", "numbers": [{"value": "030 123456\x00"}]}
        made = await send(client, "POST", "/contacts", body, 201)
        assert (made["last_name"], made["remark"], made["numbers"][0]["e164"]) == ("Berger", "one\ntwo", "+4930123456")
        assert await names(client, "ber\x00ger") == ["Berger"]
        assert (await get(client, "/numbers/match", number="\x00+4930123456"))["kind"] == "unique"
        await send(client, "POST", "/contacts", {"last_name": "\x00"}, 422)
        for name in ("", " ", "\x00 "):
            await send(client, "POST", "/organizations", {"name": name}, 422)
        longest = {"first_name": "\ufdfa" * 200, "last_name": "\ufdfa" * 200, "email": "\ufdfa" * 200}
        await send(client, "POST", "/contacts", longest | {"numbers": [{"value": "1" + "\u33fe" * 79}]}, 201)
        await send(client, "POST", "/organizations", {"name": "\ufdfa" * 200}, 201)
