"""What calls mean for the agents in them, and when a talk of theirs has ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.agents import repository
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import TalkEnded
from cti_crm.agents.schemas import AgentOut
from cti_crm.agents.state import AgentState
from cti_crm.calls.call import Call, Direction, Leg, LegEnd, LegKind, LegState, Party, Step, Talk
from cti_crm.calls.call_events import CallChanged, CallEnded
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.presence import Presence

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
SOON = AT + timedelta(seconds=30)
PHONE = Leg("1.1", LegKind.DEVICE, "PJSIP/101", Party("101", extension="101"), LegState.ALERTING, False, AT, AT)
LINE = Leg("1.0", LegKind.TRUNK, "PJSIP/trunk", Party("+4917612345678"), LegState.QUEUED, True, AT)
CALL = Call(
    id=uuid4(),
    pbx="main",
    linkedid="1.0",
    revision=1,
    direction=Direction.INBOUND,
    caller=Party("+4917612345678"),
    called=Party("200"),
    started_at=AT - timedelta(minutes=5),
    queue="support",
    legs=(LINE, PHONE),
    steps=(Step(AT - timedelta(minutes=5), "started"), Step(AT, "queued", None, "support")),
)
TALKING = replace(
    CALL,
    legs=(replace(LINE, state=LegState.CONNECTED), replace(PHONE, state=LegState.CONNECTED, answered_at=SOON)),
    talk=(Talk("101", SOON),),
)


class Office:
    """Agents 101 and 102, and what is told."""

    def __init__(self) -> None:
        self.bus = MemoryEventBus()
        self.directory = AgentDirectory(lambda: SOON)
        self.presence = Presence(self.bus, self.directory, Hub())
        self.ended: list[TalkEnded] = []
        self.bus.subscribe(TalkEnded, self.ended.append)

    @property
    def anna(self) -> AgentOut:
        return self.directory.agents()[0]

    def now(self, call: Call) -> None:
        self.bus.publish(CallChanged(call))


@pytest_asyncio.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    async def agents(_session: AsyncSession) -> list[Any]:
        return [
            SimpleNamespace(
                id=uuid4(),
                user_id=uuid4(),
                user=SimpleNamespace(display_name=f"Agent {extension}"),
                extension=extension,
                devices=[SimpleNamespace(pbx="main", device=f"PJSIP/{extension}")],
                team="",
                do_not_disturb=False,
                wrap_up_until=None,
            )
            for extension in ("101", "102")
        ]

    monkeypatch.setattr(repository, "active_agents", agents)
    office = Office()
    await office.directory.load(cast("AsyncSession", None))
    return office


async def test_a_call_is_shown_from_ringing_to_its_end(office: Office) -> None:
    office.now(CALL)
    assert (office.anna.state, office.anna.call and office.anna.call.since) == (AgentState.RINGING, AT)
    (queue,) = office.directory.queues()
    assert (queue.waiting, queue.longest_wait_since) == (1, AT)

    office.now(TALKING)
    assert (office.anna.state, office.anna.call and office.anna.call.since) == (AgentState.BUSY, SOON)
    assert office.directory.queues()[0].waiting == 0
    assert office.ended == []

    over = replace(TALKING, ended_at=SOON, talk=(Talk("101", SOON, SOON),), legs=())
    office.bus.publish(CallEnded(over))
    assert (office.anna.state, office.anna.call) == (AgentState.LOGGED_OFF, None)
    assert [(one.agent_id, one.queue) for one in office.ended] == [(office.anna.id, "support")]


async def test_who_hands_the_call_over_has_talked(office: Office) -> None:
    office.now(TALKING)
    gone = replace(PHONE, state=LegState.CLEARED, ended_at=SOON, end=LegEnd.TRANSFERRED, answered_at=SOON)
    handed = replace(TALKING, talk=(Talk("101", SOON, SOON),), legs=(replace(LINE, state=LegState.CONNECTED), gone))
    office.now(handed)
    office.now(replace(handed, revision=2))
    assert [one.agent_id for one in office.ended] == [office.anna.id]

    # It rings once more at the same phone, in vain: that was no talk.
    again = replace(PHONE, id="1.2")
    office.now(replace(handed, legs=(*handed.legs, again)))
    assert office.anna.state is AgentState.RINGING
    office.now(replace(handed, legs=(*handed.legs, replace(again, state=LegState.CLEARED, end=LegEnd.NO_ANSWER))))
    assert len(office.ended) == 1


async def test_a_talk_among_colleagues_needs_no_wrap_up(office: Office) -> None:
    office.now(replace(TALKING, direction=Direction.INTERNAL))
    office.bus.publish(CallEnded(replace(TALKING, direction=Direction.INTERNAL, ended_at=SOON)))
    assert office.ended == []


async def test_a_phone_that_only_rang_needs_none(office: Office) -> None:
    office.now(CALL)
    office.bus.publish(CallEnded(replace(CALL, ended_at=SOON)))
    assert (office.ended, office.anna.call) == ([], None)


async def test_a_phone_at_another_pbx_is_somebody_elses(office: Office) -> None:
    office.now(replace(CALL, pbx="branch"))
    assert office.anna.call is None
