"""Dispositions as managers define them, on both databases."""

from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from tests.crm_setup import Crm, call, send

CALLBACK = {
    "label_en": "Call back",
    "label_de": "Rückruf",
    "follow_up": True,
    "follow_up_text": "Call back",
    "follow_up_due": "tomorrow 9:00",
}


async def test_managers_define_them_and_retired_ones_stay_where_they_were_chosen(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    one = call(queue="support")
    await crm.save(one)
    async with crm.client(await crm.add_user("maria", Role.MANAGER)) as client:
        made = await send(client, "POST", "/dispositions", CALLBACK, 201)
        assert (made["changed_by"]["name"], made["version"], made["queues"]) == ("Maria", 1, [])
        async with crm.client(anna) as agent:
            await send(agent, "POST", "/dispositions", CALLBACK, 403)
            await send(agent, "PUT", f"/dispositions/{made['id']}", CALLBACK, 403)
            await send(agent, "PUT", f"/calls/{one.id}/wrap-up", {"disposition_id": made["id"]})
        change = {**CALLBACK, "queues": ["support"], "active": False, "version": 1}
        retired = await send(client, "PUT", f"/dispositions/{made['id']}", change)
        assert (retired["active"], retired["version"], retired["follow_up_due"]) == (False, 2, "tomorrow 9:00")
        await send(client, "PUT", f"/dispositions/{made['id']}", change, 409)
        await send(client, "PUT", f"/dispositions/{new_id()}", change, 404)
        await send(client, "POST", "/dispositions", {**CALLBACK, "label_de": " "}, 422)
        assert (await send(client, "GET", "/dispositions"))["items"] == []
        assert [it["id"] for it in (await send(client, "GET", "/dispositions?retired=true"))["items"]] == [made["id"]]
        stored = await send(client, "GET", f"/calls/{one.id}")
        assert stored["disposition"]["label_en"] == "Call back"


async def test_some_calls_are_not_done_without_one(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    support, direct = call(queue="support"), call(minutes=1)
    await crm.save(support, direct)
    async with crm.client(await crm.add_user("maria", Role.MANAGER)) as client, crm.client(anna) as agent:
        wish = {"every_call": False, "queues": ["support"]}
        await send(agent, "PUT", "/dispositions/required", wish, 403)
        for _twice in range(2):
            assert await send(client, "PUT", "/dispositions/required", wish) == wish
        # Where there is nothing to choose, nothing is required.
        await send(agent, "PUT", f"/calls/{support.id}/wrap-up", {})
        made = await send(client, "POST", "/dispositions", {**CALLBACK, "queues": ["support"]}, 201)
        refused = await send(agent, "PUT", f"/calls/{support.id}/wrap-up", {}, 422)
        assert refused["errors"][0]["field"] == "disposition_id"
        await send(agent, "PUT", f"/calls/{support.id}/wrap-up", {"disposition_id": made["id"]})
        await send(agent, "PUT", f"/calls/{direct.id}/wrap-up", {})
        assert (await send(agent, "GET", "/dispositions"))["required"] == wish
        await send(client, "POST", "/dispositions", CALLBACK, 201)
        await send(client, "PUT", "/dispositions/required", {"every_call": True})
        await send(agent, "PUT", f"/calls/{direct.id}/wrap-up", {}, 422)
