"""Texts from outside are hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.calls.pbx_events import ChannelState
from cti_crm.pbx.asterisk.fields import MissingHeaderError, caller_number, clean, leg, number, optional_leg


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Jürgen Groß 😀", "Jürgen Groß 😀"),
        ("<unknown>", ""),
        ("a\r\nb\x00c\x7f\x85d", "abcd"),
        ("\u202egpj.exe\u2066x\u2069\u200f\u061c", "gpj.exex"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 200, "x" * 80),
        ("\x01" + "x" * 200, "x" * 80),
        ("J\udcfcrgen", "J\ufffdrgen"),
        ("\x01 ", ""),
        ("\x01<unknown>", ""),
    ],
)
def test_texts_are_cleaned(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters(codec=None)))
def test_what_is_clean_can_be_stored_and_stays_clean(raw: str) -> None:
    cleaned = clean(raw)
    assert len(cleaned) <= 80
    assert cleaned.encode().decode() == cleaned
    assert not set(cleaned) & set("\r\n\x00\u202e\u2066")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("anonymous", ""), ("Anonymous", ""), ("<unknown>", ""), ("+4930123", "+4930123"), ("anna", "anna"), ("*8", "*8")],
)
def test_a_withheld_number_is_none(raw: str, expected: str) -> None:
    assert caller_number({"n": raw}, "n") == expected


@pytest.mark.parametrize(("raw", "expected"), [("21", 21), ("", 0), ("-1", 0), ("x", 0), ("9" * 30, 0), ("²", 0)])
def test_numbers_are_read_or_nothing(raw: str, expected: int) -> None:
    assert number({"n": raw}, "n") == expected


def test_a_leg_needs_id_and_channel() -> None:
    fields = {"destuniqueid": "1.2", "destchannel": "PJSIP/101-1", "destchannelstate": "5", "destexten": "s"}
    view = leg(fields, "dest")
    assert (view.id, view.linkedid, view.state, view.exten) == ("1.2", "1.2", ChannelState.RINGING, "s")
    assert optional_leg(fields, "") is None
    for name in ("destuniqueid", "destchannel"):
        with pytest.raises(MissingHeaderError, match=name):
            leg({**fields, name: ""}, "dest")


@pytest.mark.parametrize("state", ["", "11", "up", "-1"])
def test_a_state_that_is_none_is_unknown(state: str) -> None:
    assert leg({"uniqueid": "1", "channel": "x", "channelstate": state}).state is ChannelState.UNKNOWN
