"""What runs beside requests: tasks that belong to the service, and what one feature does after another's event."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.database import STORE_FAULTS, Database
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)

FOLLOW_UP_PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds between tries to do what follows from an event while the database is away."""


class Background:
    """The tasks of a service, all in one task group, which is given when the service starts."""

    def __init__(self, bus: EventBus, database: Database) -> None:
        self._bus = bus
        self._database = database
        self._running: set[asyncio.Task[None]] = set()
        self.tasks: asyncio.TaskGroup | None = None

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have `work` run until it is done or the service stops. Raises RuntimeError before the start."""
        task = self.until_done(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def until_done(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have `work` run until it ends by itself, for which it must be told. Raises RuntimeError before the start."""
        if self.tasks is None:
            work.close()
            raise RuntimeError("the service has not been started")
        return self.tasks.create_task(work)

    async def cancel(self) -> None:
        """End all that was spawned."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def after(self, event_type: type[Any], handler: Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]) -> None:
        """Have `handler` follow events of a type, in a transaction of its own; tried again while the database is away.

        What is told in the same moment is handed over together.
        """
        waiting: list[Any] = []

        async def handle() -> None:
            events = waiting[:]
            waiting.clear()
            for pause in FOLLOW_UP_PAUSES:
                try:
                    async with self._database.transaction() as session:
                        await handler(session, events)
                    return
                except STORE_FAULTS as error:
                    log.warning(
                        "follow_up_waits_for_database", follow_up=event_type.__name__, error=type(error).__name__
                    )
                    await asyncio.sleep(pause)
            log.error("follow_up_failed", follow_up=event_type.__name__)

        def begin(event: Any) -> None:
            waiting.append(event)
            if len(waiting) == 1:
                self.spawn(handle())

        self._bus.subscribe(event_type, begin)
