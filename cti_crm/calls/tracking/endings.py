"""Legs that are gone, calls that are over, and what a snapshot says of both. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Direction, LegEnd
from cti_crm.calls.pbx_events import LegCleared, LinkLost, PbxSnapshot, PbxStopped
from cti_crm.calls.tracking import conversation, resync, transfers
from cti_crm.calls.tracking.board import Board, Handlers, talk
from cti_crm.calls.tracking.outcome import leg_end, outcome_of
from cti_crm.calls.tracking.records import CallRecord, LegRecord, called_of, caller_of


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
    """A leg is gone: settle what it talked and held, and see whether the call is over."""
    call = leg.call
    offered = leg.alerting_at is not None and leg.answered_at is None and leg.end is None and leg.real
    leg.end = end
    talk_until = leg.left_bridge_at if not leg.bridge and leg.left_bridge_at is not None else at
    if leg in call.anchors():
        conversation.stop_all(call, talk_until)
    elif leg.real and leg.answered_at is not None:  # not a second phone of the same agent that rang in vain
        conversation.stop(call, leg.party_name, talk_until)
    if leg.real:
        conversation.close_holds(call, at, leg.party_name)
    if leg.slot:
        transfers.unpark(call, leg, None, at)
    if leg.queue and not call.talk and leg is call.origin:
        call.queue_abandoned = True
    board.registry.clear(leg, at)
    if leg.real:
        if leg.answered_at is not None or leg.placed:
            call.step(at, "hung_up" if leg.hung_up else "left", leg.party_name or None)
        elif offered:
            call.step(at, "ring_ended", leg.party_name, end)
    board.note(call, *((say.OfferWithdrawn, leg) if offered else (say.CallChanged,)))
    _settle(board, call, leg, at)


def _settle(board: Board, call: CallRecord, leg: LegRecord, at: datetime) -> None:
    remaining = call.active_legs()
    if remaining and leg in call.anchors():
        going_on = [one for one in remaining if _goes_on(board, one, remaining)]
        if len(going_on) == len(remaining):
            _split(board, call, remaining, at)
            remaining = []
    if not remaining:
        end(board, call, at)


def _goes_on(board: Board, leg: LegRecord, others: list[LegRecord]) -> bool:
    """Whether a leg without the customer still has somebody: in a bridge, or ringing for one that is there."""
    if any(one in others and one is not leg for one in board.registry.bridges.together(leg)):
        return True
    dials = any(one.dialled_by is leg and one.answered_at is None for one in others)
    return dials or (leg.dialled_by in others and leg.answered_at is None)


def _split(board: Board, call: CallRecord, legs: list[LegRecord], at: datetime) -> None:
    """The customer is gone, two of us talk on: from now that is an internal call of its own."""
    new = board.registry.split(legs, at)
    new.origin = next((leg for leg in legs if leg.placed), legs[0])
    new.anchor = new.origin
    new.direction = Direction.INTERNAL
    new.caller = caller_of(new.origin)
    new.offered_to = [leg.party_name for leg in legs if leg.alerting_at and not leg.placed]
    new.step(at, "started", new.origin.party_name, None)
    for leg in conversation.update(new, board.registry.bridges, at):
        board.note(new, say.CallAnswered, leg)
    board.note(new)


def end(board: Board, call: CallRecord, at: datetime) -> None:
    """The call is over."""
    if call.ended_at is not None:
        return
    for leg in [one for one in call.legs.values() if one.active]:  # Local channels, told of a moment later
        board.registry.clear(leg, at)
    conversation.stop_all(call, at)
    conversation.close_holds(call, at)
    call.ended_at = at
    call.caller = call.caller or (caller_of(call.origin) if call.origin else None)
    call.called = call.called or called_of(call)
    call.outcome = outcome_of(call)
    call.step(at, "ended", None, call.outcome)
    board.registry.close(call)
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
        call.inferred_end = False
        board.note(call)
        talk(board, call, event.at)
    for call in board.registry.calls():
        call.inferred_end = False


def _link_lost(board: Board, event: LinkLost) -> None:
    board.link_lost_at = event.at


HANDLERS: Handlers = {
    LegCleared: _leg_cleared,
    PbxStopped: _pbx_stopped,
    PbxSnapshot: _snapshot,
    LinkLost: _link_lost,
}
