"""Statements given to the driver as they are: the same answers and errors as through SQLAlchemy."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Connection, Uuid, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from cti_crm.calls.models import CallRow
from cti_crm.infrastructure.clock import new_id
from cti_crm.infrastructure.database import Database, JsonText
from cti_crm.infrastructure.prepared import Question, Writing

AT = datetime(2026, 11, 22, 12, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))

_write = Writing(
    CallRow.__table__,
    [column.name for column in CallRow.__table__.columns],
    lambda insert: insert.on_conflict_do_nothing(),
)
_question = Question(
    select(CallRow.id, CallRow.started_at, CallRow.ended_at, CallRow.document)
    .where(CallRow.id == bindparam("call", type_=Uuid()), CallRow.pbx == "main")
    .limit(3)
)


async def write(database: Database, *ids: UUID) -> None:
    async with database.transaction() as session:
        document = JsonText('{"name":"Jürgen"}')
        rows = [(one, "main", "1.0", 1, "inbound", None, None, None, AT, None, None, AT, document) for one in ids]
        await _write.write(session, rows)


async def test_what_was_written_is_read_in_a_transaction_and_without_one(database: Database) -> None:
    first, second = new_id(), new_id()
    await write(database, first, second)
    await write(database, second)

    (short,) = await database.read(lambda connection: _question.ask(connection, call=first))
    async with database.transaction() as session:
        asked = await session.connection()
        (long,) = await asked.run_sync(lambda connection: _question.ask(connection, call=first))

    assert short == long == (first, AT, None, {"name": "Jürgen"})
    assert short.started_at.tzinfo is UTC or short.started_at.utcoffset() == timedelta()
    assert await database.read(lambda connection: _question.ask(connection, call=new_id())) == []


async def test_a_question_that_fails_says_so_in_the_words_of_sqlalchemy(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE calls RENAME TO calls_elsewhere"))
    with pytest.raises(DBAPIError):
        await database.read(lambda connection: _question.ask(connection, call=new_id()))


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = AT.replace(tzinfo=None)
    async with database.transaction() as session:
        with pytest.raises(ValueError, match="zone"):
            await _write.write(
                session,
                [(new_id(), "main", "1.0", 1, "inbound", None, None, None, naive, None, None, AT, JsonText("{}"))],
            )


async def test_what_nobody_waits_for_any_more_keeps_no_other_from_reading(database: Database) -> None:
    def fail(_connection: Connection) -> None:
        raise LookupError("as asked")

    given_up = [database.read(lambda connection: _question.ask(connection, call=new_id())) for _ in range(5)]
    for one in given_up:
        one.cancel()
    with pytest.raises(LookupError):
        await database.read(fail)
    assert await database.read(lambda connection: _question.ask(connection, call=new_id())) == []
    assert all(one.cancelled() for one in await _settled(given_up))


async def _settled(futures: "list[asyncio.Future[list[object]]]") -> "list[asyncio.Future[list[object]]]":
    await asyncio.wait(futures)
    return futures


async def test_a_statement_torn_off_leaves_nothing_behind(database: Database) -> None:
    """Cancelled while it is being executed, it is rolled back, and the next transaction begins anew."""

    async def tear() -> None:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO pbx_seen (pbx, seen_at) VALUES ('torn', CURRENT_TIMESTAMP)"))
            await asyncio.Event().wait()

    for turns in range(12):
        task = asyncio.create_task(tear())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    kept = new_id()
    await write(database, kept)
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM pbx_seen")) == 0
        assert await session.scalar(select(func.count()).select_from(CallRow)) == 1
