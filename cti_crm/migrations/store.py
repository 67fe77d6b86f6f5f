"""Which version a database has, and how it comes to today's."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError

_LOCK = 0x63746963726D  # any number, the same for every process that migrates


class StoreState(StrEnum):
    """A database's version beside the program's."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


class NewerStoreError(CtiCrmError):
    """The database was written by a newer version of cti-crm. Install that version, or restore an older backup."""

    code = "newer_store"


class OlderStoreError(CtiCrmError):
    """The database was written by an older version. Run `cti-crm backup FILE`, then `cti-crm migrate`."""

    code = "older_store"


class UnusableStoreError(CtiCrmError):
    """The database cannot be opened."""

    code = "unusable_store"


def head() -> str:
    """The version this program wants."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise RuntimeError("no migrations in the package")
    return found


def is_known(revision: str) -> bool:
    """Whether this program has, or once had, that version."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


async def current(database: Database) -> str | None:
    """The database's version, None if it has none. Raises UnusableStoreError if SQLite cannot open its file."""
    if database.is_sqlite:
        await asyncio.to_thread(_try_to_open, database.engine.url.database or "")
    async with database.engine.connect() as connection:
        return await connection.run_sync(_current)


async def state(database: Database) -> StoreState:
    """Whether the database is the program's."""
    return state_of(await current(database))


def state_of(revision: str | None) -> StoreState:
    """The same for a version that was read elsewhere, such as from a backup."""
    if revision is None:
        return StoreState.EMPTY
    if revision == head():
        return StoreState.CURRENT
    return StoreState.BEHIND if is_known(revision) else StoreState.NEWER


async def upgrade(database: Database) -> None:
    """Bring the database to this program's version; all of it or nothing. Raises NewerStoreError."""
    if await state(database) is StoreState.NEWER:
        raise NewerStoreError
    async with _exclusive(database) as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))


async def prepare(database: Database) -> None:
    """For the start of the service: set up an empty database, refuse any that is not this program's.

    Raises NewerStoreError or OlderStoreError.
    """
    found = await state(database)
    if found is StoreState.EMPTY:
        if database.is_sqlite and (file := database.engine.url.database):
            await asyncio.to_thread(Path(file).chmod, 0o600)  # the files SQLite puts beside it get the same mode
        await upgrade(database)
    elif found is StoreState.NEWER:
        raise NewerStoreError
    elif found is StoreState.BEHIND:
        raise OlderStoreError


async def write_revision(database: Database, message: str, revision: str) -> None:
    """For developers: a new migration from what the models have and `database` (at head) has not."""
    async with _exclusive(database) as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message, autogenerate=True, rev_id=revision)
        )


@asynccontextmanager
async def _exclusive(database: Database) -> AsyncIterator[AsyncConnection]:
    """One transaction that no other migration runs beside."""
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
            await connection.commit()
            return
        # Dropping a table while foreign keys are on deletes the rows that point to it, and Alembic's way to alter a
        # table is to drop it: https://sqlite.org/foreignkeys.html#fk_schemacommands. Python's driver begins no
        # transaction before DDL, so that is done here.
        await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first()
            if broken is not None:
                raise RuntimeError(f"the migration would leave a row in {broken[0]} that points to nothing")
            await connection.commit()
        finally:
            await connection.rollback()
            await connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _try_to_open(file: str) -> None:
    """Fails here, since aiosqlite's thread may speak to a closed loop when its connect fails."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        raise UnusableStoreError(f"The database {file} cannot be opened: {error}.") from None


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
