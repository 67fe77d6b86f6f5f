"""What the handlers share: the registry, the news they have, and the steps that several of them lead to. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Direction, LegKind, TransferKind
from cti_crm.calls.pbx_events import ChannelState, LegView, PbxEvent
from cti_crm.calls.tracking import conversation, resync
from cti_crm.calls.tracking.records import CallRecord, LegRecord
from cti_crm.calls.tracking.registry import Registry

_RINGING, _UP = ChannelState.RINGING, ChannelState.UP  # see records.py
_DEVICE = LegKind.DEVICE

Note = tuple[type[say.CallEvent], tuple[Any, ...]]


class Board:
    """The tracker's state."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.link_lost_at: datetime | None = None
        self.watching = False  # whether all that happens is told to us: from a snapshot on, until the link is lost
        self.news: dict[CallRecord, list[Note]] = {}  # what is to be told, in order

    def note(self, call: CallRecord, event: type[say.CallEvent] = say.CallChanged, *payload: Any) -> None:
        """Something about a call is to be told; legs in `payload` are told as they are then."""
        notes = self.news.get(call)
        if notes is None:
            notes = self.news[call] = []
        if event is not say.CallChanged:  # what is told anyhow, if nothing else is
            notes.append((event, payload))

    def see(self, view: LegView, at: datetime, *, stale: bool = False) -> LegRecord | None:
        """The leg; where it is heard of for the first time, what can be guessed about it is set."""
        leg = self.registry.leg(view.id)
        if leg is not None:
            self.registry.refresh(leg, view, stale=stale)
            return leg
        leg = self.registry.see(view, at)
        if leg is not None:
            resync.guess(leg)
            self.note(leg.call)
        return leg


Handlers = dict[type[PbxEvent], Callable[[Board, Any], None]]


def answered(board: Board, call: CallRecord, leg: LegRecord, at: datetime) -> None:
    """A party began to talk with the customer."""
    call.step(at, "answered" if len(call.talk) == 1 else "talking", leg.party_name)
    board.note(call, say.CallAnswered, leg)


def talk(board: Board, call: CallRecord, at: datetime) -> None:
    """Somebody joined: see who talks with whom now."""
    if call.direction is None:
        resync.guess_direction(call)
    for leg in conversation.update(call, board.registry.bridges, at):
        answered(board, call, leg, at)
    board.note(call)


def alert(board: Board, leg: LegRecord, at: datetime) -> None:
    """A phone began to ring, or the outside line says that it does there."""
    leg.alerting_at = at
    call = leg.call
    call.step(at, "ringing", leg.party_name)
    if leg.kind is not _DEVICE:
        board.note(call)
        return
    call.offer(leg.party_name)
    board.note(call, say.CallOffered, leg)


def progress(board: Board, leg: LegRecord, at: datetime) -> None:
    """Draw what follows from a leg's state."""
    if leg.originated and leg.state is _RINGING and leg.alerting_at is None:
        _call_back(board, leg)
    call = leg.call
    if leg.state is _RINGING and leg.alerting_at is None and leg.answered_at is None and leg.real:
        alert(board, leg, at)
    elif leg.state is _UP and leg.answered_at is None:
        leg.answered_at = at
        if leg.originated:
            call.offer(leg.party_name)  # a phone that answers by itself may never have said that it rings
            call.step(at, "own_phone_answered", leg.party_name)
            board.note(call)
        elif leg is call.origin:
            _pbx_answered(call, at)
            board.note(call)
    if leg.originated:
        _learn_dialled(board, leg)


def _call_back(board: Board, leg: LegRecord) -> None:
    """The PBX calls a phone by itself; if that is to give back what it handed over in vain, it is the same call."""
    for call in board.registry.calls():
        last = call.transfers[-1] if call.transfers else None
        if last is None or last.kind is not TransferKind.ATTENDED or last.from_party != leg.party_name:
            continue
        remote = call.freeze().remote
        if remote is not None and remote.number == leg.connected_number and call is not leg.call:
            board.registry.bring(leg, call)
            leg.placed = leg.originated = False
            return


def _learn_dialled(board: Board, leg: LegRecord) -> None:
    """Click-to-dial: the number is the phone's connected line while it rings, then the extension it is sent to."""
    call = leg.call
    if leg.answered_at is not None and not leg.dialled and leg.exten not in ("", "s"):
        leg.dialled = leg.exten
        board.note(call)
    number = leg.dialled or leg.connected_number
    if call.direction is None and number:
        ours = number in board.registry.topology.extensions.values()
        call.direction = Direction.INTERNAL if ours else Direction.OUTBOUND
        call.anchor = leg


def _pbx_answered(call: CallRecord, at: datetime) -> None:
    """The PBX itself took the call. After a phone had not answered, and with none ringing, that is a mailbox."""
    tried = [leg for leg in call.legs.values() if leg.placed is False and leg.real]
    if tried and not call.talk and not call.queue and all(leg.end or not leg.active for leg in tried):
        call.voicemail = not any(leg.dial_answered for leg in tried)
        if call.voicemail:
            call.step(at, "voicemail")
