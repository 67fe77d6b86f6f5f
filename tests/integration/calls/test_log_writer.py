"""Calls reach the database behind the pops, whatever happens to the database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.event import listens_for
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed, CallEvent
from cti_crm.calls.log_writer import CallLogWriter
from cti_crm.calls.models import CallAgentRow, CallRow
from cti_crm.calls.repository import CallRepository
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.settings import NumberSettings
from tests.streams.truth import replay

PLAN = NumberPlan(NumberSettings(country="DE", area_code="30"))


class Recorder:
    """Stands for the features that write with a call. Fails as often as told."""

    def __init__(self) -> None:
        self.failures = 0
        self.recorded: list[UUID] = []
        self.absorbed: list[tuple[UUID, UUID]] = []

    async def record(self, _session: AsyncSession, calls: Sequence[Call]) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, Exception("the database is away"))
        self.recorded += [call.id for call in calls]

    async def absorb(self, _session: AsyncSession, gone: UUID, into: UUID) -> None:
        self.absorbed.append((gone, into))


@pytest_asyncio.fixture
async def recorder() -> Recorder:
    return Recorder()


@pytest_asyncio.fixture
async def writer(database: Database, bus: MemoryEventBus, recorder: Recorder) -> AsyncIterator[CallLogWriter]:
    writer = CallLogWriter(database, bus, PLAN, recorder.record, recorder.absorb)
    task = asyncio.create_task(writer.run())
    yield writer
    writer.stop()
    await task


def events(name: str) -> list[CallEvent]:
    return replay(name).events


async def stored(database: Database) -> list[Call]:
    async with database.transaction() as session:
        ids = (await session.scalars(select(CallRow.id).order_by(CallRow.started_at))).all()
        return [call for one in ids if (call := await CallRepository(session).get(one)) is not None]


async def test_every_field_of_a_call_comes_back(writer: CallLogWriter, database: Database, bus: MemoryEventBus) -> None:
    told = [*events("attended_transfer_refer"), *events("parked_and_retrieved"), *events("queue_abandoned")]
    for event in told:
        bus.publish(event)
    await writer.flushed()
    last = {event.call.id: event.call for event in told}
    assert await stored(database) == sorted(last.values(), key=lambda call: call.started_at)


async def test_an_outage_loses_no_call(
    writer: CallLogWriter, database: Database, bus: MemoryEventBus, recorder: Recorder
) -> None:
    recorder.failures = 3
    told = events("direct_answered")
    for event in told[:3]:
        bus.publish(event)
    await asyncio.sleep(0.05)
    assert writer.waiting == 1
    for event in told[3:]:
        bus.publish(event)
    await writer.flushed()
    assert [call.outcome for call in await stored(database)] == ["answered"]
    assert recorder.recorded.count(told[-1].call.id) == 1


async def test_what_waits_is_written_at_the_stop(database: Database, bus: MemoryEventBus, recorder: Recorder) -> None:
    writer = CallLogWriter(database, bus, PLAN, recorder.record, recorder.absorb)
    for event in events("direct_missed"):
        bus.publish(event)
    writer.stop()
    await writer.run()
    assert [call.outcome for call in await stored(database)] == ["missed"]


async def test_an_older_revision_never_overwrites(database: Database) -> None:
    told = events("direct_answered")
    async with database.transaction() as session:
        for event in (told[-1], told[0]):
            await CallRepository(session).save([event.call], PLAN, now())
    assert await stored(database) == [told[-1].call]


async def test_a_call_that_became_part_of_another_leaves_the_log(
    writer: CallLogWriter, database: Database, bus: MemoryEventBus, recorder: Recorder
) -> None:
    kept, gone = events("direct_answered")[-1], events("direct_missed")[-1]
    bus.publish(kept)
    bus.publish(gone)
    await writer.flushed()
    bus.publish(CallAbsorbed(gone.call, kept.call.id))
    await writer.flushed()
    assert [call.id for call in await stored(database)] == [kept.call.id]
    assert recorder.absorbed == [(gone.call.id, kept.call.id)]


async def test_running_calls_are_found_after_a_restart(database: Database) -> None:
    running = events("direct_answered")[1].call
    ended = events("direct_missed")[-1].call
    async with database.transaction() as session:
        await CallRepository(session).save([running, ended], PLAN, now())
    async with database.transaction() as session:
        assert [call for call, _ in await CallRepository(session).running("main")] == [running]
        assert await CallRepository(session).running("other") == []
        agents = await session.scalar(select(func.count()).select_from(CallAgentRow))
    assert agents == 2


async def test_a_full_disk_loses_no_call(
    database: Database, database_kind: str, bus: MemoryEventBus, recorder: Recorder
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL answers a full disk with an error, too; only SQLite can be given a small one here")
    limit = "1000000"

    @listens_for(database.engine.sync_engine, "checkout")
    def _small_disk(connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={limit}")
        cursor.close()

    async with database.transaction() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
    limit = str(pages)  # not a page more than now: SQLITE_FULL, as on a full disk
    writer = CallLogWriter(database, bus, PLAN, recorder.record, recorder.absorb)
    task = asyncio.create_task(writer.run())
    for told in [*events("attended_transfer_refer"), *events("local_channel_followme"), *events("queue_answered")]:
        bus.publish(told)
    await asyncio.sleep(0.5)
    assert writer.waiting == 3
    limit = "1000000"
    await writer.flushed()
    assert [call.outcome for call in await stored(database)] == ["answered"] * 3
    writer.stop()
    await task
