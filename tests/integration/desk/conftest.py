"""The whole service on the simulator, with the sample firm; each test on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest_asyncio
from pydantic import SecretStr

from cti_crm.accounts.service import AccountService
from cti_crm.app import Service, running
from cti_crm.demo import firm
from cti_crm.infrastructure.database import Database
from cti_crm.migrations.store import prepare
from cti_crm.pbx.simulator import Simulator
from cti_crm.settings import DatabaseSettings, HttpSettings, PbxSettings, Settings
from tests.accounts_setup import cheap_passwords
from tests.desk import Desk, desk, links_up


@pytest_asyncio.fixture
async def pbx() -> AsyncIterator[Simulator]:
    async with Simulator() as simulator:
        yield simulator


@pytest_asyncio.fixture
async def settings(empty_database_url: str, pbx: Simulator) -> Settings:
    """The sample firm is in the database."""
    database = Database(empty_database_url)
    await prepare(database)
    await firm.set_up(database, AccountService(cheap_passwords()))
    await database.close()
    return Settings(
        database=DatabaseSettings(url=empty_database_url),
        http=HttpSettings(port=0),
        numbers=firm.NUMBERS,
        pbx=[
            PbxSettings(
                name=firm.PBX,
                port=pbx.port,
                secret=SecretStr("cti-secret"),
                originate_username="cti-originate",
                originate_secret=SecretStr("originate-secret"),
            )
        ],
    )


@pytest_asyncio.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with running(settings) as service:
        await links_up(service)
        yield service


@pytest_asyncio.fixture
async def anna(service: Service) -> AsyncIterator[Desk]:
    async with desk(service.url, "anna", firm.PASSWORD) as person:
        yield person


@pytest_asyncio.fixture
async def bernd(service: Service) -> AsyncIterator[Desk]:
    async with desk(service.url, "bernd", firm.PASSWORD) as person:
        yield person


@pytest_asyncio.fixture
async def maria(service: Service) -> AsyncIterator[Desk]:
    async with desk(service.url, "maria", firm.PASSWORD) as person:
        yield person
