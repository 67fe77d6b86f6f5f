"""What became of a call, once it is over. Pure."""

from cti_crm.calls.call import CallOutcome, Direction, LegEnd, LegKind
from cti_crm.calls.tracking.records import CallRecord, LegRecord

# Q.850 causes that say the far side cannot be reached: unallocated, no route, out of order, network faults.
_UNREACHABLE_CAUSES = frozenset({1, 2, 3, 20, 22, 27, 28, 34, 38, 41, 42, 44, 58})


def outcome_of(call: CallRecord) -> CallOutcome:
    """The outcome by the contract's meanings. The cause of the caller's leg says little and is not asked."""
    if call.talk:
        return CallOutcome.ANSWERED
    if call.voicemail:
        return CallOutcome.VOICEMAIL
    targets = [leg for leg in call.legs.values() if leg.real and leg is not call.origin]
    if call.direction is Direction.OUTBOUND:
        return _outbound(targets)
    if call.queue_abandoned:
        return CallOutcome.ABANDONED
    called = [leg for leg in targets if leg.placed is False]
    if called and not any(leg.alerting_at for leg in called) and all(leg.end is LegEnd.BUSY for leg in called):
        return CallOutcome.BUSY
    answered_by_pbx = call.origin is not None and call.origin.answered_at is not None
    return CallOutcome.MISSED if called or call.queue or answered_by_pbx else CallOutcome.FAILED


def _outbound(targets: list[LegRecord]) -> CallOutcome:
    lines = [leg for leg in targets if leg.kind is LegKind.TRUNK]
    if not lines:
        return CallOutcome.FAILED
    last = lines[-1]
    if last.end is LegEnd.BUSY:
        return CallOutcome.BUSY
    return CallOutcome.FAILED if last.end is LegEnd.UNREACHABLE else CallOutcome.NO_ANSWER


def leg_end(leg: LegRecord, cause: int, tech_cause: str) -> LegEnd:
    """Why a leg is over, by Q.850 cause and what was known before. `leg.end` from a dial attempt may be made finer."""
    if cause == 26:
        return LegEnd.ANSWERED_ELSEWHERE
    if leg.answered_at is not None or leg.placed:
        return leg.end or LegEnd.HUNG_UP
    # Of a phone of ours that rang we know that it was not busy; a line to the outside may begin to ring first.
    if cause == 17 and (leg.alerting_at is None or leg.kind is LegKind.TRUNK):
        return LegEnd.BUSY
    if leg.alerting_at is not None and (cause in (17, 21) or tech_cause in ("486", "600", "603")):
        return LegEnd.DECLINED
    if leg.end is LegEnd.BUSY and cause in (18, 19):  # no response, no answer: some PBXes call that busy
        return LegEnd.NO_ANSWER
    if leg.end in (None, LegEnd.BUSY) or (leg.end is LegEnd.NO_ANSWER and leg.alerting_at is None):
        return LegEnd.UNREACHABLE if cause in _UNREACHABLE_CAUSES else leg.end or LegEnd.CANCELLED
    return leg.end
