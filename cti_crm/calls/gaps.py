"""Fills, by itself, what was missed: after each connect, and once more later for records that are written late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from cti_crm.calls.backfill import LOOK_BACK, Backfill, Stretch, legs_of
from cti_crm.calls.call_events import CallAbsorbed, CallEnded
from cti_crm.calls.ingest import LinkBroken, PresenceReported
from cti_crm.calls.pbx_events import PbxSnapshot
from cti_crm.calls.ports import CallRecords, LinkState, PbxLink, RecordsError
from cti_crm.calls.repository import CallRepository
from cti_crm.calls.tracker import CallTracker
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import STORE_FAULTS, Database
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)

_WRITING = 5.0  # seconds
# Many calls may have gone on at a connect; those that end soon after one another are looked up at once.
_TOGETHER = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class GapTiming:
    """In seconds.

    settle: how long records may take to be written. again: when to look once more, for stragglers. mark: between two
    notes that all is well. margin: how long a link may have been dead before that was noticed.
    """

    settle: float = 3.0
    again: float = 60.0
    mark: float = 5.0
    margin: float = 45.0


@dataclass(slots=True, eq=False)
class _Job:
    due: float  # of the loop's clock
    first_due: float
    stretch: Stretch
    last: bool  # nothing more is to be done about this stretch when it is filled


def _together(job: _Job, stretch: Stretch, due: float) -> bool:
    return bool(job.stretch.doubted and stretch.doubted) and due - job.first_due < _TOGETHER


class GapFiller:
    """Watches one PBX's link.

    The log holds all up to when the link was last seen alive; that moment is stored, and stands still while a gap is
    not filled, so that a stop of the service in the middle loses nothing. Calls that go on at a connect have an unseen
    part; they are compared with the records when they have ended.
    """

    def __init__(
        self,
        link: PbxLink,
        tracker: CallTracker,
        records: CallRecords,
        backfill: Backfill,
        database: Database,
        bus: EventBus,
        flushed: Callable[[], Awaitable[None]],
        timing: GapTiming | None = None,
    ) -> None:
        """`flushed` waits until all calls told so far are written."""
        self._link = link
        self._tracker = tracker
        self._records = records
        self._backfill = backfill
        self._database = database
        self._flushed = flushed
        self._timing = timing or GapTiming()
        self._jobs: list[_Job] = []
        self._wake = asyncio.Event()
        self._seen: datetime | None = None
        self._noted: datetime | None = None  # what of that is stored
        self._first: datetime | None = None  # when it was looked at for the first time ever
        self._current = False  # what the PBX does is told to us now
        self._doubted: set[UUID] = set()
        self._inherited: datetime | None = None  # what ended after it, an earlier life may not have looked up
        self._stopping = False
        bus.subscribe(PresenceReported, self._presence)
        bus.subscribe(LinkBroken, self._broken)
        bus.subscribe(CallEnded, self._ended)
        bus.subscribe(CallAbsorbed, self._absorbed)

    async def start(self) -> None:
        """Read up to when the log is complete. To be called before the link is up."""
        async with self._database.transaction() as session:
            self._seen = self._noted = self._inherited = await CallRepository(session).seen_at(self._link.name)

    @property
    def waiting(self) -> int:
        """How many stretches of time are still to be filled."""
        return len(self._jobs)

    async def run(self) -> None:
        """Until `stop`. A fault of records or store is tried again later; it never stops the service."""
        while not self._stopping:
            loop = asyncio.get_running_loop()
            pause = min([self._timing.mark, *(job.due - loop.time() for job in self._jobs)])
            try:
                async with asyncio.timeout(max(pause, 0.0)):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            for job in [one for one in self._jobs if one.due <= loop.time()]:
                if not self._stopping:
                    await self._do(job)
            await self._mark()

    def stop(self) -> None:
        """Let `run` return soon. Unlike cancelling it, this never tears a transaction apart."""
        self._stopping = True
        self._wake.set()

    # -- what happens on the link ----------------------------------------------------------------------------------

    def _presence(self, reported: PresenceReported) -> None:
        if reported.pbx != self._link.name or not isinstance(reported.event, PbxSnapshot) or self._current:
            return  # a snapshot taken on the way follows no gap
        at = reported.event.at
        self._current = True
        self._doubted |= {call.id for call in self._tracker.calls()}
        if self._seen is not None:
            since = self._seen - timedelta(seconds=self._timing.margin)
            since = max(since, self._first or since)
            self._plan(Stretch(self._link.name, since, at, doubted_from=self._inherited, gone_by=at))
            self._inherited = None
        else:  # nobody has ever looked: what was before is not ours to tell
            self._seen = self._first = at
            self._wake.set()

    def _broken(self, broken: LinkBroken) -> None:
        if broken.pbx == self._link.name:
            self._current = False
            if self._seen is not None:
                self._seen = min(self._seen, broken.at)

    def _ended(self, event: CallEnded) -> None:
        call = event.call
        if call.pbx != self._link.name or call.ended_at is None:
            return
        look_back = timedelta()
        if self._current and call.id not in self._doubted:  # it did not end before the snapshot
            if any(step.what == "started" for step in call.steps):
                return  # seen from beginning to end
            look_back = LOOK_BACK  # over before the PBX could list it: nothing but its end was told
        self._doubted.discard(call.id)
        slack = timedelta(seconds=self._timing.settle)  # what we saw late was over earlier by the PBX's clock
        since, until = call.started_at - slack, call.ended_at + slack
        self._plan(Stretch(call.pbx, since, until, frozenset({call.id}), look_back=look_back))

    def _absorbed(self, event: CallAbsorbed) -> None:
        if event.call.id in self._doubted:
            self._doubted.discard(event.call.id)
            self._doubted.add(event.into)

    def _plan(self, stretch: Stretch) -> None:
        at = asyncio.get_running_loop().time()
        for delay, last in ((0.0, False), (self._timing.again, True)):
            due = at + self._timing.settle + delay
            job = next((one for one in self._jobs if one.last is last and _together(one, stretch, due)), None)
            if job is None:
                self._jobs.append(_Job(due, due, stretch, last))
            else:
                job.due = due
                job.stretch = replace(
                    stretch,
                    since=min(job.stretch.since, stretch.since),
                    until=max(job.stretch.until, stretch.until),
                    doubted=job.stretch.doubted | stretch.doubted,
                    look_back=max(job.stretch.look_back, stretch.look_back),
                )
        self._wake.set()

    # -- what is done about it -------------------------------------------------------------------------------------

    async def _do(self, job: _Job) -> None:
        stretch = job.stretch
        try:
            report = await self._backfill.fill(
                self._records,
                stretch,
                live=lambda: legs_of(self._tracker.calls()),
                flushed=self._calls_written,
                stopping=lambda: self._stopping,
            )
        except (RecordsError, *STORE_FAULTS) as error:
            log.warning("backfill_waits", pbx=stretch.pbx, error=str(error) or type(error).__name__)
            if job.last:
                job.due = asyncio.get_running_loop().time() + max(self._timing.again, 1.0)
            else:
                self._jobs.remove(job)
            return
        if self._stopping:
            return
        self._jobs.remove(job)
        if report.added or report.corrected:
            log.info(
                "backfilled",
                pbx=stretch.pbx,
                since=stretch.since.isoformat(),
                added=len(report.added),
                corrected=len(report.corrected),
            )

    async def _calls_written(self) -> None:
        async with asyncio.timeout(_WRITING):  # the store may be away
            await self._flushed()

    async def _mark(self) -> None:
        """Note that all is well up to now, unless something is still to be filled."""
        if self._jobs or self._stopping or not self._current:
            return
        if self._link.status.state is LinkState.UP:
            self._seen = now()
        if self._seen is None or self._seen == self._noted:
            return
        try:
            async with self._database.transaction() as session:
                await CallRepository(session).mark_seen(self._link.name, self._seen)
            self._noted = self._seen
        except STORE_FAULTS as error:
            log.warning("seen_not_noted", pbx=self._link.name, error=type(error).__name__)
