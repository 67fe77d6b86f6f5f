"""Writes calls to the database behind the screen pops, which never wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.calls.call import Call
from cti_crm.calls.call_events import CallAbsorbed, CallEvent
from cti_crm.calls.ports import NumberFormat
from cti_crm.calls.repository import CallRepository
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import STORE_FAULTS, Database
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)

Recorder = Callable[[AsyncSession, Sequence[Call]], Awaitable[object]]
Absorber = Callable[[AsyncSession, UUID, UUID], Awaitable[None]]

_BATCH = 500
_GATHER_SECONDS = 0.3
# Where many calls change, a transaction pays for more of them; together still less than a second.
_MANY = 20
_GATHER_MORE_SECONDS = 0.5
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(slots=True)
class _Unwritten:
    """`number`: which change was the first that is not written."""

    call: Call
    number: int


class CallLogWriter:
    """Keeps the newest state of each call that is not yet written; while the database is away they wait here.

    What comes within a moment is written together, and of each call the newest state only. Only calls wait, not
    events: memory grows by calls of an outage, not by its length. In the same transaction `recorder` writes what other
    features derive from a call, `absorber` moves it when a call became part of another.
    """

    def __init__(
        self, database: Database, bus: EventBus, numbers: NumberFormat, recorder: Recorder, absorber: Absorber
    ) -> None:
        self._database = database
        self._numbers = numbers
        self._recorder = recorder
        self._absorber = absorber
        self._pending: dict[UUID, _Unwritten] = {}
        self._absorbed: dict[UUID, tuple[UUID, int]] = {}
        self._told = 0
        self._heard_at = now()
        self._awaited: list[tuple[int, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopping = False
        bus.subscribe(CallEvent, self._take)

    @property
    def waiting(self) -> int:
        """How many calls are not yet written."""
        return len(self._pending) + len(self._absorbed)

    def unwritten(self, call_id: UUID) -> Call | None:
        """A call that changed a moment ago, as it will be written."""
        found = self._pending.get(call_id)
        return found.call if found else None

    def _take(self, event: CallEvent) -> None:
        call = event.call
        self._told += 1
        self._heard_at = now()
        if isinstance(event, CallAbsorbed):
            self._pending.pop(call.id, None)
            self._absorbed[call.id] = (event.into, self._told)
        else:
            known = self._pending.get(call.id)
            if known is None:
                self._pending[call.id] = _Unwritten(call, self._told)
            elif known.call.revision <= call.revision:
                known.call = call
        self._wake.set()

    async def run(self) -> None:
        """Write until `stop`; what is pending then is written once more, if the database lets us."""
        failures = 0
        while self.waiting or not self._stopping:
            if not self.waiting:
                self._wake.clear()
                await self._wake.wait()
            if failures:
                await self._pause(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS)) - 1])
            elif self.waiting < _BATCH and not await self._pause(_GATHER_SECONDS) and self.waiting >= _MANY:
                await self._pause(_GATHER_MORE_SECONDS)
            if await self._write():
                failures = 0
                self._tell_flushed()
            elif self._stopping:
                return
            else:
                failures += 1

    def stop(self) -> None:
        """Let `run` return soon. Unlike cancelling it, this never tears a transaction apart."""
        self._stopping = True
        self._wake.set()
        self._hurry.set()

    async def _pause(self, seconds: float) -> bool:
        """Returns whether somebody is in a hurry."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return False
        if not self._stopping:
            self._hurry.clear()
        return True

    async def flushed(self) -> None:
        """Have everything told so far written, and wait for that."""
        if self.waiting:
            done = asyncio.get_running_loop().create_future()
            self._awaited.append((self._told, done))
            self._hurry.set()
            await done

    def _tell_flushed(self) -> None:
        changes = [*(one.number for one in self._pending.values()), *(number for _, number in self._absorbed.values())]
        oldest = min(changes, default=self._told + 1)
        for number, done in self._awaited:
            if number < oldest and not done.done():
                done.set_result(None)
        self._awaited = [(number, done) for number, done in self._awaited if not done.done()]

    async def _write(self) -> bool:
        told, heard_at = self._told, self._heard_at
        calls = [one.call for one in islice(self._pending.values(), _BATCH)]
        absorbed = dict(self._absorbed)
        if not calls and not absorbed:
            return True
        try:
            async with self._database.transaction() as session:
                repository = CallRepository(session)
                for gone, (into, _) in absorbed.items():
                    await self._absorber(session, gone, into)
                await repository.remove(absorbed)
                await repository.save(calls, self._numbers, heard_at)
                await self._recorder(session, calls)
        except STORE_FAULTS as error:
            log.warning("call_log_waits_for_database", calls=self.waiting, error=type(error).__name__)
            return False
        for gone in absorbed:
            self._absorbed.pop(gone, None)
        for call in calls:
            unwritten = self._pending.get(call.id)
            if unwritten is not None and unwritten.call.revision == call.revision:
                del self._pending[call.id]
            elif unwritten is not None:
                unwritten.number = told + 1
        return True
