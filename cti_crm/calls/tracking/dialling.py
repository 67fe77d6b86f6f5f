"""Attempts to reach a device: begun, ringing, over. Pure."""

from datetime import datetime

from cti_crm.calls import call_events as say
from cti_crm.calls.call import Direction, LegEnd, LegKind
from cti_crm.calls.pbx_events import DialBegan, DialEnded, DialRinging, DialStatus
from cti_crm.calls.tracking import conversation, transfers
from cti_crm.calls.tracking.board import Board, Handlers, alert, progress, talk
from cti_crm.calls.tracking.records import CallRecord, LegRecord

_ENDS_ALIKE = 6  # digits

_FAILED_DIAL = {
    DialStatus.BUSY: LegEnd.BUSY,
    DialStatus.CANCEL: LegEnd.CANCELLED,
    DialStatus.NO_ANSWER: LegEnd.NO_ANSWER,
    DialStatus.CONGESTION: LegEnd.UNREACHABLE,
    DialStatus.UNAVAILABLE: LegEnd.UNREACHABLE,
    DialStatus.OTHER: LegEnd.CANCELLED,
}


def _dial_began(board: Board, event: DialBegan) -> None:
    source = board.see(event.source, event.at) if event.source is not None else None
    target = board.see(event.target, event.at, stale=True)
    if target is None:
        return
    if source is None:
        progress(board, target, event.at)
        return
    board.registry.bring(target, source.call)
    call = source.call
    call.fix_caller()
    call.voicemail = False  # somebody else is tried first
    target.placed = False
    target.originated = False
    target.dialled_by = source
    if target.kind is LegKind.TRUNK:
        target.dialled = _dialled_number(event.dial_string, target)
        _check_dialled(call, target.dialled)
    if source.placed is None:
        source.placed = True
    direct(board, call, target)
    if source in call.anchors() and not source.bridge and conversation.talkers(call, board.registry.bridges) == []:
        conversation.stop(call, source.left_bridge_at or event.at)
        transfer = transfers.redirected(call, source, target, event.at)
        if transfer is not None:
            board.note(call, say.CallTransferred, transfer)
    progress(board, target, event.at)
    board.note(call)


def direct(board: Board, call: CallRecord, target: LegRecord) -> None:
    """The first device or line that is dialled says which way the call goes."""
    origin = call.origin
    if call.direction_is_sure or origin is None or not target.real or target is origin:
        return
    call.direction_is_sure = True
    if origin.kind is LegKind.TRUNK:
        call.direction = Direction.INBOUND
    elif target.kind is LegKind.TRUNK:
        call.direction = Direction.OUTBOUND
    else:
        call.direction = Direction.INTERNAL
        call.anchor = origin


def _dial_ringing(board: Board, event: DialRinging) -> None:
    if event.source is not None:
        board.see(event.source, event.at)
    target = board.see(event.target, event.at, stale=True)
    if target is not None and target.real and target.alerting_at is None and target.answered_at is None:
        alert(board, target, event.at)


def _dial_ended(board: Board, event: DialEnded) -> None:
    source = board.see(event.source, event.at) if event.source is not None else None
    target = board.see(event.target, event.at, stale=True)
    if target is None:
        return
    if source is not None:
        board.registry.bring(target, source.call)
    if event.status is DialStatus.ANSWER:
        dial_answered(board, source, target, event.at)
        return
    if target.end is None and target.answered_at is None:
        offered = target.alerting_at is not None and target.real
        target.end = _FAILED_DIAL[event.status]
        if event.forward:
            target.call.step(event.at, "forwarded", target.party_name, event.forward)
        if offered:
            target.call.step(event.at, "ring_ended", target.party_name, target.end)
            board.note(target.call, say.OfferWithdrawn, target)


def dial_answered(board: Board, source: LegRecord | None, target: LegRecord, at: datetime) -> None:
    """`target` took the call of `source`; of None if the PBX itself called it."""
    if target.answered_at is None:
        target.answered_at = at
    target.dial_answered = source is not None
    if source is not None and target.real:
        direct(board, source.call, target)
    talk(board, target.call, at)  # also if the event of one of them entering the bridge is lost


def _dialled_number(dial_string: str, target: LegRecord) -> str:
    """The outside number in `0301234@trunk` or `trunk/sip:0301234@host`; else what the leg itself is called."""
    number = dial_string.rpartition("sip:")[2].partition("@")[0]
    return number if number and "/" not in number and "@" in dial_string else target.number


def _check_dialled(call: CallRecord, number: str) -> None:
    """Click-to-dial: where it was sent to may be a route of the dialplan; then the number is what the line dials.

    The two are one number if they end alike: the dialplan puts a prefix before it, or takes one away.
    """
    origin = call.origin
    if origin is None or not origin.originated or not number:
        return
    if not origin.dialled.endswith(number[-_ENDS_ALIKE:]):
        origin.dialled = number


HANDLERS: Handlers = {
    DialBegan: _dial_began,
    DialRinging: _dial_ringing,
    DialEnded: _dial_ended,
}
