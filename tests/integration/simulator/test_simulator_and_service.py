"""The service's own link, doctor and tracker on the simulator: to them it is an Asterisk like any other."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from cti_crm.calls.call import Call as ServiceCall
from cti_crm.calls.call_events import CallEnded
from cti_crm.calls.pbx_events import PbxSnapshot
from cti_crm.calls.ports import DialRequest
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracker import CallTracker
from cti_crm.pbx.asterisk.actions import AsteriskControl
from cti_crm.pbx.asterisk.connection import AsteriskLink
from cti_crm.pbx.asterisk.doctor import FindingLevel, check_pbx
from cti_crm.pbx.simulator import Call, Simulator
from cti_crm.settings import PbxSettings

TIMEOUT = 30
TOPOLOGY = Topology(
    trunks=frozenset({"PJSIP/trunk"}), extensions={f"PJSIP/{number}": str(number) for number in range(101, 107)}
)


@pytest.fixture
async def pbx() -> AsyncIterator[Simulator]:
    async with Simulator() as pbx:
        yield pbx


def settings(pbx: Simulator) -> PbxSettings:
    return PbxSettings.model_validate(
        {
            "port": pbx.port,
            "username": "cti",
            "secret": "cti-secret",
            "originate_username": "cti-originate",
            "originate_secret": "originate-secret",
        }
    )


async def ended(pbx: Simulator, play: Callable[[], Awaitable[None]]) -> ServiceCall:
    """The call the tracker makes of what is played."""
    link = AsteriskLink(settings(pbx))
    running = asyncio.create_task(link.run())
    tracker = CallTracker("main", TOPOLOGY, uuid.uuid4)
    async with asyncio.timeout(TIMEOUT):
        events = link.events()
        async for event in events:
            if isinstance(event, PbxSnapshot):
                await play()
            for told in tracker.apply(event):
                if isinstance(told, CallEnded):
                    running.cancel()
                    await asyncio.wait([running])
                    await events.aclose()  # type: ignore[attr-defined]
                    return told.call
    raise AssertionError("no call ended")


async def test_the_doctor_is_content(pbx: Simulator) -> None:
    devices = {device.interface for device in pbx.office.devices}
    findings = await check_pbx(settings(pbx), devices)
    assert {finding.level for finding in findings} == {FindingLevel.OK}, findings


async def answered(call: Call) -> None:
    await call.ring()
    await call.answer()
    await call.hang_up()


async def blind(call: Call) -> None:
    await call.ring()
    await call.answer("101")
    await call.blind_transfer("101", "103")
    await call.answer("103")
    await call.hang_up("103")


async def attended(call: Call) -> None:
    await call.ring()
    await call.answer("101")
    await call.attended_transfer("101", "103")
    await call.hang_up()


async def parked(call: Call) -> None:
    await call.ring()
    await call.answer("101")
    await call.park("101")
    await call.retrieve("103")
    await call.hang_up()


async def given_up(call: Call) -> None:
    await call.ring()
    await call.hang_up()


async def refused(call: Call) -> None:
    await call.ring()
    await call.decline()


async def message(call: Call) -> None:
    await call.ring()
    await call.no_answer()
    await call.hang_up()


@pytest.mark.parametrize(
    ("did", "play", "outcome", "final_agent"),
    [
        ("101", answered, "answered", "101"),
        ("101", given_up, "missed", None),
        ("101", refused, "missed", None),
        ("101", Call.busy, "busy", None),
        ("105", message, "voicemail", None),
        ("200", answered, "answered", "101"),
        ("200", given_up, "abandoned", None),
        ("201", answered, "answered", "103"),
        ("300", answered, "answered", "101"),
        ("101", blind, "answered", "103"),
        ("101", attended, "answered", "103"),
        ("101", parked, "answered", "103"),
    ],
)
async def test_calls_end_as_they_were_played(
    pbx: Simulator, did: str, play: Callable[[Call], Awaitable[None]], outcome: str, final_agent: str | None
) -> None:
    async def incoming() -> None:
        await play(await pbx.incoming("+4917612345678", did=f"+49305550{did}"))

    call = await ended(pbx, incoming)
    assert (call.outcome, call.final_agent) == (outcome, final_agent)


@pytest.mark.parametrize(("steps", "outcome"), [("answer", "answered"), ("busy", "busy"), ("hang_up", "no_answer")])
async def test_click_to_dial(pbx: Simulator, steps: str, outcome: str) -> None:
    control = AsteriskControl(settings(pbx))

    async def click() -> None:
        await control.originate(DialRequest("cti-crm-1", "PJSIP/101", "03098765432", "03098765432"))
        call = await (await pbx.originated()).answer()
        if steps != "busy":
            await call.ring()
        await getattr(call, steps)()
        if steps == "answer":
            await control.hang_up("cti-crm-1")

    call = await ended(pbx, click)
    assert (call.outcome, call.linkedid) == (outcome, "cti-crm-1")
    await control.close()
