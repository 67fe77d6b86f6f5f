"""Fields that managers define."""

from typing import Any

import pytest

from cti_crm.contacts.importer import import_contacts
from cti_crm.infrastructure.http.principal import Role
from tests.crm_setup import Crm, get, send
from tests.http_setup import Client
from tests.integration.contacts.test_contacts_api import names


async def define(client: Client, name: str, kind: str, entity: str = "contact", **more: Any) -> dict[str, Any]:
    body = {"entity": entity, "name": name, "kind": kind, **more}
    made: dict[str, Any] = await send(client, "POST", "/custom-fields", body, 201)
    return made


async def test_the_life_of_a_field(crm: Crm) -> None:
    async with crm.client(await crm.add_user("max", Role.MANAGER)) as client:
        first = await define(client, "Kunden-Nr.", "text")
        second = await define(client, "Geburtstag", "date")
        assert (first["key"], first["position"], second["position"]) == ("kunden_nr", 0, 1)
        contact = await send(
            client, "POST", "/contacts", {"last_name": "Berger", "custom": {"kunden_nr": "X-4711"}}, 201
        )
        assert contact["custom"] == {"kunden_nr": "X-4711"}
        assert await names(client, "4711") == ["Berger"]

        path = f"/custom-fields/{first['id']}"
        await send(client, "PATCH", path, {"position": 1, "name": "Kundennummer"}, 200)
        assert [one["name"] for one in (await get(client, "/custom-fields"))["items"]] == ["Geburtstag", "Kundennummer"]

        await send(client, "DELETE", path, None, 204)
        removed = next(one for one in (await get(client, "/custom-fields"))["items"] if one["id"] == first["id"])
        assert removed["removed"] is True
        assert (await get(client, f"/contacts/{contact['id']}"))["custom"] == {"kunden_nr": "X-4711"}
        await send(client, "PATCH", path, {"removed": False}, 200)

        await send(client, "DELETE", f"{path}?values=true", None, 204)
        assert (await get(client, f"/contacts/{contact['id']}"))["custom"] == {}
        assert len((await get(client, "/custom-fields"))["items"]) == 1


async def test_agents_see_fields_and_do_not_define_them(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        assert (await get(client, "/custom-fields"))["items"] == []
        await send(client, "POST", "/custom-fields", {"entity": "contact", "name": "x", "kind": "text"}, 403)


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("number", 12, 12),
        ("number", "1.234,5", 1234.5),
        ("number", "keine", None),
        ("number", True, None),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "28.2.2026", "2026-02-28"),
        ("date", "2026-02-30", None),
        ("choice", "GOLD", "Gold"),
        ("choice", "Blech", None),
        ("yes_no", False, False),
        ("yes_no", "ja", True),
        ("yes_no", "vielleicht", None),
        ("url", "example.org/x", "https://example.org/x"),
        ("url", "javascript:alert(1)", None),
        ("text", "x" * 1001, None),
    ],
)
async def test_values_must_fit(crm: Crm, kind: str, sent: object, kept: object) -> None:
    async with crm.client(await crm.add_user("max", Role.MANAGER)) as client:
        await define(client, "Feld", kind, choices=["Gold", "Silber"] if kind == "choice" else [])
        body = {"last_name": "Berger", "custom": {"feld": sent}}
        answer = await send(client, "POST", "/contacts", body, 422 if kept is None else 201)
        if kept is None:
            assert [one["field"] for one in answer["errors"]] == ["custom.feld"]
        else:
            assert answer["custom"] == {"feld": kept}
            cleared = await send(
                client, "PATCH", f"/contacts/{answer['id']}", {"version": 1, "custom": {"feld": None}}, 200
            )
            assert cleared["custom"] == {}


async def test_a_file_fills_them(crm: Crm) -> None:
    async with crm.client(await crm.add_user("max", Role.MANAGER)) as client:
        await define(client, "Kundennummer", "text")
        await define(client, "Seit", "date")
        await define(client, "Branche", "text", "organization")
        data = (
            "Vorname;Nachname;Firma;Kundennummer;Seit;Branche\n"
            "Anna;Berger;;K-1;1.2.2020;\n"
            ";;Nordwind;;;Energie\n"
            "Bob;Cramer;;K-2;gestern;\n"
        )
        report = await import_contacts(crm.database, crm.plan, data.encode(), lambda _: None)

        assert report.created == 2
        assert [(one.line, one.reason.partition(":")[0]) for one in report.problems] == [(4, "Seit")]
        [anna] = (await get(client, "/contacts", q="K-1"))["items"]
        assert anna["custom"] == {"kundennummer": "K-1", "seit": "2020-02-01"}
        [firm] = (await get(client, "/organizations", q="energie"))["items"]
        assert firm["custom"] == {"branche": "Energie"}
        again = await import_contacts(crm.database, crm.plan, data.encode(), lambda _: None)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
