"""Wrap-up time where the PBX does not obey at once, or does it by itself."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from cti_crm.accounts.service import AccountService
from cti_crm.agents import repository, wrap_up
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import TalkEnded, WrapUpPausesSeen
from cti_crm.agents.service import AgentService, Device
from cti_crm.agents.state import WRAP_UP_REASON
from cti_crm.agents.wrap_up import WrapUps
from cti_crm.calls.pbx_presence import QueueMemberChanged
from cti_crm.calls.ports import ControlError
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.settings import AgentSettings, QueueSettings
from tests.accounts_setup import add_user, cheap_passwords

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Queues:
    """A PBX's queues that refuse `refusals` times, and keep what they were asked."""

    def __init__(self) -> None:
        self.refusals = 0
        self.asked: asyncio.Queue[tuple[str | None, str, str | None]] = asyncio.Queue()

    async def sign_in(self, queue: str, device: str, name: str) -> None:
        raise AssertionError

    async def sign_out(self, queue: str, interface: str) -> None:
        raise AssertionError

    async def pause(self, queue: str | None, interface: str, reason: str | None) -> None:
        self.asked.put_nowait((queue, interface, reason))
        if self.refusals:
            self.refusals -= 1
            raise ControlError("The telephone system does not answer.")


class Office:
    """One agent at one PBX, with wrap-up time in the queue `support`."""

    def __init__(self, database: Database, bus: MemoryEventBus) -> None:
        self.database = database
        self.bus = bus
        self.directory = AgentDirectory()
        self.queues = Queues()
        self.tasks: list[asyncio.Task[None]] = []
        self.wrap_ups = WrapUps(
            bus,
            database,
            self.directory,
            {"main": self.queues},
            AgentSettings(wrap_up_seconds=5),
            {"support": QueueSettings(wrap_up_seconds=60), "sales": QueueSettings(wrap_up_seconds=0)},
            self.spawn,
            self.spawn,
        )

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(work))

    def member(self, **more: Any) -> None:
        values = {"paused": False, "interface": "Local/101@agents/n", **more}
        self.directory.apply("main", QueueMemberChanged(AT, "support", "PJSIP/101", "Anna", **values))

    async def stored(self, agent_id: UUID) -> datetime | None:
        async with self.database.transaction() as session:
            agent = await repository.agent(session, agent_id)
            assert agent is not None
            return agent.wrap_up_until


@pytest_asyncio.fixture
async def office(database: Database, bus: MemoryEventBus) -> AsyncIterator[Office]:
    office = Office(database, bus)
    yield office
    for task in office.tasks:
        task.cancel()
    await asyncio.gather(*office.tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def anna(database: Database, office: Office) -> UUID:
    user = await add_user(database, AccountService(cheap_passwords()))
    async with database.transaction() as session:
        agent = await AgentService().set(session, user.id, "101", [Device("main", "PJSIP/101")])
    async with database.transaction() as session:
        await office.directory.load(session)
    return agent.id


async def test_a_pause_that_cannot_be_lifted_is_lifted_later(
    office: Office, anna: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrap_up, "TRY_AGAIN_SECONDS", 0.01)
    office.queues.refusals = 2
    office.member(paused=True, pause_reason=WRAP_UP_REASON)
    office.spawn(office.wrap_ups.run())
    async with asyncio.timeout(10):
        asked = [await office.queues.asked.get() for _ in range(3)]
    assert asked == [("support", "Local/101@agents/n", None)] * 3


async def test_a_pause_for_a_wrap_up_that_goes_on_is_left(office: Office, anna: UUID) -> None:
    office.member(paused=True, pause_reason=WRAP_UP_REASON)
    office.directory.set_wrap_up(anna, now() + timedelta(hours=1))
    office.spawn(office.wrap_ups.run())
    await asyncio.sleep(0)
    office.bus.publish(WrapUpPausesSeen("main"))
    await asyncio.sleep(0)
    assert office.queues.asked.empty()


async def test_a_talk_that_ends_pauses_and_is_stored(office: Office, anna: UUID) -> None:
    office.member()
    ended = now()
    office.bus.publish(TalkEnded(anna, "main", "support", ended))
    async with asyncio.timeout(10):
        assert await office.queues.asked.get() == ("support", "Local/101@agents/n", WRAP_UP_REASON)
        await asyncio.gather(*office.tasks)
    assert await office.stored(anna) == ended + timedelta(seconds=60)
    assert office.directory.agents()[0].wrap_up_until == ended + timedelta(seconds=60)


@pytest.mark.parametrize(("queue", "seconds"), [("support", 60), ("sales", 0), ("other", 5), (None, 5)])
async def test_each_queue_has_its_time_or_that_of_all(office: Office, queue: str | None, seconds: int) -> None:
    assert office.wrap_ups.seconds_for(queue) == seconds


async def test_a_queue_without_wrap_up_leaves_its_agents_ready(office: Office, anna: UUID) -> None:
    office.member()
    office.bus.publish(TalkEnded(anna, "main", "sales", now()))
    assert office.tasks == []
    assert office.directory.wrap_ups() == {}


async def test_where_the_pbx_spares_its_members_itself_it_is_only_shown(office: Office, anna: UUID) -> None:
    office.member(wrap_up_seconds=30)
    ended = now()
    office.bus.publish(TalkEnded(anna, "main", "support", ended))
    await asyncio.gather(*office.tasks)
    assert office.directory.wrap_ups() == {anna: ended + timedelta(seconds=30)}
    assert office.queues.asked.empty()
