"""Transfers, pickups and parking, as the PBX tells of them. What they mean for the call stands in `transfers`. Pure."""

from cti_crm.calls import call_events as say
from cti_crm.calls.pbx_events import (
    AttendedTransferred,
    BlindTransferred,
    Parked,
    ParkingEnded,
    PickedUp,
    Unparked,
)
from cti_crm.calls.tracking import conversation, transfers
from cti_crm.calls.tracking.board import Board, Handlers, answered
from cti_crm.calls.tracking.records import CallRecord, LegRecord


def _blind(board: Board, event: BlindTransferred) -> None:
    transferer = board.see(event.transferer, event.at)
    transferee = board.see(event.transferee, event.at) if event.transferee is not None else None
    if transferer is None or not event.ok:
        return
    transfer = transfers.blind(transferer.call, transferer, transferee, event.exten, event.at)
    if transfer is not None:
        board.note(transferer.call, say.CallTransferred, transfer)


def _attended(board: Board, event: AttendedTransferred) -> None:
    legs = [
        board.see(view, event.at, stale=True) if view is not None else None
        for view in (event.first, event.second, event.transferee, event.target)
    ]
    first_leg, second_leg, transferee, target = legs
    first_leg, second_leg = first_leg or second_leg, second_leg or first_leg
    if not event.ok or first_leg is None or second_leg is None:
        return
    call = transferee.call if transferee is not None else first_leg.call
    for other in (first_leg, second_leg, target):
        if other is not None:
            board.registry.bring(other, call)
    transfer = transfers.attended(call, board.registry.bridges, first_leg, second_leg, transferee, target, event.at)
    for leg in conversation.update(call, board.registry.bridges, event.at):
        answered(board, call, leg, event.at)
    if transfer is not None:
        board.note(call, say.CallTransferred, transfer)


def _fetches(board: Board, leg: LegRecord, call: CallRecord) -> None:
    """A phone takes a call over. If the PBX rang it for that, nothing was offered to it."""
    if leg.originated:
        leg.originated = False
        leg.call.offered_to = tuple(one for one in leg.call.offered_to if one != leg.party_name)
    board.registry.bring(leg, call)
    leg.placed = False


def _picked_up(board: Board, event: PickedUp) -> None:
    picker = board.see(event.picker, event.at)
    target = board.see(event.target, event.at)
    if picker is None or target is None:
        return
    _fetches(board, picker, target.call)
    target.call.step(event.at, "picked_up", picker.party_name, target.party_name)
    board.note(target.call)


def _parked(board: Board, event: Parked) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    call = leg.call
    by = board.registry.topology.extension(event.parker) if "/" in event.parker else ""
    by = by or (call.talk[-1].agent if call.talk else "")
    transfers.park(call, leg, by, event.slot, event.at)
    call.step(event.at, "parked", by, event.slot)
    board.note(call, say.CallParked)


def _unparked(board: Board, event: Unparked) -> None:
    leg = board.see(event.leg, event.at)
    retriever = board.see(event.retriever, event.at) if event.retriever is not None else None
    if leg is None:
        return
    if retriever is not None:
        _fetches(board, retriever, leg.call)
    by = retriever.party_name if retriever is not None else None
    transfers.unpark(leg.call, leg, by, event.at)
    leg.call.step(event.at, "retrieved", by, event.slot)
    board.note(leg.call, say.CallRetrieved)


def _parking_ended(board: Board, event: ParkingEnded) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None:
        transfers.unpark(leg.call, leg, None, event.at)
        leg.call.step(event.at, "parking_ended", None, "timed_out" if event.timed_out else "hung_up")
        board.note(leg.call, say.CallRetrieved)


HANDLERS: Handlers = {
    BlindTransferred: _blind,
    AttendedTransferred: _attended,
    PickedUp: _picked_up,
    Parked: _parked,
    Unparked: _unparked,
    ParkingEnded: _parking_ended,
}
