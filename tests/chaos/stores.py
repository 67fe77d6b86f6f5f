"""The two kinds of database, each with a way to be away for a while; and what the service needs to find in it."""

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cti_crm.accounts.service import AccountService
from cti_crm.agents.service import AgentService, Device
from cti_crm.calls.repository import CallRepository
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Role
from cti_crm.migrations.store import prepare
from tests.accounts_setup import PASSWORD, cheap_passwords
from tests.chaos.service import PBX
from tests.databases import PostgresServer, postgres_binaries

_DISK = "32m"

EXTENSIONS = ("101", "102", "103", "104", "105", "106")


class Store(Protocol):
    """A database for the service."""

    url: str

    async def away(self, seconds: float) -> None:
        """Let nobody write for that time."""
        ...

    async def full(self, seconds: float) -> None:
        """Have no room on the disk for that time."""
        ...


class SqliteStore:
    """A file on a small disk of its own; away means that another program holds it for writing."""

    def __init__(self, file: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{file}"
        self._file = file

    async def full(self, seconds: float) -> None:
        filler = self._file.with_name("filler")
        try:
            await asyncio.to_thread(_fill, filler)
            await asyncio.sleep(seconds)
        finally:
            filler.unlink()

    async def away(self, seconds: float) -> None:
        holder = await asyncio.to_thread(sqlite3.connect, self._file, timeout=30, check_same_thread=False)
        try:
            await asyncio.to_thread(holder.execute, "BEGIN EXCLUSIVE")
            await asyncio.sleep(seconds)
            holder.rollback()
        finally:
            holder.close()


class PostgresStore:
    """A server of its own; away means that it is stopped as in a crash, and started again."""

    def __init__(self, server: PostgresServer) -> None:
        self.url = server.create(tables=False)
        self._server = server

    async def full(self, seconds: float) -> None:
        raise NotImplementedError("a PostgreSQL that has no room stops; starting it again is its administrator's")

    async def away(self, seconds: float) -> None:
        await asyncio.to_thread(self._server.halt)
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.to_thread(self._server.resume)


@asynccontextmanager
async def open_store(kind: str, folder: Path) -> AsyncIterator[Store]:
    """An empty database of the kind `sqlite` or `postgresql`."""
    if kind == "sqlite":
        disk = folder / "disk"
        disk.mkdir()
        await asyncio.to_thread(_run, "mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(disk))
        try:
            yield SqliteStore(disk / "cti-crm.db")
        finally:
            await asyncio.to_thread(_run, "umount", str(disk))
        return
    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError("initdb and pg_ctl were not found (Debian: apt install postgresql)")
    server = await asyncio.to_thread(PostgresServer.start, binaries)
    try:
        yield await asyncio.to_thread(PostgresStore, server)
    finally:
        await asyncio.to_thread(server.stop)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as handle, suppress(OSError):
        while True:
            handle.write(bytes(4096))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


async def set_up(url: str) -> str:
    """Tables, an agent at each phone and a manager, whose token is returned."""
    database = Database(url)
    accounts, agents = AccountService(cheap_passwords()), AgentService()
    try:
        await prepare(database)
        async with database.transaction() as session:
            for extension in EXTENSIONS:
                user = await accounts.add_user(
                    session, username=f"agent{extension}", password=PASSWORD, role=Role.AGENT, display_name=extension
                )
                await agents.set(session, user.id, extension, [Device(PBX, f"PJSIP/{extension}")])
            await accounts.add_user(
                session, username="manager", password=PASSWORD, role=Role.MANAGER, display_name="Manager"
            )
            return await accounts.add_token(session, "manager", "chaos")
    finally:
        await database.close()


async def complete_up_to(url: str) -> datetime | None:
    """Up to when the service says that its log holds everything."""
    database = Database(url)
    try:
        async with database.transaction() as session:
            return await CallRepository(session).seen_at(PBX)
    finally:
        await database.close()
