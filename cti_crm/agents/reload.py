"""Keeps the directory as the database is."""

import asyncio
from datetime import timedelta

from cti_crm.accounts.events import UserChanged
from cti_crm.agents import repository
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import AgentsChanged, DirectoryChanged
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.repeating import LOOK_AGAIN, repeat


async def keep_directory_current(
    directory: AgentDirectory,
    database: Database,
    bus: EventBus,
    look_again_seconds: float = LOOK_AGAIN.total_seconds(),
) -> None:
    """Load again whenever an agent or a user changed, until cancelled.

    `cti-crm user add` is another process, whose events do not come here: hence also a look every 30 seconds. Only where
    something is different all are loaded, which with a thousand agents holds the calls up.
    """
    loaded: tuple[str, str] | None = None

    async def look() -> timedelta:
        nonlocal loaded
        found = await database.read(repository.fingerprint)
        if found != loaded:
            async with database.transaction() as session:
                changed = await directory.load(session)
            loaded = found
            if changed:
                bus.publish(DirectoryChanged(changed))
        return timedelta(seconds=look_again_seconds)

    wake = asyncio.Event()
    ends = [bus.subscribe(kind, lambda _event: wake.set()) for kind in (AgentsChanged, UserChanged)]
    try:
        await repeat(look, wake, waiting_is_told_as="directory_not_reloaded")
    finally:
        for end in ends:
            end()
