"""The list of missed calls: made of the settings, and connected with the log it is kept by."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.infrastructure.business_hours import BusinessHours, holidays_of, read_span
from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.missed_calls.recorder import MissedCallRecorder
from cti_crm.missed_calls.service import MissedCallService
from cti_crm.missed_calls.settling import Rules, Settler
from cti_crm.settings import Settings
from cti_crm.touchpoints.repository import owners_of_calls, talks_with


class MissedCalls:
    """The parts of the list, on the same rules."""

    def __init__(self, settings: Settings, plan: NumberPlan) -> None:
        self.rules = rules_of(settings)
        self.settler = Settler(self.rules, plan, talks_with)
        self.recorder = MissedCallRecorder(owners_of_calls, self.settler, plan)
        self.service = MissedCallService(self.rules, plan, self.settler)


def rules_of(settings: Settings) -> Rules:
    """How the firm sees to missed calls. Raises InvalidInputError: nobody knows the holidays of that place."""
    hours, missed = settings.business_hours, settings.missed_calls
    place = settings.numbers.country if hours.holidays is None else hours.holidays
    try:
        closed = holidays_of(place, hours.closed)
    except NotImplementedError:
        if hours.holidays is not None:
            raise InvalidInputError(f"business_hours.holidays: no holidays are known of {place}.") from None
        closed = holidays_of("", hours.closed)
    return Rules(
        hours=BusinessHours(
            zone=ZoneInfo(hours.time_zone) if hours.time_zone else None,
            weekly={day: [read_span(span) for span in spans] for day, spans in hours.weekly.items()},
            closed=closed,
        ),
        within=timedelta(minutes=missed.call_back_within),
        claim=timedelta(minutes=missed.claim_minutes),
        away=timedelta(minutes=missed.away_minutes),
        forget=timedelta(days=missed.forget_after_days),
    )
