"""Rows as Asterisk's modules write them: names of columns, times, caller ids."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from cti_crm.pbx.asterisk.records.rows import cdr_row, cel_row, known_name, moment

NOON = datetime(2026, 11, 21, 12, 0, 0, 500000, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("1795262400.500000", None),
        (1795262400.5, BERLIN),
        ("2026-11-21 13:00:00.500000", BERLIN),
        ("2026-11-21T12:00:00.5+00:00", BERLIN),
        (datetime(2026, 11, 21, 13, 0, 0, 500000), BERLIN),  # noqa: DTZ001 - as a driver gives it
        (datetime(2026, 11, 21, 14, 0, 0, 500000, tzinfo=timezone(timedelta(hours=2))), UTC),
    ],
)
def test_times_are_understood(written: object, zone: ZoneInfo | None) -> None:
    assert moment(written, zone) == NOON


@pytest.mark.parametrize("written", ["", None, "0.000000", 0, "never", "nan", "1e300", "inf"])
def test_no_time_is_none(written: object) -> None:
    assert moment(written, UTC) is None


def test_columns_go_by_many_names() -> None:
    for names in (("eventtype", "eventtime", "channame"), ("EventType", "EventTime", "ChanName")):
        assert tuple(map(known_name, names)) == ("event", "time", "channel")


def test_event_numbers_of_the_pgsql_module() -> None:
    row = cel_row({"event": 12, "time": NOON, "uniqueid": "1.1", "linkedid": "1.0", "channel": "PJSIP/101-1"}, UTC)
    assert row is not None
    assert (row.event, row.at) == ("ATTENDEDTRANSFER", NOON)


def test_hostile_texts_are_cleaned() -> None:
    values = {"event": "CHAN_START", "time": "1795262400", "uniqueid": "1.1", "channel": "PJSIP/t-1",
              "cid_num": "+49\r\n176", "cid_name": "\u202eevil\x00", "extra": "{not json"}  # fmt: skip
    row = cel_row(values, UTC)
    assert row is not None
    assert (row.number, row.name, row.linkedid, row.extra) == ("+49176", "evil", "1.1", {})


@pytest.mark.parametrize("missing", ["event", "time", "uniqueid"])
def test_a_row_without_the_essential_is_none(missing: str) -> None:
    values = {"event": "ANSWER", "time": "1795262400", "uniqueid": "1.1", "channel": "PJSIP/101-1"}
    assert cel_row(values, UTC) is not None
    assert cel_row(values | {missing: ""}, UTC) is None


def test_answer_and_end_are_reckoned_where_only_lengths_were_written() -> None:
    values = {"start": "2026-11-21 12:00:00", "duration": "10", "billsec": "7", "disposition": "ANSWERED",
              "clid": '"Anna Arndt" <+4930123>', "channel": "SIP/trunk-1", "uniqueid": "1.1"}  # fmt: skip
    row = cdr_row(values, UTC)
    assert row is not None
    assert row.answer is not None
    assert ((row.answer - row.start).seconds, (row.end - row.start).seconds) == (3, 10)
    assert (row.name, row.number) == ("Anna Arndt", "+4930123")
