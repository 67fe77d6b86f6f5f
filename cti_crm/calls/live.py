"""The calls that go on now, in memory: for snapshots to browsers, and for who acts on a call before it is stored."""

from uuid import UUID

from cti_crm.calls.call import Call, LegState
from cti_crm.calls.call_events import CallAbsorbed, CallEnded, CallEvent
from cti_crm.infrastructure.event_bus.bus import EventBus


class LiveCalls:
    """Follows the bus."""

    def __init__(self, bus: EventBus) -> None:
        self._calls: dict[UUID, Call] = {}
        bus.subscribe(CallEvent, self._take)

    def _take(self, event: CallEvent) -> None:
        if isinstance(event, CallEnded | CallAbsorbed):
            self._calls.pop(event.call.id, None)
        elif event.call.ended_at is None:
            self._calls[event.call.id] = event.call

    def get(self, call_id: UUID) -> Call | None:
        """A call that goes on."""
        return self._calls.get(call_id)

    def all(self) -> list[Call]:
        """All of them, oldest first."""
        return sorted(self._calls.values(), key=lambda call: call.started_at)

    def nobody_rings(self) -> bool:
        """Whether no phone is ringing."""
        return not any(leg.state is LegState.ALERTING for call in self._calls.values() for leg in call.legs)

    def waiting(self, pbx: str, queue: str) -> int:
        """How many callers wait in a queue."""
        return sum(
            1
            for call in self._calls.values()
            if call.pbx == pbx and call.queue == queue and any(leg.state == "queued" for leg in call.legs)
        )
