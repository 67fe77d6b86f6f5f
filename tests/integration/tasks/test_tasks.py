"""Tasks, on both databases."""

from datetime import timedelta
from typing import Any

from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.http.principal import Role
from tests.crm_setup import MOBILE, Crm, call, send


async def texts(client: Any, query: str = "") -> list[str]:
    return [one["text"] for one in (await send(client, "GET", f"/tasks?{query}"))["items"]]


def due(hours: int) -> str:
    return (now() + timedelta(hours=hours)).isoformat()


async def test_the_life_of_a_task(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    async with crm.client(anna) as client:
        made = await send(client, "POST", "/tasks", {"text": "Call back", "due_at": due(2)}, 201)
        assert (made["assignee"]["name"], made["created_by"]["name"], made["done_at"]) == ("Anna", "Anna", None)
        path = f"/tasks/{made['id']}"
        changed = await send(client, "PATCH", path, {"version": 1, "assignee_id": str(bernd.user_id), "due_at": None})
        assert (changed["version"], changed["assignee"]["name"], changed["due_at"]) == (2, "Bernd", None)
        await send(client, "PATCH", path, {"version": 1, "done": True}, 409)
        assert await texts(client) == []
    async with crm.client(bernd) as client:
        assert await texts(client) == ["Call back"]
        done = await send(client, "PATCH", path, {"version": 2, "done": True})
        assert done["done_at"] is not None
        assert (await texts(client), await texts(client, "status=done")) == ([], ["Call back"])
        again = await send(client, "PATCH", path, {"version": 3, "done": False, "text": "Call again"})
        assert (again["done_at"], again["text"]) == (None, "Call again")
        await send(client, "DELETE", path, status=204)
        await send(client, "DELETE", path, status=404)


async def test_the_most_urgent_first_in_pages(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        for text, when in [("some day", None), ("later", due(5)), ("late", due(-5)), ("soon", due(1)), ("never", None)]:
            await send(client, "POST", "/tasks", {"text": text, "due_at": when}, 201)
        assert await texts(client) == ["late", "soon", "later", "some day", "never"]
        assert await texts(client, "status=overdue") == ["late"]
        seen, cursor = [], ""
        for _page in range(3):
            page = await send(client, "GET", f"/tasks?limit=2{cursor}")
            seen += [one["text"] for one in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == ["late", "soon", "later", "some day", "never"]
        assert page["next_cursor"] is None


async def test_who_sees_what(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    mia = await crm.add_user("mia", Role.MANAGER)
    contact = await crm.add_contact("Clara Cohn", firm="Cohn AG")
    async with crm.client(anna) as client:
        private = await send(client, "POST", "/tasks", {"text": "private"}, 201)
        shared = await send(client, "POST", "/tasks", {"text": "shared", "contact_id": str(contact.id)}, 201)
        assert shared["organization"]["name"] == "Cohn AG"
    async with crm.client(bernd) as client:
        for query in ("assignee=all", f"assignee={anna.user_id}"):
            await send(client, "GET", f"/tasks?{query}", status=403)
        assert await texts(client, f"assignee=all&contact_id={contact.id}") == ["shared"]
        firm = contact.organization
        assert firm is not None
        assert await texts(client, f"assignee=all&organization_id={firm.id}") == ["shared"]
        await send(client, "PATCH", f"/tasks/{private['id']}", {"version": 1, "done": True}, 403)
        await send(client, "PATCH", f"/tasks/{shared['id']}", {"version": 1, "done": True})  # a colleague did it
        await send(client, "DELETE", f"/tasks/{shared['id']}", status=403)
    async with crm.client(mia) as client:
        assert await texts(client, "assignee=all&status=all") == ["private", "shared"]
        assert await texts(client, f"assignee={anna.user_id}") == ["private"]


async def test_bad_input(crm: Crm) -> None:
    async with crm.client(await crm.add_user("anna")) as client:
        for body in [
            {"text": " "},
            {"text": "x", "due_at": "2026-11-21T10:00:00"},
            {"text": "x", "assignee_id": str(new_id())},
            {"text": "x", "contact_id": str(new_id())},
        ]:
            await send(client, "POST", "/tasks", body, 422)
        await send(client, "GET", f"/tasks?assignee={'f' * 36}", status=422)


async def test_a_task_follows_its_call_to_the_contact(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    one = call()
    async with crm.client(anna) as client:
        early = await send(client, "POST", "/tasks", {"text": "early", "call_id": str(one.id)}, 201)
        assert early["contact"] is None
        contact = await crm.add_contact("Clara Cohn", MOBILE)
        await crm.save(one)
        await crm.work_off_events()
        later = await send(client, "POST", "/tasks", {"text": "later", "call_id": str(one.id)}, 201)
        assert later["contact"]["id"] == str(contact.id)
        assert await texts(client, f"contact_id={contact.id}") == ["early", "later"]
    async with crm.database.transaction() as session:
        assert [task.text for task in await crm.tasks.open_of(session, Owner(contact.id))] == ["early", "later"]
        other = new_id()
        await crm.tasks.absorb(session, one.id, other)
        assert [task.text for task in (await crm.tasks.of_calls(session, [one.id, other]))[other]] == ["early", "later"]
