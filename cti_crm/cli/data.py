"""`cti-crm migrate`, `backup`, `restore` and `import`: what is in the store."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress

from cti_crm.cli.common import ConfigOption, err, out, read_settings, with_database
from cti_crm.contacts.import_jobs import plan_of_country
from cti_crm.contacts.importer import ImportReport, import_contacts
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import ConflictError
from cti_crm.migrations import store
from cti_crm.migrations.backup import backup, restore
from cti_crm.migrations.store import StoreState

imports = typer.Typer(help="Bring data in from files.", no_args_is_help=True)


def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this program's version."""

    async def run(url: str) -> tuple[str | None, str]:
        database = Database(url)
        try:
            before = await store.current(database)
            await store.upgrade(database)
        finally:
            await database.close()
        return before, store.head()

    before, after = asyncio.run(run(read_settings(config).database.url))
    if before == after:
        out.print(f"Nothing to do: the database has version {after}.")
    else:
        out.print(f"The database had {f'version {before}' if before else 'no version'}, now it has {after}.")


def make_backup(
    file: Annotated[Path, typer.Argument(help="The new file.", dir_okay=False)], config: ConfigOption = None
) -> None:
    """Copy the store to a file. The service may go on."""
    settings = read_settings(config)
    with_database(settings, _exists)
    backup(settings.database.url, file)
    out.print(f"Saved to {file} ({file.stat().st_size / 1e6:.1f} MB).", markup=False)


def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file made by `cti-crm backup`.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the store now.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put a backup into the store. Stop the service first."""
    url = read_settings(config).database.url

    async def run() -> StoreState:
        database = Database(url)
        try:
            return await store.state(database)
        finally:
            await database.close()

    if asyncio.run(run()) is not StoreState.EMPTY and not force:
        raise ConflictError("The store is not empty. What is in it would be lost: if that is meant, add --force.")
    found = restore(url, file)
    out.print(f"The store is as it was saved in {file}.", markup=False)
    if found is StoreState.BEHIND:
        out.print("It was saved by an older version: run `cti-crm migrate` now.")


@imports.command("contacts")
def import_contacts_file(
    file: Annotated[Path, typer.Argument(help="A CSV or vCard file.", exists=True, dir_okay=False, readable=True)],
    country: Annotated[
        str | None, typer.Option(help="Country (such as AT) of its numbers without a country code.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Bring contacts and organisations in. Doing it twice changes nothing."""
    settings = read_settings(config)
    plan = plan_of_country(settings.numbers, country)

    async def run(database: Database) -> ImportReport:
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=err) as progress:
            task = progress.add_task("Importing", total=None)
            return await import_contacts(
                database,
                plan,
                file.read_bytes(),
                lambda report: progress.update(task, total=report.total, completed=report.done),
            )

    report = with_database(settings, run)
    for problem in report.problems:
        err.print(f"{file}:{problem.line}: {problem.reason}", markup=False, soft_wrap=True)
    out.print(
        f"{report.created} new, {report.updated} completed, {report.unchanged} unchanged, "
        f"{len(report.problems)} left out."
    )


async def _exists(_database: Database) -> None:
    """Being of this version is all that a backup asks of the store."""
