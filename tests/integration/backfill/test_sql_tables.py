"""CEL and CDR in database tables, as Asterisk's modules make them."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from cti_crm.calls.ports import RecordsError
from cti_crm.pbx.asterisk.records.rows import Values, cdr_row, cel_row
from cti_crm.pbx.asterisk.records.sources import open_table
from cti_crm.pbx.asterisk.records.tables import CDR, CEL, Kind
from cti_crm.settings import RecordSource
from tests.databases import PostgresServer

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ROWS = 3000  # one a second


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create(tables=False)
    yield url
    postgres_server.drop(url)


async def read(
    kind: Kind, source: str, since: int, until: int, *, table: str | None = None, zone: ZoneInfo | None = BERLIN
) -> list[Values]:
    opened = open_table(kind, RecordSource.model_validate({"source": source, "table": table}), zone)
    pages = opened.pages(START + timedelta(seconds=since), START + timedelta(seconds=until))
    return [row async for page in pages for row in page]


def berlin(second: int) -> str:
    return (START + timedelta(seconds=second)).astimezone(BERLIN).strftime("%Y-%m-%d %H:%M:%S.%f")


def epoch(second: int) -> str:
    return f"{(START + timedelta(seconds=second)).timestamp():.6f}"


@pytest.mark.parametrize("written", [berlin, epoch])
async def test_cel_sqlite3_custom(tmp_path: Path, written: Callable[[int], str]) -> None:
    """Columns of its sample configuration, with the linkedid added; everything is text."""
    file = tmp_path / "master db?.sqlite"
    with sqlite3.connect(file) as database:
        database.execute(
            "CREATE TABLE cel (AcctId INTEGER PRIMARY KEY, eventtype TEXT, eventtime TEXT, cidname TEXT, cidnum TEXT, "
            "context TEXT, exten TEXT, channame TEXT, appname TEXT, appdata TEXT, uniqueid TEXT, linkedid TEXT, "
            "eventextra TEXT)"
        )
        rows = [(written(second), f"{second}.0") for second in range(ROWS)]
        database.executemany(
            "INSERT INTO cel (eventtype, eventtime, cidnum, channame, uniqueid, linkedid, eventextra) "
            "VALUES ('HANGUP', ?, '101', 'PJSIP/101-1', ?, '0.0', '{\"hangupcause\":16}')",
            rows,
        )
    database.close()
    found = await read(CEL, f"sqlite:{file}", 1000, 1010)
    assert [row["uniqueid"] for row in found] == [f"{second}.0" for second in range(940, 1070)]
    row = cel_row(found[60], BERLIN)
    assert row is not None
    assert (row.at, row.event, row.extra) == (START + timedelta(seconds=1000), "HANGUP", {"hangupcause": "16"})
    assert await read(CEL, f"sqlite:{file}", 9000, 9010) == []
    assert len(await read(CEL, f"sqlite:{file}", -9000, 9010)) == ROWS


async def test_cdr_sqlite3_custom(tmp_path: Path) -> None:
    """Its sample configuration has neither answer nor end."""
    file = tmp_path / "master.db"
    with sqlite3.connect(file) as database:
        database.execute(
            "CREATE TABLE cdr (AcctId INTEGER PRIMARY KEY, calldate TEXT, clid TEXT, dcontext TEXT, channel TEXT, "
            "dstchannel TEXT, lastapp TEXT, lastdata TEXT, duration TEXT, billsec TEXT, disposition TEXT, "
            "amaflags TEXT, accountcode TEXT, uniqueid TEXT, userfield TEXT)"
        )
        database.execute(
            "INSERT INTO cdr (calldate, clid, channel, dstchannel, duration, billsec, disposition, uniqueid) "
            "VALUES (?, '\"A\" <+49176>', 'SIP/trunk-1', 'SIP/101-2', '9', '4', 'ANSWERED', '5.0')",
            (berlin(5),),
        )
    database.close()
    (found,) = await read(CDR, f"sqlite:{file}", 0, 60)
    row = cdr_row(found, BERLIN)
    assert row is not None
    assert row.answer == START + timedelta(seconds=10)
    assert (row.end, row.number) == (START + timedelta(seconds=14), "+49176")


async def test_an_empty_table_and_none(tmp_path: Path) -> None:
    file = tmp_path / "master.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE cel (eventtype, eventtime, channame, uniqueid, linkedid)")
        database.execute("CREATE TABLE odd (eventtype, eventtime)")
    database.close()
    assert await read(CEL, f"sqlite:{file}", 0, 10) == []
    with pytest.raises(RecordsError, match="The table odd lacks uniqueid, linkedid, channel"):
        await read(CEL, f"sqlite:{file}", 0, 10, table="odd")
    with pytest.raises(RecordsError, match="There is no table cdr"):
        await read(CDR, f"sqlite:{file}", 0, 10)
    with pytest.raises(RecordsError, match="cannot be read"):
        await read(CDR, f"sqlite:{file}.none", 0, 10)
    assert not Path(f"{file}.none").exists()  # noqa: ASYNC240


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "text", "double precision"])
async def test_cel_pgsql(postgres_url: str, kind: str) -> None:
    """The module writes local time, or seconds where the column is a number; event numbers where that is one."""
    engine = create_async_engine(postgres_url)
    value = epoch if kind == "double precision" else berlin
    zone = "+01" if kind == "timestamptz" else ""
    try:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE SCHEMA asterisk"))
            await connection.execute(
                text(
                    f"CREATE TABLE asterisk.events (id serial, eventtype int, eventtime {kind}, cid_num varchar(80), "
                    "channame varchar(80), uniqueid varchar(150), linkedid varchar(150), extra text)"
                )
            )
            for second in range(0, 400, 10):
                await connection.execute(
                    text(
                        "INSERT INTO asterisk.events (eventtype, eventtime, channame, uniqueid, linkedid, extra) "
                        f"VALUES (4, '{value(second)}{zone}', 'PJSIP/101-1', '{second}.0', '0.0', '')"
                    )
                )
        found = await read(CEL, postgres_url.replace("+asyncpg", ""), 100, 200, table="asterisk.events")
        rows = [row for values in found if (row := cel_row(values, BERLIN)) is not None]
        assert [row.leg for row in rows] == [f"{second}.0" for second in range(40, 260, 10)]
        assert (rows[0].event, rows[0].at) == ("ANSWER", START + timedelta(seconds=40))
    finally:
        await engine.dispose()


@pytest.mark.postgres
async def test_cdr_pgsql(postgres_url: str) -> None:
    """The table that contrib/realtime/postgresql makes."""
    engine = create_async_engine(postgres_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "CREATE TABLE cdr (accountcode varchar(80), src varchar(80), dst varchar(80), start timestamp, "
                    'answer timestamp, "end" timestamp, clid varchar(80), channel varchar(80), dstchannel varchar(80), '
                    "lastapp varchar(80), lastdata varchar(80), duration int, billsec int, disposition varchar(45), "
                    "uniqueid varchar(150), linkedid varchar(150), sequence int)"
                )
            )
            await connection.execute(
                text(
                    'INSERT INTO cdr (src, dst, start, answer, "end", channel, dstchannel, disposition, uniqueid, '
                    f"linkedid) VALUES ('+49176', '101', '{berlin(-500)}', NULL, '{berlin(50)}', 'PJSIP/trunk-1', "
                    "'PJSIP/101-2', 'NO ANSWER', '5.0', '5.0')"
                )
            )
        source = postgres_url.replace("+asyncpg", "")
        (found,) = await read(CDR, source, 40, 60)
        row = cdr_row(found, BERLIN)
        assert row is not None
        assert (row.start, row.answer) == (START - timedelta(seconds=500), None)
        assert await read(CDR, source, 300, 400) == []
    finally:
        await engine.dispose()
