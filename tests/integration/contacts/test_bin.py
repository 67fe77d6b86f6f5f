"""What was deleted comes back whole."""

from datetime import timedelta

from sqlalchemy import update

from cti_crm.contacts.bin import KEPT
from cti_crm.contacts.models import BinItem
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.http.principal import Role
from cti_crm.notes.schemas import NoteCreate
from tests.crm_setup import MOBILE, Crm, call, get, send
from tests.integration.contacts.test_contacts_api import names


async def test_a_contact_comes_back_with_all_that_hung_on_it(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    contact = await crm.add_contact("Bob Cramer", "0176 12345678", firm="Nordwind", remark="x", language="de")
    talk = call()
    await crm.save(talk)
    async with crm.database.transaction() as session:
        await crm.notes.create(session, anna, NoteCreate(text="Angebot", contact_id=contact.id))
    async with crm.client(anna) as client:
        path = f"/contacts/{contact.id}"
        before, timeline = await get(client, path), await get(client, f"{path}/timeline")
        assert len(timeline["items"]) == 2
        await send(client, "DELETE", path, None, 204)
        assert (await crm.match(MOBILE)).contact is None
        [item] = (await get(client, "/bin"))["items"]
        assert (item["id"], item["name"], item["deleted_by"]) == (str(contact.id), "Bob Cramer", "Anna")

        await send(client, "POST", f"/bin/{contact.id}/restore", {}, 204)

        assert await get(client, path) == before
        assert await get(client, f"{path}/timeline") == timeline
        assert await names(client, "cramer") == ["Bob Cramer"]
        assert (await crm.match(MOBILE)).contact is not None
        assert (await get(client, "/bin"))["items"] == []
        await send(client, "POST", f"/bin/{contact.id}/restore", {}, 404)


async def test_a_firm_gets_its_people_back_but_not_those_who_went_elsewhere(crm: Crm) -> None:
    stays = await crm.add_contact("Bob Cramer", firm="Nordwind")
    leaves = await crm.add_contact("Kim Dorn", firm="Nordwind")
    assert stays.organization is not None
    firm = stays.organization.id
    async with crm.client(await crm.add_user("anna")) as client:
        await send(client, "DELETE", f"/organizations/{firm}", None, 204)
        other = await send(client, "POST", "/organizations", {"name": "Südwind"}, 201)
        kim = await get(client, f"/contacts/{leaves.id}")
        await send(
            client, "PATCH", f"/contacts/{leaves.id}", {"version": kim["version"], "organization_id": other["id"]}, 200
        )

        await send(client, "POST", f"/bin/{firm}/restore", {}, 204)

        assert [one["name"] for one in (await get(client, f"/organizations/{firm}"))["contacts"]] == ["Bob Cramer"]
        assert await names(client, "nordwind") == ["Bob Cramer"]
        assert await names(client, "südwind") == ["Kim Dorn"]


async def test_what_it_pointed_to_may_be_gone(crm: Crm) -> None:
    contact = await crm.add_contact("Bob Cramer", firm="Nordwind")
    assert contact.organization is not None
    async with crm.client(await crm.add_user("max", Role.MANAGER)) as client:
        await send(client, "DELETE", f"/contacts/{contact.id}", None, 204)
        await send(client, "DELETE", f"/organizations/{contact.organization.id}", None, 204)
        await send(client, "DELETE", f"/bin/{contact.organization.id}", None, 204)

        await send(client, "POST", f"/bin/{contact.id}/restore", {}, 204)

        assert (await get(client, f"/contacts/{contact.id}"))["organization"] is None


async def test_after_a_month_it_is_gone(crm: Crm) -> None:
    contact = await crm.add_contact("Bob Cramer")
    async with crm.client(await crm.add_user("anna")) as client:
        await send(client, "DELETE", f"/contacts/{contact.id}", None, 204)
        async with crm.database.transaction() as session:
            await session.execute(update(BinItem).values(deleted_at=now() - KEPT - timedelta(minutes=1)))

        assert (await get(client, "/bin"))["items"] == []
