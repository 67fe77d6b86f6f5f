"""The store to a file and back: SQLite by its own online copy, PostgreSQL by pg_dump and psql.

A backup holds customers' data and password hashes: its file is readable by its owner only.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url

from cti_crm.infrastructure.errors import CtiCrmError
from cti_crm.migrations.store import NewerStoreError, StoreState, state_of

_SQLITE = b"SQLite format 3\0"  # https://sqlite.org/fileformat.html
_POSTGRESQL = b"PGDMP"
_DROP_TABLES = """
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', one);
  END LOOP;
END $$
"""


class BackupError(CtiCrmError):
    """The backup could not be made or read."""

    code = "backup"


def backup(url: str, file: Path) -> None:
    """Copy the store to `file`, which must not be there yet; the service may go on. Raises BackupError."""
    if file.exists():
        raise BackupError(f"{file} is there already. Take another name, or remove it first.")
    with _beside(file) as part:
        if _is_sqlite(url):
            with closing(_open(_sqlite_file(url))) as source, closing(sqlite3.connect(part)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        else:
            _run(make_url(url), "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        part.replace(file)


def backup_state(url: str, file: Path) -> StoreState:
    """Of which version a backup is. Raises BackupError: it is none, or of another kind of database than `url`."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(_SQLITE))
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from None
    if head == _SQLITE and _is_sqlite(url):
        return state_of(_sqlite_revision(file))
    if head.startswith(_POSTGRESQL) and not _is_sqlite(url):
        return state_of(_postgresql_revision(make_url(url), file))
    if head == _SQLITE or head.startswith(_POSTGRESQL):
        kind = "SQLite" if head == _SQLITE else "PostgreSQL"
        raise BackupError(f"{file} is a backup of a {kind} database; the one in use is of another kind.")
    raise BackupError(f"{file} is no backup of cti-crm.")


def restore(url: str, file: Path) -> StoreState:
    """Replace all that is in the store by the backup, all of it or nothing. The service must not run.

    Returns the version the store has now: CURRENT or BEHIND. Raises NewerStoreError or BackupError.
    """
    found = backup_state(url, file)
    if found is StoreState.NEWER:
        raise NewerStoreError("The backup was made by a newer version of cti-crm. Install that version to restore it.")
    if found is StoreState.EMPTY:
        raise BackupError(f"{file} is no backup of cti-crm: it tells no version.")
    if _is_sqlite(url):
        with closing(_open(file)) as source, closing(sqlite3.connect(_sqlite_file(url), timeout=5)) as target:
            _sqlite_file(url).chmod(0o600)
            try:
                source.backup(target)
            except sqlite3.OperationalError as error:
                raise BackupError(f"The database is in use ({error}). Stop the service first.") from None
    else:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "restore.sql"
            at = make_url(url)
            _run(at, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
            quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null")
            safe = ("--single-transaction", "--set=ON_ERROR_STOP=1")
            _run(at, "psql", *quiet, *safe, f"--command={_DROP_TABLES}", f"--file={script}")
    return found


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A new file, readable by its owner only, that is gone afterwards unless it was renamed."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _sqlite_file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _open(file: Path) -> sqlite3.Connection:
    """An existing database, read only."""
    try:
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise BackupError(f"{file} cannot be read: {error}.") from None


def _sqlite_revision(file: Path) -> str | None:
    with closing(_open(file)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            broken = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            return None  # no such table: a database of something else
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{file} is damaged: {error}.") from None
    if broken != ("ok",):
        raise BackupError(f"{file} is damaged: {broken[0]}.")
    return row[0] if row else None


def _postgresql_revision(at: URL, file: Path) -> str | None:
    text = _run(at, "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file))
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("COPY public.alembic_version "):
            found = next(lines, r"\.")
            return None if found == r"\." else found
    return None


def _run(at: URL, program: str, *arguments: str) -> str:
    """One of PostgreSQL's own programs; the password goes by the environment, where other users do not see it."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(
            f"{program} was not found. Install PostgreSQL's client programs (Debian: apt install postgresql-client)."
        )
    asked = {
        "PGHOST": at.host or at.query.get("host"),
        "PGPORT": at.port or at.query.get("port"),
        "PGUSER": at.username,
        "PGPASSWORD": at.password,
        "PGDATABASE": at.database,
    }
    environment = os.environ | {name: str(value) for name, value in asked.items() if value}
    done = subprocess.run(  # noqa: S603 - arguments are ours, no shell
        [path, *arguments], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise BackupError(f"{program} failed: {last}")
    return done.stdout
