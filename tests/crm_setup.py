"""The CRM's services wired as the application does it, with people, calls and an API client for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.calls.call import Call, CallOutcome, Direction, Leg, LegKind, LegState, Party, Talk
from cti_crm.calls.ports import HeardEvent
from cti_crm.calls.repository import CallRepository
from cti_crm.contacts.custom_fields import custom_field_routes
from cti_crm.contacts.events import NumbersAttached
from cti_crm.contacts.import_jobs import ImportRunner
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.routes import bin_routes, contact_routes, organization_routes
from cti_crm.contacts.schemas import (
    ContactCreate,
    ContactOut,
    MatchOut,
    NumberIn,
    NumberLabel,
    OrganizationCreate,
    OrganizationOut,
)
from cti_crm.contacts.service import ContactService
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.infrastructure.http.api import PRINCIPAL, Api, Routes
from cti_crm.infrastructure.http.errors import problem_middleware
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.infrastructure.mail import Mailer
from cti_crm.notes.routes import note_routes
from cti_crm.notes.service import NoteService
from cti_crm.notes.templates import TemplateService, template_routes
from cti_crm.reports.explanation import CallExplainer, PopStanding
from cti_crm.reports.routes import report_routes
from cti_crm.reports.service import CallLogService
from cti_crm.screenpop.policy import audience
from cti_crm.search.routes import search_routes
from cti_crm.search.service import SearchService
from cti_crm.settings import NumberSettings
from cti_crm.tasks.reminders import Reminders
from cti_crm.tasks.routes import task_routes
from cti_crm.tasks.service import TaskService
from cti_crm.timeline.routes import timeline_routes
from cti_crm.timeline.service import TimelineService
from cti_crm.touchpoints.dispositions import DispositionService, disposition_routes
from cti_crm.touchpoints.events import CallWrappedUp, TouchpointAssigned
from cti_crm.touchpoints.recorder import TouchpointRecorder
from cti_crm.touchpoints.routes import touchpoint_routes
from cti_crm.touchpoints.service import TouchpointService

API = "/api/v1"
Client = TestClient[web.Request, web.Application]
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MOBILE = "+4917612345678"
NUMBERS = NumberSettings(country="DE", area_code="30", own=["+49 30 5550"])


@dataclass
class Heard:
    """What a PBX is said to have said; `fault` is raised instead."""

    events: list[HeardEvent] = field(default_factory=list)
    fault: OSError | None = None

    def heard(self, _call: Call) -> list[HeardEvent]:
        if self.fault is not None:
            raise self.fault
        return self.events


def popped(call: Call) -> dict[str, PopStanding]:
    return {extension: PopStanding(one.state, one.reason, one.by) for extension, one in audience(call).items()}


@dataclass
class Crm:
    """All services; `live` holds calls that are not stored yet, `extensions` who has which."""

    database: Database
    bus: MemoryEventBus
    plan: NumberPlan = field(default_factory=lambda: NumberPlan(NUMBERS))
    live: dict[UUID, Call] = field(default_factory=dict)
    extensions: dict[UUID, str] = field(default_factory=dict)
    teams: dict[UUID, set[UUID]] = field(default_factory=dict)
    mailer: Mailer | None = None
    published: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.matcher = Matcher(self.plan)
        self.contacts = ContactService(self.plan, self.matcher)
        self.recorder = TouchpointRecorder(self.plan, self.matcher)
        self.touchpoints = TouchpointService(self.contacts, self.recorder, self, self.extensions.get)
        self.notes = NoteService(self.touchpoints.owner_of)
        self.tasks = TaskService(self.touchpoints.owner_of, lambda user_id: self.teams.get(user_id, {user_id}))
        self.reminders = Reminders(self.database, self.bus, self.mailer, None)
        self.timeline = TimelineService(self.plan, self.contacts, self.notes, self.tasks)
        self.heard = Heard()
        self.log = CallLogService(self.plan, self.notes, self.tasks, self.extensions.get)
        self.imports = ImportRunner(self.database, NUMBERS)
        self.bus.subscribe(object, self.published.append)

    async def find(self, session: AsyncSession, call_id: UUID) -> Call | None:
        return self.live.get(call_id) or await CallRepository(session).get(call_id)

    async def work_off_events(self) -> None:
        """What the application's task does with events; those it causes are worked off, too."""
        while self.published:
            event = self.published.pop(0)
            async with self.database.transaction() as session:
                match event:
                    case NumbersAttached():
                        await self.touchpoints.on_numbers_attached(session, event)
                    case CallWrappedUp(call_id, user_id):
                        await self.notes.on_wrapped_up(session, call_id, user_id)
                    case TouchpointAssigned(call_id, contact_id, organization_id):
                        owner = Owner(contact_id, organization_id)
                        await self.notes.on_call_assigned(session, call_id, owner)
                        await self.tasks.on_call_assigned(session, call_id, owner)

    async def add_user(self, username: str, role: Role = Role.AGENT, extension: str | None = None) -> Principal:
        name = username.capitalize()
        async with self.database.transaction() as session:
            user = User(username=username, username_key=username, display_name=name, role=role, password_hash="-")
            session.add(user)
        if extension is not None:
            self.extensions[user.id] = extension
        return Principal(user.id, username, name, role)

    async def add_contact(self, name: str, *numbers: str, firm: str = "", **fields: Any) -> ContactOut:
        first, _, last = name.rpartition(" ")
        new = ContactCreate(
            first_name=first,
            last_name=last,
            organization_name=firm,
            numbers=[NumberIn(value=one) for one in numbers],
            **fields,
        )
        async with self.database.transaction() as session:
            return await self.contacts.create(session, new)

    async def add_firm(self, name: str, *numbers: str, label: NumberLabel = NumberLabel.MAIN) -> OrganizationOut:
        typed = [NumberIn(value=one, label=label) for one in numbers]
        async with self.database.transaction() as session:
            return await self.contacts.create_organization(session, OrganizationCreate(name=name, numbers=typed))

    async def match(self, number: str | None) -> MatchOut:
        async with self.database.transaction() as session:
            return await self.matcher.match(session, number)

    async def save(self, *calls: Call) -> None:
        """As the call log's writer does it."""
        async with self.database.transaction() as session:
            await CallRepository(session).save(calls, self.plan, now())
            await self.recorder.record(session, calls)

    @asynccontextmanager
    async def client(self, principal: Principal, *more: Routes) -> AsyncIterator[Client]:
        """An HTTP client signed in as `principal`; with `more` routes than those of the services here."""

        @web.middleware
        async def signed_in(request: web.Request, handler: Any) -> web.StreamResponse:
            request[PRINCIPAL] = principal
            response: web.StreamResponse = await handler(request)
            return response

        api = Api(API, self.database, "test", "1")
        for routes in (
            contact_routes(self.contacts, self.imports),
            organization_routes(self.contacts),
            custom_field_routes(),
            bin_routes(self.contacts),
            search_routes(SearchService(self.plan)),
            touchpoint_routes(self.touchpoints),
            disposition_routes(DispositionService()),
            note_routes(self.notes),
            template_routes(TemplateService()),
            task_routes(self.tasks, self.reminders),
            timeline_routes(self.timeline),
            report_routes(self.log, CallExplainer(self.heard, popped, masked=True)),
            *more,
        ):
            api.add(routes)
        app = web.Application(middlewares=[problem_middleware, signed_in])
        api.register(app)
        async with TestClient(TestServer(app)) as client:
            yield client


