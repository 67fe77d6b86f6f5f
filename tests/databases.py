"""The two kinds of database the repository tests run on: SQLite files, and a PostgreSQL server of our own."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg

from cti_crm.infrastructure.database import Database
from cti_crm.migrations.tables import all_tables

T = TypeVar("T")
_TEMPLATE = "with_tables"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run from a synchronous fixture, without touching the loop of pytest-asyncio."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(coroutine)


async def create_tables(url: str) -> None:
    """All tables of all features, straight from the models."""
    database = Database(url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(all_tables().create_all)
    finally:
        await database.close()


class SqliteFolder:
    """SQLite files in one folder; those with tables are copies of one that was made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        run(create_tables(self._url(self._template)))

    def create(self, *, tables: bool) -> str:
        """The URL of a new database."""
        file = self._folder / f"{uuid4().hex}.db"
        if tables:
            shutil.copyfile(self._template, file)
        return self._url(file)

    def copy(self, url: str) -> str:
        """The URL of a new database with what is in another; nobody may be connected to that."""
        copy = self.create(tables=False)
        shutil.copyfile(_file(url), _file(copy))
        return copy

    def drop(self, url: str) -> None:
        """Remove it with what SQLite put beside it."""
        file = _file(url)
        for one in file.parent.glob(file.name + "*"):
            one.unlink()

    @staticmethod
    def _url(file: Path) -> str:
        return f"sqlite+aiosqlite:///{file}"


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


def postgres_binaries() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: on the PATH, or where Debian puts the newest."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return folders[-1].parent if folders else None


@dataclass(slots=True)
class PostgresServer:
    """A server with its data in a temporary folder, reached by a socket in it; no TCP port is taken."""

    folder: Path
    binaries: Path
    options: str

    @classmethod
    def start(cls, binaries: Path, *, durable: bool = False) -> "PostgresServer":
        """Takes about two seconds. PostgreSQL refuses root, so root runs it as the user `postgres`.

        durable: as a firm runs it; else nothing is safe against a crash of the machine, which is faster.
        """
        folder = Path(tempfile.mkdtemp(prefix="cti-crm-pg-"))
        options = f"-k {folder} -c listen_addresses= -c max_connections=200"
        if not durable:
            options += " -c fsync=off -c full_page_writes=off"
        server = cls(folder, binaries, options)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        server._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        try:
            server.resume()
            run(server._execute(f"CREATE DATABASE {_TEMPLATE}"))
            run(create_tables(server._url(_TEMPLATE)))
        except BaseException:
            server.stop()
            raise
        return server

    def stop(self) -> None:
        """Stop it and remove its data."""
        self.halt()
        shutil.rmtree(self.folder)

    def halt(self) -> None:
        """Stop it without a word to anybody, as a crash does; its data stay."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def resume(self) -> None:
        """Start it on its data."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-o", self.options, "-w", "start")

    def create(self, *, tables: bool) -> str:
        """The URL of a new database."""
        name = f"test_{uuid4().hex}"
        run(self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if tables else 'template0'}"))
        return self._url(name)

    def copy(self, url: str) -> str:
        """The URL of a new database with what is in another; nobody may be connected to that."""
        name = f"test_{uuid4().hex}"
        run(self._execute(f"CREATE DATABASE {name} TEMPLATE {_name(url)}"))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove it, whoever is connected."""
        run(self._execute(f"DROP DATABASE {_name(url)} WITH (FORCE)"))

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(host=str(self.folder), user="postgres", database="postgres")
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def _url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        user = "postgres" if os.geteuid() == 0 else None
        with tempfile.TemporaryFile() as output:  # a pipe would be kept open by the server
            done = subprocess.run(
                [self.binaries / program, *arguments],
                user=user,
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode != 0:
                output.seek(0)
                raise RuntimeError(f"{program} failed:\n{output.read().decode(errors='replace')}")


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
