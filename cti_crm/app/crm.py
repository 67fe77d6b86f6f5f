"""The CRM's features: made, connected with each other, and their routes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.routes import account_routes
from cti_crm.accounts.service import AccountService
from cti_crm.accounts.uses import keep_uses_noted
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.reload import keep_directory_current
from cti_crm.agents.service import AgentService
from cti_crm.app.background import Background
from cti_crm.app.missed_calls import MissedCalls
from cti_crm.callers.known import KnownNumbers
from cti_crm.callers.routes import caller_routes
from cti_crm.callers.service import CallerService
from cti_crm.calls.backfill import Backfill
from cti_crm.calls.call import Call
from cti_crm.calls.live import LiveCalls
from cti_crm.calls.log_writer import CallLogWriter
from cti_crm.calls.repository import CallRepository
from cti_crm.contacts import bin  # noqa: A004 - what people call it
from cti_crm.contacts.custom_fields import custom_field_routes
from cti_crm.contacts.events import ContactChanged, NumbersAttached
from cti_crm.contacts.import_jobs import ImportRunner
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.routes import bin_routes, contact_routes, organization_routes
from cti_crm.contacts.search_index import (
    index_missing_contacts,
    index_missing_organizations,
    index_what_is_missing,
)
from cti_crm.contacts.service import ContactService
from cti_crm.duplicates.routes import duplicate_routes
from cti_crm.duplicates.service import DuplicateService
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.http.api import Routes
from cti_crm.infrastructure.jobs import JobRunner
from cti_crm.infrastructure.mail import Mailer
from cti_crm.lists.routes import list_routes
from cti_crm.lists.service import ListService
from cti_crm.missed_calls.arranging import Affected
from cti_crm.missed_calls.routes import missed_call_routes
from cti_crm.notes.events import NoteChanged
from cti_crm.notes.routes import note_routes
from cti_crm.notes.service import FINISH_JOB, NoteService
from cti_crm.notes.templates import TemplateService, template_routes
from cti_crm.reports.service import CallLogService
from cti_crm.screenpop.lore import CrmLore
from cti_crm.search.routes import search_routes
from cti_crm.search.service import SearchService, index_changed_notes, index_missing_notes
from cti_crm.settings import Settings
from cti_crm.tasks.reminders import MAIL_JOB, Reminders
from cti_crm.tasks.routes import task_routes
from cti_crm.tasks.service import TaskService
from cti_crm.timeline.routes import timeline_routes
from cti_crm.timeline.service import TimelineService
from cti_crm.touchpoints.dispositions import DispositionService, disposition_routes
from cti_crm.touchpoints.events import CallWrappedUp, TouchpointAssigned
from cti_crm.touchpoints.recorder import TouchpointRecorder
from cti_crm.touchpoints.routes import touchpoint_routes
from cti_crm.touchpoints.service import TouchpointService


class Crm:
    """All features around contacts, on one database."""

    def __init__(self, settings: Settings, database: Database, bus: EventBus, background: Background) -> None:
        self._database = database
        self._bus = bus
        self._background = background
        self.live = LiveCalls(bus)
        self.directory = AgentDirectory()
        self.agents = AgentService()
        self.plan = NumberPlan(settings.numbers)
        self.accounts = AccountService()
        matcher = Matcher(self.plan)
        self.contacts = ContactService(self.plan, matcher)
        self.imports = ImportRunner(database, settings.numbers)
        recorder = TouchpointRecorder(self.plan, matcher)
        self._record_touchpoints = recorder.record
        self.missed = MissedCalls(settings, self.plan)
        self.touchpoints = TouchpointService(self.contacts, recorder, self, self.extension_of)
        self.notes = NoteService(self.touchpoints.owner_of)
        self.todo = TaskService(self.touchpoints.owner_of, self.directory.team_of)
        mailer = Mailer(settings.mail) if settings.mail.host else None
        self.reminders = Reminders(database, bus, mailer, settings.mail.page)
        self.jobs = JobRunner(database, bus, {MAIL_JOB: self.reminders.send_mail, FINISH_JOB: self._finish_note})
        self.search = SearchService(self.plan)
        self.timeline = TimelineService(self.plan, self.contacts, self.notes, self.todo)
        self.callers = CallerService(self.plan)
        self.known_numbers = KnownNumbers(bus, self.extension_of)
        self.reports = CallLogService(self.plan, self.notes, self.todo, self.extension_of)
        self.writer = CallLogWriter(database, bus, self.plan, self._record, self._absorb)
        self.backfill = Backfill(database, self.plan, self._record, self._absorb)
        self.lore = CrmLore(database, self.plan, matcher, self.todo, self.directory)
        background.after(NoteChanged, index_changed_notes)
        background.after(NumbersAttached, self._numbers_attached)
        background.after(TouchpointAssigned, self._written_about_call)
        background.after(ContactChanged, self._contacts_changed)
        background.after(CallWrappedUp, self._wrapped_up)

    def routes(self) -> list[Routes]:
        """The API of all these features."""
        return [
            account_routes(self.accounts),
            contact_routes(self.contacts, self.imports),
            organization_routes(self.contacts),
            custom_field_routes(),
            bin_routes(self.contacts),
            duplicate_routes(DuplicateService(self.plan)),
            list_routes(ListService(self.plan, self.contacts)),
            touchpoint_routes(self.touchpoints),
            disposition_routes(DispositionService()),
            note_routes(self.notes),
            template_routes(TemplateService()),
            caller_routes(self.callers),
            task_routes(self.todo, self.reminders),
            timeline_routes(self.timeline),
            missed_call_routes(self.missed.service),
            search_routes(self.search),
        ]

    def start(self) -> None:
        """Let run what works in the background."""
        self._background.until_done(self.writer.run())
        self._background.spawn(self.imports.run())
        self._background.spawn(keep_uses_noted(self.accounts, self._database))
        not_indexed = (index_missing_contacts, index_missing_organizations, index_missing_notes)
        self._background.spawn(index_what_is_missing(self._database, not_indexed))
        self._background.spawn(bin.empty(self._database))
        self._background.spawn(self.reminders.run())
        self._background.spawn(self.jobs.run())
        self._background.spawn(keep_directory_current(self.directory, self._database, self._bus))

    # -- what features ask of each other ---------------------------------------------------------------------------

    async def find(self, session: AsyncSession, call_id: UUID) -> Call | None:
        """A call wherever it is: still going on, about to be stored, or stored."""
        known = self.live.get(call_id) or self.writer.unwritten(call_id)
        return known or await CallRepository(session).get(call_id)

    def extension_of(self, user_id: UUID) -> str | None:
        """The extension of a user who is an agent."""
        entry = self.directory.by_user(user_id)
        return entry.extension if entry else None

    # -- what one feature tells and another does -------------------------------------------------------------------

    async def _numbers_attached(self, session: AsyncSession, events: Sequence[NumbersAttached]) -> None:
        for event in events:
            await self.touchpoints.on_numbers_attached(session, event)

    async def _contacts_changed(self, session: AsyncSession, events: Sequence[ContactChanged]) -> None:
        # Two that became one are one missed caller from now on.
        await self.missed.settler.settle(session, Affected(contact_ids={event.contact_id for event in events}))

    async def _written_about_call(self, session: AsyncSession, events: Sequence[TouchpointAssigned]) -> None:
        calls = {event.call_id for event in events}
        await self.missed.recorder.refresh(session, {event.call_id for event in events if not event.new})
        for call_id in {*await self.notes.of_calls(session, calls), *await self.todo.of_calls(session, calls)}:
            owner = await self.touchpoints.owner_of(session, call_id)  # the newest word, whatever came in between
            await self.notes.on_call_assigned(session, call_id, owner)
            await self.todo.on_call_assigned(session, call_id, owner)

    async def _wrapped_up(self, session: AsyncSession, events: Sequence[CallWrappedUp]) -> None:
        for event in events:
            await self.notes.on_wrapped_up(session, event.call_id, event.user_id)

    async def _record(self, session: AsyncSession, calls: Sequence[Call]) -> None:
        owners = await self._record_touchpoints(session, calls)
        await self.missed.recorder.record(session, calls, owners)

    async def _finish_note(self, _job_id: UUID, payload: dict[str, str]) -> None:
        async with self._database.transaction() as session:
            await self.notes.finish_abandoned(session, payload)

    async def _absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        await self.touchpoints.absorb(session, gone, into)
        await self.missed.recorder.absorb(session, gone, into)
        await self.notes.absorb(session, gone, into)
        await self.todo.absorb(session, gone, into)
