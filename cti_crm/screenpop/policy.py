"""Whom a call concerns, and how it stands for each of them: read from the whole call, so nothing is missed. Pure."""

from collections.abc import Mapping

from cti_crm.calls.call import Call, CallOutcome, Direction, Leg, LegEnd, LegKind, LegState
from cti_crm.infrastructure.values import value
from cti_crm.screenpop.protocol import CloseReason, PopState

_DEVICE, _CLEARED = LegKind.DEVICE, LegState.CLEARED


@value(frozen=True, slots=True)
class Standing:
    """What a call is for one agent now. `reason` and `by` say why it is closed and who has it."""

    state: PopState
    reason: CloseReason | None = None
    by: str | None = None


def audience(call: Call) -> Mapping[str, Standing]:
    """Extension -> how the call stands for that agent; only those whose phone has, or had, a part in it."""
    global _last  # several ask for the same call one after another; this one alone is kept
    known, found = _last
    if known is not call:
        found = _audience(call)
        _last = call, found
    return found


_last: tuple[Call | None, Mapping[str, Standing]] = None, {}


def _audience(call: Call) -> dict[str, Standing]:
    legs: dict[str, list[Leg]] = {}
    for leg in call.legs:
        extension = leg.party.extension
        if extension and leg.kind is _DEVICE:
            legs.setdefault(extension, []).append(leg)
    return {extension: _standing(call, extension, own) for extension, own in legs.items() if _concerned(own)}


def _concerned(own: list[Leg]) -> bool:
    """A phone that was busy or unreachable has not rung: its agent is not to be bothered."""
    return any(leg.alerting_at or leg.answered_at or leg.placed for leg in own)


def _standing(call: Call, extension: str, own: list[Leg]) -> Standing:
    for one in call.talk:
        if one.until is None and one.agent == extension:
            return Standing(PopState.TALKING)
    active = [leg for leg in own if leg.state is not _CLEARED]
    if call.ended_at is None:
        if any(leg.placed for leg in active):
            # Placing the call; or asking a colleague while the customer waits, or picking a colleague's call up.
            placing = call.direction is not Direction.INBOUND and not _talked(call, extension)
            return Standing(PopState.DIALLING if placing else PopState.TALKING)
        if any(leg.state in (LegState.CONNECTED, LegState.HELD) for leg in active):
            return Standing(PopState.TALKING)
        if any(leg.state is LegState.ALERTING and leg.end is None for leg in active):
            return Standing(PopState.OFFERED)
    return _over(call, extension, own)


def _talked(call: Call, extension: str) -> bool:
    return any(one.agent == extension for one in call.talk)


def _over(call: Call, extension: str, own: list[Leg]) -> Standing:
    placed = any(leg.placed for leg in own)
    if call.direction is Direction.INTERNAL:
        return Standing(PopState.CLOSED, CloseReason.DONE if _talked(call, extension) else _why(call, extension, own))
    if _talked(call, extension):
        return Standing(PopState.WRAP_UP)
    if placed and call.direction is Direction.OUTBOUND:
        if call.outcome is CallOutcome.FAILED and not any(leg.answered_at for leg in own):
            return Standing(PopState.CLOSED, CloseReason.FAILED)
        return Standing(PopState.WRAP_UP)
    reason = _why(call, extension, own)
    by = _taker(call, extension) if reason is CloseReason.ANSWERED_ELSEWHERE else None
    return Standing(PopState.CLOSED, reason, by)


def _why(call: Call, extension: str, own: list[Leg]) -> CloseReason:
    ends = {leg.end for leg in own}
    if ends & {LegEnd.NO_ANSWER, LegEnd.DECLINED, LegEnd.BUSY} and LegEnd.ANSWERED_ELSEWHERE not in ends:
        return CloseReason.NOT_ANSWERED
    if _taker(call, extension) is not None:
        return CloseReason.ANSWERED_ELSEWHERE
    return CloseReason.CALLER_GONE


def _taker(call: Call, extension: str) -> str | None:
    others = [one.agent for one in call.talk if one.agent != extension]
    return others[-1] if others else None
