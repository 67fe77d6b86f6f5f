"""The link on the simulator: what the demo shows comes by the same way as from a real PBX."""

import asyncio

from cti_crm.calls.pbx_events import LegCleared, LegCreated, LinkLost, PbxSnapshot
from cti_crm.calls.pbx_presence import QueueMemberChanged
from cti_crm.calls.ports import DialRequest, LinkState
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.doctor import FindingLevel, check_pbx
from cti_crm.pbx.simulator.simulator import Simulator
from cti_crm.settings import PbxSettings
from tests.integration.ami.running import PATIENCE, linked


def settings_for(pbx: Simulator) -> PbxSettings:
    return PbxSettings.model_validate(
        {
            "port": pbx.port,
            "secret": "cti-secret",
            "originate_username": "cti-originate",
            "originate_secret": "originate-secret",
        }
    )


async def test_a_call_at_the_simulator_arrives() -> None:
    async with Simulator() as pbx, linked(settings_for(pbx)) as run:
        await run.status(LinkState.UP)
        assert isinstance(await run.event(), PbxSnapshot)
        assert isinstance(await run.event(QueueMemberChanged), QueueMemberChanged)
        await pbx.incoming("+4917612345678", did="+49305550101", name="Jürgen")
        created = await run.event(LegCreated)
        assert isinstance(created, LegCreated)
        assert (created.leg.exten, created.leg.number) == ("+49305550101", "+4917612345678")
        pbx.drop_connections()
        await run.event(LinkLost)
        snapshot = await run.event(PbxSnapshot)
        assert isinstance(snapshot, PbxSnapshot)
        assert created.leg.id in {view.leg.id for view in snapshot.legs}
        assert not run.link.counters.rejected


async def test_click_to_dial_and_hanging_up_at_the_simulator() -> None:
    async with Simulator() as pbx, linked(settings_for(pbx)) as run:
        await run.status(LinkState.UP)
        control = AsteriskControl(settings_for(pbx))
        await control.originate(DialRequest("cti-test-1", "PJSIP/101", "03098765432", "101"))
        created = await run.event(LegCreated)
        assert isinstance(created, LegCreated)
        assert created.leg.id == "cti-test-1"
        await control.hang_up("cti-test-1")
        cleared = await asyncio.wait_for(run.event(LegCleared), PATIENCE)
        assert isinstance(cleared, LegCleared)
        assert cleared.leg.id == "cti-test-1"
        await control.close()


async def test_the_doctor_finds_no_fault_with_the_simulator() -> None:
    async with Simulator() as pbx:
        phones = {f"PJSIP/{number}" for number in range(101, 107)}
        found = await check_pbx(settings_for(pbx), phones, deadline=PATIENCE)
        assert [one for one in found if one.level is FindingLevel.ERROR] == []
