"""The timeline of a contact and of an organisation, on both databases."""

from cti_crm.agents.models import Agent
from cti_crm.contacts.ownership import Owner
from cti_crm.infrastructure.clock import new_id
from cti_crm.notes.schemas import CallNotePut, NoteCreate
from cti_crm.tasks.schemas import TaskCreate
from cti_crm.timeline import queries
from cti_crm.timeline.schemas import TimelineQuery
from tests.crm_setup import MOBILE, Crm, call, get


async def test_everything_in_one_order(crm: Crm) -> None:
    agent = await crm.add_user("anna", extension="101")
    contact = await crm.add_contact("Clara Cohn", MOBILE, firm="Cohn AG")
    colleague = await crm.add_contact("Dora Dorn", "030 222222", firm="Cohn AG")
    assert contact.organization is not None
    firm = contact.organization.id
    old, new, other = call(), call(minutes=5), call("+4930222222", minutes=3)
    await crm.save(old, new, other)
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, agent, new.id, CallNotePut(text="on the call"))
        await crm.tasks.create(session, agent, TaskCreate(text="of the call", call_id=new.id))
        await crm.notes.create(session, agent, NoteCreate(text="alone", contact_id=contact.id))
        await crm.tasks.create(session, agent, TaskCreate(text="task", contact_id=contact.id))
        await crm.notes.create(session, agent, NoteCreate(text="on the firm", organization_id=firm))
    async with crm.client(agent) as client:
        timeline = await get(client, f"/contacts/{contact.id}/timeline")
        # Notes and tasks are of the machine's today, the calls of a fixed day.
        assert sorted(one["kind"] for one in timeline["items"]) == ["call", "call", "note", "task"]
        assert [one["at"] for one in timeline["items"]] == sorted(
            (one["at"] for one in timeline["items"]), reverse=True
        )
        calls = [one for one in timeline["items"] if one["kind"] == "call"]
        assert [one["call"]["id"] for one in calls] == [str(new.id), str(old.id)]
        assert [note["text"] for note in calls[0]["notes"]] == ["on the call"]
        assert [task["text"] for task in calls[0]["tasks"]] == ["of the call"]
        assert calls[0]["call"]["caller"]["contact"] == {"id": str(contact.id), "name": "Clara Cohn"}
        assert calls[0]["call"]["caller"]["organization"]["name"] == "Cohn AG"
        assert calls[0]["call"]["called"]["contact"] is None

        of_firm = await get(client, f"/organizations/{firm}/timeline")
        assert len(of_firm["items"]) == 6
        assert str(other.id) in {one["call"]["id"] for one in of_firm["items"] if one["kind"] == "call"}
        assert [one["kind"] for one in (await get(client, f"/contacts/{colleague.id}/timeline"))["items"]] == ["call"]
        seen: list[str] = []
        cursor = ""
        while True:
            page = await get(client, f"/organizations/{firm}/timeline?limit=2{cursor}")
            seen += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == [one["id"] for one in of_firm["items"]]
        await get(client, f"/contacts/{new_id()}/timeline", 404)
        await get(client, f"/organizations/{new_id()}/timeline", 404)
        await get(client, f"/contacts/{contact.id}/timeline?cursor=WyJ4IiwieSJd", 422)


async def test_nobodys_timeline_is_empty(crm: Crm) -> None:
    await crm.save(call())
    async with crm.database.transaction() as session:
        assert await queries.entries(session, Owner(), TimelineQuery()) == ([], None)


async def test_a_part_of_it(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    ben = await crm.add_user("ben", extension="102")
    async with crm.database.transaction() as session:
        session.add(Agent(user_id=anna.user_id, extension="101", devices=[]))
        session.add(Agent(user_id=ben.user_id, extension="102", devices=[]))
    contact = await crm.add_contact("Clara Cohn", MOBILE)
    hers, his = call(), call(minutes=5, agent="102")
    await crm.save(hers, his)
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, ben, his.id, CallNotePut(text="wants an Offer"))
        await crm.notes.create(session, anna, NoteCreate(text="The offer is out", contact_id=contact.id))
        await crm.tasks.create(session, ben, TaskCreate(text="call again", contact_id=contact.id))

    async with crm.client(anna) as client:

        async def kinds(query: str) -> list[str]:
            return [one["kind"] for one in (await get(client, f"/contacts/{contact.id}/timeline?{query}"))["items"]]

        assert await kinds("kinds=note&kinds=task") == ["task", "note"]
        assert await kinds("q=offer") == ["note", "call"]
        assert await kinds("q=offer%20out") == ["note"]
        assert await kinds(f"colleague={ben.user_id}") == ["task", "call"]
        assert await kinds("until=2026-11-20T09:03:00Z") == ["call"]
        assert await kinds("since=2026-11-20T09:03:00Z&until=2026-11-20T09:10:00Z&kinds=call") == ["call"]
        assert await kinds("since=2026-11-20T09:10:00Z&kinds=call") == []
        await get(client, f"/contacts/{contact.id}/timeline?since=2026-11-20T09:10:00", 422)
