"""Colleagues and queues as they are now, pushed to every browser when they change."""

from cti_crm.agents.directory import AgentDirectory, DirectoryChange
from cti_crm.agents.events import DirectoryReloaded
from cti_crm.calls.call_events import CallEvent
from cti_crm.calls.ingest import PresenceReported
from cti_crm.calls.live import LiveCalls
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import AgentUpdated, QueueUpdated


class Presence:
    """Keeps the directory's states by what the PBXs report, and tells the browsers."""

    def __init__(self, bus: EventBus, directory: AgentDirectory, live: LiveCalls, hub: Hub) -> None:
        self._directory = directory
        self._live = live
        self._hub = hub
        bus.subscribe(PresenceReported, self._reported)
        bus.subscribe(CallEvent, self._call_changed)
        bus.subscribe(DirectoryReloaded, self._reloaded)

    def _reported(self, report: PresenceReported) -> None:
        self._tell(self._directory.apply(report.pbx, report.event))

    def _call_changed(self, event: CallEvent) -> None:
        call = event.call
        if call.queue is not None:
            waiting = self._live.waiting(call.pbx, call.queue)
            self._tell(self._directory.set_waiting(call.pbx, call.queue, waiting))

    def _reloaded(self, _event: DirectoryReloaded) -> None:
        self._tell(DirectoryChange(tuple(self._directory.agents()), tuple(self._directory.queues())))

    def _tell(self, change: DirectoryChange) -> None:
        for agent in change.agents:
            self._hub.to_all_in_turn(("agent", agent.id), AgentUpdated(agent=agent))
        for queue in change.queues:
            self._hub.to_all_in_turn(("queue", queue.pbx, queue.name), QueueUpdated(queue=queue))
