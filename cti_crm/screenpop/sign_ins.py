"""A socket outlives the request that opened it: its sign-in is looked at again now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.screenpop.hub import Hub

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 45.0

Ended = Callable[[AsyncSession, Collection[Principal]], Awaitable[Collection[Principal]]]


async def close_ended_sign_ins(
    hub: Hub, database: Database, ended_of: Ended, look_again_seconds: float = LOOK_AGAIN_SECONDS
) -> None:
    """Close the sockets of sessions that ran out and of users who were disabled, until cancelled.

    `cti-crm user disable` is another process, whose events do not come here. While the database is away, sockets stay.
    """
    while True:
        await asyncio.sleep(look_again_seconds)
        try:
            async with database.transaction() as session:
                ended = await ended_of(session, hub.principals())
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("sign_ins_not_checked", error=type(error).__name__)
            continue
        for principal in ended:
            hub.dismiss(principal)
