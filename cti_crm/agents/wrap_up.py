"""Wrap-up time: after a talk an agent gets no call from their queues for a while, then is ready by itself.

The pauses stand in the PBX; the time stands in the database, so that a restart of ours leaves nobody paused for ever.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from cti_crm.agents import repository
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import DirectoryChanged, TalkEnded, WrapUpPausesSeen, WrapUpSet
from cti_crm.agents.ports import QueueControl
from cti_crm.agents.queues import Member
from cti_crm.agents.state import WRAP_UP_REASON
from cti_crm.calls.ports import ControlError
from cti_crm.infrastructure import clock
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.settings import AgentSettings, QueueSettings

log = structlog.get_logger(__name__)

TRY_AGAIN_SECONDS = 30.0

_Place = tuple[str, str, Member]
"""PBX, queue, and who stands there."""


class WrapUps:
    """Begins, ends and lifts; `controls` by name of the PBX."""

    def __init__(
        self,
        bus: EventBus,
        database: Database,
        directory: AgentDirectory,
        controls: Mapping[str, QueueControl],
        agents: AgentSettings,
        queues: Mapping[str, QueueSettings],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        finish: Callable[[Coroutine[Any, Any, None]], object],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """`spawn` lets work run until the service stops, `finish` until it is done."""
        self._bus = bus
        self._database = database
        self._directory = directory
        self._controls = controls
        self._default_seconds = agents.wrap_up_seconds
        self._queues = queues
        self._spawn = spawn
        self._finish = finish
        self._now = now
        self._wake = asyncio.Event()
        bus.subscribe(TalkEnded, self._talk_ended)
        bus.subscribe(WrapUpSet, lambda event: self._set(event.agent_id, event.until))
        bus.subscribe(WrapUpPausesSeen, lambda _event: self._wake.set())

    async def run(self) -> None:
        """End what is over, and let go on whom it kept paused, until cancelled."""
        while True:
            self._wake.clear()
            for agent_id, until in self._directory.wrap_ups().items():
                if until <= self._now():
                    self._bus.publish(DirectoryChanged(self._directory.set_wrap_up(agent_id, None)))
            lifted = await self._lift()
            try:
                async with asyncio.timeout(self._patience(lifted=lifted)):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def seconds_for(self, queue: str | None) -> int:
        """How long after a call from this queue, or from none."""
        named = self._queues.get(queue) if queue is not None else None
        return self._default_seconds if named is None or named.wrap_up_seconds is None else named.wrap_up_seconds

    def _talk_ended(self, event: TalkEnded) -> None:
        spared = [one.wrap_up_seconds for _, queue, one in self._of(event.agent_id) if queue == event.queue]
        by_pbx = max(spared, default=0)
        seconds = by_pbx or self.seconds_for(event.queue)
        if not seconds:
            return
        until = event.at + timedelta(seconds=seconds)
        self._bus.publish(DirectoryChanged(self._directory.set_wrap_up(event.agent_id, until)))
        self._wake.set()
        self._finish(self._store(event.agent_id, until))
        if not by_pbx:  # else the PBX spares them by itself
            self._spawn(self._pause(event.agent_id))

    def _set(self, agent_id: UUID, until: datetime | None) -> None:
        self._bus.publish(DirectoryChanged(self._directory.set_wrap_up(agent_id, until)))
        self._wake.set()
        if until is not None:
            self._spawn(self._pause(agent_id))

    async def _store(self, agent_id: UUID, until: datetime) -> None:
        """A wrap-up that cannot be stored is only forgotten by a restart, and then lifted."""
        try:
            async with self._database.transaction() as session:
                await repository.store_wrap_up(session, agent_id, until)
        except (DBAPIError, OSError, TimeoutError) as error:
            log.warning("wrap_up_not_stored", error=type(error).__name__)

    async def _pause(self, agent_id: UUID) -> None:
        """Where they are paused already, by themselves or for an earlier call, nothing changes."""
        for pbx, queue, member in list(self._of(agent_id)):
            if not member.pause.paused and agent_id in self._going_on():
                await self._do(pbx, queue, member, WRAP_UP_REASON)
        self._wake.set()  # it may have been over before the PBX took it

    async def _lift(self) -> bool:
        """Let go on who is paused for a wrap-up that is over. Returns whether all could be told so."""
        going_on = self._going_on()
        done = True
        for pbx, queue, member in self._paused():
            entry = self._directory.by_device(pbx, member.device)
            if entry is None or entry.id not in going_on:
                done = await self._do(pbx, queue, member, None) and done
        return done

    async def _do(self, pbx: str, queue: str, member: Member, reason: str | None) -> bool:
        try:
            await self._controls[pbx].pause(queue, member.interface, reason)
        except ControlError as error:
            log.warning("wrap_up_not_told", pbx=pbx, queue=queue, paused=reason is not None, error=str(error))
            return False
        return True

    def _going_on(self) -> set[UUID]:
        return {one for one, until in self._directory.wrap_ups().items() if until > self._now()}

    def _paused(self) -> list[_Place]:
        board = self._directory.queue_board
        return [
            (pbx, queue, member)
            for pbx, queue in board
            for member in board[pbx, queue].members.values()
            if member.pause.paused and member.pause.reason == WRAP_UP_REASON and pbx in self._controls
        ]

    def _of(self, agent_id: UUID) -> Iterator[_Place]:
        entry = self._directory.by_id(agent_id)
        for device in entry.devices if entry else ():
            for queue, member in self._directory.queue_board.of_device(device.pbx, device.device):
                yield device.pbx, queue, member

    def _patience(self, *, lifted: bool) -> float | None:
        """Seconds until something is to be done again; None until something happens."""
        ends = [(until - self._now()).total_seconds() for until in self._directory.wrap_ups().values()]
        if not lifted:
            ends.append(TRY_AGAIN_SECONDS)
        return max(0.0, min(ends)) if ends else None
