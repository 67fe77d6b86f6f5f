"""The timeline of a contact or an organisation."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.views import call_out
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.service import ContactService
from cti_crm.notes.repository import by_id as notes_by_id
from cti_crm.notes.service import NoteService, note_out
from cti_crm.tasks.repository import by_id as tasks_by_id
from cti_crm.tasks.service import TaskService
from cti_crm.tasks.views import task_out
from cti_crm.timeline import queries
from cti_crm.timeline.schemas import CallEntry, NoteEntry, TaskEntry, Timeline, TimelineEntry, TimelineQuery
from cti_crm.touchpoints.repository import dispositions_of
from cti_crm.touchpoints.views import disposition_out, party_refs


class TimelineService:
    """Reads across calls, notes and tasks; writes nothing. Every signed-in user sees a contact's whole timeline."""

    def __init__(self, plan: NumberPlan, contacts: ContactService, notes: NoteService, tasks: TaskService) -> None:
        self._plan = plan
        self._contacts = contacts
        self._notes = notes
        self._tasks = tasks

    async def of_contact(self, session: AsyncSession, contact_id: UUID, page: TimelineQuery) -> Timeline:
        """A contact's timeline, newest first. Raises NotFoundError."""
        await self._contacts.get(session, contact_id)
        return await self._timeline(session, Owner(contact_id), page)

    async def of_organization(self, session: AsyncSession, organization_id: UUID, page: TimelineQuery) -> Timeline:
        """An organisation's timeline with that of its people, newest first. Raises NotFoundError."""
        await self._contacts.get_organization(session, organization_id)
        return await self._timeline(session, Owner(None, organization_id), page)

    async def _timeline(self, session: AsyncSession, owner: Owner, page: TimelineQuery) -> Timeline:
        entries, following = await queries.entries(session, owner, page)
        shown: dict[UUID, TimelineEntry] = {}
        note_ids = [entry.id for entry in entries if entry.kind == "note"]
        task_ids = [entry.id for entry in entries if entry.kind == "task"]
        for note, author in await notes_by_id(session, note_ids):
            shown[note.id] = NoteEntry(at=note.created_at, id=note.id, note=note_out(note, author))
        for view in await tasks_by_id(session, task_ids):
            shown[view.task.id] = TaskEntry(at=view.task.created_at, id=view.task.id, task=task_out(view))
        shown |= await self._calls(session, [entry for entry in entries if entry.kind == "call"])
        return Timeline(items=[shown[entry.id] for entry in entries if entry.id in shown], next_cursor=following)

    async def _calls(self, session: AsyncSession, entries: list[queries.Entry]) -> dict[UUID, TimelineEntry]:
        call_ids = [entry.call_id for entry in entries if entry.call_id is not None]
        if not call_ids:
            return {}
        calls = await queries.calls(session, call_ids)
        dispositions = await dispositions_of(session, call_ids)
        notes = await self._notes.of_calls(session, call_ids)
        tasks = await self._tasks.of_calls(session, call_ids)
        shown: dict[UUID, TimelineEntry] = {}
        for entry in entries:
            owned = calls.get(entry.call_id) if entry.call_id else None
            if owned is None:
                continue
            disposition = dispositions.get(owned.call.id)
            shown[entry.id] = CallEntry(
                at=entry.at,
                id=entry.id,
                call=call_out(owned.call, self._plan, *party_refs(owned.contact, owned.organization)),
                disposition=disposition_out(disposition) if disposition else None,
                notes=notes.get(owned.call.id, []),
                tasks=tasks.get(owned.call.id, []),
            )
        return shown
