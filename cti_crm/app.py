"""The composition root: settings -> adapters -> services -> HTTP application. The only file that knows every part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm import __version__
from cti_crm.accounts.events import SessionEnded, UserSignedOutEverywhere
from cti_crm.accounts.idempotency import idempotency_middleware
from cti_crm.accounts.middleware import session_middleware
from cti_crm.accounts.routes import account_routes
from cti_crm.accounts.service import AccountService
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.reload import keep_directory_current
from cti_crm.agents.routes import agent_routes
from cti_crm.calls.backfill import Backfill, BackfillReport, Stretch
from cti_crm.calls.call import Call
from cti_crm.calls.gaps import GapFiller
from cti_crm.calls.ingest import Ingest
from cti_crm.calls.live import LiveCalls
from cti_crm.calls.log_writer import CallLogWriter
from cti_crm.calls.ports import LinkStatus
from cti_crm.calls.repository import CallRepository
from cti_crm.calls.routes import call_routes
from cti_crm.calls.service import CallService, OwnDevice
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.contacts.events import NumbersAttached
from cti_crm.contacts.import_jobs import ImportRunner
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.routes import contact_routes, organization_routes
from cti_crm.contacts.service import ContactService
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError, NotSignedInError
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.infrastructure.http.api import PRINCIPAL, Api
from cti_crm.infrastructure.http.api_docs import api_docs
from cti_crm.infrastructure.http.errors import problem_middleware
from cti_crm.infrastructure.http.pages import add_pages
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.http.security import add_security_headers
from cti_crm.infrastructure.metrics import Metrics, metrics_handler, metrics_middleware
from cti_crm.migrations.store import prepare
from cti_crm.notes.routes import note_routes
from cti_crm.notes.service import NoteService
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.pbx.asterisk.flight_recorder import EPOCH, FlightRecorder, RecorderLimits
from cti_crm.pbx.asterisk.hindsight import FlightRecords
from cti_crm.pbx.asterisk.records.reader import AsteriskRecords
from cti_crm.reports.explanation import CallExplainer, PopStanding
from cti_crm.reports.routes import report_routes
from cti_crm.reports.service import CallLogService
from cti_crm.screenpop.changes import Changes
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.lore import CrmLore
from cti_crm.screenpop.policy import audience
from cti_crm.screenpop.presence import Presence
from cti_crm.screenpop.protocol import ClientMessage, LinkOut, LinkUpdated, ServerMessage, Snapshot
from cti_crm.screenpop.routes import SocketEndpoint
from cti_crm.screenpop.service import WRAP_UP_KEPT, ScreenPopService
from cti_crm.screenpop.session import Frame
from cti_crm.screenpop.sign_ins import close_ended_sign_ins
from cti_crm.settings import PbxSettings, Settings
from cti_crm.tasks.routes import task_routes
from cti_crm.tasks.service import TaskService
from cti_crm.timeline.routes import timeline_routes
from cti_crm.timeline.service import TimelineService
from cti_crm.touchpoints.events import TouchpointAssigned
from cti_crm.touchpoints.recorder import TouchpointRecorder
from cti_crm.touchpoints.routes import touchpoint_routes
from cti_crm.touchpoints.schemas import Assign
from cti_crm.touchpoints.service import TouchpointService

log = structlog.get_logger(__name__)

PREFIX = "/api/v1"
STATIC = Path(__file__).parent / "static"
MAX_BODY = 25 * 1024 * 1024  # a little more than the largest import
FOLLOW_UP_PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between tries to do what follows from an event while the database is away."""


@dataclass(slots=True)
class Service:
    """A running service. `url` is where the browser goes."""

    url: str
    database: Database
    links: list[AsteriskLink]
    calls_written: Callable[[], Awaitable[None]]


def openapi_document() -> dict[str, Any]:
    """The API's description, made without a database or a PBX."""
    return _Parts(Settings()).api.openapi()


