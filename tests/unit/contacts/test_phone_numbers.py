"""Numbers as people, trunks and programs write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.contacts.phone_numbers import E164_DIGITS, NumberPlan, PhoneNumber, trunk_prefix
from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.settings import NumberSettings

PLAN = NumberPlan(NumberSettings(country="DE", area_code="30", own=["+49 30 5550", "030 777-0"]))
NO_AREA = NumberPlan(NumberSettings(country="DE"))
NEW_YORK = NumberPlan(NumberSettings(country="US", area_code="212"))
DENMARK = NumberPlan(NumberSettings(country="DK"))


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("+49 176 12345678", "+4917612345678"),
        ("0176/12345678", "+4917612345678"),
        ("0176 / 123 456-78", "+4917612345678"),
        ("(030) 12 34 56", "+4930123456"),
        ("+49 (0)30 123456", "+4930123456"),
        ("+49(0)30-123456", "+4930123456"),
        ("0049 (0) 30 / 123 456", "+4930123456"),
        ("004917612345678", "+4917612345678"),
        ("4917612345678", "+4917612345678"),  # a trunk without the +
        ("49301234567", "+49301234567"),
        ("301234567", "+49301234567"),  # a trunk without the leading 0
        ("17612345678", "+4917612345678"),
        ("5550101", "+49305550101"),  # dialled within the area
        ("555 01 01", "+49305550101"),
        ("030.123456", "+4930123456"),
        ("０３０１２３４５６", "+4930123456"),
        ("\u202a+49 176 12345678\u202c", "+4917612345678"),
        ("+49\x00 30 123456\r\n", "+4930123456"),
        ("sip:+4930123456@10.0.0.1:5060;user=phone", "+4930123456"),
        ("<sip:%2B4930123456@host>", "+4930123456"),
        ("tel:+49-30-123456", "+4930123456"),
        ("0800 FLOWERS", "+498003569377"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("001 212 555 0100", "+12125550100"),
        ("Zentrale: 030 123456", "+4930123456"),
    ],
)
def test_reads_what_people_write(raw: str, e164: str) -> None:
    parsed = PLAN.parse(raw)
    assert parsed is not None
    assert parsed.e164 == e164


@pytest.mark.parametrize(
    "raw",
    [
        *("101", "6001", "12", "0", "0101", "110", "112", "116117", "11833", "*98", "#21#", "s"),
        *("", "anonymous", "Anonymous", "unknown", "<unknown>", "restricted", "sip:anonymous@anonymous.invalid"),
        *("+999 123 456", "+49", "abc", "3.5E+10", "PJSIP/101", "+49301234567890123", "0176 123456 oder 030 123456"),
        *("😀", "\x00", "+", "%s%n", "' OR 1=1 --", "9" * 500),
    ],
)
def test_what_is_no_public_number_is_none(raw: str) -> None:
    assert PLAN.parse(raw) is None


@pytest.mark.parametrize("raw", ["5550101", "12345", "12345678"])
def test_a_local_number_needs_our_area_code(raw: str) -> None:
    assert NO_AREA.parse(raw) is None


@pytest.mark.parametrize(
    ("plan", "raw", "e164"),
    [
        (NEW_YORK, "(212) 555-0100", "+12125550100"),
        (NEW_YORK, "555-0100", "+12125550100"),
        (NEW_YORK, "1 212 555 0100", "+12125550100"),
        (NEW_YORK, "12125550100", "+12125550100"),
        (NEW_YORK, "011 49 30 123456", "+4930123456"),
        (DENMARK, "32 12 34 56", "+4532123456"),
    ],
)
def test_other_countries(plan: NumberPlan, raw: str, e164: str) -> None:
    parsed = plan.parse(raw)
    assert parsed is not None
    assert parsed.e164 == e164


@pytest.mark.parametrize(
    ("raw", "e164", "extension"),
    [
        ("030 12345 ext. 12", "+493012345", "12"),
        ("030 12345 x12", "+493012345", "12"),
        ("030 12345 Durchwahl 12", "+493012345", "12"),
        ("030/12345 DW 12", "+493012345", "12"),
        ("030 12345, App. 12", "+493012345", "12"),
        ("tel:+49-30-12345;ext=12", "+493012345", "12"),
        ("030 12345-12", "+49301234512", None),  # a German direct dial is part of the number
    ],
)
def test_extensions(raw: str, e164: str, extension: str | None) -> None:
    parsed = PLAN.parse(raw)
    assert parsed is not None
    assert (parsed.e164, parsed.extension) == (e164, extension)


def test_display_is_international() -> None:
    assert PLAN.display("0176/12345678") == "+49 176 12345678"
    assert PLAN.display("030 12345 DW 7") == "+49 30 12345 ext. 7"
    assert PLAN.display("101") == "101"
    assert PLAN.display("anonymous") == ""
    assert PLAN.e164_or_text("1\x1b01") == "101"


@pytest.mark.parametrize(
    ("e164", "own"),
    [
        ("+49305550", True),
        ("+49305550101", True),
        ("+4930777", True),
        ("+493077712", True),
        ("+4930555", False),
        ("+4917612345678", False),
    ],
)
def test_own_numbers_with_their_direct_dials(e164: str, own: bool) -> None:
    assert PLAN.is_own(e164) is own


@pytest.mark.parametrize(
    ("raw", "dialled"),
    [
        ("0176/12345678", "+4917612345678"),
        ("101", "101"),
        ("112", "112"),
        ("116 117", "116117"),
        ("*98", "*98"),
        ("#21#", "#21#"),
        ("030 12345 ext. 12", "+493012345"),
    ],
)
def test_dialable(raw: str, dialled: str) -> None:
    assert PLAN.dialable(raw) == dialled


@pytest.mark.parametrize(
    ("dialable", "pressed"),
    [("+4917612345678", "017612345678"), ("+12125550123", "0012125550123"), ("101", "101"), ("*98", "*98")],
)
def test_by_keys(dialable: str, pressed: str) -> None:
    assert PLAN.by_keys(dialable) == pressed


@pytest.mark.parametrize("raw", ["", "abc", "101&SIP/evil", "101\r\nAction: x", "${EXTEN}", "+999123", "1,2", "9" * 81])
def test_nothing_else_is_dialled(raw: str) -> None:
    with pytest.raises(InvalidInputError):
        PLAN.dialable(raw)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0176 123", "+49 176 12345678"),
        ("176123", "0176/12345678"),
        ("+49 176", "0176/12345678"),
        ("0049176", "0176/12345678"),
        ("5678", "0176/12345678"),
        ("+49 (0)30 12", "030 12345"),
    ],
)
def test_a_piece_is_found_however_it_is_typed(typed: str, stored: str) -> None:
    piece = PLAN.piece(typed)
    assert piece is not None
    assert piece in PLAN.digits(stored)


@pytest.mark.parametrize("typed", ["Berger", "Berger 12", "", "12a", "0", "00"])
def test_what_is_no_piece_of_a_number(typed: str) -> None:
    assert PLAN.piece(typed) is None


def test_trunks_behind_which_a_number_may_lie() -> None:
    trunks = PLAN.trunks_of("+493012345123")
    assert trunks[0] == "+493012345123"
    assert "+493012345" in trunks
    assert trunks == sorted(trunks, key=len, reverse=True)
    assert len(trunks) <= 8


@pytest.mark.parametrize(
    ("raw", "prefix"),
    [
        ("+49 30 12345-0", "+493012345"),
        ("030/12345 – 0", "+493012345"),
        ("030 123450", "+4930123450"),
        ("030 12345", "+493012345"),
    ],
)
def test_trunk_prefix(raw: str, prefix: str) -> None:
    number = PLAN.parse(raw)
    assert number is not None
    assert trunk_prefix(raw, number) == prefix


def test_wrong_settings_are_named() -> None:
    with pytest.raises(InvalidInputError, match=r"numbers\.country"):
        NumberPlan(NumberSettings(country="XX"))
    with pytest.raises(InvalidInputError, match=r"numbers\.own.*12"):
        NumberPlan(NumberSettings(country="DE", own=["12"]))


@given(st.text(max_size=100))
def test_any_text_is_read_without_an_error(raw: str) -> None:
    parsed = PLAN.parse(raw)
    assert parsed is None or (parsed.e164[0] == "+" and parsed.e164[1:].isdecimal() and len(parsed.e164) <= 16)
    PLAN.display(raw)
    PLAN.digits(raw)
    PLAN.piece(raw)


@given(st.sampled_from(["DE", "AT", "CH", "FR", "US", "GB", "IT"]), st.text("0123456789", min_size=4, max_size=13))
def test_normalising_twice_changes_nothing(country: str, digits: str) -> None:
    first = PLAN.parse(f"+{phonenumbers.country_code_for_region(country)}{digits}")
    if first is not None:
        assert len(first.e164) - 1 <= E164_DIGITS
        assert PLAN.parse(first.e164) == first
        assert PLAN.parse(first.display) == first


@given(
    st.sampled_from(["030", "0176", "089", "0221", "05251"]),
    st.text("123456789", min_size=5, max_size=7),
    st.lists(st.sampled_from([" ", "-", "/", " / ", "."]), min_size=1, max_size=3),
)
def test_punctuation_does_not_matter(area: str, subscriber: str, marks: list[str]) -> None:
    plain = PLAN.parse(area + subscriber)
    written = area + marks[0] + subscriber[:2] + marks[-1] + subscriber[2:]
    assert plain is not None
    assert PLAN.parse(written) == plain
    assert PLAN.parse(f"0049 ({area[0]}) {area[1:]} {subscriber}") == plain
    assert isinstance(plain, PhoneNumber)
