"""Writes calls to the database behind the screen pops, which never wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed, CallEvent
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.repository import CallRepository
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)

Recorder = Callable[[AsyncSession, Sequence[Call]], Awaitable[None]]
Absorber = Callable[[AsyncSession, UUID, UUID], Awaitable[None]]

_BATCH = 100
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class CallLogWriter:
    """Keeps the newest state of each call that is not yet written; while the database is away they wait here.

    Only calls wait, not events: memory grows by calls of the outage, not by its length. In the same transaction
    `recorder` writes what other features derive from a call, `absorber` moves it when a call became part of another.
    """

    def __init__(
        self, database: Database, bus: EventBus, numbers: NumberFormat, recorder: Recorder, absorber: Absorber
    ) -> None:
        self._database = database
        self._numbers = numbers
        self._recorder = recorder
        self._absorber = absorber
        self._pending: dict[UUID, tuple[Call, datetime]] = {}
        self._absorbed: dict[UUID, UUID] = {}
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()
        bus.subscribe(CallEvent, self._take)

    @property
    def waiting(self) -> int:
        """How many calls are not yet written."""
        return len(self._pending) + len(self._absorbed)

    def _take(self, event: CallEvent) -> None:
        call = event.call
        if isinstance(event, CallAbsorbed):
            self._pending.pop(call.id, None)
            self._absorbed[call.id] = event.into
        else:
            known = self._pending.get(call.id)
            if known is None or known[0].revision <= call.revision:
                self._pending[call.id] = (call, now())
        self._idle.clear()
        self._wake.set()

    async def run(self) -> None:
        """Write until `stop`; what is pending then is written once more, if the database lets us."""
        failures = 0
        while self.waiting or not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            while self._pending or self._absorbed:
                if await self._write():
                    failures = 0
                elif self._stopping:
                    return
                else:
                    await self._pause(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                    failures += 1
            self._idle.set()

    def stop(self) -> None:
        """Let `run` return soon. Unlike cancelling it, this never tears a transaction apart."""
        self._stopping = True
        self._wake.set()
        self._hurry.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    async def flushed(self) -> None:
        """Wait until everything told so far is written."""
        await self._idle.wait()

    async def _write(self) -> bool:
        batch = list(self._pending.values())[:_BATCH]
        absorbed = dict(self._absorbed)
        if not batch and not absorbed:
            return True
        try:
            async with self._database.transaction() as session:
                repository = CallRepository(session)
                for gone, into in absorbed.items():
                    await self._absorber(session, gone, into)
                await repository.remove(absorbed)
                calls = [call for call, _ in batch]
                await repository.save(calls, self._numbers, max((at for _, at in batch), default=now()))
                await self._recorder(session, calls)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("call_log_waits_for_database", calls=self.waiting, error=type(error).__name__)
            return False
        for gone in absorbed:
            self._absorbed.pop(gone, None)
        for call, _ in batch:
            if self._pending.get(call.id, (call,))[0].revision == call.revision:
                self._pending.pop(call.id, None)
        return True