def socket_schema() -> dict[str, Any]:
    """The JSON Schema of both directions of the socket."""
    return {
        "server": TypeAdapter(ServerMessage).json_schema(by_alias=True, mode="serialization"),
        "client": TypeAdapter(ClientMessage).json_schema(),
    }


async def run(settings: Settings, ready: Callable[[Service], None] = lambda _: None) -> None:
    """Serve until cancelled; `ready` is called when the port is open. Raises what is wrong with store or port."""
    async with running(settings) as service:
        ready(service)
        await asyncio.Event().wait()


async def backfill(settings: Settings, since: datetime, until: datetime, pbx: str | None) -> dict[str, BackfillReport]:
    """Fill the log from the PBXs' own records, of one PBX or of all that have some; the service may run meanwhile.

    Raises what is wrong with the store, and RecordsError.
    """
    parts = _Parts(settings)
    try:
        await prepare(parts.database)
        async with asyncio.TaskGroup() as tasks:
            parts.tasks = tasks
            async with parts.database.transaction() as session:
                await parts.directory.load(session)
            return {
                name: await parts.backfill.fill(records, Stretch(name, since, until))
                for name, records in parts.records.items()
                if pbx in (None, name)
            }
    finally:
        await parts.database.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """A service for the length of the block: the same for `serve`, the demo and the tests."""
    parts = _Parts(settings)
    try:
        await prepare(parts.database)
        async with asyncio.TaskGroup() as tasks:
            parts.tasks = tasks
            await parts.start()
            runner = web.AppRunner(parts.web_application(), access_log=None, shutdown_timeout=3.0)
            await runner.setup()
            try:
                site = web.TCPSite(runner, settings.http.host, settings.http.port)
                await site.start()
                port = runner.addresses[0][1]
                yield Service(f"http://{settings.http.host}:{port}", parts.database, parts.links, parts.writer.flushed)
            finally:
                parts.hub.dismiss_all()
                await runner.cleanup()
                await parts.stop()
                for control in parts.controls.values():
                    await control.close()
    finally:
        await parts.database.close()


