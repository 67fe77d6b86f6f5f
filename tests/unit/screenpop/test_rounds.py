"""News for everybody: each browser's turn, only the newest state, one message."""

import asyncio
import json
from typing import Any, cast
from uuid import uuid4

from aiohttp import web

from cti_crm.agents.schemas import AgentOut
from cti_crm.agents.state import AgentState
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import AgentUpdated, Several
from cti_crm.screenpop.session import Frame, SocketSession


class Recorder(SocketSession):
    """A session that keeps what it is to send."""

    def __init__(self, principal: Principal) -> None:
        super().__init__(
            cast("web.WebSocketResponse", None), cast("asyncio.Transport", None), principal, "101", lambda _: None
        )
        self.frames: list[Any] = []
        self.came = asyncio.Event()

    def send(self, one: Frame) -> None:
        self.frames.append(json.loads(one.data))
        self.came.set()


def recorder() -> Recorder:
    return Recorder(Principal(uuid4(), "anna", "Anna", Role.AGENT))


def news(name: str, state: AgentState) -> AgentUpdated:
    return AgentUpdated(
        agent=AgentOut(id=uuid4(), user_id=uuid4(), name=name, extension="101", devices=[], state=state)
    )


async def test_of_several_states_the_last_is_told_and_all_come_in_one_message() -> None:
    hub = Hub()
    sessions = [recorder() for _ in range(50)]
    for session in sessions:
        hub.add(session)
    hub.to_all_in_turn("anna", news("Anna", AgentState.RINGING))
    hub.to_all_in_turn("bernd", news("Bernd", AgentState.RINGING))
    hub.to_all_in_turn("anna", news("Anna", AgentState.BUSY))
    async with asyncio.timeout(10):
        for session in sessions:
            await session.came.wait()
    for session in sessions:
        (frame,) = session.frames
        message = Several.model_validate(frame)
        told = [(one.agent.name, one.agent.state) for one in message.messages if isinstance(one, AgentUpdated)]
        assert told == [("Bernd", AgentState.RINGING), ("Anna", AgentState.BUSY)]


async def test_news_that_are_alone_come_as_they_are() -> None:
    hub = Hub()
    session = recorder()
    hub.add(session)
    hub.to_all_in_turn("anna", news("Anna", AgentState.RINGING))
    async with asyncio.timeout(10):
        await session.came.wait()
    assert session.frames[0]["type"] == "agent"


async def test_who_has_left_is_told_nothing() -> None:
    hub = Hub()
    gone, there = recorder(), recorder()
    hub.add(gone)
    hub.add(there)
    hub.to_all_in_turn("anna", news("Anna", AgentState.RINGING))
    hub.remove(gone)
    async with asyncio.timeout(10):
        await there.came.wait()
    assert not gone.frames
    assert len(hub) == 1
