"""Colleagues and queues as they are now, pushed to every browser when they change."""

import asyncio
from datetime import datetime
from uuid import UUID

from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import (
    NO_CHANGE,
    DirectoryChange,
    DirectoryChanged,
    DoNotDisturbSet,
    TalkEnded,
    WrapUpPausesSeen,
)
from cti_crm.agents.state import WRAP_UP_REASON, AgentCall, AgentState
from cti_crm.calls.call import Call, Direction, Leg, LegKind, LegState
from cti_crm.calls.call_events import CallAbsorbed, CallEnded, CallEvent
from cti_crm.calls.ingest import PresenceReported
from cti_crm.calls.pbx_events import PbxSnapshot
from cti_crm.calls.pbx_presence import QueueMemberChanged
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.policy import audience
from cti_crm.screenpop.protocol import AgentGone, AgentUpdated, PopState, QueueGone, QueueUpdated

_PARTS = {
    PopState.OFFERED: AgentState.RINGING,
    PopState.DIALLING: AgentState.BUSY,
    PopState.TALKING: AgentState.BUSY,
}


class Presence:
    """Keeps the directory's states by what the PBXs report, and tells the browsers."""

    def __init__(self, bus: EventBus, directory: AgentDirectory, hub: Hub) -> None:
        self._bus = bus
        self._directory = directory
        self._hub = hub
        self._seen: dict[UUID, Call] = {}  # running calls as last looked at
        bus.subscribe(PresenceReported, self._reported)
        bus.subscribe(CallEvent, self._call_changed)
        bus.subscribe(DirectoryChanged, lambda event: self._tell(event.change))
        bus.subscribe(DoNotDisturbSet, lambda event: self._tell(directory.set_do_not_disturb(event.agent_id, event.on)))

    def _reported(self, report: PresenceReported) -> None:
        self._tell(self._directory.apply(report.pbx, report.event))
        if isinstance(report.event, PbxSnapshot):
            # All that a snapshot brings along is told in the same turn of the loop.
            asyncio.get_running_loop().call_soon(self._settle, report.pbx)
        elif isinstance(report.event, QueueMemberChanged) and report.event.pause_reason == WRAP_UP_REASON:
            self._bus.publish(WrapUpPausesSeen(report.pbx))

    def _settle(self, pbx: str) -> None:
        self._tell(self._directory.settle(pbx))
        self._bus.publish(WrapUpPausesSeen(pbx))

    def _call_changed(self, event: CallEvent) -> None:
        call = event.call
        if self._seen.get(call.id) is call and not isinstance(event, CallAbsorbed):
            return  # the same change may be told as several events
        over = isinstance(event, CallEnded | CallAbsorbed) or call.ended_at is not None
        if over:
            self._seen.pop(call.id, None)
        else:
            self._seen[call.id] = call
        parts = {} if over else self._parts(call)
        talked = [] if isinstance(event, CallAbsorbed) else self._who_stopped_talking(call, parts)
        self._tell(self._directory.set_calls(call.id, parts))
        for ended in talked:
            self._bus.publish(ended)
        if call.queue is not None:
            waits = not over and any(leg.state is LegState.QUEUED for leg in call.legs)
            key = (call.pbx, call.queue) if waits else None
            self._tell(self._directory.set_waiting(call.id, key, _waits_since(call)))

    def _parts(self, call: Call) -> dict[UUID, AgentCall]:
        parts = {}
        for extension, standing in audience(call).items():
            state = _PARTS.get(standing.state)
            entry = self._directory.by_extension(extension) if state is not None else None
            if state is not None and entry is not None and entry.devices_at(call.pbx):
                parts[entry.id] = _part(call, extension, state)
        return parts

    def _who_stopped_talking(self, call: Call, parts: dict[UUID, AgentCall]) -> list[TalkEnded]:
        """Agents who talked with somebody outside until this very event."""
        if call.direction is Direction.INTERNAL:
            return []
        ended = []
        for extension in {one.agent for one in call.talk}:
            entry = self._directory.by_extension(extension)
            if entry is None or entry.id in parts:
                continue
            part = self._directory.part_in(call.id, entry.id)
            if part is not None and part.state is AgentState.BUSY:  # not: it rang once more, in vain
                ended.append(TalkEnded(entry.id, call.pbx, call.queue, now()))
        return ended

    def _tell(self, change: DirectoryChange) -> None:
        if change is NO_CHANGE:
            return
        for agent in change.agents:
            self._hub.to_all_in_turn(("agent", agent.id), AgentUpdated(agent=agent))
        for queue in change.queues:
            self._hub.to_all_in_turn(("queue", queue.pbx, queue.name), QueueUpdated(queue=queue))
        for agent_id in change.agents_gone:
            self._hub.to_all_in_turn(("agent", agent_id), AgentGone(id=agent_id))
        for pbx, name in change.queues_gone:
            self._hub.to_all_in_turn(("queue", pbx, name), QueueGone(pbx=pbx, name=name))


def _part(call: Call, extension: str, state: AgentState) -> AgentCall:
    own = [leg for leg in call.legs if leg.kind is LegKind.DEVICE and leg.party.extension == extension]
    talking = [one.since for one in call.talk if one.agent == extension and one.until is None]
    since = (
        talking[-1] if talking else max((_began(leg) for leg in own if leg.ended_at is None), default=call.started_at)
    )
    return AgentCall(state, call.direction, since, call.queue)


def _began(leg: Leg) -> datetime:
    return leg.answered_at or leg.alerting_at or leg.started_at


def _waits_since(call: Call) -> datetime:
    return next((step.at for step in reversed(call.steps) if step.what == "queued"), call.started_at)
