"""The clock that stands still while the firm is closed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.infrastructure.business_hours import BusinessHours, holidays_of, read_span

BERLIN = ZoneInfo("Europe/Berlin")
WORKDAYS = {day: [((9, 0), (12, 0)), ((13, 0), (17, 0))] for day in range(5)}
HOUR = timedelta(hours=1)


def hours(weekly: object = WORKDAYS, place: str = "DE-BE", zone: ZoneInfo | None = BERLIN) -> BusinessHours:
    return BusinessHours(zone, weekly, holidays_of(place))  # type: ignore[arg-type]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-18T10:00", "2026-11-18T11:00"),  # a Wednesday
        ("2026-11-18T11:30", "2026-11-18T13:30"),  # over the midday break
        ("2026-11-18T07:00", "2026-11-18T10:00"),  # before opening
        ("2026-11-20T16:30", "2026-11-23T09:30"),  # over the weekend
        ("2026-11-21T12:00", "2026-11-23T10:00"),  # on a Saturday
        ("2026-12-24T16:30", "2026-12-28T09:30"),  # Christmas, then a weekend
        ("2026-03-06T16:30", "2026-03-09T09:30"),  # a weekend with Berlin's own holiday on the Sunday
    ],
)
def test_an_hour_of_business(start: str, due: str) -> None:
    assert hours().after(local(start), HOUR) == local(due)


def test_what_just_fits_is_due_at_closing_time() -> None:
    assert hours().after(local("2026-11-18T16:00"), HOUR) == local("2026-11-18T17:00")


def test_further_closed_days() -> None:
    closed = BusinessHours(BERLIN, WORKDAYS, holidays_of("", [date(2026, 11, 18)]))
    assert closed.after(local("2026-11-17T16:30"), HOUR) == local("2026-11-19T09:30")
    assert closed.after(local("2026-12-24T16:30"), HOUR) == local("2026-12-25T09:30")  # no holidays are kept


def test_who_never_opens_has_nothing_due() -> None:
    assert hours({}).after(local("2026-11-18T10:00"), HOUR) is None
    assert not hours({}).is_open(local("2026-11-18T10:00"))


def test_round_the_clock_over_both_changes_of_the_clocks() -> None:
    always = hours({day: [((0, 0), (24, 0))] for day in range(7)}, place="")
    for before in ("2026-03-28T22:00", "2026-10-24T22:00"):
        start = local(before)
        assert always.after(start, 12 * HOUR) == start.astimezone(UTC) + 12 * HOUR


def test_a_night_shift_is_an_hour_shorter_or_longer() -> None:
    night = hours({6: [((0, 0), (6, 0))]}, place="")
    assert night.between(local("2026-03-29T00:00"), local("2026-03-29T08:00")) == 5 * HOUR
    assert night.between(local("2026-10-25T00:00"), local("2026-10-25T08:00")) == 7 * HOUR
    assert night.between(local("2026-07-05T00:00"), local("2026-07-05T08:00")) == 6 * HOUR


def test_hours_that_begin_in_the_hour_that_is_left_out() -> None:
    gap = hours({6: [((2, 15), (2, 45)), ((2, 50), (4, 0))]}, place="")
    # From 2:00 on clocks show 3:00: whatever is open between 2 and 3 comes to no more than the night really has.
    assert gap.between(local("2026-03-29T00:00"), local("2026-03-29T08:00")) <= 2 * HOUR
    due = gap.after(local("2026-03-29T00:00"), timedelta(minutes=10))
    assert due is not None
    assert due < local("2026-03-29T05:00")


def test_the_zone_of_this_machine() -> None:
    here = BusinessHours(None, {day: [((0, 0), (24, 0))] for day in range(7)}, holidays_of(""))
    start = datetime(2026, 11, 18, 10, tzinfo=UTC)
    assert here.after(start, HOUR) == start + HOUR


@pytest.mark.parametrize(
    "text", ["9:00-17:00", "09:00", "17:00-09:00", "09:00-25:00", "09:00-09:00", "09:00-24:30", ""]
)
def test_no_span(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time of day|before it begins"):
        read_span(text)


def test_spans() -> None:
    assert read_span(" 08:15 – 24:00 ") == ((8, 15), (24, 0))


def test_a_place_without_known_holidays() -> None:
    with pytest.raises(NotImplementedError):
        holidays_of("XX")


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(), timedelta(hours=80))
QUARTERS = st.integers(0, 96).map(lambda one: divmod(one * 15, 60))


@st.composite
def weeks(draw: st.DrawFn) -> dict[int, list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Up to two spans a day, in order and apart; at least one in the week."""
    week = {}
    for day in range(7):
        clocks = sorted(draw(st.sets(QUARTERS, max_size=4)))
        week[day] = list(zip(clocks[::2], clocks[1::2], strict=False))
    if not any(week.values()):
        week[2] = [((9, 0), (10, 0))]
    return week


@given(weeks(), MOMENTS, LENGTHS)
def test_the_length_has_gone_by_when_it_is_due_and_not_before(
    week: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]], start: datetime, length: timedelta
) -> None:
    clock = hours(week)
    due = clock.after(start, length)
    assert due is not None
    assert due >= start
    assert clock.between(start, due) == length
    if length:
        assert clock.between(start, due - timedelta(microseconds=1)) < length


@given(weeks(), MOMENTS, LENGTHS, LENGTHS)
def test_an_earlier_call_is_due_no_later_and_a_longer_time_no_earlier(
    week: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]], start: datetime, later: timedelta, length: timedelta
) -> None:
    clock = hours(week)
    first, second, longer = (
        clock.after(start, length),
        clock.after(start + later, length),
        clock.after(start, length + later),
    )
    assert first is not None
    assert second is not None
    assert longer is not None
    assert first <= second
    assert first <= longer


@given(weeks(), MOMENTS)
def test_open_is_where_time_goes_by(
    week: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]], moment: datetime
) -> None:
    clock, tick = hours(week), timedelta(microseconds=1)
    assert clock.is_open(moment) == (clock.between(moment, moment + tick) > timedelta())


@given(weeks(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_no_day_has_more_open_time_than_its_spans_an_hour_more_or_less(
    week: dict[int, list[tuple[tuple[int, int], tuple[int, int]]]], day: date
) -> None:
    clock = hours(week, place="")
    begin = datetime.combine(day, time(), BERLIN)
    spans = sum(
        (timedelta(hours=end[0] - start[0], minutes=end[1] - start[1]) for start, end in week[day.weekday()]),
        timedelta(),
    )
    open_time = clock.between(begin, datetime.combine(day + timedelta(days=1), time(), BERLIN))
    assert abs(open_time - spans) <= HOUR
