"""Asterisk's own SQLite and PostgreSQL modules, with columns as in its sample configurations and as we document."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cti_crm import app
from cti_crm.calls.backfill import BackfillReport
from cti_crm.settings import Settings
from tests.databases import PostgresServer
from tests.e2e.backfill.conftest import Wire, settings_of
from tests.lab.asterisk import CONFIGURATION, AsteriskPbx
from tests.lab.people import People

pytestmark = pytest.mark.asterisk

CEL = """\
[master]
table = cel
columns => eventtype, eventtime, cidname, cidnum, context, exten, channame, appname, appdata, uniqueid, linkedid, eventextra
values => '${eventtype}','${eventtime}','${CALLERID(name)}','${CALLERID(num)}','${CHANNEL(context)}',\
'${CHANNEL(exten)}','${CHANNEL(channame)}','${CHANNEL(appname)}','${CHANNEL(appdata)}','${CHANNEL(uniqueid)}',\
'${CHANNEL(linkedid)}','${eventextra}'
"""  # noqa: E501
CDR = """\
[master]
table = cdr
columns => calldate, clid, dcontext, channel, dstchannel, lastapp, lastdata, duration, billsec, disposition, uniqueid, \
linkedid, dst
values => '${CDR(start)}','${CDR(clid)}','${CDR(dcontext)}','${CDR(channel)}','${CDR(dstchannel)}','${CDR(lastapp)}',\
'${CDR(lastdata)}','${CDR(duration)}','${CDR(billsec)}','${CDR(disposition)}','${CDR(uniqueid)}',\
'${CDR(linkedid)}','${CDR(dst)}'
"""


@pytest.fixture
async def sqlite_tables(own_pbx: AsteriskPbx) -> str:
    for kind, text in (("cel", CEL), ("cdr", CDR)):
        await _load(own_pbx, f"{kind}_sqlite3_custom", text)
    return f"sqlite:{own_pbx.folder / 'log' / 'master.db'}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create(tables=False)
    yield url
    postgres_server.drop(url)


@pytest.fixture
async def postgres_tables(own_pbx: AsteriskPbx, postgres_url: str) -> AsyncIterator[str]:
    """Tables as in docs/asterisk.md, reached over TCP: Asterisk lives in a root of its own."""
    url = make_url(postgres_url)
    document = (CONFIGURATION.parent / "docs" / "asterisk.md").read_text()
    tables = re.search(r"```sql\n(.*?)```", document, re.DOTALL)
    assert tables is not None
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in filter(str.strip, tables[1].split(";")):
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
    async with Wire(Path(str(url.query["host"])) / ".s.PGSQL.5432") as wire:
        where = f"[global]\nhostname = 127.0.0.1\nport = {wire.port}\ndbname = {url.database}\nuser = postgres\n"
        for kind in ("cel", "cdr"):
            await _load(own_pbx, f"{kind}_pgsql", f"{where}table = {kind}\n")
        yield f"postgresql://postgres@127.0.0.1:{wire.port}/{url.database}"


async def _load(pbx: AsteriskPbx, module: str, configuration: str) -> None:
    (pbx.folder / "etc" / f"{module}.conf").write_text(configuration)
    loaded = await pbx.cli(f"module load {module}.so")
    assert "Loaded" in loaded, loaded


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("kind", ["cel", "cdr"])
async def test_calls_are_read_from_sqlite(
    own_pbx: AsteriskPbx, sqlite_tables: str, empty_database_url: str, kind: str
) -> None:
    await _a_transferred_call_is_read(own_pbx, {kind: sqlite_tables}, empty_database_url, abs_seconds=1.5)


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("kind", ["cel", "cdr"])
async def test_calls_are_read_from_postgresql(
    own_pbx: AsteriskPbx, postgres_tables: str, empty_database_url: str, kind: str
) -> None:
    await _a_transferred_call_is_read(own_pbx, {kind: postgres_tables}, empty_database_url, abs_seconds=0.5)


async def _a_transferred_call_is_read(
    pbx: AsteriskPbx, records: dict[str, str], database_url: str, *, abs_seconds: float
) -> None:
    (kind,) = records
    began = datetime.now(UTC)
    async with People(pbx) as people:
        anna, bert = await people.phone("101"), await people.phone("102")
        call = await (await people.customer("+4930800041", "Käthe O'Hara")).call("+49305550101")
        at_anna = await (await anna.next_call()).answer()
        transferred = asyncio.create_task(at_anna.transfer("102"))
        await (await bert.next_call()).answer()
        await transferred
        await asyncio.sleep(1.2)  # the SQLite module writes lengths in whole seconds
        await call.hang_up()
    settings = settings_of(pbx, database_url, pbx.ports.ami, records)
    report = await _until_written(settings, began)
    (told,) = report.added
    assert told.caller.number == "+4930800041"
    assert (told.direction, told.answered_by, told.final_agent) == (
        "inbound",
        "101" if kind == "cel" else told.answered_by,
        "102",
    )
    if kind == "cel":
        assert told.called.number == "+49305550101"
        assert [(one.kind, one.from_party, one.to_party) for one in told.transfers] == [("blind", "101", "102")]
    assert told.talk_seconds == pytest.approx((call.truth.end or 0) - (call.truth.answer or 0), abs=abs_seconds)


async def _until_written(settings: Settings, began: datetime) -> BackfillReport:
    async with asyncio.timeout(20):
        while True:
            report = (await app.backfill(settings, began, datetime.now(UTC), None))["main"]
            if report.added:
                return report
            await asyncio.sleep(0.2)
