"""The same link and the same advice on a real Asterisk 22 that runs `asterisk_conf/`."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cti_crm.calls.pbx_events import LegCleared, LegCreated, LinkLost, OriginateFinished, PbxSnapshot
from cti_crm.calls.pbx_presence import DeviceStateChanged
from cti_crm.calls.ports import ControlError, DialRequest, LinkState
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.client import AmiConnection
from cti_crm.pbx.asterisk.doctor import FindingLevel, check_pbx
from cti_crm.settings import PbxSettings
from tests.integration.ami.running import PATIENCE, Running, linked
from tests.lab.asterisk import AsteriskPbx

pytestmark = pytest.mark.asterisk

PHONES = {f"PJSIP/{number}" for number in range(101, 107)}


@pytest.fixture
async def pbx() -> AsyncIterator[AsteriskPbx]:
    async with AsteriskPbx() as running_pbx:
        yield running_pbx


@pytest.fixture
def settings(pbx: AsteriskPbx) -> PbxSettings:
    return PbxSettings.model_validate(
        {
            "port": pbx.ports.ami,
            "secret": pbx.events_secret,
            "originate_username": "cti-originate",
            "originate_secret": pbx.originate_secret,
        }
    )


async def occupied(pbx: AsteriskPbx, leg_id: str) -> None:
    """Make a call that lasts without a phone: a Local channel that waits."""
    connection = await AmiConnection.open(
        "127.0.0.1",
        pbx.ports.ami,
        ("cti-originate", pbx.originate_secret),
        lambda _raw: None,
        events=False,
    )
    await connection.ask(
        "Originate",
        {"Channel": "Local/500@office", "ChannelId": leg_id, "Application": "Wait", "Data": "60", "Async": "true"},
        deadline=PATIENCE,
    )
    await connection.close()


async def test_calls_that_go_on_are_seen_and_ended_by_their_id(pbx: AsteriskPbx, settings: PbxSettings) -> None:
    await occupied(pbx, "cti-test-1")
    async with linked(settings) as run:
        snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert "cti-test-1" in {view.leg.id for view in snapshot.legs}
        assert isinstance(await run.event(DeviceStateChanged), DeviceStateChanged)
        await run.status(LinkState.UP)
        control = AsteriskControl(settings)
        await control.hang_up("cti-test-1")
        await _cleared(run, "cti-test-1")
        with pytest.raises(ControlError, match="over already"):
            await control.hang_up("cti-test-1")
        await control.close()


async def test_a_phone_that_is_not_there_is_told_under_the_id_we_chose(pbx: AsteriskPbx, settings: PbxSettings) -> None:
    async with linked(settings) as run:
        await run.status(LinkState.UP)
        control = AsteriskControl(settings)
        request = DialRequest(leg_id="cti-test-2", device="PJSIP/nobody", number="101", caller_number="101")
        await control.originate(request)
        finished = await run.event(OriginateFinished)
        assert isinstance(finished, OriginateFinished)
        assert (finished.ok, finished.action_id) == (False, "cti-test-2")
        await control.originate(DialRequest("cti-test-3", "PJSIP/101", "03098765432", "101"))
        created = await run.event(LegCreated)
        assert isinstance(created, LegCreated)
        assert created.leg.id == "cti-test-3"
        await control.close()


async def test_a_restart_is_noticed(pbx: AsteriskPbx, settings: PbxSettings) -> None:
    async with linked(settings) as run:
        await run.status(LinkState.UP)
        await pbx.restart()
        await run.event(LinkLost)
        snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert snapshot.restarted
        await run.status(LinkState.UP)


async def test_the_delivered_configuration_has_nothing_wrong(pbx: AsteriskPbx, settings: PbxSettings) -> None:
    found = await check_pbx(settings, PHONES)
    assert [one for one in found if one.level is not FindingLevel.OK] == []


async def test_the_doctor_sees_what_is_wrong(pbx: AsteriskPbx, settings: PbxSettings) -> None:
    spoilt = settings.model_copy(update={"originate_context": "none", "trunks": ["PJSIP/none"]})
    found = [one.title for one in await check_pbx(spoilt, PHONES) if one.level is FindingLevel.ERROR]
    assert found == [
        "The dialplan has no context 'none', so nothing can be dialled by click",
        "Lines that the PBX does not know: PJSIP/none",
    ]


async def _cleared(run: Running, leg_id: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            event = await run.event(LegCleared)
            if isinstance(event, LegCleared) and event.leg.id == leg_id:
                return
