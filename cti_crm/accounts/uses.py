"""Notes which sessions and tokens are in use, behind the requests that use them."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti_crm.accounts.service import AccountService
from cti_crm.infrastructure.database import Database

log = structlog.get_logger(__name__)

NOTED_EVERY_SECONDS = 5.0


async def keep_uses_noted(
    accounts: AccountService, database: Database, every_seconds: float = NOTED_EVERY_SECONDS
) -> None:
    """Until cancelled. What could not be written is noted with the next use."""
    while True:
        await asyncio.sleep(every_seconds)
        if not accounts.has_uses:
            continue
        try:
            async with database.transaction() as session:
                await accounts.note_uses(session)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("uses_not_noted", error=type(error).__name__)
