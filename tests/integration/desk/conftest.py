"""The whole service on the simulator, with the sample firm; each test on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest
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
from tests.databases import PostgresServer, SqliteFolder, run
from tests.desk import Desk, desk, links_up


@pytest_asyncio.fixture
async def pbx() -> AsyncIterator[Simulator]:
    async with Simulator() as simulator:
        yield simulator


_firms: dict[str, str] = {}  # kind of database -> URL of one with the sample firm in it


@pytest.fixture
def firm_url(database_kind: str, database_server: SqliteFolder | PostgresServer) -> Iterator[str]:
    """A database with the sample firm, set up as the demo does it."""
    if database_kind not in _firms:
        _firms[database_kind] = database_server.create(tables=False)
        run(_set_up(_firms[database_kind]))
    url = database_server.copy(_firms[database_kind])
    yield url
    database_server.drop(url)


async def _set_up(url: str) -> None:
    database = Database(url)
    await prepare(database)
    await firm.set_up(database, AccountService(cheap_passwords()))
    await database.close()


@pytest.fixture
def settings(firm_url: str, pbx: Simulator) -> Settings:
    return Settings(
        database=DatabaseSettings(url=firm_url),
        http=HttpSettings(port=0),
        numbers=firm.NUMBERS,
        pbx=[
            PbxSettings(
                name=firm.PBX,
                port=pbx.port,
                secret=SecretStr("cti-secret"),
                originate_username="cti-originate",
                originate_secret=SecretStr("originate-secret"),
                variables={"CUSTOMER_NO": "Customer number"},
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
