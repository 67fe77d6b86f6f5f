"""Work that is done again whenever it is due or something happened, for as long as the service runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import STORE_FAULTS

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(seconds=30)
"""How late is seen what another process planned, and that the database is back."""


async def repeat(
    work: Callable[[], Awaitable[timedelta]], wake: asyncio.Event | None = None, *, waiting_is_told_as: str
) -> None:
    """Do `work`, then rest for as long as it returned or until `wake` is set, until cancelled.

    While the database is away it is tried again, and the log says so by the name `waiting_is_told_as`.
    """
    woken = wake or asyncio.Event()
    while True:
        woken.clear()
        try:
            rest = await work()
        except STORE_FAULTS as error:
            log.warning(waiting_is_told_as, error=type(error).__name__)
            rest = LOOK_AGAIN
        try:
            async with asyncio.timeout(rest.total_seconds()):
                await woken.wait()
        except TimeoutError:
            pass


def until(following: datetime | None) -> timedelta:
    """How long to rest if the next is due then; never longer than LOOK_AGAIN."""
    return LOOK_AGAIN if following is None else min(max(following - now(), timedelta()), LOOK_AGAIN)
