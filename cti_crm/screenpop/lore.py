"""What the CRM knows about the other side of a call, gathered for its pop in one go."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents.directory import AgentDirectory
from cti_crm.calls.call import Call
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.views import remote_number
from cti_crm.contacts.matching import COLLEAGUE, Matcher
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.repository import contacts_by_id
from cti_crm.contacts.schemas import MatchKind, MatchOut, MatchReason
from cti_crm.contacts.views import contact_ref
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.notes.schemas import NoteOut
from cti_crm.notes.service import NoteService
from cti_crm.screenpop.protocol import PopContext, TouchpointLine
from cti_crm.screenpop.service import Knowledge
from cti_crm.tasks.service import TaskService
from cti_crm.touchpoints.service import TouchpointService


class CrmLore:
    """The knowledge of the CRM's own database; implements `Lore`."""

    def __init__(
        self,
        database: Database,
        numbers: NumberFormat,
        matcher: Matcher,
        touchpoints: TouchpointService,
        notes: NoteService,
        tasks: TaskService,
        directory: AgentDirectory,
    ) -> None:
        self._database = database
        self._numbers = numbers
        self._matcher = matcher
        self._touchpoints = touchpoints
        self._notes = notes
        self._tasks = tasks
        self._directory = directory

    async def about(self, call: Call, agents: Iterable[str]) -> AsyncIterator[Knowledge]:
        """Look everything up that a pop shows: first who it is, then all. Raises what the database raises."""
        async with self._database.transaction() as session:
            match, context = COLLEAGUE, PopContext()
            if call.remote is not None:
                number = remote_number(call, self._numbers)
                match = await self._match(session, call.id, number)
                yield Knowledge(match, PopContext(complete=False))
                context = await self._context(session, call.id, match, number)
            own_notes = (await self._notes.of_calls(session, [call.id])).get(call.id, [])
            yield Knowledge(match, context, self._by_agent(own_notes, agents))

    async def _match(self, session: AsyncSession, call_id: UUID, number: str | None) -> MatchOut:
        """By the number, unless a person said whose this call is."""
        match = await self._matcher.match(session, number)
        owner = await self._touchpoints.owner_of(session, call_id)
        known = match.contact.id if match.contact else None
        if owner.contact_id is None or owner.contact_id == known:
            return match
        contact = (await contacts_by_id(session, {owner.contact_id})).get(owner.contact_id)
        if contact is None:
            return match
        ref = contact_ref(contact)
        return MatchOut(kind=MatchKind.UNIQUE, reason=MatchReason.CHOSEN, contact=ref, organization=ref.organization)

    async def _context(self, session: AsyncSession, call_id: UUID, match: MatchOut, number: str | None) -> PopContext:
        contact = match.contact.id if match.contact else None
        owner = Owner(contact, match.organization.id if match.organization else None).single
        past = await self._touchpoints.past_calls(session, owner, number, but=call_id)
        past_ids = [one.call_id for one in past if one.call_id]
        notes = await self._notes.of_calls(session, past_ids)
        return PopContext(
            open_tasks=await self._tasks.open_of(session, owner) if owner != Owner() else [],
            touchpoints=[
                TouchpointLine(
                    id=one.touchpoint_id,
                    medium=one.medium,
                    at=one.at,
                    call_id=one.call_id,
                    outcome=one.outcome,
                    direction=one.direction,
                    agent=one.agent,
                    note="\n".join(note.text for note in notes.get(one.call_id, ())) if one.call_id else "",
                )
                for one in past
            ],
            last_note=await self._notes.last(session, owner, past_ids),
            calls_today=await self._touchpoints.calls_since(session, owner, number, _start_of_day(now()), but=call_id),
        )

    def _by_agent(self, notes: Iterable[NoteOut], agents: Iterable[str]) -> dict[str, NoteOut]:
        """Extension -> what that agent wrote on this very call."""
        by_author = {note.author.id: note for note in notes}
        found: dict[str, NoteOut] = {}
        for extension in agents:
            entry = self._directory.by_extension(extension)
            if entry is not None and entry.user_id in by_author:
                found[extension] = by_author[entry.user_id]
        return found


def _start_of_day(moment: datetime) -> datetime:
    """Midnight where the service runs, which is where the firm is."""
    local = moment.astimezone()
    return local - timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
