"""Engine, sessions and column types, the same for SQLite and PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.infrastructure.sqlite_connection import OneHopConnection

T = TypeVar("T")

STORE_FAULTS = (SQLAlchemyError, OSError, TimeoutError)
"""What is raised while the database is away, or too busy to answer."""

_EVENTS = "events_after_commit"
_READERS = 2  # SQLite's: one that waits for the disk does not keep another waiting


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time; kept as UTC. SQLite knows no times: there it is text without a zone, as SQLAlchemy writes it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """To the database. What it returns raises ValueError for a naive time."""
        return _as_text if dialect.name == "sqlite" else _as_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From the database: always aware, UTC."""
        return _from_text if dialect.name == "sqlite" else _as_utc


def _as_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a time without zone must not reach the database")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    utc = _as_utc(value)
    return None if utc is None else utc.isoformat(" ", "microseconds")[:-6]  # without +00:00


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class JsonText(str):
    """What a JSON column is to hold, written as JSON already."""

    __slots__ = ()


def _write_json(value: object) -> str:
    return str(value) if type(value) is JsonText else json.dumps(value)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables. Constraint names follow a fixed scheme, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own convention


def after_commit(session: AsyncSession, domain_event: object) -> None:
    """Publish `domain_event` on the bus once the session's transaction is committed, and only then."""
    session.info.setdefault(_EVENTS, []).append(domain_event)


class Database:
    """One database. `transaction()` is the edge: services inside it never commit."""

    def __init__(self, url: str, bus: EventBus | None = None) -> None:
        """`bus` gets what services hand to `after_commit`."""
        self.url = url
        self.engine = _engine(url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reader = _Threads(url) if _is_file(url) else _OwnLoop(self.engine)
        self._bus = bus

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session, committed at the end of the block, rolled back if the block raises."""
        async with self._sessions() as session:
            async with session.begin():
                yield session
            if self._bus is not None:
                for domain_event in session.info.pop(_EVENTS, ()):
                    self._bus.publish(domain_event)

    def read(self, work: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """What `work` reads, outside any transaction: the quickest way to ask a few questions one after another.

        `work` may run in another thread, so it only asks the connection and makes values of the answers. The result
        raises what it raises.
        """
        return self._reader.read(work)

    async def ping(self) -> None:
        """Raises whatever the driver raises if the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give all connections back."""
        await self._reader.close()
        await self.engine.dispose()


class _OwnLoop:
    """Reads in the event loop, over the engine's own connections."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def read(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        return asyncio.ensure_future(self._read(work))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """The engine closes them."""


class _Threads:
    """Reads an SQLite file in threads that keep their connections: one hop for all of `work`, not one a question.

    Two of them, so that one that waits for the disk does not keep another waiting. A hop has two ends, a queue and a
    call into the loop: an executor's futures would cost more than what is read.
    """

    def __init__(self, url: str) -> None:
        self._engine = _reading_engine(url)
        self._wanted: SimpleQueue[_Wish | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def read(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        if not self._threads:
            self._threads = [Thread(target=self._serve, name="sqlite-reader", daemon=True) for _ in range(_READERS)]
            for thread in self._threads:
                thread.start()
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._wanted.put((result, work))
        return result

    def _serve(self) -> None:
        while (wish := self._wanted.get()) is not None:
            result, work = wish
            if result.cancelled():
                continue
            try:
                with self._engine.connect() as connection:
                    tell: Callable[[], None] = partial(result.set_result, work(connection))
            except Exception as error:
                tell = partial(result.set_exception, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                result.get_loop().call_soon_threadsafe(_tell, result, tell)

    async def close(self) -> None:
        for _ in self._threads:
            self._wanted.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._engine.dispose()


_Wish = tuple["asyncio.Future[Any]", Callable[[Connection], Any]]


def _tell(result: asyncio.Future[Any], tell: Callable[[], None]) -> None:
    if not result.cancelled():
        tell()


def _is_file(url: str) -> bool:
    """Whether the URL names an SQLite file; one in memory cannot be shared between connections."""
    parts = make_url(url)
    return parts.get_backend_name() == "sqlite" and parts.database not in (None, "", ":memory:")


def _engine(url: str) -> AsyncEngine:
    if make_url(url).get_backend_name() != "sqlite":
        pool = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
        return create_async_engine(url, json_serializer=_write_json, hide_parameters=True, **pool)
    how = {"timeout": 10, "async_creator_fn": OneHopConnection.open}
    engine = create_async_engine(url, json_serializer=_write_json, connect_args=how, hide_parameters=True)
    # WAL lets readers go on while one writes; synchronous=NORMAL is safe with it (https://sqlite.org/wal.html).
    _prepare(engine.sync_engine, "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")
    return engine


def _reading_engine(url: str) -> Engine:
    file = make_url(url).set(drivername="sqlite")
    engine = create_engine(file, pool_size=_READERS, isolation_level="AUTOCOMMIT", hide_parameters=True)
    _prepare(engine, "query_only=ON", "busy_timeout=10000", "cache_size=-16000")
    return engine


def _prepare(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor: Any = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
