from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from cti_crm.app.missed_calls import rules_of
from cti_crm.calls.call import Call
from cti_crm.calls.repository import CallRepository
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.missed_calls.recorder import MissedCallRecorder
from cti_crm.missed_calls.routes import missed_call_routes
from cti_crm.missed_calls.schemas import MissedCallOut, MissedCallQuery, MissedState
from cti_crm.missed_calls.service import MissedCallService
from cti_crm.missed_calls.settling import Settler
from cti_crm.missed_calls.upkeep import Upkeep
from cti_crm.settings import BusinessHoursSettings, Settings
from cti_crm.touchpoints.events import TouchpointAssigned
from cti_crm.touchpoints.repository import owners_of_calls, talks_with
from tests.crm_setup import NUMBERS, START, Crm

HOURS = BusinessHoursSettings(time_zone="UTC", holidays="")


@dataclass
class MissedCrm(Crm):
    """The CRM with the list of missed calls; `time` is what its clock shows."""

    time: datetime = field(default=START + timedelta(hours=1))
    present: set[UUID] = field(default_factory=set)
    assigned: list[TouchpointAssigned] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bus.subscribe(TouchpointAssigned, self.assigned.append)
        self.rules = rules_of(Settings(numbers=NUMBERS, business_hours=HOURS))
        self.settler = settler = Settler(self.rules, self.plan, talks_with)
        self.missed_recorder = MissedCallRecorder(owners_of_calls, settler, self.plan)
        self.missed = MissedCallService(self.rules, self.plan, settler, lambda: self.time)
        self.upkeep = Upkeep(
            self.database, self.missed_recorder, settler, self.rules, lambda: self.present, lambda: self.time
        )

    def api(self, user: Principal) -> AbstractAsyncContextManager[TestClient[web.Request, web.Application]]:
        """A client signed in as `user`, with the routes of missed calls."""
        return self.client(user, missed_call_routes(self.missed))

    async def save(self, *calls: Call) -> None:
        """As the call log's writer does it."""
        async with self.database.transaction() as session:
            await CallRepository(session).save(calls, self.plan, now())
            await self.recorder.record(session, calls)
            await self.missed_recorder.record(session, calls)

    async def save_unlisted(self, *calls: Call) -> None:
        """As a version without the list did it."""
        await super().save(*calls)

    async def work_off_events(self) -> None:
        await super().work_off_events()
        async with self.database.transaction() as session:
            await self.missed_recorder.refresh(session, [event.call_id for event in self.assigned])

    async def lines(self, user: Principal, state: MissedState = MissedState.ALL, **query: Any) -> list[MissedCallOut]:
        async with self.database.transaction() as session:
            return (await self.missed.page(session, user, MissedCallQuery(state=state, **query))).items

    async def tick(self, **later: float) -> None:
        self.time += timedelta(**later)
        async with self.database.transaction() as session:
            await self.upkeep.tick(session)


@pytest.fixture
def crm(database: Database, bus: MemoryEventBus) -> MissedCrm:
    return MissedCrm(database, bus)


@pytest.fixture
async def anna(crm: MissedCrm) -> Principal:
    return await crm.add_user("anna", extension="101")


@pytest.fixture
async def bernd(crm: MissedCrm) -> Principal:
    return await crm.add_user("bernd", extension="102")
