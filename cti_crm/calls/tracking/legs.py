"""Legs that come to be and change. Pure."""

from cti_crm.calls.call import Direction, LegKind
from cti_crm.calls.pbx_events import (
    CallerEntered,
    ChannelState,
    DigitPressed,
    LegChanged,
    LegCreated,
    LegHangupRequested,
    LegRenamed,
    LocalPaired,
    VoicemailLeft,
)
from cti_crm.calls.tracking.board import Board, Handlers, progress

_PLACING = (ChannelState.DIALING, ChannelState.UP)


def _leg_created(board: Board, event: LegCreated) -> None:
    view = event.leg
    known = board.registry.leg(view.id) is not None
    placing = view.state in _PLACING and bool(view.exten)
    if placing and not known and view.linkedid in ("", view.id):
        consulting = board.registry.consulted_for(view)
        if consulting is not None:
            board.registry.adopt(view.linkedid or view.id, consulting)
    leg = board.registry.see(view, event.at, new=True)
    if leg is None or known:
        return
    call = leg.call
    if placing:
        leg.placed = True
        leg.dialled = view.exten
    elif len(call.legs) == 1 and view.state is ChannelState.DOWN and leg.kind is LegKind.DEVICE:
        leg.placed = leg.originated = True
    if leg is call.origin:
        call.step(event.at, "started", leg.party_name or None, leg.dialled or None)
    elif leg.placed and leg.real:
        call.step(event.at, "consulting", leg.party_name, leg.dialled)
    if call.direction is None and leg is call.origin and leg.kind is LegKind.TRUNK and leg.placed:
        call.direction = Direction.INBOUND
        call.direction_is_sure = True
    board.note(call)


def _leg_changed(board: Board, event: LegChanged) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None:
        progress(board, leg, event.at)


def _hangup_requested(board: Board, event: LegHangupRequested) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None and leg.hung_up_at is None:
        leg.hung_up_at = event.at


def _local_paired(board: Board, event: LocalPaired) -> None:
    for view in (event.dialled, event.runs):  # their names say that they are a pair
        board.see(view, event.at, stale=True)


def _digit(board: Board, event: DigitPressed) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None and leg is leg.call.origin and not leg.call.talk:
        leg.call.step(event.at, "digit", leg.party_name, event.digit)
        board.note(leg.call)


def _entered(board: Board, event: CallerEntered) -> None:
    leg = board.registry.leg(event.leg_id)
    if leg is not None and leg is leg.call.origin and leg.call.entered.get(event.name) != event.value:
        leg.call.entered[event.name] = event.value
        board.note(leg.call)


def _voicemail(board: Board, event: VoicemailLeft) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None and not leg.call.talk:
        leg.call.voicemail = True
        leg.call.step(event.at, "message_left", leg.party_name, event.mailbox)
        board.note(leg.call)


HANDLERS: Handlers = {
    LegCreated: _leg_created,
    LegChanged: _leg_changed,
    LegRenamed: _leg_changed,
    LegHangupRequested: _hangup_requested,
    LocalPaired: _local_paired,
    DigitPressed: _digit,
    CallerEntered: _entered,
    VoicemailLeft: _voicemail,
}
