"""Lines in the form in which the API shows them."""

from collections.abc import Sequence
from uuid import UUID

from cti_crm.accounts.schemas import UserRef
from cti_crm.calls.call import CallOutcome
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import MatchKind, MatchReason
from cti_crm.contacts.views import contact_ref, organization_ref
from cti_crm.missed_calls.arranging import ClosedHow
from cti_crm.missed_calls.lures import LureReason
from cti_crm.missed_calls.models import MissedAttempt
from cti_crm.missed_calls.repository import LineView, Try
from cti_crm.missed_calls.schemas import DoneReason, MissedAttemptOut, MissedCallOut, TriesOut

ATTEMPTS_SHOWN = 50


def line_out(
    view: LineView, attempts: Sequence[MissedAttempt], tries: Sequence[Try], plan: NumberPlan
) -> MissedCallOut:
    """A line with its missed calls and our `tries` to reach the caller, both the newest first."""
    line = view.line
    firm = view.organization or (view.contact.organization if view.contact else None)
    return MissedCallOut(
        id=line.id,
        version=line.version,
        number=line.number,
        display=plan.display(line.number) if line.number else "",
        name=line.name,
        contact=contact_ref(view.contact) if view.contact else None,
        organization=organization_ref(firm),
        match_kind=MatchKind(line.match_kind),
        match_reason=MatchReason(line.match_reason),
        attempts=[_attempt_out(row) for row in attempts[:ATTEMPTS_SHOWN]],
        attempt_count=line.attempts,
        first_at=line.first_at,
        last_at=line.last_at,
        longest_wait=line.longest_wait,
        due_at=line.due_at,
        lure=[LureReason(one) for one in line.lure.split()],
        tries=TriesOut(count=len(tries), last_at=tries[0].at, last_by=tries[0].agent) if tries else None,
        claimed_by=_user(line.claimed_by, view.claimant),
        claimed_at=line.claimed_at,
        claimed_until=line.claimed_until,
        snoozed_by=_user(line.snoozed_by, view.snoozer),
        snoozed_until=line.snoozed_until,
        closed_at=line.closed_at,
        closed_how=ClosedHow(line.closed_how) if line.closed_how else None,
        closed_by=_user(line.closed_by, view.closer),
        closed_call_id=line.closed_call_id,
        closed_agent=line.closed_agent,
        reason=DoneReason(line.reason) if line.reason else None,
        remark=line.remark,
    )


def _attempt_out(row: MissedAttempt) -> MissedAttemptOut:
    return MissedAttemptOut(
        call_id=row.call_id,
        at=row.at,
        waited=round(row.waited, 2),
        outcome=CallOutcome(row.outcome),
        queue=row.queue,
        called=row.called,
    )


def _user(user_id: UUID | None, name: str | None) -> UserRef | None:
    return UserRef(id=user_id, name=name or "") if user_id is not None else None
