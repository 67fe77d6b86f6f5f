"""Tasks that come again: when the next one is due. Pure; the rule is RFC 5545's, reckoned by python-dateutil."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import DAILY, FR, MO, MONTHLY, TH, TU, WE, WEEKLY, rrule
from pydantic import BaseModel, ConfigDict, Field, field_validator

_SHORTEST_MONTH = 28


class Every(StrEnum):
    """How often a task comes."""

    DAY = "day"
    WEEKDAY = "weekday"  # Monday to Friday
    WEEK = "week"
    MONTH = "month"


class Recurrence(BaseModel):
    """A task comes every `interval` days, weeks or months, at the same time of day in `timezone`.

    On a day that a month does not have, it comes on the month's last. `until` is the last day on which it may be due.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Every
    interval: Annotated[int, Field(ge=1, le=60)] = 1
    until: date | None = None
    timezone: Annotated[str, Field(max_length=64, description="IANA name, e.g. Europe/Berlin.")]

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        if not known_zone(name):
            raise ValueError("There is no such time zone.")
        return name


def known_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def next_due(rule: Recurrence, first: datetime, after: datetime) -> datetime | None:
    """The first time after `after` (aware) at which a task first due at `first` comes again; None: it has ended.

    Time of day is that of the clock on the wall: where a change of daylight saving time leaves it out, it is as long
    after midnight as it would have been; where it comes twice, it is the first (PEP 495, fold 0).
    """
    zone = ZoneInfo(rule.timezone)
    start = first.astimezone(zone).replace(tzinfo=None)
    # Compared by the wall's clock, a time may seem passed that is not: what is found is looked at again.
    before = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
    for wall in rrule(dtstart=start, interval=rule.interval, **_parts(rule, start)).xafter(before):
        if rule.until is not None and wall.date() > rule.until:
            return None
        due = wall.replace(tzinfo=zone).astimezone(UTC)
        if due > after and due > first:
            return due
    return None


def _parts(rule: Recurrence, start: datetime) -> dict[str, Any]:
    match rule.every:
        case Every.DAY:
            return {"freq": DAILY}
        case Every.WEEKDAY:
            # An interval counts weeks then: every second one has its five days.
            return {"freq": WEEKLY, "byweekday": (MO, TU, WE, TH, FR)}
        case Every.WEEK:
            return {"freq": WEEKLY}
        case Every.MONTH if start.day > _SHORTEST_MONTH:
            return {"freq": MONTHLY, "bymonthday": tuple(range(_SHORTEST_MONTH, start.day + 1)), "bysetpos": -1}
        case Every.MONTH:
            return {"freq": MONTHLY}
