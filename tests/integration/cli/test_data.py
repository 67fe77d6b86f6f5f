"""Migrate, back up, restore and import; the store's part on both kinds of database."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from cti_crm.infrastructure.database import Database
from cti_crm.migrations.backup import BackupError, backup, backup_state
from cti_crm.migrations.store import StoreState, head
from tests.databases import run as run_async
from tests.integration.cli.conftest import Run, words

ADD = "user add {} --password-stdin"


def _users(run: Run, url: str) -> list[str]:
    lines = run("user list", url=url).stdout.splitlines()[1:]
    return [line.split()[0] for line in lines if line.strip()]


def _add(run: Run, url: str, name: str) -> None:
    assert run(ADD.format(name), stdin="correct horse\n", url=url).exit_code == 0


def _set_version(url: str, version: str) -> None:
    async def work() -> None:
        database = Database(url)
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        await database.close()

    run_async(work())


def test_migrate(run: Run, empty_database_url: str) -> None:
    first = run("migrate", url=empty_database_url)
    second = run("migrate", url=empty_database_url)

    assert (first.exit_code, first.stdout) == (0, f"The database had no version, now it has {head()}.\n")
    assert (second.exit_code, second.stdout) == (0, f"Nothing to do: the database has version {head()}.\n")


def test_a_newer_store_is_refused(run: Run, empty_database_url: str) -> None:
    run("migrate", url=empty_database_url)
    _set_version(empty_database_url, "9999")

    for line in ("migrate", "user list", "serve", "backup b"):
        result = run(line, url=empty_database_url)
        assert result.exit_code == 1
        assert "newer version" in result.stderr


def test_a_backup_brings_everything_back(run: Run, folder: Path, empty_database_url: str) -> None:
    url = empty_database_url
    _add(run, url, "anna")
    assert run("backup saved", url=url).exit_code == 0
    assert stat.S_IMODE((folder / "saved").stat().st_mode) == 0o600
    _add(run, url, "ben")

    refused = run("restore saved", url=url)
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
    assert _users(run, url) == ["anna", "ben"]

    assert run("restore saved --force", url=url).exit_code == 0
    assert _users(run, url) == ["anna"]
    assert run("migrate", url=url).stdout.startswith("Nothing to do")


def test_a_backup_can_be_restored_into_an_empty_store(
    run: Run, folder: Path, database_server: object, empty_database_url: str
) -> None:
    source = database_server.create(tables=False)  # type: ignore[attr-defined]
    _add(run, source, "anna")
    assert run("backup saved", url=source).exit_code == 0
    database_server.drop(source)  # type: ignore[attr-defined]

    assert run("restore saved", url=empty_database_url).exit_code == 0
    assert _users(run, empty_database_url) == ["anna"]


def test_a_backup_is_not_overwritten(run: Run, folder: Path) -> None:
    (folder / "saved").write_text("mine")
    result = run("backup saved")

    assert (result.exit_code, "is there already" in result.stderr) == (1, True)
    assert (folder / "saved").read_text() == "mine"
    assert [one.name for one in folder.glob("saved*")] == ["saved"]


def test_a_newer_backup_is_refused(run: Run, empty_database_url: str) -> None:
    url = empty_database_url
    run("migrate", url=url)
    _set_version(url, "9999")
    backup(url, Path("saved"))
    _set_version(url, "0001")

    assert backup_state(url, Path("saved")) is StoreState.NEWER
    result = run("restore saved --force", url=url)
    assert (result.exit_code, "newer version" in result.stderr) == (1, True)


def test_what_is_no_backup_changes_nothing(run: Run, folder: Path, empty_database_url: str) -> None:
    url = empty_database_url
    _add(run, url, "anna")
    (folder / "text").write_text("no backup")
    (folder / "damaged-sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    (folder / "damaged-postgresql").write_bytes(b"PGDMP" + b"x" * 5000)
    with closing(sqlite3.connect(folder / "other")) as other:
        other.execute("CREATE TABLE t (i INTEGER)")

    for name in ("text", "damaged-sqlite", "damaged-postgresql", "other", "missing"):
        result = run(f"restore {name} --force", url=url)
        assert result.exit_code == 1, name
        assert result.stderr, name
    assert _users(run, url) == ["anna"]


@pytest.mark.postgres
def test_without_postgresqls_programs_it_is_said_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "saved").write_bytes(b"PGDMP")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BackupError, match="apt install postgresql-client"):
        backup_state("postgresql+asyncpg://x@host/x", folder / "saved")


def test_the_stores_file_is_for_its_owner_only(run: Run, folder: Path) -> None:
    def mode() -> int:
        return stat.S_IMODE((folder / "store.db").stat().st_mode)

    run("user list")
    assert mode() == 0o600
    run("backup saved")
    (folder / "store.db").unlink()
    run("restore saved")
    assert mode() == 0o600


def test_import_contacts(run: Run, folder: Path) -> None:
    (folder / "people.csv").write_text(
        "first_name,last_name,phone\nAnna,Albrecht,030 5550101\nBen,Beck,no number at all\n", encoding="utf-8"
    )
    first = run("import contacts people.csv")
    again = run("import contacts people.csv")

    assert first.exit_code == again.exit_code == 0
    assert "0 unchanged" in first.stdout
    assert first.stdout.startswith(("1 new", "2 new"))
    assert again.stdout.startswith("0 new, 0 completed")
    assert "Importing" in words(first.stderr)


def test_import_from_a_country_that_is_none(run: Run, folder: Path) -> None:
    (folder / "people.csv").write_text("first_name,phone\nAnna,1\n", encoding="utf-8")
    result = run("import contacts people.csv --country XX")

    assert result.exit_code == 1


def test_import_a_file_that_is_not_there(run: Run) -> None:
    result = run("import contacts none.csv")

    assert (result.exit_code, "does not exist" in words(result.stderr)) == (2, True)