async def send(client: Client, method: str, path: str, body: object = None, status: int = 200, **query: str) -> Any:
    """What the API answers, with this status; None if that is 204."""
    async with client.request(method, API + path, json=body, params=query) as answer:
        assert answer.status == status, await answer.text()
        return None if status == 204 else await answer.json()


async def get(client: Client, path: str, status: int = 200, **query: str) -> Any:
    """What the API has there."""
    return await send(client, "GET", path, status=status, **query)


def call(
    number: str | None = MOBILE,
    *,
    agent: str = "101",
    minutes: int = 0,
    direction: Direction = Direction.INBOUND,
    queue: str | None = None,
    ended: bool = True,
    answered: bool = True,
    revision: int = 3,
    call_id: UUID | None = None,
) -> Call:
    """A call with an agent, `minutes` after START."""
    begin = START + timedelta(minutes=minutes)
    end = begin + timedelta(seconds=30)
    outside, inside = Party(number), Party(agent, extension=agent)
    inbound = direction is Direction.INBOUND
    talk = (Talk(agent, begin + timedelta(seconds=5), end if ended else None),) if answered else ()
    outcome = (CallOutcome.ANSWERED if answered else CallOutcome.MISSED) if ended else None
    return Call(
        id=call_id or new_id(),
        pbx="main",
        linkedid="1.0",
        revision=revision,
        direction=direction,
        caller=outside if inbound else inside,
        called=inside if inbound else outside,
        started_at=begin,
        queue=queue,
        offered_to=(agent,) if inbound else (),
        answered_by=agent if answered else None,
        final_agent=agent if answered else None,
        outcome=outcome,
        talk=talk,
        answered_at=begin + timedelta(seconds=5) if answered else None,
        ended_at=end if ended else None,
        legs=(
            Leg(
                "1.1", LegKind.DEVICE, f"PJSIP/{agent}", inside, LegState.CLEARED, placed=not inbound, started_at=begin
            ),
        ),
    )