class _Parts:
    """All parts, connected. Nothing runs before `start`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tasks: asyncio.TaskGroup | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self._running: set[asyncio.Task[None]] = set()
        self.bus = MemoryEventBus()
        self.metrics = Metrics()
        self.database = Database(settings.database.url, self.bus)
        self.plan = NumberPlan(settings.numbers)
        self.directory = AgentDirectory()
        self.live = LiveCalls(self.bus)
        self.hub = Hub()
        self._make_features()
        self._make_pbx_links(settings.pbx)
        self._make_desk()
        self.api = self._make_api()
        self._connect_features()

    def _make_features(self) -> None:
        self.accounts = AccountService()
        matcher = Matcher(self.plan)
        self.contacts = ContactService(self.plan, matcher)
        self.imports = ImportRunner(self.database, self.settings.numbers)
        recorder = TouchpointRecorder(self.plan, matcher)
        self.touchpoints = TouchpointService(self.contacts, recorder, self, self._extension_of_user)
        self.notes = NoteService(self.touchpoints.owner_of)
        self.todo = TaskService(self.touchpoints.owner_of)
        self.timeline = TimelineService(self.plan, self.contacts, self.notes, self.todo)
        self.reports = CallLogService(self.plan, self.notes, self.todo, self._extension_of_user)
        self.writer = CallLogWriter(self.database, self.bus, self.plan, recorder.record, self._absorb)
        self.backfill = Backfill(self.database, self.plan, recorder.record, self._absorb)
        self.lore = CrmLore(self.database, self.plan, matcher, self.touchpoints, self.notes, self.todo, self.directory)

    def _make_pbx_links(self, pbxs: Sequence[PbxSettings]) -> None:
        self.links: list[AsteriskLink] = []
        self.recorders: list[FlightRecorder] = []
        self.topologies: dict[str, Topology] = {}
        self.controls: dict[str, AsteriskControl] = {}
        self.trackers: dict[str, CallTracker] = {}
        self.records: dict[str, AsteriskRecords] = {}
        self.gap_fillers: list[GapFiller] = []
        for pbx in pbxs:
            link = AsteriskLink(pbx, on_status=self._status_teller(pbx.name))
            topology = Topology(frozenset(pbx.trunks), self.directory.extensions_for(pbx.name))
            self.topologies[pbx.name] = topology
            self.links.append(link)
            self._record(link)
            self.controls[pbx.name] = AsteriskControl(pbx)
            self.trackers[pbx.name] = CallTracker(pbx.name, topology, new_id)
            if pbx.records.cel is not None or pbx.records.cdr is not None:
                self.records[pbx.name] = AsteriskRecords(pbx, topology)
            self.metrics.watch_link(pbx.name, link.counters)
            self.metrics.watch_depth(f"ami-{pbx.name}", partial(getattr, link, "queue_depth"))
        self.metrics.watch_depth("call-log", lambda: self.writer.waiting)

    def _record(self, link: AsteriskLink) -> None:
        folder, wanted = self.settings.recorder_folder, self.settings.recorder
        if folder is None:
            return
        recorder = FlightRecorder(
            folder,
            link.name,
            RecorderLimits(wanted.hours, wanted.max_megabytes * 1_000_000),
            mask=self.settings.log.mask_numbers,
            on_rotate=partial(self._in_loop, link.request_check),
        )
        link.tap(recorder.take, EPOCH)
        self.recorders.append(recorder)

    def _in_loop(self, work: Callable[[], None]) -> None:
        """Have `work` done from another thread."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(work)

    def _make_desk(self) -> None:
        self.pops = ScreenPopService(
            self.bus,
            self.hub,
            self.lore,
            self.plan,
            self._spawn,
            has_agent=self._has_agent,
            on_match=lambda match: self.metrics.matches.labels(match.kind, match.reason).inc(),
        )
        self.presence = Presence(self.bus, self.directory, self.live, self.hub)
        self.changes = Changes(self.bus, self.hub, self.pops, self._extension_of_user)
        self.calls = CallService(self.controls, self.live, self.bus, self.plan, self._devices_of, self._assign_dialled)
        self.socket = SocketEndpoint(
            self.hub, _admit, lambda user: self._extension_of_user(user.user_id), self._snapshot_for, self._sent
        )

    def _make_api(self) -> Api:
        api = Api(PREFIX, self.database, "cti-crm", __version__)
        for routes in (
            account_routes(self.accounts),
            agent_routes(self.directory),
            contact_routes(self.contacts, self.imports),
            organization_routes(self.contacts),
            touchpoint_routes(self.touchpoints),
            note_routes(self.notes),
            task_routes(self.todo),
            call_routes(self.calls),
            timeline_routes(self.timeline),
            report_routes(self.reports, self._explainer()),
        ):
            api.add(routes)
        return api

    def _explainer(self) -> CallExplainer:
        folder = self.settings.recorder_folder
        return CallExplainer(
            None if folder is None else FlightRecords(folder, self.topologies),
            lambda call: {
                extension: PopStanding(one.state, one.reason, one.by) for extension, one in audience(call).items()
            },
            masked=self.settings.log.mask_numbers,
        )

    def _connect_features(self) -> None:
        """What one feature tells and another does; each in a transaction of its own."""
        self._on(NumbersAttached, self._numbers_attached)
        self._on(TouchpointAssigned, self._written_about_call)
        self.bus.subscribe(
            SessionEnded, lambda ended: self.hub.dismiss_if(lambda user: user.session_id == ended.session_id)
        )
        self.bus.subscribe(
            UserSignedOutEverywhere, lambda ended: self.hub.dismiss_if(lambda user: user.user_id == ended.user_id)
        )

    def _on(self, event_type: type[Any], handler: Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]) -> None:
        waiting: list[Any] = []

        async def handle() -> None:
            events = waiting[:]
            waiting.clear()
            for pause in FOLLOW_UP_PAUSES:
                try:
                    async with self.database.transaction() as session:
                        await handler(session, events)
                    return
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    log.warning(
                        "follow_up_waits_for_database", follow_up=event_type.__name__, error=type(error).__name__
                    )
                    await asyncio.sleep(pause)
            log.error("follow_up_failed", follow_up=event_type.__name__)

        def begin(event: Any) -> None:
            waiting.append(event)
            if len(waiting) == 1:  # what is told in the same moment is done in one transaction
                self._spawn(handle())

        self.bus.subscribe(event_type, begin)

    async def _numbers_attached(self, session: AsyncSession, events: Sequence[NumbersAttached]) -> None:
        for event in events:
            await self.touchpoints.on_numbers_attached(session, event)

    async def _written_about_call(self, session: AsyncSession, events: Sequence[TouchpointAssigned]) -> None:
        calls = {event.call_id for event in events}
        for call_id in {*await self.notes.of_calls(session, calls), *await self.todo.of_calls(session, calls)}:
            owner = await self.touchpoints.owner_of(session, call_id)  # the newest word, whatever came in between
            await self.notes.on_call_assigned(session, call_id, owner)
            await self.todo.on_call_assigned(session, call_id, owner)

    async def _absorb(self, session: AsyncSession, gone: UUID, into: UUID) -> None:
        await self.touchpoints.absorb(session, gone, into)
        await self.notes.absorb(session, gone, into)
        await self.todo.absorb(session, gone, into)

    # -- starting --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what must be known, then let everything run."""
        self.loop = asyncio.get_running_loop()
        async with self.database.transaction() as session:
            await self.directory.load(session)
            await self._take_over_calls(session)
        if self.tasks is not None:
            self.tasks.create_task(self.writer.run())
        self._spawn(self.imports.run())
        self._spawn(close_ended_sign_ins(self.hub, self.database, self.accounts.is_still_valid))
        self._spawn(keep_directory_current(self.directory, self.database, self.bus))
        for link in self.links:
            if link.name in self.records:
                await self._fill_gaps(link)
            ingest = Ingest(link, self.trackers[link.name], self.bus)
            self._spawn(ingest.run())
            self._spawn(link.run())
        for recorder in self.recorders:
            recorder.start()

    async def stop(self) -> None:
        """End all that runs; last of all what is not yet written is written."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for filler in self.gap_fillers:
            filler.stop()
        self.writer.stop()
        for recorder in self.recorders:
            await asyncio.to_thread(recorder.stop)

    async def _fill_gaps(self, link: AsteriskLink) -> None:
        tracker, records = self.trackers[link.name], self.records[link.name]
        filler = GapFiller(link, tracker, records, self.backfill, self.database, self.bus, self.writer.flushed)
        await filler.start()
        self.gap_fillers.append(filler)
        if self.tasks is not None:
            self.tasks.create_task(filler.run())

    async def _take_over_calls(self, session: AsyncSession) -> None:
        """Calls that went on when the service stopped go on; those it missed the end of are ended by the snapshot."""
        repository = CallRepository(session)
        for name, tracker in self.trackers.items():
            tracker.restore([call for call, _seen_at in await repository.running(name)])
        for agent in self.directory.agents():
            for call in await self.touchpoints.calls_not_wrapped_up(session, agent.user_id, now() - WRAP_UP_KEPT):
                self.pops.reopen(call, agent.extension)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        if self.tasks is None:
            raise RuntimeError("the service has not been started")
        task = self.tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    # -- HTTP ------------------------------------------------------------------------------------------------------

    def web_application(self) -> web.Application:
        """The one port: API, socket, pages, metrics, health."""
        http = self.settings.http
        app = web.Application(
            client_max_size=MAX_BODY,
            middlewares=[
                metrics_middleware(self.metrics),
                problem_middleware,
                session_middleware(
                    self.accounts,
                    self.database,
                    origins=http.origins,
                    secure_cookies=http.secure_cookies,
                    sign_in_path=f"{PREFIX}/session",
                ),
                idempotency_middleware(self.database),
            ],
        )
        add_security_headers(app)
        app.router.add_get("/ws", self.socket.handle)
        app.router.add_get("/healthz", _alive)
        app.router.add_get("/readyz", self._readiness)
        app.router.add_get("/metrics", metrics_handler(self.metrics))
        app.router.add_get("/api/docs", api_docs(self.api.openapi()))
        app.router.add_get(f"{PREFIX}/socket-schema.json", _socket_schema)
        self.api.register(app)
        add_pages(app, STATIC)
        self.metrics.open_sockets.set_function(lambda: len(self.hub))
        return app

    async def _readiness(self, _request: web.Request) -> web.Response:
        parts: dict[str, dict[str, str]] = {}
        try:
            async with asyncio.timeout(3):
                await self.database.ping()
            parts["database"] = {"state": "up", "message": ""}
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            parts["database"] = {"state": "down", "message": type(error).__name__}
        for link in self.links:
            parts[f"pbx:{link.name}"] = {"state": link.status.state.value, "message": link.status.message}
        ready = all(part["state"] == "up" for part in parts.values())
        return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)

    # -- the socket ------------------------------------------------------------------------------------------------

    def _snapshot_for(self, user: Principal, extension: str | None) -> Snapshot:
        return Snapshot(
            pops=self.pops.pops_of(extension),
            calls=self.pops.calls_of(extension, user.sees_all),
            agents=self.directory.agents(),
            queues=self.directory.queues(),
            links=[_link_out(link.name, link.status) for link in self.links],
        )

    def _status_teller(self, pbx: str) -> Callable[[LinkStatus], None]:
        return lambda status: self.hub.to_all(LinkUpdated(link=_link_out(pbx, status)))

    def _sent(self, frame: Frame) -> None:
        if frame.rang_at is not None:
            self.metrics.ring_to_pop.observe((now() - frame.rang_at).total_seconds())
        if frame.pop_state is not None:
            self.metrics.pops.labels(frame.pop_state).inc()

    # -- what parts ask of each other ------------------------------------------------------------------------------

    async def find(self, session: AsyncSession, call_id: UUID) -> Call | None:
        """A call wherever it is: still going on, or stored."""
        return self.live.get(call_id) or await CallRepository(session).get(call_id)

    def _extension_of_user(self, user_id: UUID) -> str | None:
        entry = self.directory.by_user(user_id)
        return entry.extension if entry else None

    def _has_agent(self, pbx: str, extension: str) -> bool:
        entry = self.directory.by_extension(extension)
        return entry is not None and bool(entry.devices_at(pbx))

    def _devices_of(self, user_id: UUID) -> list[OwnDevice]:
        entry = self.directory.by_user(user_id)
        if entry is None:
            return []
        return [OwnDevice(one.pbx, one.device, entry.extension) for one in entry.devices]

    def _assign_dialled(self, user: Principal, call_id: UUID, contact_id: UUID) -> None:
        async def assign() -> None:
            try:
                async with self.database.transaction() as session:
                    wish = Assign(contact_id=contact_id, remember=False)
                    await self.touchpoints.assign(session, user, call_id, wish)
            except (CtiCrmError, SQLAlchemyError, OSError) as error:
                log.warning("dialled_contact_not_noted", call=str(call_id), error=str(error))

        self._spawn(assign())


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True, "version": __version__})


async def _socket_schema(_request: web.Request) -> web.Response:
    return web.json_response(socket_schema())


def _admit(request: web.Request) -> Principal:
    user: Principal | None = request.get(PRINCIPAL)
    if user is None:
        raise NotSignedInError
    return user


def _link_out(pbx: str, status: LinkStatus) -> LinkOut:
    return LinkOut(pbx=pbx, state=status.state.value, message=status.message)
