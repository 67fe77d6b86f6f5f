"""Who is with whom: bridges, holds, conferences. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Direction, Hold, LegKind, Talk
from cti_crm.calls.pbx_events import (
    BridgesMerged,
    ChannelState,
    ConferenceJoined,
    LegHeld,
    LegJoined,
    LegLeft,
    LegUnheld,
)
from cti_crm.calls.tracking import conversation
from cti_crm.calls.tracking.board import Board, Handlers, talk
from cti_crm.calls.tracking.records import CallRecord, LegRecord


def _joined(board: Board, event: LegJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    if event.conference:
        leg.conference = leg.conference or leg.dialled or leg.exten or event.bridge
        _conference_talk(board, leg, event.at)
        return
    board.registry.bridges.join(leg, event.bridge)
    leg.left_bridge_at = None
    if leg.state is ChannelState.UP and leg.answered_at is None:
        leg.answered_at = event.at
    for mate in board.registry.bridges.together(leg):
        if mate.call is not leg.call and leg.real:
            board.registry.unite(*_younger_first(mate.call, leg.call))
    talk(board, leg.call, event.at)


def _left(board: Board, event: LegLeft) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None:
        return
    leg.left_bridge_at = event.at
    leg.dial_answered = False
    if leg.conference:
        leg.conference = ""
        conversation.stop_all(leg.call, event.at)
    board.registry.bridges.leave(leg)
    if leg in leg.call.anchors():
        conversation.stop_all(leg.call, event.at)
    board.note(leg.call)


def _merged(board: Board, event: BridgesMerged) -> None:
    moved = board.registry.bridges.merge(event.source, event.target)
    for call in dict.fromkeys(leg.call for leg in moved):
        talk(board, call, event.at)


def _held(board: Board, event: LegHeld) -> None:
    leg = board.see(event.leg, event.at)
    if leg is None or leg.held:
        return
    leg.held = True
    leg.call.holds.append(Hold(leg.party_name, event.at))
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


def _conference(board: Board, event: ConferenceJoined) -> None:
    leg = board.see(event.leg, event.at)
    if leg is not None:
        leg.conference = event.conference
        _conference_talk(board, leg, event.at)


def _conference_talk(board: Board, leg: LegRecord, at: datetime) -> None:
    """Each person's way into a conference is a call of its own; it is answered by the conference's number."""
    call = leg.call
    if call.direction is None:
        call.direction = Direction.INBOUND if leg.kind is LegKind.TRUNK else Direction.INTERNAL
    if leg.answered_at is None:
        leg.answered_at = at
    if call.answered_at is None:
        call.answered_at = at
        call.answered_by = leg.conference
        call.step(at, "conference", leg.party_name, leg.conference)
    agent = leg.party_name if leg.kind is LegKind.DEVICE else leg.conference
    if call.open_talk(agent) is None:
        call.talk.append(Talk(agent, at))
    board.note(call)


def _younger_first(one: CallRecord, other: CallRecord) -> tuple[CallRecord, CallRecord]:
    return (one, other) if one.started_at > other.started_at else (other, one)


HANDLERS: Handlers = {
    LegJoined: _joined,
    LegLeft: _left,
    BridgesMerged: _merged,
    LegHeld: _held,
    LegUnheld: _unheld,
    ConferenceJoined: _conference,
}
