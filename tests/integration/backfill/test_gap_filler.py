"""When gaps are looked into: after a connect that follows a gap, again later, and when calls of a gap have ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cti_crm.calls.backfill import Backfill
from cti_crm.calls.call import CallOutcome
from cti_crm.calls.gaps import GapFiller, GapTiming
from cti_crm.calls.ingest import Ingest
from cti_crm.calls.log_writer import CallLogWriter
from cti_crm.calls.models import CallRow
from cti_crm.calls.pbx_events import (
    ChannelState,
    LegCleared,
    LegCreated,
    LegLeft,
    LegView,
    LinkLost,
    PbxEvent,
    PbxSnapshot,
    SnapshotLeg,
)
from cti_crm.calls.ports import Conversation, LinkState, LinkStatus, RecordsError
from cti_crm.calls.repository import CallRepository
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.crm_setup import Crm
from tests.unit.pbx.records.evidence import TOPOLOGY, cel
from tests.unit.pbx.records.test_agreement import from_cel

PATIENCE = 20.0
QUICK = GapTiming(settle=0.01, again=0.01, mark=0.05, margin=1.0)
MARGIN = timedelta(seconds=1)


class Link:
    """A PBX that says what the test says."""

    name = "main"
    status = LinkStatus(LinkState.UP)

    def __init__(self) -> None:
        self.said: asyncio.Queue[PbxEvent] = asyncio.Queue()

    async def run(self) -> None:
        """Nothing to keep up."""

    async def events(self) -> AsyncIterator[PbxEvent]:
        while True:
            yield await self.said.get()


class Records:
    """What the PBX's records hold, and when they were asked."""

    def __init__(self) -> None:
        self.held: list[Conversation] = []
        self.faults = 0
        self.asked: asyncio.Queue[tuple[datetime, datetime]] = asyncio.Queue()

    async def conversations(self, since: datetime, until: datetime) -> AsyncIterator[Conversation]:
        self.asked.put_nowait((since, until))
        if self.faults:
            self.faults -= 1
            raise RecordsError("the disk is away")
        for one in self.held:
            yield one


class Service:
    """Link, tracker, log and gap filler, as the application has them."""

    def __init__(self, database: Database, bus: MemoryEventBus, records: Records) -> None:
        crm = Crm(database, bus)
        self.records = records
        self.link = Link()
        self.tracker = CallTracker("main", TOPOLOGY, new_id)
        self.writer = CallLogWriter(database, bus, crm.plan, crm.recorder.record, crm.touchpoints.absorb)
        backfill = Backfill(database, crm.plan, crm.recorder.record, crm.touchpoints.absorb)
        self.filler = GapFiller(
            self.link, self.tracker, records, backfill, database, bus, self.writer.flushed, timing=QUICK
        )
        self._ingest = Ingest(self.link, self.tracker, bus)
        self._database = database

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        await self.filler.start()
        ingest = asyncio.create_task(self._ingest.run())
        tasks = [asyncio.create_task(self.writer.run()), asyncio.create_task(self.filler.run())]
        try:
            yield self
        finally:
            ingest.cancel()
            self.filler.stop()
            self.writer.stop()
            await asyncio.wait([ingest, *tasks])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - the filler tells nobody
                await asyncio.sleep(0.01)

    async def seen(self, at_least: datetime) -> datetime:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self._database.transaction() as session:
                    seen = await CallRepository(session).seen_at("main")
                if seen is not None and seen >= at_least:
                    return seen
                await asyncio.sleep(0.02)

    async def asked(self) -> tuple[datetime, datetime]:
        async with asyncio.timeout(PATIENCE):
            return await self.records.asked.get()

    async def calls(self) -> list[CallRow]:
        async with self._database.transaction() as session:
            return list((await session.scalars(select(CallRow))).all())


pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


async def test_the_first_connect_ever_has_no_gap(database: Database, bus: MemoryEventBus) -> None:
    async with Service(database, bus, Records()).running() as service:
        at = now()
        service.link.said.put_nowait(PbxSnapshot(at, ()))
        await service.seen(at)
        assert service.filler.waiting == 0
        assert service.records.asked.empty()


async def test_a_gap_is_filled_twice_and_then_forgotten(database: Database, bus: MemoryEventBus) -> None:
    records = Records()
    async with Service(database, bus, records).running() as service:
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        await service.seen(now() - MARGIN)
        lost, back = now(), now() + timedelta(seconds=30)
        records.held = from_cel(cel("direct_answered", lost + timedelta(seconds=5)))
        service.link.said.put_nowait(LinkLost(lost))
        service.link.said.put_nowait(PbxSnapshot(back, ()))
        for _ in range(2):
            since, until = await service.asked()
            assert since <= lost
            assert until == back
        await service.until(lambda: service.filler.waiting == 0)
        assert len(await service.calls()) == 1
        await service.seen(now())


async def test_a_gap_outlives_the_service(database: Database, bus: MemoryEventBus) -> None:
    async with Service(database, bus, Records()).running() as service:
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        seen = await service.seen(now() - MARGIN)
    async with Service(database, MemoryEventBus(), Records()).running() as service:
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        since, _ = await service.asked()
        assert since <= seen


