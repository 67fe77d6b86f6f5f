"""Durable jobs in a table of their own: enqueued in the transaction that wants them, tried until done or given up.

A job is done at least once: who dies between doing it and saying so leaves it to be done again, after its lease.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Database, after_commit
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.models import Job
from cti_crm.infrastructure.repeating import repeat, until

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any job takes: then whoever took it up is dead."""
PAUSES = tuple(timedelta(minutes=one) for one in (0.5, 2, 10, 30, 60, 180, 360, 720))
"""Between tries. After the last the job is given up; its row stays, with what went wrong."""
AT_ONCE = 20

Handler = Callable[[UUID, dict[str, Any]], Awaitable[None]]
"""Does a job, given its id and payload. Raises what went wrong; `HopelessError` if another try is of no use."""


class HopelessError(Exception):
    """The job will never succeed."""


@dataclass(frozen=True, slots=True)
class JobEnqueued:
    """There is something to do."""


async def enqueue(session: AsyncSession, kind: str, payload: dict[str, Any], run_at: datetime | None = None) -> UUID:
    """Have a job done once the session's transaction is committed, not before `run_at`."""
    job = Job(id=new_id(), kind=kind, payload=payload, run_at=run_at or now())
    session.add(job)
    await session.flush()
    if job.run_at <= now():
        after_commit(session, JobEnqueued())
    return job.id


class JobRunner:
    """Does the jobs of the kinds it has handlers for, one after the other."""

    def __init__(self, database: Database, bus: EventBus, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._handlers = handlers
        self._wake = asyncio.Event()
        bus.subscribe(JobEnqueued, lambda _: self._wake.set())

    async def run(self) -> None:
        """Work until cancelled; what is being done then is done again later."""
        await repeat(self.work, self._wake, waiting_is_told_as="jobs_wait_for_database")

    async def work(self) -> timedelta:
        """Do what is due. Returns how long there is nothing to do, if nothing is enqueued."""
        for job in await self._claim():
            await self._do(job)
        async with self._database.transaction() as session:
            query = select(func.min(Job.run_at)).where(Job.failed_at.is_(None), Job.kind.in_(self._handlers))
            following = (await session.execute(query)).scalar_one()
        return until(following)

    async def _claim(self) -> list[Job]:
        """Take up what is due. On PostgreSQL each node is given other jobs; SQLite has no locks for rows."""
        query = (
            select(Job)
            .where(Job.run_at <= now(), Job.failed_at.is_(None), Job.kind.in_(self._handlers))
            .order_by(Job.run_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        claimed: list[Job] = []
        async with self._database.transaction() as session:
            found = list((await session.execute(query)).scalars())
            for job in found:
                mine = (
                    update(Job)
                    .where(Job.id == job.id, Job.run_at == job.run_at, Job.attempts == job.attempts)
                    .values(attempts=job.attempts + 1, run_at=now() + LEASE * len(found))
                    .returning(Job)
                    .execution_options(populate_existing=True)
                )
                claimed += (await session.execute(mine)).scalars()
        return claimed

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(LEASE.total_seconds() * 0.8):
                await self._handlers[job.kind](job.id, job.payload)
        except Exception as error:  # whatever it is, the others' jobs are done
            await self._failed(job, error)
            return
        async with self._database.transaction() as session:
            await session.execute(delete(Job).where(Job.id == job.id))

    async def _failed(self, job: Job, error: Exception) -> None:
        hopeless = isinstance(error, HopelessError) or job.attempts > len(PAUSES)
        said = f"{type(error).__name__}: {error}"[:500]
        tell = log.error if hopeless else log.warning
        tell("job_failed", kind=job.kind, job=str(job.id), attempt=job.attempts, error=said, given_up=hopeless)
        moment = now()
        values: dict[str, Any] = {"error": said}
        if hopeless:
            values["failed_at"] = moment
        else:
            values["run_at"] = moment + PAUSES[job.attempts - 1]
        async with self._database.transaction() as session:
            await session.execute(update(Job).where(Job.id == job.id).values(values))
