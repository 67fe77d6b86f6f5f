"""The log filled from the PBX's records: each conversation once, as the people lived it, however often it is done."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cti_crm.calls.backfill import Backfill, BackfillReport, Stretch
from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed
from cti_crm.calls.codec import from_document
from cti_crm.calls.models import CallRow
from cti_crm.calls.pbx_events import LinkLost, PbxEvent, PbxSnapshot
from cti_crm.calls.ports import Conversation
from cti_crm.calls.repository import CallRepository
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.pbx.asterisk.replay import pbx_events_of, recorded_at
from cti_crm.touchpoints import repository as touchpoints
from tests.crm_setup import Crm
from tests.unit.pbx.records.evidence import NAMES, RECORDINGS, TOPOLOGY, cel, evidence, lived, told
from tests.unit.pbx.records.test_agreement import CEL_TOLERANCE, from_cdr, from_cel

# A call that was seen ending is believed; what it missed in the middle is known to the link that saw the gap.
NOBODY: frozenset[UUID] = frozenset()

# What differs between the two databases is tested on both by the others.
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


class Records:
    """What a PBX's records tell, from memory."""

    def __init__(self, conversations: list[Conversation]) -> None:
        self._conversations = conversations
        self.asked: list[tuple[datetime, datetime]] = []

    async def conversations(self, since: datetime, until: datetime) -> AsyncIterator[Conversation]:
        self.asked.append((since, until))
        for one in self._conversations:
            if one.last_at >= since:
                yield one


class Log:
    """A log with the services beside it."""

    def __init__(self, database: Database, bus: MemoryEventBus) -> None:
        self.crm = Crm(database, bus)
        self._backfill = Backfill(database, self.crm.plan, self.crm.recorder.record, self._absorb)
        self._database = database

    async def _absorb(self, session: object, gone: UUID, into: UUID) -> None:
        await self.crm.touchpoints.absorb(session, gone, into)  # type: ignore[arg-type]

    async def calls(self) -> list[Call]:
        async with self._database.transaction() as session:
            rows = (await session.scalars(select(CallRow).order_by(CallRow.started_at))).all()
            return [from_document(row.document) for row in rows]

    async def save(self, calls: Collection[Call]) -> None:
        async with self._database.transaction() as session:
            await CallRepository(session).save(list(calls), self.crm.plan, datetime.now(UTC))
            await self.crm.recorder.record(session, list(calls))

    async def touchpoint_calls(self, calls: Collection[Call]) -> set[UUID]:
        async with self._database.transaction() as session:
            return set(await touchpoints.by_call(session, [call.id for call in calls]))

    async def fill(
        self,
        records: Records,
        name: str,
        doubted: Collection[UUID] = NOBODY,
        live: frozenset[str] = frozenset(),
        after_gap: bool = True,
    ) -> BackfillReport:
        start = began(name)
        until = start + timedelta(minutes=5)
        stretch = Stretch("main", start, until, frozenset(doubted), until if after_gap else None)
        return await self._backfill.fill(records, stretch, live=lambda: live)


@pytest.fixture
def log(database: Database, bus: MemoryEventBus) -> Log:
    return Log(database, bus)


def began(name: str) -> datetime:
    return recorded_at(RECORDINGS / f"{name}.ami.jsonl")


def from_records(name: str) -> Records:
    return Records(from_cel(cel(name, began(name))))


def tracked(events: list[PbxEvent]) -> dict[UUID, Call]:
    tracker = CallTracker("main", TOPOLOGY, new_id)
    calls: dict[UUID, Call] = {}
    for event in events:
        for one in tracker.apply(event):
            calls[one.call.id] = one.call
            if isinstance(one, CallAbsorbed):
                del calls[one.call.id]
    return calls


