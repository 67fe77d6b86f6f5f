"""The time in which a firm is at work: when it is open, and when so much of that time will have gone by. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from holidays import country_holidays

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")
_LONGEST_CLOSED = timedelta(days=400)  # a firm that opens later than that never does
_DAY = timedelta(days=1)

Clock = tuple[int, int]
"""Hours and minutes of a day; (24, 0) is its end."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a firm is open.

    zone: of the hours; None for that of this machine.
    weekly: for each weekday (0 is Monday) the spans in which it is open, in order, each from one clock to another.
    closed: whether a day is a holiday.
    """

    zone: tzinfo | None
    weekly: Mapping[int, Sequence[tuple[Clock, Clock]]]
    closed: Callable[[date], bool]

    def is_open(self, moment: datetime) -> bool:
        """Whether the firm is open at an aware time."""
        span = next(self._spans(moment), None)
        return span is not None and span[0] <= moment

    def after(self, start: datetime, length: timedelta) -> datetime | None:
        """When so much open time will have gone by since `start`, in UTC; None if the firm never opens.

        Outside of the hours the clock stands still: an hour that begins on Friday, half an hour before closing, ends
        half an hour after opening on Monday. A length of nothing ends at once, or with the next opening.
        """
        left = length
        for begin, end in self._spans(start):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two aware times; none if `end` is not later."""
        gone = timedelta()
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            gone += min(closes, end) - opens
        return gone

    def _spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open times from `since` on, in UTC and in order, until the firm has been closed for too long."""
        day = since.astimezone(self.zone).date() - _DAY
        last = since.astimezone(UTC)
        while True:
            if not self.closed(day):
                for from_clock, to_clock in self.weekly.get(day.weekday(), ()):
                    # Where clocks are put forward a span may end before it begins, or overlap the one before.
                    begin, end = max(self._moment(day, from_clock), last), self._moment(day, to_clock)
                    if begin < end:
                        yield begin, end
                        last = end
            day += _DAY
            if self._moment(day, (0, 0)) - last > _LONGEST_CLOSED:
                return

    def _moment(self, day: date, clock: Clock) -> datetime:
        hours, minutes = clock
        if hours == 24:
            day, hours = day + _DAY, 0
        return datetime.combine(day, time(hours, minutes), self.zone).astimezone(UTC)


def read_span(text: str) -> tuple[Clock, Clock]:
    """The two clocks of "08:00-12:30"; the end may be 24:00. Raises ValueError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text}” is no time of day such as 08:00-12:30")
    first, second, *end = (int(one) for one in found.groups() if one is not None)
    if (first, second) >= (end[0], end[1]):
        raise ValueError(f"“{text}” ends before it begins")
    return (first, second), (end[0], end[1])


def holidays_of(place: str, more: Sequence[date] = ()) -> Callable[[date], bool]:
    """Whether a day is a public holiday of a place ("DE", "DE-BY"; "" for none), or one of `more`.

    Raises NotImplementedError: the place is not known (the documentation of holidays lists them).
    """
    further = frozenset(more)
    if not place:
        return further.__contains__
    country, _, part = place.partition("-")
    known = country_holidays(country, subdiv=part or None)
    return lru_cache(maxsize=1000)(lambda day: day in further or day in known)
