"""Notes which sessions and tokens are in use, behind the requests that use them."""

from datetime import timedelta

from cti_crm.accounts.service import AccountService
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.repeating import repeat

_EVERY = timedelta(seconds=5)


async def keep_uses_noted(accounts: AccountService, database: Database) -> None:
    """Until cancelled. What could not be written is noted with the next use."""

    async def note() -> timedelta:
        if accounts.has_uses:
            async with database.transaction() as session:
                await accounts.note_uses(session)
        return _EVERY

    await repeat(note, waiting_is_told_as="uses_not_noted")