async def test_what_was_seen_of_a_call_before_the_snapshot_is_not_believed(
    database: Database, bus: MemoryEventBus
) -> None:
    records = Records()
    async with Service(database, bus, records).running() as service:
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        await service.seen(now() - MARGIN)
        lost = now()
        (conversation,) = records.held = from_cel(cel("direct_answered", lost))
        service.link.said.put_nowait(LinkLost(lost))
        late = conversation.last_at + timedelta(milliseconds=5)  # by the PBX's clock it is over before we hear of it
        for leg in conversation.calls[0].legs:
            rest = LegView(leg.id, conversation.calls[0].linkedid, f"{leg.device}-00000001", ChannelState.UP)
            service.link.said.put_nowait(LegLeft(late, rest, "bridge"))
            service.link.said.put_nowait(LegCleared(late, rest))
        service.link.said.put_nowait(PbxSnapshot(late, ()))
        await service.until(lambda: service.filler.waiting > 0)
        await service.until(lambda: service.filler.waiting == 0)
        (call,) = await service.calls()
        assert call.outcome == "answered"


async def test_what_an_earlier_life_did_not_look_up_is_not_believed(database: Database, bus: MemoryEventBus) -> None:
    records = Records()
    async with Service(database, bus, records).running() as service:
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        seen = await service.seen(now() - MARGIN)
    (conversation,) = from_cel(cel("direct_answered", seen))
    (told,) = conversation.calls
    async with database.transaction() as session:
        wrong = replace(told, answered_by=None, talk=(), outcome=CallOutcome.MISSED, inferred_end=False)
        await CallRepository(session).save([wrong], Crm(database, bus).plan, now())
    records.held = [conversation]
    async with Service(database, MemoryEventBus(), records).running() as service:
        service.link.said.put_nowait(PbxSnapshot(conversation.last_at + timedelta(seconds=9), ()))
        await service.until(lambda: service.filler.waiting > 0)
        await service.until(lambda: service.filler.waiting == 0)
        (call,) = await service.calls()
        assert call.outcome == "answered"


async def test_records_that_cannot_be_read_are_tried_again(database: Database, bus: MemoryEventBus) -> None:
    records = Records()
    async with Service(database, bus, records).running() as service:
        first = now()
        service.link.said.put_nowait(PbxSnapshot(first, ()))
        await service.seen(first)
        records.faults = 3
        service.link.said.put_nowait(LinkLost(now()))
        service.link.said.put_nowait(PbxSnapshot(now(), ()))
        for _ in range(4):
            await service.asked()
        await service.until(lambda: service.filler.waiting == 0)
        await service.seen(first)


async def test_a_call_that_went_on_at_the_connect_is_compared_when_it_has_ended(
    database: Database, bus: MemoryEventBus
) -> None:
    async with Service(database, bus, Records()).running() as service:
        begun, ended = now(), now() + timedelta(seconds=9)
        leg = LegView("1.0", "1.0", "PJSIP/trunk-00000001", ChannelState.DIALING, "+49176", exten="+49305550101")
        service.link.said.put_nowait(PbxSnapshot(begun, ()))
        await service.seen(begun)
        service.link.said.put_nowait(LegCreated(begun, leg))
        service.link.said.put_nowait(LegCleared(ended, leg))
        await service.until(lambda: len(service.tracker) == 0)
        assert service.filler.waiting == 0  # seen from beginning to end

        other = LegView("2.0", "2.0", "PJSIP/trunk-00000002", ChannelState.DIALING, "+49176", exten="+49305550101")
        service.link.said.put_nowait(LegCreated(begun, other))
        service.link.said.put_nowait(LinkLost(begun))
        await service.until(lambda: len(service.tracker) == 1)
        service.link.said.put_nowait(PbxSnapshot(begun, (SnapshotLeg(other, begun),)))
        for _ in range(2):
            await service.asked()
        service.link.said.put_nowait(LegCleared(ended, other))
        since, until = await service.asked()
        assert since <= begun
        assert until >= ended


async def test_a_call_of_which_only_the_end_was_told_is_compared(database: Database, bus: MemoryEventBus) -> None:
    """It was over before the PBX listed what goes on; its last events came late."""
    records = Records()
    begun = now() - timedelta(minutes=1)
    (whole,) = from_cel(cel("direct_answered", begun))
    records.held = from_cel(cel("direct_answered", begun + (now() - whole.last_at)))
    told = records.held[0].calls[0]
    async with Service(database, bus, records).running() as service:
        at = records.held[0].last_at
        service.link.said.put_nowait(PbxSnapshot(at, ()))
        await service.seen(at)
        leg = next(one for one in told.legs if one.id == told.linkedid)
        view = LegView(
            leg.id, leg.id, "PJSIP/trunk-00000001", ChannelState.UP, told.caller.number or "", exten="+49305550101"
        )
        service.link.said.put_nowait(LegLeft(at, view, "b"))
        service.link.said.put_nowait(LegCleared(at, view))
        since, _ = await service.asked()
        assert since < told.started_at
        await service.asked()
        await service.until(lambda: service.filler.waiting == 0)
        await service.writer.flushed()
        (call,) = await service.calls()
        assert call.outcome == CallOutcome.ANSWERED
