"""Two people change the same entry: nothing is overwritten unseen."""

from typing import Any

from cti_crm.contacts.custom_fields import CustomKind
from cti_crm.infrastructure.http.principal import Role
from tests.crm_setup import Crm, get, send


async def test_says_field_by_field_what_differs(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        made = await send(
            client, "POST", "/contacts", {"last_name": "Berger", "numbers": [{"value": "030 111111"}]}, 201
        )
        path = f"/contacts/{made['id']}"
        theirs = {"version": 1, "city": "Berlin", "numbers": [{"value": "030 222222", "do_not_call": True}]}
        await send(client, "PATCH", path, theirs, 200)

        mine = {"version": 1, "city": "Bonn", "last_name": "Berger", "numbers": [{"value": "030 333333"}]}
        problem = await send(client, "PATCH", path, mine, 409)

        assert problem["version"] == 2
        by_field: dict[str, Any] = {one["field"]: one for one in problem["changes"]}
        assert set(by_field) == {"city", "numbers"}
        assert (by_field["city"]["yours"], by_field["city"]["theirs"]) == ("Bonn", "Berlin")
        assert by_field["numbers"]["theirs"][0]["value"] == "030 222222"
        assert (await get(client, path))["city"] == "Berlin"

        solved = await send(client, "PATCH", path, mine | {"version": problem["version"]}, 200)
        assert (solved["version"], solved["city"]) == (3, "Bonn")


async def test_custom_fields_and_organisations_conflict_too(crm: Crm) -> None:
    async with crm.client(await crm.add_user("max", Role.MANAGER)) as client:
        field = {"entity": "organization", "name": "Kundennummer", "kind": CustomKind.TEXT}
        await send(client, "POST", "/custom-fields", field, 201)
        made = await send(client, "POST", "/organizations", {"name": "Nordwind"}, 201)
        path = f"/organizations/{made['id']}"
        await send(client, "PATCH", path, {"version": 1, "custom": {"kundennummer": "A1"}}, 200)

        problem = await send(client, "PATCH", path, {"version": 1, "custom": {"kundennummer": "B2"}}, 409)

        assert problem["changes"] == [{"field": "custom.kundennummer", "yours": "B2", "theirs": "A1"}]
