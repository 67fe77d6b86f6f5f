"""What the CRM knows about the other side of a call, gathered for its pop in one go."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from cti_crm.accounts.schemas import UserRef
from cti_crm.agents.directory import AgentDirectory
from cti_crm.calls.call import Call
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.views import remote_number
from cti_crm.contacts.matching import COLLEAGUE, Matcher
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.schemas import ContactRef, MatchKind, MatchOut, MatchReason, OrganizationRef
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.notes.schemas import NoteOut
from cti_crm.notes.service import note_out
from cti_crm.screenpop import repository
from cti_crm.screenpop.knowledge import Knowledge
from cti_crm.screenpop.protocol import CallBackDue, PopContext, TouchpointLine
from cti_crm.screenpop.repository import Known
from cti_crm.tasks.schemas import TaskOut
from cti_crm.tasks.service import TaskService

# What is open with them is shown together with who it is, unless it takes longer than this.
_TOGETHER_SECONDS = 0.01


class CrmLore:
    """The knowledge of the CRM's own database; implements `Lore`."""

    def __init__(
        self,
        database: Database,
        numbers: NumberFormat,
        matcher: Matcher,
        tasks: TaskService,
        directory: AgentDirectory,
    ) -> None:
        self._database = database
        self._numbers = numbers
        self._matcher = matcher
        self._tasks = tasks
        self._directory = directory

    async def about(self, call: Call) -> AsyncIterator[Knowledge]:
        """Look everything up that a pop shows; if that takes a while, tell who it is before the rest is known.

        Raises what the database raises.
        """
        if call.remote is None:
            notes = await self._database.read(lambda connection: repository.notes_on(connection, call.id))
            yield Knowledge(COLLEAGUE, PopContext(), self._on_call(call.id, notes))
            return
        number = remote_number(call, self._numbers)
        who: list[MatchOut] = []
        reading = self._database.read(lambda connection: self._read(connection, call.id, number, who.append))
        try:
            told = False
            while not (await asyncio.wait({reading}, timeout=None if told else _TOGETHER_SECONDS))[0]:
                if who:
                    told = True
                    yield Knowledge(who[0], PopContext(complete=False))
            match, known = reading.result()
        finally:
            reading.cancel()
        tasks: list[TaskOut] = []
        if known.has_tasks:
            async with self._database.transaction() as session:
                tasks = await self._tasks.open_of(session, _owner(match))
        yield Knowledge(match, _context(known, call.id, tasks), self._on_call(call.id, known.notes))

    def _read(
        self, connection: Connection, call_id: UUID, number: str | None, tell: Callable[[MatchOut], None]
    ) -> tuple[MatchOut, Known]:
        """Who it is by the number, unless a person said whose this call is; and what is stored of them."""
        today = _start_of_day(now())
        match = self._matcher.look_up(connection, number)
        tell(match)
        known = repository.known_of(connection, _owner(match), number, call_id, today)
        by_number = match.contact.id if match.contact else None
        if known.said.contact_id is None or known.said.contact_id == by_number:
            return match, known
        contact = repository.contact_with_firm(connection, known.said.contact_id)
        if contact is None:
            return match, known
        match = _chosen(contact)
        return match, repository.known_of(connection, _owner(match), number, call_id, today)

    def _on_call(self, call_id: UUID, notes: Iterable[Row[Any]]) -> dict[str, NoteOut]:
        """Extension -> what that agent wrote on this very call; of who has none, by the user's id."""
        found: dict[str, NoteOut] = {}
        for note in notes:
            if note.call_id == call_id:
                entry = self._directory.by_user(note.author_id)
                found[entry.extension if entry else str(note.author_id)] = note_out(note, note.display_name)
        return found


def _owner(match: MatchOut) -> Owner:
    contact = match.contact.id if match.contact else None
    return Owner(contact, match.organization.id if match.organization else None).single


def _chosen(contact: Row[Any]) -> MatchOut:
    firm = OrganizationRef(id=contact.firm_id, name=contact.name) if contact.firm_id else None
    name = f"{contact.first_name} {contact.last_name}".strip()
    ref = ContactRef(id=contact.id, name=name, organization=firm)
    return MatchOut(kind=MatchKind.UNIQUE, reason=MatchReason.CHOSEN, contact=ref, organization=firm)


def _context(known: Known, call_id: UUID, tasks: list[TaskOut]) -> PopContext:
    on_calls: dict[UUID, list[str]] = {}
    for note in known.notes:
        if note.call_id is not None:
            on_calls.setdefault(note.call_id, []).append(note.text)
    # A note on this call is theirs as soon as it is stored whose the call is.
    theirs = [note for note in known.notes if note.call_id != call_id or note.contact_id or note.organization_id]
    return PopContext(
        open_tasks=tasks,
        touchpoints=[
            TouchpointLine(
                id=one.id,
                medium=one.medium,
                at=one.at,
                call_id=one.call_id,
                outcome=one.outcome,
                direction=one.direction,
                agent=one.agent,
                note="\n".join(on_calls.get(one.call_id, ())),
            )
            for one in known.past
        ],
        last_note=note_out(theirs[-1], theirs[-1].display_name) if theirs else None,
        calls_today=known.today,
        missed=_call_back_due(known.due),
        language=known.language,
    )


def _call_back_due(due: Any) -> CallBackDue | None:
    if due is None:
        return None
    claimer = UserRef(id=due.claimed_by, name=due.claimer) if due.claimed_by else None
    return CallBackDue(attempts=due.attempts, since=due.missed_at, claimed_by=claimer)


def _start_of_day(moment: datetime) -> datetime:
    """Midnight where the service runs, which is where the firm is."""
    local = moment.astimezone()
    return local - timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
