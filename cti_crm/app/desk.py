"""What an agent's browser sees live: pops, colleagues, changes, over the socket."""

from uuid import UUID

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.events import SessionEnded, UserSignedOutEverywhere
from cti_crm.agents.own_queues import OwnQueues
from cti_crm.agents.wrap_up import WrapUps
from cti_crm.app.background import Background
from cti_crm.app.crm import Crm
from cti_crm.app.telephony import Telephony
from cti_crm.calls.control import CallControlService
from cti_crm.calls.ports import LinkStatus
from cti_crm.calls.service import CallService, OwnDevice
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError, NotSignedInError
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.http.api import PRINCIPAL
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.metrics import Metrics
from cti_crm.missed_calls.events import MissedCallDue, MissedCallsChanged
from cti_crm.missed_calls.upkeep import Upkeep
from cti_crm.screenpop.changes import Changes
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.missed_calls import MissedCallsNews
from cti_crm.screenpop.presence import Presence
from cti_crm.screenpop.protocol import LinkOut, Snapshot
from cti_crm.screenpop.routes import SocketEndpoint
from cti_crm.screenpop.service import WRAP_UP_KEPT, ScreenPopService
from cti_crm.screenpop.session import Frame
from cti_crm.screenpop.sign_ins import close_ended_sign_ins
from cti_crm.settings import Settings
from cti_crm.touchpoints.schemas import Assign

log = structlog.get_logger(__name__)


class Desk:
    """Everything behind the socket, and what a person may do with calls."""

    def __init__(
        self,
        settings: Settings,
        crm: Crm,
        telephony: Telephony,
        hub: Hub,
        metrics: Metrics,
        database: Database,
        bus: EventBus,
        background: Background,
    ) -> None:
        self._crm = crm
        self._telephony = telephony
        self._hub = hub
        self._metrics = metrics
        self._database = database
        self._background = background
        self.pops = ScreenPopService(
            bus,
            hub,
            crm.lore,
            crm.plan,
            background.spawn,
            has_agent=self._has_agent,
            on_match=lambda match: metrics.matches.labels(match.kind, match.reason).inc(),
            callers=crm.known_numbers,
        )
        self.presence = Presence(bus, crm.directory, hub)
        queues, ways = telephony.queues, (settings.agents, settings.queues)
        self.own_queues = OwnQueues(crm.directory, queues, *ways)
        self.wrap_ups = WrapUps(bus, database, crm.directory, queues, *ways, background.spawn, background.until_done)
        self.changes = Changes(bus, hub, self.pops, crm.extension_of)
        missed = crm.missed
        self.missed = MissedCallsNews(hub, missed.service)
        self.missed_upkeep = Upkeep(
            database, missed.recorder, missed.settler, missed.rules, lambda: {one.user_id for one in hub.principals()}
        )
        background.after(MissedCallsChanged, self.missed.changed)
        background.after(MissedCallDue, self.missed.due)
        self.calls = CallService(telephony.controls, bus, crm.plan, self._devices_of, self._assign_dialled)
        self.control = CallControlService(
            telephony.controls, crm.live, bus, crm.plan, self._devices_of, telephony.tell, background.spawn
        )
        self.socket = SocketEndpoint(
            hub, _admit, lambda user: crm.extension_of(user.user_id), self._snapshot_for, self._sent
        )
        bus.subscribe(SessionEnded, lambda ended: hub.dismiss_if(lambda user: user.session_id == ended.session_id))
        bus.subscribe(UserSignedOutEverywhere, lambda ended: hub.dismiss_if(lambda user: user.user_id == ended.user_id))

    async def reopen_wrap_ups(self, session: AsyncSession) -> None:
        """Whoever had not finished a call's wrap-up when the service stopped sees it again."""
        since = now() - WRAP_UP_KEPT
        for agent in self._crm.directory.agents():
            for call in await self._crm.touchpoints.calls_not_wrapped_up(session, agent.user_id, since):
                self.pops.reopen(call, agent.extension)

    def start(self) -> None:
        """Let run what works in the background."""
        self._background.spawn(self.wrap_ups.run())
        self._background.spawn(self.missed_upkeep.run())
        self._background.spawn(close_ended_sign_ins(self._hub, self._database, self._crm.accounts.ended))

    def _snapshot_for(self, user: Principal, extension: str | None) -> Snapshot:
        return Snapshot(
            pops=self.pops.pops_of(extension),
            calls=self.pops.calls_of(extension, user.sees_all),
            agents=self._crm.directory.agents(),
            queues=self._crm.directory.queues(),
            links=[link_out(link.name, link.status) for link in self._telephony.links],
            missed=self.missed.counts,
        )

    def _sent(self, frame: Frame) -> None:
        if frame.rang_at is not None:
            self._metrics.ring_to_pop.observe((now() - frame.rang_at).total_seconds())
        if frame.pop_state is not None:
            self._metrics.pops.labels(frame.pop_state).inc()

    def _has_agent(self, pbx: str, extension: str) -> bool:
        entry = self._crm.directory.by_extension(extension)
        return entry is not None and bool(entry.devices_at(pbx))

    def _devices_of(self, user_id: UUID) -> list[OwnDevice]:
        entry = self._crm.directory.by_user(user_id)
        if entry is None:
            return []
        return [OwnDevice(one.pbx, one.device, entry.extension) for one in entry.devices]

    def _assign_dialled(self, user: Principal, call_id: UUID, contact_id: UUID) -> None:
        async def assign() -> None:
            try:
                async with self._database.transaction() as session:
                    wish = Assign(contact_id=contact_id, remember=False)
                    await self._crm.touchpoints.assign(session, user, call_id, wish)
            except (CtiCrmError, SQLAlchemyError, OSError) as error:
                log.warning("dialled_contact_not_noted", call=str(call_id), error=str(error))

        self._background.spawn(assign())


def link_out(pbx: str, status: LinkStatus) -> LinkOut:
    """A link's state in the socket's words."""
    return LinkOut(pbx=pbx, state=status.state.value, message=status.message, since=status.since)


def _admit(request: web.Request) -> Principal:
    user: Principal | None = request.get(PRINCIPAL)
    if user is None:
        raise NotSignedInError
    return user
