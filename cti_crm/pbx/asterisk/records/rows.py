"""One row of CEL or CDR, whatever its columns are called and however its times are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from cti_crm.pbx.asterisk.fields import caller_number, clean, ident, text

# include/asterisk/cel.h, enum ast_cel_event_type: cel_pgsql writes the number where the column is one.
_EVENT_NUMBERS = {
    1: "CHAN_START",
    2: "CHAN_END",
    3: "HANGUP",
    4: "ANSWER",
    5: "APP_START",
    6: "APP_END",
    7: "BRIDGE_ENTER",
    8: "BRIDGE_EXIT",
    9: "PARK_START",
    10: "PARK_END",
    11: "BLINDTRANSFER",
    12: "ATTENDEDTRANSFER",
    13: "USER_DEFINED",
    14: "LINKEDID_END",
    15: "PICKUP",
    16: "FORWARD",
    17: "LOCAL_OPTIMIZE",
    18: "LOCAL_OPTIMIZE_BEGIN",
    19: "STREAM_BEGIN",
    20: "STREAM_END",
    21: "DTMF",
}

# The same thing is called differently by cel_custom, cel_pgsql, cel_sqlite3_custom and the CDR modules' samples.
_ALIASES = {
    "eventtype": "event",
    "eventtime": "time",
    "cidnum": "cid_num",
    "cidname": "cid_name",
    "channame": "channel",
    "appname": "application",
    "app": "application",
    "appdata": "data",
    "eventextra": "extra",
    "calldate": "start",
}

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CelRow:
    """One channel event. `at`: when it happened. `leg`: Uniqueid. `extra`: what the event adds, "" where nothing.

    https://docs.asterisk.org/Configuration/Reporting/Channel-Event-Logging-CEL/
    """

    at: datetime
    event: str
    leg: str
    linkedid: str
    channel: str
    number: str = ""
    name: str = ""
    exten: str = ""
    application: str = ""
    data: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CdrRow:
    """One call record: one channel with one other, or alone. `answer` is None if it was not answered.

    https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/
    """

    start: datetime
    answer: datetime | None
    end: datetime
    disposition: str
    leg: str
    linkedid: str
    channel: str
    other_channel: str
    number: str
    name: str
    exten: str
    application: str
    data: str


def known_name(column: str) -> str:
    """The name under which this package knows a column."""
    lowered = column.strip().lower()
    return _ALIASES.get(lowered, lowered)


def cel_row(values: Values, zone: tzinfo | None) -> CelRow | None:
    """The row, its columns by `known_name`; None if it lacks what every row has. `zone`: of times
    without one, None for this machine's."""
    fields = _texts(values)
    at = moment(values.get("time"), zone)
    leg = ident(fields, "uniqueid")
    event = fields.get("event", "")
    event = _EVENT_NUMBERS.get(int(event), "") if event.isascii() and event.isdigit() else event
    if at is None or not leg or not event:
        return None
    return CelRow(
        at,
        event,
        leg,
        ident(fields, "linkedid") or leg,
        ident(fields, "channel"),
        caller_number(fields, "cid_num"),
        text(fields, "cid_name"),
        text(fields, "exten"),
        text(fields, "application"),
        clean(fields.get("data", ""), 1000),
        _extra(fields.get("extra", "")),
    )


def cdr_row(values: Values, zone: tzinfo | None) -> CdrRow | None:
    """As `cel_row`. Where only a start and lengths were written, answer and end are reckoned from them."""
    fields = _texts(values)
    start = moment(values.get("start"), zone)
    leg = ident(fields, "uniqueid")
    if start is None or not leg:
        return None
    length, talked = _seconds(fields.get("duration", "")), _seconds(fields.get("billsec", ""))
    end = moment(values.get("end"), zone) or datetime.fromtimestamp(start.timestamp() + length, UTC)
    disposition = fields.get("disposition", "").strip().upper()
    answer = moment(values.get("answer"), zone)
    if answer is None and "answer" not in values and disposition == "ANSWERED":
        answer = datetime.fromtimestamp(end.timestamp() - talked, UTC)
    name, number = _caller_id(fields.get("clid", ""))
    return CdrRow(
        start,
        answer,
        end,
        disposition,
        leg,
        ident(fields, "linkedid") or leg,
        ident(fields, "channel"),
        ident(fields, "dstchannel"),
        caller_number(fields, "src") or caller_number({"src": number}, "src"),
        clean(name),
        text(fields, "dst"),
        text(fields, "lastapp"),
        clean(fields.get("lastdata", ""), 1000),
    )


def moment(value: object, zone: tzinfo | None) -> datetime | None:
    """A time as a database or a file gives it, aware, UTC; None for none ("", 0) and for what is no time."""
    if isinstance(value, datetime):
        return _utc(value, zone)
    written = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    try:
        seconds = float(written)
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        pass
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    return _utc(read, zone)


def _utc(read: datetime, zone: tzinfo | None) -> datetime:
    return (read if read.tzinfo or zone is None else read.replace(tzinfo=zone)).astimezone(UTC)


def _texts(values: Values) -> dict[str, str]:
    return {key: str(value) for key, value in values.items() if value is not None and not isinstance(value, datetime)}


def _extra(written: str) -> dict[str, str]:
    """The JSON object an event adds. Before Asterisk 12 there was none, and some events still have a bare text."""
    try:
        found = json.loads(written) if written.startswith("{") else {}
    except ValueError:
        return {}
    return {clean(key, 256): clean(str(value), 256) for key, value in found.items()}


def _seconds(written: str) -> float:
    try:
        return max(float(written), 0.0)
    except ValueError:
        return 0.0


def _caller_id(written: str) -> tuple[str, str]:
    """Name and number in `"Anna" <+4930123>`."""
    name, _, number = written.rpartition("<")
    return (name.strip().strip('"'), number.strip().rstrip(">")) if number else ("", written.strip())
