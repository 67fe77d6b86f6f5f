"""All parts of a service, made and connected with each other."""

import asyncio

from cti_crm import __version__
from cti_crm.agents.routes import agent_routes
from cti_crm.app.background import Background
from cti_crm.app.crm import Crm
from cti_crm.app.desk import Desk, link_out
from cti_crm.app.telephony import Telephony
from cti_crm.calls.control_routes import control_routes
from cti_crm.calls.ports import LinkStatus
from cti_crm.calls.routes import call_routes
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.infrastructure.http.api import Api
from cti_crm.infrastructure.metrics import Metrics
from cti_crm.reports.routes import report_routes
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import LinkUpdated
from cti_crm.settings import Settings

PREFIX = "/api/v1"


class Parts:
    """Nothing runs before `start`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bus = MemoryEventBus()
        self.metrics = Metrics()
        self.database = Database(settings.database.url, self.bus)
        self.background = Background(self.bus, self.database)
        self.hub = Hub()
        self.crm = Crm(settings, self.database, self.bus, self.background)
        self.telephony = Telephony(settings, self.crm, self.metrics, self._tell_status)
        self.desk = Desk(
            settings, self.crm, self.telephony, self.hub, self.metrics, self.database, self.bus, self.background
        )
        self.metrics.watch_depth("call-log", lambda: self.crm.writer.waiting)
        self.api = Api(PREFIX, self.database, "cti-crm", __version__)
        for routes in (
            *self.crm.routes(),
            agent_routes(self.crm.directory, self.crm.agents, self.desk.own_queues),
            call_routes(self.desk.calls, self.crm.contacts.warned_of),
            control_routes(self.desk.control),
            report_routes(self.crm.reports, self.telephony.explainer()),
        ):
            self.api.add(routes)

    def _tell_status(self, pbx: str, status: LinkStatus) -> None:
        self.hub.to_all(LinkUpdated(link=link_out(pbx, status)))

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Read what must be known, then let everything run, in `tasks`."""
        self.background.tasks = tasks
        async with self.database.transaction() as session:
            await self.crm.directory.load(session)
            await self.crm.known_numbers.load(session, self.crm.callers)
            await self.telephony.take_over_calls(session)
            await self.desk.reopen_wrap_ups(session)
            await self.desk.missed.load(session)
        self.crm.start()
        self.desk.start()
        await self.telephony.start(self.background, self.database, self.bus)

    async def stop(self) -> None:
        """End all that runs; last of all what is not yet written is written."""
        await self.background.cancel()
        await self.telephony.stop()
        self.crm.writer.stop()
        await self.telephony.close()
