"""A connection to SQLite in a thread of its own: one hop a statement, where aiosqlite makes four of it."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")


class OneHopConnection(aiosqlite.Connection):
    """What SQLAlchemy needs of aiosqlite; a statement comes back with all its rows.

    Each hop wakes the thread and then the event loop, which costs more than what is looked up.
    """

    _at_rest = True  # nothing is under way in the thread, not even what somebody has ceased to wait for

    @classmethod
    def open(cls, file: str, **options: Any) -> "OneHopConnection":
        """A connection that opens when it is awaited. `options`: those of `sqlite3.connect`."""
        connection = cls(partial(sqlite3.connect, file, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy has it: no forgotten connection keeps the program running
        return connection

    def cursor(self) -> "_OneHopCursor":  # type: ignore[override]
        """For the next statement."""
        return _OneHopCursor(self)

    async def commit(self) -> None:
        """Commit, if anything was written."""
        if self._in_transaction():
            await self.hop(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        """Roll back, if anything was written."""
        if self._in_transaction():
            await self.hop(sqlite3.Connection.rollback)

    def _in_transaction(self) -> bool:
        return not self._at_rest or self._conn.in_transaction

    async def hop(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Have `work` done in the connection's thread."""
        self._at_rest = False
        try:
            done: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        except sqlite3.Error:
            self._at_rest = True
            raise
        self._at_rest = True
        return done


class _OneHopCursor:
    """Exists in the event loop only; holds the rows of what was executed last."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "_OneHopCursor":
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        def work(connection: sqlite3.Connection) -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = connection.execute(sql, parameters)
            return cursor, cursor.fetchall()

        cursor, self._rows = await self._connection.hop(work)
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        cursor = await self._connection.hop(lambda connection: connection.executemany(sql, parameters))
        self.description, self.rowcount = None, cursor.rowcount

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """All is read already."""
