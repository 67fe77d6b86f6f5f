import io
import json
import logging

import pytest
import structlog

from cti_crm.infrastructure.logging import set_up_logging
from cti_crm.settings import LogSettings

pytestmark = pytest.mark.usefixtures("logging_restored")


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _set_up(**values: object) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(LogSettings.model_validate({"format": "json", **values}), stream)
    return stream


def test_event_name_and_fields() -> None:
    stream = _set_up()
    structlog.get_logger("x").info("call_ended", caller="+4917612345678", seconds=12.5)

    (line,) = _lines(stream)
    assert line.pop("timestamp")
    assert line == {"event": "call_ended", "level": "info", "caller": "+***78", "seconds": 12.5}


def test_libraries_go_the_same_way() -> None:
    stream = _set_up()
    logging.getLogger("panoramisk.manager").warning("lost call of %s", "+4917612345678")

    (line,) = _lines(stream)
    assert (line["event"], line["level"]) == ("lost call of +***78", "warning")


def test_numbers_in_tracebacks_are_covered_and_no_variables_are_shown() -> None:
    stream = _set_up()
    secret = "hunter2"
    try:
        raise ValueError("no such number: +4917612345678")
    except ValueError:
        structlog.get_logger("x").exception("look_up_failed")

    (line,) = _lines(stream)
    assert "ValueError: no such number: +***78" in str(line["exception"])
    assert secret not in str(line["exception"])


def test_numbers_are_shown_when_asked_for() -> None:
    stream = _set_up(mask_numbers=False)
    structlog.get_logger("x").info("call_ended", caller="+4917612345678")

    assert _lines(stream)[0]["caller"] == "+4917612345678"


def test_less_important_lines_are_left_out() -> None:
    stream = _set_up(level="warning")
    structlog.get_logger("x").info("too small")
    logging.getLogger("y").info("too small")

    assert stream.getvalue() == ""


def test_access_lines_appear_only_for_debugging() -> None:
    stream = _set_up()
    logging.getLogger("aiohttp.access").info("GET /")
    assert stream.getvalue() == ""

    stream = _set_up(level="debug")
    logging.getLogger("aiohttp.access").info("GET /")
    assert len(_lines(stream)) == 1


def test_for_people() -> None:
    stream = io.StringIO()
    set_up_logging(LogSettings(), stream)
    structlog.get_logger("x").info("call_ended", caller="+4917612345678")

    assert "call_ended" in stream.getvalue()
    assert "+***78" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
