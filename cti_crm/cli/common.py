"""What several commands need: the settings, a database for the time of a command, the options of the same name."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import CtiCrmError
from cti_crm.migrations import store
from cti_crm.settings import Settings, load_settings

T = TypeVar("T")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file; cti-crm.toml in this folder by default.", dir_okay=False),
]


class SettingsFileError(CtiCrmError):
    """The configuration file cannot be read."""

    code = "settings_file"


def read_settings(config: Path | None) -> Settings:
    """The settings. Raises SettingsFileError (no such file, not TOML) or ValidationError (wrong values)."""
    try:
        return load_settings(config)
    except OSError as error:
        raise SettingsFileError(f"{error.filename} cannot be read: {error.strerror}.") from None
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFileError(f"{config or 'The configuration file'} is not TOML: {error}.") from None


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run `work` on a store of this program's version; an empty one is set up first.

    Raises NewerStoreError or OlderStoreError.
    """

    async def run() -> T:
        database = Database(settings.database.url)
        try:
            await store.prepare(database)
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def in_transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run `work` in one transaction."""

    async def run(database: Database) -> T:
        async with database.transaction() as session:
            return await work(session)

    return with_database(settings, run)
