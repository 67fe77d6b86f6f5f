"""Writes into the log what the PBX's own records tell of the time while nobody looked: each conversation once."""

from collections.abc import Awaitable, Callable, Collection, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.log_writer import Absorber, Recorder
from cti_crm.calls.ports import CallRecords, Conversation, NumberFormat, RecordsError
from cti_crm.calls.reconcile import reconcile, with_ends_seen
from cti_crm.calls.repository import CallRepository
from cti_crm.infrastructure.database import Database

LOOK_BACK = timedelta(minutes=15)
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of one PBX to look into.

    doubted: stored calls that are not to be believed, though their end was seen; nor are those that ended from
    `doubted_from` on. gone_by: a moment at which the PBX was asked what goes on; a conversation that stopped in the
    records before and is not known then has ended unrecorded. With `doubted` and without `gone_by` nobody was away:
    only those calls are looked up. look_back: how much more is read before, for the beginnings of calls that the log
    does not know.
    """

    pbx: str
    since: datetime
    until: datetime
    doubted: frozenset[UUID] = frozenset()
    gone_by: datetime | None = None
    doubted_from: datetime | None = None
    look_back: timedelta = LOOK_BACK

    @property
    def nobody_was_away(self) -> bool:
        """Whether the link was up all the time, so that only what is doubted is looked up."""
        return bool(self.doubted) and self.gone_by is None


@dataclass(slots=True)
class BackfillReport:
    """What came of it, in calls. `left`: right already. `going_on`: not over. `cut`: their beginning was not found."""

    added: list[Call] = field(default_factory=list)
    corrected: list[Call] = field(default_factory=list)
    absorbed: int = 0
    left: int = 0
    going_on: int = 0
    cut: int = 0


class Backfill:
    """Compares records with the log and writes what is missing or better."""

    def __init__(self, database: Database, numbers: NumberFormat, recorder: Recorder, absorber: Absorber) -> None:
        """`recorder` and `absorber` as the log writer has them: what other features derive from a call."""
        self._database = database
        self._numbers = numbers
        self._recorder = recorder
        self._absorber = absorber

    async def fill(
        self,
        records: CallRecords,
        stretch: Stretch,
        *,
        live: Callable[[], Set[str]] = frozenset,
        flushed: Callable[[], Awaitable[None]] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> BackfillReport:
        """Fill one stretch of time; doing it again changes nothing.

        `live`: the legs that are there now, whose calls the tracker knows better. `flushed` waits until what it told
        so far is written. `stopping`: whether to leave the rest for another time.

        Raises:
            RecordsError: the records cannot be read; what was written before stays.
            SQLAlchemyError, OSError: the store does not answer.
        """
        async with self._database.transaction() as session:
            earliest = await CallRepository(session).earliest_going_on(stretch.pbx, stretch.since)
        since = min(earliest, stretch.since - stretch.look_back)
        report = BackfillReport()
        batch: list[Conversation] = []
        unreadable: RecordsError | None = None
        try:
            async for told in records.conversations(since, stretch.until):
                if self._to_be_compared(told, stretch, report):
                    batch.append(told)
                if stopping():
                    return report
                if len(batch) >= _BATCH:
                    await self._write(batch, stretch, report, live, flushed)
                    batch = []
        except RecordsError as error:  # CEL may have been read, though CDR cannot be
            unreadable = error
        await self._write(batch, stretch, report, live, flushed)
        if unreadable is not None:
            raise unreadable
        return report

    @staticmethod
    def _to_be_compared(told: Conversation, stretch: Stretch, report: BackfillReport) -> bool:
        if told.last_at < stretch.since:
            return False
        if not told.began:
            report.cut += len(told.calls)
            return False
        lost = stretch.gone_by is not None and told.last_at < stretch.gone_by
        if told.last_at > stretch.until or not (told.ended or lost):
            report.going_on += len(told.calls)
            return False
        return True

    async def _write(
        self,
        batch: list[Conversation],
        stretch: Stretch,
        report: BackfillReport,
        live: Callable[[], Set[str]],
        flushed: Callable[[], Awaitable[None]] | None,
    ) -> None:
        """A conversation that ends while this runs was live when asked, or is written before it is looked for."""
        there = live()
        over = [told for told in batch if told.ids.isdisjoint(there)]
        report.going_on += sum(len(told.calls) for told in batch) - sum(len(told.calls) for told in over)
        if not over:
            return
        if flushed is not None:
            await flushed()
        done = BackfillReport()
        async with self._database.transaction() as session:
            for told in over:
                await self._write_one(session, told, stretch, done)
        report.added += done.added
        report.corrected += done.corrected
        report.absorbed += done.absorbed
        report.left += done.left

    async def _write_one(
        self, session: AsyncSession, told: Conversation, stretch: Stretch, done: BackfillReport
    ) -> None:
        repository = CallRepository(session)
        began = min((call.started_at for call in told.calls), default=told.last_at)
        stored = await repository.of_conversation(stretch.pbx, told.ids, began, told.last_at)
        if stretch.nobody_was_away and stretch.doubted.isdisjoint(call.id for call in stored):
            return  # what the log lacks, the PBX may just not have told yet
        if stored and not told.ended:  # nobody wrote when it ended; the log may have seen, or know less
            told = with_ends_seen(stored, told)
        changes = reconcile(stored, told, stretch.doubted | _ended_since(stretch.doubted_from, stored))
        if changes.calls:
            await repository.save(changes.calls, self._numbers, told.last_at)
            await self._recorder(session, changes.calls)
        for gone, into in changes.absorbed.items():
            await self._absorber(session, gone, into)
        await repository.remove(changes.absorbed)
        done.added += changes.added
        done.corrected += changes.corrected
        done.absorbed += len(changes.absorbed)
        done.left += len(told.calls) - len(changes.calls)


def _ended_since(moment: datetime | None, stored: Collection[Call]) -> Set[UUID]:
    if moment is None:
        return frozenset()
    return {call.id for call in stored if call.ended_at is not None and call.ended_at >= moment}


def legs_of(calls: Collection[Call]) -> Set[str]:
    """The legs that are there, of calls that go on."""
    return {leg.id for call in calls for leg in call.legs if leg.ended_at is None}
