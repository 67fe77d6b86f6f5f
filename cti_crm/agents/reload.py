"""Keeps the directory as the database is."""

import asyncio

import structlog
from sqlalchemy.exc import DBAPIError

from cti_crm.accounts.events import UserChanged
from cti_crm.agents import repository
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import AgentsChanged, DirectoryChanged
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 30.0


async def keep_directory_current(
    directory: AgentDirectory, database: Database, bus: EventBus, look_again_seconds: float = LOOK_AGAIN_SECONDS
) -> None:
    """Load again whenever an agent or a user changed, until cancelled.

    `cti-crm user add` is another process, whose events do not come here: hence also a look every 30 seconds. Only where
    something is different all are loaded, which with a thousand agents holds the calls up.
    """
    wake = asyncio.Event()
    ends = [bus.subscribe(kind, lambda _event: wake.set()) for kind in (AgentsChanged, UserChanged)]
    try:
        loaded = await _load(directory, database, bus, None)
        while True:
            try:
                async with asyncio.timeout(look_again_seconds):
                    await wake.wait()
            except TimeoutError:
                pass
            wake.clear()
            loaded = await _load(directory, database, bus, loaded)
    finally:
        for end in ends:
            end()


async def _load(
    directory: AgentDirectory, database: Database, bus: EventBus, loaded: tuple[str, str] | None
) -> tuple[str, str] | None:
    """Load what differs from `loaded`, if anything does. Returns what is loaded then."""
    try:
        found = await database.read(repository.fingerprint)
        if found == loaded:
            return loaded
        async with database.transaction() as session:
            changed = await directory.load(session)
    except (DBAPIError, OSError, TimeoutError) as error:
        log.warning("directory_not_reloaded", error=type(error).__name__)
        return loaded
    if changed:
        bus.publish(DirectoryChanged(changed))
    return found
