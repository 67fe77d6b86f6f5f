"""Fixtures every test may use. `database` runs a test twice: on SQLite and on a real PostgreSQL."""

import logging
import os
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.databases import PostgresServer, SqliteFolder, postgres_binaries


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real calls depend on the clock of a machine that may be crowded: such a test gets two more tries.

    Each is shown as R, and summed up at the end: one that needs them often is to be mended, not lived with.
    """
    for item in items:
        if any(item.get_closest_marker(name) for name in ("asterisk", "chromium")):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> SqliteFolder:
    return SqliteFolder(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = postgres_binaries()
    if binaries is None:
        message = "NOT TESTED ON POSTGRESQL: initdb and pg_ctl were not found (Debian: apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    server = PostgresServer.start(binaries)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_server(request: pytest.FixtureRequest, database_kind: str) -> SqliteFolder | PostgresServer:
    """What makes databases of this kind."""
    server: SqliteFolder | PostgresServer = request.getfixturevalue(
        "sqlite_folder" if database_kind == "sqlite" else "postgres_server"
    )
    return server


@pytest.fixture
def database_url(database_server: SqliteFolder | PostgresServer) -> Iterator[str]:
    """A new database with all tables."""
    url = database_server.create(tables=True)
    yield url
    database_server.drop(url)


@pytest.fixture
def empty_database_url(database_server: SqliteFolder | PostgresServer) -> Iterator[str]:
    """A new database without any table."""
    url = database_server.create(tables=False)
    yield url
    database_server.drop(url)


@pytest.fixture
def bus() -> MemoryEventBus:
    """The bus to which `database` hands what services publish after a commit."""
    return MemoryEventBus()


@pytest.fixture
async def database(database_url: str, bus: MemoryEventBus) -> AsyncIterator[Database]:
    database = Database(database_url, bus)
    yield database
    await database.close()


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """For tests that set logging up as a program does."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
