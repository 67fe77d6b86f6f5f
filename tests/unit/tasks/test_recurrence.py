"""When a recurring task is due next: the clock on the wall counts, whatever happens to it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.tasks.recurrence import Every, Recurrence, known_zone, next_due

BERLIN = ZoneInfo("Europe/Berlin")
EARLIEST, LATEST = datetime(2020, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001 - hypothesis puts the zone on
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def rule(every: Every, interval: int = 1, until: date | None = None, zone: str = "Europe/Berlin") -> Recurrence:
    return Recurrence(every=every, interval=interval, until=until, timezone=zone)


def series(one: Recurrence, first: datetime, count: int) -> list[datetime]:
    found, last = [first], first
    while len(found) < count and (due := next_due(one, first, last)) is not None:
        found.append(last := due.astimezone(BERLIN))
    return found


def test_every_day_over_both_changes_of_clocks() -> None:
    spring = series(rule(Every.DAY), at(2027, 3, 27), 3)
    assert spring == [at(2027, 3, 27), at(2027, 3, 28), at(2027, 3, 29)]
    assert spring[1] - spring[0] == timedelta(days=1)  # by the wall's clock; in truth 23 hours
    assert spring[1].astimezone(UTC) - spring[0].astimezone(UTC) == timedelta(hours=23)
    autumn = series(rule(Every.DAY), at(2026, 10, 24), 3)
    assert autumn[1].astimezone(UTC) - autumn[0].astimezone(UTC) == timedelta(hours=25)


def test_an_hour_that_is_left_out_or_comes_twice() -> None:
    # On 28 March 2027 there is no 2:30 in Berlin; on 25 October 2026 there are two.
    left_out = next_due(rule(Every.DAY), at(2027, 3, 27, 2, 30), at(2027, 3, 27, 2, 30))
    assert left_out == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    twice = next_due(rule(Every.DAY), at(2026, 10, 24, 2, 30), at(2026, 10, 24, 2, 30))
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_due(rule(Every.DAY), at(2026, 10, 24, 2, 30), twice) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_weekdays_leave_the_weekend_out() -> None:
    thursday = at(2026, 11, 19)
    days = [one.day for one in series(rule(Every.WEEKDAY), thursday, 5)]
    assert days == [19, 20, 23, 24, 25]


def test_the_last_of_the_month_where_it_is_short_and_back_to_its_day() -> None:
    days = [(one.month, one.day) for one in series(rule(Every.MONTH), at(2026, 12, 31), 5)]
    assert days == [(12, 31), (1, 31), (2, 28), (3, 31), (4, 30)]
    assert [one.day for one in series(rule(Every.MONTH, 2), at(2027, 1, 15), 3)] == [15, 15, 15]


def test_it_ends_on_the_last_day_named() -> None:
    until = rule(Every.WEEK, until=date(2026, 12, 2))
    assert [one.day for one in series(until, at(2026, 11, 18), 9)] == [18, 25, 2]


def test_what_was_missed_does_not_pile_up() -> None:
    first = at(2026, 11, 2)
    assert next_due(rule(Every.WEEK), first, at(2026, 11, 18, 8)) == at(2026, 11, 23)
    assert next_due(rule(Every.DAY), first, at(2026, 11, 18, 8)) == at(2026, 11, 18, 9)


def test_no_such_zone() -> None:
    assert known_zone("Europe/Berlin")
    for name in ("Europe/Atlantis", "", "../../etc/passwd", "/etc/localtime"):
        assert not known_zone(name)
        with pytest.raises(ValueError, match="no such time zone"):
            rule(Every.DAY, zone=name)


@given(
    every=st.sampled_from(Every),
    interval=st.integers(1, 6),
    zone=st.sampled_from(ZONES),
    first=st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    gap=st.timedeltas(timedelta(), timedelta(days=400)),
)
def test_whatever_the_rule(every: Every, interval: int, zone: str, first: datetime, gap: timedelta) -> None:
    first = first.replace(second=0, microsecond=0)
    one = rule(every, interval, zone=zone)
    after = first + gap
    due = next_due(one, first, after)
    assert due is not None
    assert due > after
    here, there = first.astimezone(ZoneInfo(zone)), due.astimezone(ZoneInfo(zone))
    # The same time of day, but where the clocks leave it out.
    exists = datetime.combine(there.date(), here.timetz().replace(tzinfo=None), tzinfo=ZoneInfo(zone))
    if exists.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == here.time():
        assert there.time() == here.time()
    if every is Every.WEEK:
        assert (there.date() - here.date()).days % (7 * interval) == 0
    if every is Every.WEEKDAY:
        assert there.weekday() < 5
    if every is Every.MONTH:
        assert there.day == here.day or (there + timedelta(days=1)).day == 1
    # Nothing is left out: what comes after an earlier time is no later.
    sooner = next_due(one, first, first)
    assert sooner is not None
    assert sooner <= due
