"""Who is with whom: bridges, holds, conferences. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Hold
from cti_crm.calls.pbx_events import (
    ChannelState,
    ConferenceJoined,
    ConsultationJoined,
    LegHeld,
    LegJoined,
    LegLeft,
    LegMuted,
    LegUnheld,
)
from cti_crm.calls.tracking import conversation
from cti_crm.calls.tracking.board import Board, Handlers, talk
from cti_crm.calls.tracking.records import LegRecord


def _joined(board: Board, event: LegJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    if event.conference:
        _enter_conference(board, leg, event.at, event.bridge)
        return
    board.registry.bridges.join(leg, event.bridge)
    leg.left_bridge_at = leg.hung_up_at = None
    if leg.state is ChannelState.UP and leg.answered_at is None:
        leg.answered_at = event.at
    if leg.real:
        for mate in board.registry.bridges.together(leg):
            board.registry.tie(mate, leg)
    talk(board, leg.call, event.at)


def _left(board: Board, event: LegLeft) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    leg.left_bridge_at = event.at
    leg.dial_answered = False
    for dialled in leg.call.legs.values():
        if dialled.dialled_by is leg:
            dialled.dial_answered = False
    board.registry.bridges.leave(leg)
    if leg.conference:
        leg.conference = ""
        conversation.stop(leg.call, event.at)
    elif leg in leg.call.anchors():
        conversation.customer_left(leg.call, board.registry.bridges, leg, event.at)
    board.note(leg.call)


def _held(board: Board, event: LegHeld) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None or leg.held:
        return
    leg.held = True
    leg.call.holds = (*leg.call.holds, Hold(leg.party_name, event.at))
    leg.call.step(event.at, "held", leg.party_name)
    board.note(leg.call, say.CallHeld, leg)


def _unheld(board: Board, event: LegUnheld) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None or not leg.held:  # a phone that refers a call says Unhold without having held
        return
    leg.held = False
    conversation.close_holds(leg.call, event.at, leg.party_name)
    leg.call.step(event.at, "resumed", leg.party_name)
    board.note(leg.call, say.CallResumed, leg)


def _muted(board: Board, event: LegMuted) -> None:
    leg = board.registry.leg(event.leg_id)
    if leg is None or leg.muted is event.muted:
        return
    leg.muted = event.muted
    leg.call.step(event.at, "muted" if event.muted else "unmuted", leg.party_name)
    board.note(leg.call)


def _consultation_joined(board: Board, event: ConsultationJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    leg.held = False
    conversation.close_holds(leg.call, event.at, leg.party_name)
    leg.call.step(event.at, "joined", leg.party_name)
    board.note(leg.call, say.CallResumed, leg)


def _conference(board: Board, event: ConferenceJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None:
        _enter_conference(board, leg, event.at, event.conference)


def _enter_conference(board: Board, leg: LegRecord, at: datetime, room: str) -> None:
    if conversation.enter_conference(leg, at, room):
        leg.call.step(at, "conference", leg.party_name, leg.conference)
        board.note(leg.call)


HANDLERS: Handlers = {
    LegJoined: _joined,
    LegLeft: _left,
    LegHeld: _held,
    LegUnheld: _unheld,
    LegMuted: _muted,
    ConsultationJoined: _consultation_joined,
    ConferenceJoined: _conference,
}
