"""Legs that are gone, calls that are over, and what a snapshot says of both. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import LegEnd
from cti_crm.calls.pbx_events import LegCleared, LinkLost, PbxSnapshot, PbxStopped
from cti_crm.calls.tracking import conversation, queueing, resync, transfers
from cti_crm.calls.tracking.board import Board, Handlers, talk
from cti_crm.calls.tracking.outcome import leg_end, outcome_of
from cti_crm.calls.tracking.records import CallRecord, LegRecord


def _leg_cleared(board: Board, event: LegCleared) -> None:
    leg = board.registry.leg(event.leg.id)
    if leg is None:
        board.registry.see(event.leg, event.at)  # a leg never heard of before: it counts as having been there
        leg = board.registry.leg(event.leg.id)
        if leg is None:
            return
        resync.guess(leg)
    elif event.leg.linkedid and event.leg.linkedid != leg.linkedid:
        board.registry.see(event.leg, event.at, stale=True)
    clear(board, leg, event.at, leg_end(leg, event.cause, event.tech_cause))


def clear(board: Board, leg: LegRecord, at: datetime, end: LegEnd) -> None:
    """A leg is gone: settle what it talked and held, and see whether the call is over.

    Its person went when the phone hung up: the PBX may keep the leg longer, to tidy up or for a transfer.
    """
    call = leg.call
    at = min(leg.hung_up_at or at, at)
    offered = leg.alerting_at is not None and leg.answered_at is None and leg.end is None and leg.real
    leg.end = end
    talk_until = leg.left_bridge_at if not leg.bridge and leg.left_bridge_at is not None else at
    anchors = call.anchors()
    if leg in anchors:
        board.registry.bridges.leave(leg)
        conversation.customer_left(call, board.registry.bridges, leg, talk_until)
        if not any(one.active for one in anchors if one is not leg):
            _nobody_waits(call, talk_until)
    else:
        conversation.stop(call, talk_until, leg)
    if leg.held:
        conversation.close_holds(call, at, leg.party_name)
    if leg.slot:
        transfers.unpark(call, leg, None, at)
    if leg.queue and leg is call.origin:
        queueing.abandoned(call, at)
    board.registry.clear(leg, at)
    if leg.real:
        if leg.answered_at is not None or leg.placed:
            call.step(at, "hung_up" if leg.hung_up_at else "left", leg.party_name or None)
        elif offered:
            call.step(at, "ring_ended", leg.party_name, end)
    if offered:
        board.note(call, say.OfferWithdrawn, leg)
    else:
        board.note(call)
    _settle(board, call, at)


def _nobody_waits(call: CallRecord, at: datetime) -> None:
    """Who had the customer on hold need not notice that they went."""
    conversation.close_holds(call, at)
    for leg in call.legs.values():
        leg.held = False


def _settle(board: Board, call: CallRecord, at: datetime) -> None:
    if not call.active_legs() and not _still_dialling(call):
        end(board, call, at)


def _still_dialling(call: CallRecord) -> bool:
    """Whether the PBX called us first, over a Local channel whose dialplan may go on to call somebody else."""
    origin = call.origin
    return origin is not None and origin.dialled_by is not None and origin.dialled_by.active


def end(board: Board, call: CallRecord, at: datetime) -> None:
    """The call is over."""
    if call.ended_at is not None:
        return
    for leg in [one for one in call.legs.values() if one.active]:  # Local channels, told of a moment later
        board.registry.clear(leg, at)
    at = max([leg.ended_at for leg in call.legs.values() if leg.real and leg.ended_at], default=at)
    conversation.stop(call, at)
    conversation.close_holds(call, at)
    call.ended_at = at
    call.outcome = outcome_of(call)
    call.step(at, "ended", None, call.outcome)
    board.registry.close(call, at)
    board.note(call, say.CallEnded)


def _pbx_stopped(board: Board, event: PbxStopped) -> None:
    for leg in board.registry.legs():
        if leg.active:
            clear(board, leg, event.at, LegEnd.LOST)


def _snapshot(board: Board, event: PbxSnapshot) -> None:
    lost_at, board.link_lost_at = board.link_lost_at or event.at, None
    present = {one.leg.id for one in event.legs}
    for leg in board.registry.legs():
        if leg.active and (leg.id not in present or event.restarted):
            leg.call.inferred_end = True
            clear(board, leg, min(max(lost_at, leg.started_at), event.at), LegEnd.LOST)
    for call in resync.take_in(board.registry, event):
        if not board.watching:
            call.step(event.at, "unseen")
        call.inferred_end = False
        board.note(call)
        talk(board, call, event.at)
    for call in board.registry.calls():
        call.inferred_end = False
    board.watching = True


def _link_lost(board: Board, event: LinkLost) -> None:
    board.link_lost_at = event.at
    board.watching = False


HANDLERS: Handlers = {
    LegCleared: _leg_cleared,
    PbxStopped: _pbx_stopped,
    PbxSnapshot: _snapshot,
    LinkLost: _link_lost,
}
