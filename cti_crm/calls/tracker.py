"""Follows the calls of one PBX: takes what it reports, tells what that means. Pure and synchronous.

`CallTracker.apply(pbx_event) -> list[CallEvent]` is all. Whatever the order or the gaps, a call ends once and stays
ended; a snapshot may end it, and may bring it back.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Call, LegKind
from cti_crm.calls.pbx_events import PbxEvent
from cti_crm.calls.topology import Topology
from cti_crm.calls.tracking import bridging, dialling, endings, handovers, legs, queueing, resync
from cti_crm.calls.tracking.board import Board, Handlers, Note
from cti_crm.calls.tracking.records import CallRecord, LegRecord
from cti_crm.calls.tracking.registry import Registry

_HANDLERS: Handlers = {
    **legs.HANDLERS,
    **dialling.HANDLERS,
    **bridging.HANDLERS,
    **queueing.HANDLERS,
    **handovers.HANDLERS,
    **endings.HANDLERS,
}


class CallTracker:
    """The calls of one PBX. Not thread-safe; the caller keeps the order of events."""

    def __init__(self, pbx: str, topology: Topology, new_id: Callable[[], UUID]) -> None:
        """`new_id` makes the ids of calls."""
        self._registry = Registry(pbx, topology, new_id)
        self._board = Board(self._registry)

    def apply(self, event: PbxEvent) -> list[say.CallEvent]:
        """Take one event of the PBX; returns what it means, in order."""
        handler = _HANDLERS.get(type(event))
        if handler is None:
            return []
        board, registry = self._board, self._registry
        handler(board, event)
        registry.forget_ended(event.at)
        return self._tell() if board.news or registry.absorbed else []

    def calls(self) -> list[Call]:
        """The calls that go on, as last told."""
        return [call.freeze() for call in self._registry.calls() if call.announced]

    def restore(self, calls: Iterable[Call]) -> None:
        """Take over calls that went on when the service stopped. The next snapshot says which of them still do."""
        for call in calls:
            resync.restore(self._registry, call)

    def __len__(self) -> int:
        """Legs that are there; 0 when nothing goes on."""
        return len(self._registry)

    def remembered(self) -> int:
        """Records held: also of what ended a short while ago, so that late events change nothing. 0 after a rest."""
        return self._registry.remembered()

    def _tell(self) -> list[say.CallEvent]:
        told: list[say.CallEvent] = []
        news, self._board.news = self._board.news, {}
        absorbed, self._registry.absorbed = self._registry.absorbed, []
        for gone, into in absorbed:
            news.pop(gone, None)
            news.setdefault(into, [])
            if gone.announced:
                gone.revision += 1
                told.append(say.CallAbsorbed(gone.freeze(), into.id))
        for call, notes in news.items():
            _tell_call(call, notes, told)
        return told


def _tell_call(call: CallRecord, notes: list[Note], told: list[say.CallEvent]) -> None:
    if not call.announced and not _worth_telling(call):
        return
    frozen = call.freeze_changed()
    if frozen is None:
        return  # the PBX said again what was known
    if not call.announced:
        call.announced = True
        told.append(say.CallStarted(frozen))
    elif not notes:
        told.append(say.CallChanged(frozen))
    for event_type, payload in notes:
        told.append(event_type(frozen, *[one.freeze() if isinstance(one, LegRecord) else one for one in payload]))


def _worth_telling(call: CallRecord) -> bool:
    """Not so: one that nobody is known to have placed (the rest of a call that is over), with nobody talking.

    A phone that has only dialled a code may yet turn out to pick up a call, and one that the PBX calls to be given back
    what it handed over: they are told when something follows.
    """
    origin = call.origin
    if origin is None:
        return False
    if call.talk or call.queue:
        return True
    alone = len(call.legs) == 1
    if origin.placed is False:
        return not alone
    if origin.originated:
        return bool(origin.alerting_at or origin.answered_at or call.ended_at)
    return call.ended_at is not None or origin.kind is LegKind.TRUNK or not alone
