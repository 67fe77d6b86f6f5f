"""Users for tests, with password hashes that cost next to nothing."""

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from cti_crm.accounts.models import User
from cti_crm.accounts.passwords import Passwords
from cti_crm.accounts.service import AccountService
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Role

PASSWORD = "correct horse"


def cheap_passwords(time_cost: int = 1) -> Passwords:
    return Passwords(PasswordHasher(time_cost=time_cost, memory_cost=8, parallelism=1))


async def add_user(
    database: Database,
    accounts: AccountService,
    username: str = "anna",
    role: Role = Role.AGENT,
    display_name: str = "Anna Albrecht",
) -> User:
    async with database.transaction() as session:
        return await accounts.add_user(
            session, username=username, password=PASSWORD, role=role, display_name=display_name
        )


class Clock:
    """A time of day that moves when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)
