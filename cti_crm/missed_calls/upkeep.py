"""What happens to missed calls by the clock: claims lapse, put-off lines come back, the old is forgotten."""

from collections.abc import Callable, Set
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database, after_commit
from cti_crm.infrastructure.repeating import repeat
from cti_crm.missed_calls import repository
from cti_crm.missed_calls.arranging import Affected, Caller, ClosedHow
from cti_crm.missed_calls.events import MissedCallDue, MissedCallsChanged
from cti_crm.missed_calls.recorder import MissedCallRecorder
from cti_crm.missed_calls.settling import Rules, Settler

log = structlog.get_logger(__name__)

_EVERY = 15.0  # seconds
_LOOK_BACK = timedelta(days=90)
_BATCH = 50


class Upkeep:
    """Runs beside the service. Every step may be done again without harm."""

    def __init__(
        self,
        database: Database,
        recorder: MissedCallRecorder,
        settler: Settler,
        rules: Rules,
        present: Callable[[], Set[UUID]],
        clock: Callable[[], datetime] = now,
    ) -> None:
        """`present`: the users who have a page open."""
        self._database = database
        self._recorder = recorder
        self._settler = settler
        self._rules = rules
        self._present = present
        self._clock = clock
        self._last_seen: dict[UUID, datetime] = {}
        self._caught_up = False

    async def run(self) -> None:
        """Take in what the log holds, then follow the clock until cancelled."""
        await repeat(self._round, waiting_is_told_as="missed_calls_wait_for_database")

    async def _round(self) -> timedelta:
        if not self._caught_up:
            await self.catch_up()
            self._caught_up = True
        async with self._database.transaction() as session:
            await self.tick(session)
        return timedelta(seconds=_EVERY)

    async def catch_up(self) -> None:
        """Take in missed calls that stand in the log only, and settle the open lines by today's rules."""
        taken = 0
        last: tuple[datetime, UUID] | None = (self._clock() - _LOOK_BACK, UUID(int=0))
        while last is not None:
            async with self._database.transaction() as session:
                calls = await repository.missed_but_not_listed(session, last, _BATCH)
                await self._recorder.record(session, calls)
            taken += len(calls)
            last = (calls[-1].started_at, calls[-1].id) if len(calls) == _BATCH else None
        if taken:
            log.info("missed_calls_taken_from_log", calls=taken)
        async with self._database.transaction() as session:
            affected = Affected(nobody=True)
            for line in await repository.open_lines(session):
                affected.add(Caller.of(line.contact_id, line.number), line.number, line.last_at)
            await self._settler.settle(session, affected)

    async def tick(self, session: AsyncSession) -> None:
        """What is due now."""
        moment = self._clock()
        for line in await repository.lapsed(session, moment, await self._away(session, moment)):
            line.claimed_by = line.claimed_at = line.claimed_until = None
            after_commit(session, MissedCallsChanged(line.id))
        for line in await repository.snoozed_until(session, moment):
            if line.snoozed_by is not None:
                after_commit(session, MissedCallDue(line.id, line.snoozed_by))
            line.snoozed_until = line.snoozed_at = line.snoozed_by = None
            after_commit(session, MissedCallsChanged(line.id))
        for line in await repository.forgotten(session, moment - self._rules.forget):
            line.closed_at, line.closed_how = moment, ClosedHow.EXPIRED.value
            after_commit(session, MissedCallsChanged(line.id))

    async def _away(self, session: AsyncSession, moment: datetime) -> set[UUID]:
        """Who claimed something and has had no page open for long; time before the service began does not count."""
        claimants = await repository.claimants(session)
        present = self._present() if claimants else frozenset[UUID]()
        self._last_seen = {user: moment if user in present else self._last_seen.get(user, moment) for user in claimants}
        return {user for user, seen in self._last_seen.items() if seen + self._rules.away <= moment}
