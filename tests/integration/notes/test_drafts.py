"""Drafts and templates of notes, on both databases."""

from datetime import timedelta

from sqlalchemy import select, update

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.http.principal import Role
from cti_crm.infrastructure.models import Job
from cti_crm.notes.events import DraftChanged, NoteChanged
from cti_crm.notes.models import Note
from cti_crm.notes.service import DRAFT_KEPT, FINISH_JOB
from tests.crm_setup import MOBILE, Crm, call, send


async def test_a_draft_becomes_the_note_when_its_author_is_done(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    contact = await crm.add_contact("Eva Krüger", MOBILE)
    one = call()
    await crm.save(one)
    crm.published.clear()
    async with crm.client(anna) as client:
        draft = await send(client, "PUT", f"/calls/{one.id}/note", {"text": "Wants an offer"})
        assert (draft["draft"], draft["contact_id"]) == (True, str(contact.id))
        # While it is typed only who has the call before them is told.
        assert [type(event) for event in crm.published] == [DraftChanged]
        await send(client, "PUT", f"/calls/{one.id}/wrap-up", {})
        await crm.work_off_events()
        note = await send(client, "GET", f"/calls/{one.id}/note")
        assert (note["draft"], note["text"], note["version"]) == (False, "Wants an offer", 1)
        # Changed afterwards it is a note still, and everybody is told.
        changed = await send(client, "PUT", f"/calls/{one.id}/note", {"text": "Wants two", "version": 1})
        assert changed["draft"] is False
        assert any(isinstance(event, NoteChanged) for event in crm.published)


async def test_what_nobody_finished_is_no_draft_for_ever(crm: Crm) -> None:
    anna = await crm.add_user("anna", extension="101")
    one = call()
    async with crm.client(anna) as client:
        await send(client, "PUT", f"/calls/{one.id}/note", {"text": "x"})
        async with crm.database.transaction() as session:
            (job,) = (await session.execute(select(Job))).scalars()
            assert (job.kind, job.run_at > now() + DRAFT_KEPT - timedelta(minutes=1)) == (FINISH_JOB, True)
            # Still written at: looked at again later.
            await crm.notes.finish_abandoned(session, job.payload)
            assert len((await session.execute(select(Job))).scalars().all()) == 2
            await session.execute(update(Note).values(updated_at=now() - DRAFT_KEPT - timedelta(minutes=1)))
        assert (await send(client, "GET", f"/calls/{one.id}/note"))["draft"] is False
        crm.published.clear()
        async with crm.database.transaction() as session:
            await crm.notes.finish_abandoned(session, job.payload)
            await crm.notes.finish_abandoned(session, job.payload)
        assert [type(event) for event in crm.published] == [NoteChanged]


async def test_notes_outside_calls_are_never_drafts(crm: Crm) -> None:
    contact = await crm.add_contact("Eva Krüger")
    async with crm.client(await crm.add_user("anna")) as client:
        note = await send(client, "POST", "/notes", {"text": "x", "contact_id": str(contact.id)}, 201)
        assert note["draft"] is False


async def test_managers_write_templates_and_everybody_reads_them(crm: Crm) -> None:
    body = {"title": "Fault", "text": "Fault at {{contact}}, {{date}}:", "queues": ["support"], "language": "en"}
    async with crm.client(await crm.add_user("maria", Role.MANAGER)) as client:
        made = await send(client, "POST", "/note-templates", {**body, "position": 1}, 201)
        await send(client, "POST", "/note-templates", {"title": "Order", "text": "Wants:"}, 201)
        assert (made["version"], made["changed_by"]["name"]) == (1, "Maria")
        changed = await send(client, "PUT", f"/note-templates/{made['id']}", {**body, "title": "Leak", "version": 1})
        assert (changed["title"], changed["version"]) == ("Leak", 2)
        await send(client, "PUT", f"/note-templates/{made['id']}", {**body, "version": 1}, 409)
        for wrong in ({"title": ""}, {"text": ""}, {"language": "fr"}, {"queues": [""]}, {"text": "x" * 5001}):
            await send(client, "POST", "/note-templates", {**body, **wrong}, 422)
    async with crm.client(await crm.add_user("anna")) as client:
        found = (await send(client, "GET", "/note-templates"))["items"]
        assert [(one["title"], one["queues"]) for one in found] == [("Leak", ["support"]), ("Order", [])]
        await send(client, "POST", "/note-templates", body, 403)
        await send(client, "PUT", f"/note-templates/{made['id']}", {**body, "version": 2}, 403)
        await send(client, "DELETE", f"/note-templates/{made['id']}", status=403)
    async with crm.client(await crm.add_user("mia", Role.ADMIN)) as client:
        for _twice in range(2):
            await send(client, "DELETE", f"/note-templates/{made['id']}", status=204)
        await send(client, "PUT", f"/note-templates/{made['id']}", {**body, "version": 2}, 404)
