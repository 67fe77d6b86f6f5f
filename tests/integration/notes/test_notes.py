"""Notes, saved as they are typed, on both databases."""

from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.http.principal import Role
from cti_crm.notes.events import DraftChanged, NoteChanged
from cti_crm.notes.schemas import CallNotePut
from tests.crm_setup import MOBILE, Crm, call, send


async def test_a_calls_note_is_saved_as_it_is_typed(crm: Crm) -> None:
    path = f"/calls/{new_id()}/note"  # the call is not stored yet
    async with crm.client(await crm.add_user("anna")) as client:
        await send(client, "GET", path, status=404)
        assert (await send(client, "PUT", path, {"text": "", "version": 0}))["version"] == 0
        first = await send(client, "PUT", path, {"text": "He", "version": 0})
        second = await send(client, "PUT", path, {"text": "Hello", "version": 1})
        assert (first["id"], first["version"], second["version"]) == (second["id"], 1, 2)
        assert (second["text"], second["author"]["name"]) == ("Hello", "Anna")
        conflict = await send(client, "PUT", path, {"text": "Hallo", "version": 1}, 409)
        assert "another window" in conflict["detail"]
        assert (await send(client, "PUT", path, {"text": "Hello", "version": 1}))["version"] == 2  # the same text
        assert await send(client, "GET", path) == second
        gone = await send(client, "PUT", path, {"text": " ", "version": 2})
        assert (gone["text"], gone["version"]) == ("", 0)
        await send(client, "GET", path, status=404)
        assert (await send(client, "PUT", path, {"text": "Again", "version": 0}))["version"] == 1
        await send(client, "PUT", path, {"text": "x" * 20_001, "version": 1}, 422)
    assert sum(isinstance(event, DraftChanged | NoteChanged) for event in crm.published) == 4


async def test_each_agent_has_a_note_of_their_own(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    call_id = new_id()
    for who in (anna, bernd):
        async with crm.client(who) as client:
            await send(client, "PUT", f"/calls/{call_id}/note", {"text": who.username})
            await send(client, "GET", f"/calls/{call_id}/note")
    async with crm.client(anna) as client:
        notes = (await send(client, "GET", f"/notes?call_id={call_id}"))["items"]
        assert [one["text"] for one in notes] == ["bernd", "anna"]
        await send(client, "PATCH", f"/notes/{notes[0]['id']}", {"text": "mine now", "version": 1}, 403)
        await send(client, "DELETE", f"/notes/{notes[0]['id']}", status=403)


async def test_a_note_follows_its_call_to_the_contact(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    before, after = call(minutes=1), call(minutes=2)
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, anna, before.id, CallNotePut(text="typed before the call was stored"))
    contact = await crm.add_contact("Clara Cohn", MOBILE, firm="Cohn AG")
    await crm.save(before, after)
    await crm.work_off_events()
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, anna, after.id, CallNotePut(text="typed after"))
        await crm.notes.put_call_note(session, anna, before.id, CallNotePut(text="typed on", version=1))
    async with crm.client(anna) as client:
        notes = (await send(client, "GET", f"/notes?contact_id={contact.id}"))["items"]
        assert {one["text"] for one in notes} == {"typed after", "typed on"}
        firm = contact.organization
        assert firm is not None
        assert len((await send(client, "GET", f"/notes?organization_id={firm.id}&limit=1"))["items"]) == 1


async def test_notes_outside_of_calls(crm: Crm) -> None:
    anna, mia = await crm.add_user("anna"), await crm.add_user("mia", Role.MANAGER)
    contact = await crm.add_contact("Clara Cohn")
    firm = await crm.add_firm("Cohn AG")
    async with crm.client(anna) as client:
        note = await send(client, "POST", "/notes", {"text": "Hello", "contact_id": str(contact.id)}, 201)
        await send(client, "POST", "/notes", {"text": "Firm", "organization_id": str(firm.id)}, 201)
        changed = await send(client, "PATCH", f"/notes/{note['id']}", {"text": "Hallo", "version": 1})
        assert (changed["text"], changed["version"]) == ("Hallo", 2)
        await send(client, "PATCH", f"/notes/{note['id']}", {"text": "Late", "version": 1}, 409)
        await send(client, "POST", "/notes", {"text": "Whose?"}, 422)
        await send(client, "POST", "/notes", {"text": "", "contact_id": str(contact.id)}, 422)
        await send(client, "POST", "/notes", {"text": "x", "contact_id": str(new_id())}, 422)
        await send(client, "PATCH", f"/notes/{new_id()}", {"text": "x", "version": 1}, 404)
    async with crm.client(mia) as client:
        await send(client, "DELETE", f"/notes/{note['id']}", status=204)
    async with crm.database.transaction() as session:
        await crm.contacts.delete_organization(session, firm.id)
    async with crm.client(anna) as client:
        assert (await send(client, "GET", "/notes"))["items"] == []


async def test_an_absorbed_calls_notes_are_kept(crm: Crm) -> None:
    anna, bernd = await crm.add_user("anna"), await crm.add_user("bernd")
    gone, into = new_id(), new_id()
    async with crm.database.transaction() as session:
        await crm.notes.put_call_note(session, anna, gone, CallNotePut(text="asked Bernd"))
        await crm.notes.put_call_note(session, anna, into, CallNotePut(text="wants a new order"))
        await crm.notes.put_call_note(session, bernd, gone, CallNotePut(text="told Anna"))
        await crm.notes.absorb(session, gone, into)
    async with crm.database.transaction() as session:
        notes = await crm.notes.of_calls(session, [gone, into])
    assert notes.keys() == {into}
    assert {one.text for one in notes[into]} == {"wants a new order\nasked Bernd", "told Anna"}
