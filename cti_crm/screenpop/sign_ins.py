"""A socket outlives the request that opened it: its sign-in is looked at again now and then."""

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.repeating import repeat
from cti_crm.screenpop.hub import Hub

LOOK_AGAIN = timedelta(seconds=45)

Ended = Callable[[AsyncSession, Collection[Principal]], Awaitable[Collection[Principal]]]


async def close_ended_sign_ins(hub: Hub, database: Database, ended_of: Ended) -> None:
    """Close the sockets of sessions that ran out and of users who were disabled, until cancelled.

    `cti-crm user disable` is another process, whose events do not come here. While the database is away, sockets stay.
    """

    async def look() -> timedelta:
        async with database.transaction() as session:
            ended = await ended_of(session, hub.principals())
        for principal in ended:
            hub.dismiss(principal)
        return LOOK_AGAIN

    await repeat(look, waiting_is_told_as="sign_ins_not_checked")
