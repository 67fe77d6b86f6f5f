"""Asterisk's own SQLite modules, with columns as in its sample configurations."""

import asyncio
from datetime import UTC, datetime

import pytest

from cti_crm import app
from cti_crm.calls.backfill import BackfillReport
from cti_crm.settings import Settings
from tests.e2e.backfill.conftest import settings_of
from tests.lab.asterisk import AsteriskPbx
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
async def pbx(own_pbx: AsteriskPbx) -> AsteriskPbx:
    for kind, text in (("cel", CEL), ("cdr", CDR)):
        (own_pbx.folder / "etc" / f"{kind}_sqlite3_custom.conf").write_text(text)
        loaded = await own_pbx.cli(f"module load {kind}_sqlite3_custom.so")
        assert "Loaded" in loaded, loaded
    return own_pbx


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("kind", ["cel", "cdr"])
async def test_calls_are_read_from_sqlite(pbx: AsteriskPbx, empty_database_url: str, kind: str) -> None:
    began = datetime.now(UTC)
    async with People(pbx) as people:
        anna, bert = await people.phone("101"), await people.phone("102")
        call = await (await people.customer("+4930800041", "Käthe O'Hara")).call("+49305550101")
        at_anna = await (await anna.next_call()).answer()
        transferred = asyncio.create_task(at_anna.transfer("102"))
        await (await bert.next_call()).answer()
        await transferred
        await asyncio.sleep(1.2)  # this module writes lengths in whole seconds
        await call.hang_up()
    records = {kind: f"sqlite:{pbx.folder / 'log' / 'master.db'}"}
    settings = settings_of(pbx, empty_database_url, pbx.ports.ami, records)
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
    assert told.talk_seconds == pytest.approx((call.truth.end or 0) - (call.truth.answer or 0), abs=1.5)


async def _until_written(settings: Settings, began: datetime) -> BackfillReport:
    async with asyncio.timeout(20):
        while True:
            report = (await app.backfill(settings, began, datetime.now(UTC), None))["main"]
            if report.added:
                return report
            await asyncio.sleep(0.2)