def check(calls: list[Call], name: str) -> None:
    truth = evidence(name)["calls"]
    # What was seen to ring stays, though the records and the people may tell of fewer phones or more.
    assert [told(call) | {"rang": None} for call in calls] == [lived(one) | {"rang": None} for one in truth]
    assert [call.talk_seconds for call in calls] == pytest.approx([one["talk"] for one in truth], abs=CEL_TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
async def test_what_was_not_seen_at_all_is_added_once(log: Log, name: str) -> None:
    first = await log.fill(from_records(name), name)
    calls = await log.calls()
    check(calls, name)
    assert all(call.inferred_end for call in calls)
    assert len(first.added) == len(calls)
    assert await log.touchpoint_calls(calls) == {call.id for call in calls if call.remote is not None}
    again = await log.fill(from_records(name), name)
    assert (again.added, again.corrected, again.left) == ([], [], len(calls))
    assert await log.calls() == calls


@on_sqlite
@pytest.mark.parametrize("name", [name for name in NAMES if name != "ami_reconnect_midcall"])
async def test_what_was_seen_in_full_is_left_as_it_is(log: Log, name: str) -> None:
    seen = tracked(list(pbx_events_of(RECORDINGS / f"{name}.ami.jsonl")))
    await log.save(seen.values())
    for records in (from_records(name), Records(from_cdr(name))):
        report = await log.fill(records, name)
        assert (report.added, report.corrected, report.absorbed) == ([], [], 0)
    assert {call.id: call for call in await log.calls()} == seen


@on_sqlite
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", [0.3, 0.7])
async def test_what_was_cut_off_is_put_right(log: Log, name: str, part: float) -> None:
    """The link breaks in the middle; when it is back all is over."""
    events = list(pbx_events_of(RECORDINGS / f"{name}.ami.jsonl"))
    cut = int(len(events) * part)
    lost_at, back_at = events[cut].at, events[-1].at + timedelta(seconds=1)
    seen = tracked([*events[:cut], LinkLost(lost_at), PbxSnapshot(back_at, ())])
    await log.save(seen.values())
    before = {call.id for call in await log.calls()}
    # ami_reconnect_midcall has a gap of its own before.
    await log.fill(from_records(name), name, doubted=before)
    calls = await log.calls()
    check(calls, name)
    assert len({call.linkedid for call in calls}) == len(calls)
    again = await log.fill(from_records(name), name, doubted=before)
    assert (again.added, again.corrected, again.absorbed) == ([], [], 0)
    assert await log.calls() == calls


async def test_three_calls_around_a_gap(log: Log) -> None:
    """One ended while nobody looked, one was answered, one began and ended."""
    name = "ami_reconnect_midcall"
    seen = tracked(list(pbx_events_of(RECORDINGS / f"{name}.ami.jsonl")))
    await log.save(seen.values())
    assert len(seen) == 2
    revisions = {call.id: call.revision for call in seen.values()}
    report = await log.fill(from_records(name), name, doubted=set(seen))
    assert (len(report.added), len(report.corrected)) == (1, 2)
    calls = await log.calls()
    check(calls, name)
    assert all(call.revision == revisions[call.id] + 1 for call in calls if call.id in revisions)


async def test_what_the_pbx_has_not_told_yet_is_not_added_beside_it(log: Log) -> None:
    """Records may be quicker than events; of an attended transfer CDR first has the consultation alone."""
    name = "ami_reconnect_midcall"
    seen = tracked(list(pbx_events_of(RECORDINGS / f"{name}.ami.jsonl")))
    await log.save(seen.values())
    report = await log.fill(from_records(name), name, doubted=set(seen), after_gap=False)
    assert (len(report.added), len(report.corrected)) == (0, 2)
    assert len(await log.calls()) == 2


async def test_cdr_alone_puts_talk_and_end_right(log: Log) -> None:
    name = "attended_transfer_refer"
    events = list(pbx_events_of(RECORDINGS / f"{name}.ami.jsonl"))
    cut = next(index for index, event in enumerate(events) if event.at - events[0].at > timedelta(seconds=2))
    back = PbxSnapshot(events[-1].at + timedelta(seconds=1), ())
    seen = tracked([*events[:cut], LinkLost(events[cut].at), back])
    (seen_call,) = seen.values()
    await log.save([seen_call])
    records = Records(from_cdr(name))
    report = await log.fill(records, name)
    (call,) = await log.calls()
    assert (report.added, len(report.corrected)) == ([], 1)
    assert (call.id, call.called.number, call.answered_by, call.final_agent) == (
        seen_call.id,
        "+49305550101",
        "101",
        "102",
    )
    assert call.talk_seconds == pytest.approx(7, abs=1.2)
    assert call.legs == seen_call.legs
    again = await log.fill(records, name)
    assert (again.added, again.corrected) == ([], [])


async def test_what_goes_on_is_left_to_the_tracker(log: Log) -> None:
    name = "direct_answered"
    rows = cel(name, began(name))
    report = await log.fill(from_records(name), name, live=frozenset({rows[0].leg}))
    assert (report.going_on, report.added) == (1, [])
    report = await log.fill(Records(from_cel(rows[1:])), name)
    assert (report.cut, report.added) == (1, [])
    assert await log.calls() == []


async def test_a_call_whose_end_nobody_recorded_is_there_once(log: Log) -> None:
    """The PBX was killed; when it is back the call is not there."""
    name = "direct_answered"
    records = Records(from_cel(cel(name, began(name))[:-8]))
    for added in (1, 0):
        report = await log.fill(records, name)
        assert len(report.added) == added
    (call,) = await log.calls()
    assert (call.answered_by, call.inferred_end) == ("101", True)


async def test_calls_that_began_before_are_read_from_their_beginning(log: Log) -> None:
    name = "direct_answered"
    (whole,) = from_cel(cel(name, began(name)))[0].calls
    hours_ago = began(name) - timedelta(hours=3)
    await log.save([_running(whole, hours_ago)])
    records = from_records(name)
    await log.fill(records, name)
    assert records.asked[0][0] <= hours_ago


def _running(call: Call, since: datetime) -> Call:
    return replace(call, id=new_id(), linkedid="other", legs=(), started_at=since, ended_at=None, outcome=None)
