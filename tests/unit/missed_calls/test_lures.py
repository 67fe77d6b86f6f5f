"""What looks like a lure call, and what must not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.missed_calls.lures import Background, LureReason, Ring, judge
from cti_crm.settings import NumberSettings

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ABROAD = Background(abroad=True, costly=False, known=False, talked_with_country=False)


def ring(seconds: float = 2, called: str = "+49305550100", minutes: int = 0) -> Ring:
    return Ring(START + timedelta(minutes=minutes), called, timedelta(seconds=seconds))


def test_one_ring_from_a_strange_country() -> None:
    assert judge([ring()], ABROAD) == (LureReason.STRANGE_COUNTRY, LureReason.SINGLE_RING)


def test_several_of_our_numbers_in_a_row() -> None:
    rings = [ring(20, f"+4930555010{place}", place) for place in range(3)]
    assert judge(rings, ABROAD) == (LureReason.STRANGE_COUNTRY, LureReason.SEVERAL_NUMBERS)
    assert judge(rings[:2], ABROAD) == ()
    slowly = [ring(20, f"+4930555010{place}", place * 30) for place in range(3)]
    assert judge(slowly, ABROAD) == ()


def test_who_waits_is_no_lure() -> None:
    assert judge([ring(25)], ABROAD) == ()
    assert judge([ring(2), ring(25, minutes=1)], ABROAD) == ()


def test_a_costly_number_is_reason_enough() -> None:
    costly = replace(ABROAD, abroad=False, costly=True)
    assert judge([ring(25)], costly) == (LureReason.COSTLY_NUMBER,)
    assert judge([ring(2)], costly) == (LureReason.COSTLY_NUMBER, LureReason.SINGLE_RING)


@given(st.lists(st.builds(ring, st.floats(0, 60), st.sampled_from("abcd"), st.integers(0, 60)), max_size=6))
def test_never_whom_we_know_nor_where_we_talk(rings: list[Ring]) -> None:
    assert judge(rings, replace(ABROAD, known=True, costly=True)) == ()
    assert judge(rings, replace(ABROAD, talked_with_country=True)) == ()
    assert judge(rings, replace(ABROAD, abroad=False)) == ()


@pytest.mark.parametrize(
    ("number", "code", "abroad", "costly"),
    [
        ("+4930555010", "+49", False, False),
        ("+499001123456", "+49", False, True),
        ("+2250707123456", "+225", True, False),
        ("+881612345678", "+881", True, True),  # satellite
        ("+882161234567", "+882", True, True),  # international network
        ("+442079460958", "+44", True, False),
    ],
)
def test_where_a_number_belongs(number: str, code: str, abroad: bool, costly: bool) -> None:
    origin = NumberPlan(NumberSettings(country="DE")).origin(number)
    assert origin is not None
    assert (origin.calling_code, origin.abroad, origin.costly) == (code, abroad, costly)


@pytest.mark.parametrize("number", ["101", "", "anonymous", "+49"])
def test_no_public_number_belongs_nowhere(number: str) -> None:
    assert NumberPlan(NumberSettings(country="DE")).origin(number) is None
