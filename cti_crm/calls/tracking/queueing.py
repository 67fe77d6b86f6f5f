"""Callers who wait in queues. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Direction, LegKind
from cti_crm.calls.pbx_events import QueueAbandoned, QueueConnected, QueueJoined, QueueLeft, QueueOffered
from cti_crm.calls.tracking.board import Board, Handlers
from cti_crm.calls.tracking.dialling import dial_answered
from cti_crm.calls.tracking.records import CallRecord


def _queue_joined(board: Board, event: QueueJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    if leg.placed is None:
        leg.placed = True
    leg.queue = event.queue
    leg.call.queue = event.queue
    leg.call.fix_caller()
    leg.call.voicemail = False
    if leg.call.direction is None:
        leg.call.direction = Direction.INBOUND if leg.kind is LegKind.TRUNK else Direction.INTERNAL
        leg.call.anchor = leg
    leg.call.step(event.at, "queued", None, event.queue)
    board.note(leg.call, say.CallQueued)


def _queue_left(board: Board, event: QueueLeft) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None and leg.queue:
        leg.queue = ""
        leg.call.step(event.at, "left_queue", None, event.queue)
        board.note(leg.call)


def _queue_abandoned(board: Board, event: QueueAbandoned) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None:
        abandoned(leg.call, event.at)
        board.note(leg.call)


def abandoned(call: CallRecord, at: datetime) -> None:
    """The caller went while they waited; no matter if somebody had talked with them before."""
    if not call.talk and not call.queue_abandoned:
        call.queue_abandoned = True
        call.step(at, "abandoned", None, call.queue)


def _queue_offered(board: Board, event: QueueOffered) -> None:
    caller = board.see(event.caller, event.at)
    if caller is not None and caller.call.queue is None:
        caller.queue = caller.call.queue = event.queue
        board.note(caller.call)


def _queue_connected(board: Board, event: QueueConnected) -> None:
    caller = board.see(event.caller, event.at)
    target = board.see(event.target, event.at, stale=True)
    if caller is None:
        return
    caller.queue = ""
    caller.call.queue = caller.call.queue or event.queue
    if target is not None and target.real:
        dial_answered(board, caller, target, event.at)


HANDLERS: Handlers = {
    QueueJoined: _queue_joined,
    QueueLeft: _queue_left,
    QueueAbandoned: _queue_abandoned,
    QueueOffered: _queue_offered,
    QueueConnected: _queue_connected,
}
