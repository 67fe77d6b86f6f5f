"""What is stored is found again, however it is spelt, with a letter wrong, or only begun."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.search_find import distance_of, read_query
from cti_crm.contacts.search_words import (
    Document,
    canonical,
    keys_of_typed,
    piece_tokens,
    spellings,
    word_token,
    words,
)
from cti_crm.search.marking import in_utf16, mark_digits, mark_words, snippet
from tests.crm_setup import NUMBERS

PLAN = NumberPlan(NUMBERS)
NAMES = st.text(alphabet=string.ascii_lowercase + "äöüßéøł", min_size=5, max_size=14)


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one letter missing, too many, another one, or two exchanged."""
    word = canonical(draw(NAMES))
    at = draw(st.integers(0, len(word) - 2))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    typed = draw(
        st.sampled_from(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
    )
    return word, typed


@given(misspelt())
def test_a_letter_wrong_meets_the_word(pair: tuple[str, str]) -> None:
    word, typed = pair
    keys, _beginnings = keys_of_typed(typed)
    if len(word) >= 5 and len(typed) >= 4:
        assert spellings(word) & set(keys), (word, typed)
        assert distance_of(typed, word) is not None


@given(NAMES, st.integers(1, 13))
def test_what_is_begun_stays_a_beginning(name: str, length: int) -> None:
    begun = canonical(name[:length])
    assert canonical(name).startswith(begun)


@given(NAMES)
def test_every_beginning_of_a_name_has_its_token(name: str) -> None:
    tokens = Document([name], [], [], []).tokens.split()
    for word in words(name):
        for length in range(1, len(word) + 1):
            wanted = word_token("n", word[:length])
            found = any(token.startswith(wanted[:-1]) for token in tokens) if wanted.endswith("*") else wanted in tokens
            assert found, wanted


@given(st.text(alphabet=string.digits, min_size=1, max_size=15), st.data())
def test_every_piece_of_a_number_has_its_tokens(digits: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(digits) - 1))
    piece = digits[begin : begin + data.draw(st.integers(1, 15))]
    tokens = Document([], [], [], [digits]).tokens.split()
    if len(piece) >= 3 or piece == digits:
        for wanted in piece_tokens(piece):
            assert any(token.startswith(wanted.rstrip("*")) for token in tokens), wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Müller", "Muller"),
        ("Groß", "gross"),
        ("José", "jose"),
        ("Łukasz", "lukasz"),
        ("Bauer", "baur"),
    ],
)
def test_one_spelling_for_all(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("typed", "word", "distance"),
    [
        ("muler", "muller", 0.2),
        ("mulelr", "muller", 0.2),
        ("hofmn", "hofmann", 0.4),
        ("haus", "autohaus", 0.5),
        ("mayer", "maier", 0.2),
        ("meyr", "maier", 0.6),
        ("muller", "berger", None),
    ],
)
def test_how_far_a_word_is(typed: str, word: str, distance: float | None) -> None:
    assert distance_of(typed, word) == distance


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Müller 0176", [("muller", None), ("0176", "176")]),
        ("0176 123", [("0176123", "176123")]),
        ("+49 (0) 30-12", [("4903012", "493012")]),
        ("a.berger@nord", [("a", None), ("berger", None), ("nord", None)]),
        (" ,. ", []),
    ],
)
def test_how_a_query_is_read(typed: str, terms: list[tuple[str, str | None]]) -> None:
    assert [(term.word, term.piece) for term in read_query(typed, PLAN).terms] == terms


def test_what_was_typed_is_marked_as_it_is_written() -> None:
    assert mark_words("Jürgen Mueller-Groß", ["mull", "gro"]) == [(7, 12), (15, 18)]
    assert mark_words("Anna", ["x"]) == []
    assert mark_digits("+49 176 1234", ["761"]) == [(5, 9)]
    assert in_utf16("😀 Anna", [(2, 6)]) == [[3, 7]]


def test_of_a_long_text_the_place_is_shown() -> None:
    text = "word " * 50 + "Fenster und Türen " + "word " * 50
    shown, ranges = snippet(text, mark_words(text, ["fenster"]))
    assert shown.startswith("…")
    assert shown.endswith("…")
    begin, end = ranges[0]
    assert shown[begin:end] == "Fenster"
