"""Calls that were missed before the demo began, so that its list of missed calls has something to show."""

from datetime import timedelta

from sqlalchemy import select

from cti_crm.calls.call import Call, CallOutcome, Direction, Party
from cti_crm.calls.models import CallRow
from cti_crm.calls.repository import CallRepository
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.demo import firm
from cti_crm.infrastructure.clock import new_id, now
from cti_crm.infrastructure.database import Database
from cti_crm.touchpoints.recorder import TouchpointRecorder

# Number, minutes ago, seconds waited, queue, outcome.
_MISSED = (
    ("+4917612345678", 95, 48, "support", CallOutcome.ABANDONED),
    ("+4917612345678", 40, 71, "support", CallOutcome.ABANDONED),
    ("0402233445", 55, 25, None, CallOutcome.VOICEMAIL),
    ("03419988770", 32, 18, "sales", CallOutcome.MISSED),
    ("+4915799900456", 20, 33, None, CallOutcome.MISSED),
    ("+2250707123456", 12, 2, None, CallOutcome.MISSED),
    ("", 8, 14, "support", CallOutcome.ABANDONED),
)


async def miss_some_calls(database: Database) -> None:
    """Write them into an empty log; does nothing if calls stand in it already."""
    plan = NumberPlan(firm.NUMBERS)
    async with database.transaction() as session:
        if (await session.execute(select(CallRow.id).limit(1))).first() is not None:
            return
        calls = [_missed(*one) for one in _MISSED]
        await CallRepository(session).save(calls, plan, now())
        await TouchpointRecorder(plan, Matcher(plan)).record(session, calls)


def _missed(number: str, minutes: int, waited: int, queue: str | None, outcome: CallOutcome) -> Call:
    began = now() - timedelta(minutes=minutes)
    return Call(
        id=new_id(),
        pbx=firm.PBX,
        linkedid=f"before.{minutes}",
        revision=1,
        direction=Direction.INBOUND,
        caller=Party(number or None),
        called=Party("+49305550200" if queue else "+49305550101"),
        started_at=began,
        queue=queue,
        offered_to=("101", "102") if queue else ("101",),
        outcome=outcome,
        ended_at=began + timedelta(seconds=waited),
    )
