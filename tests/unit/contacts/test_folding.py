"""Names compare without case, accents and the two ways to write an umlaut."""

import pytest

from cti_crm.contacts.folding import fold, search_text, sort_name, variants


@pytest.mark.parametrize(
    ("one", "other"), [("Müller", "MUELLER"), ("Groß", "GROSS"), ("José", "jose"), ("Mu\u0308ller", "Müller")]
)
def test_same_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_both_ways_to_write_an_umlaut_are_searched() -> None:
    assert variants("Müller") == ("mueller", "muller")
    assert search_text("Jürgen", "Weiß") == "juergen jurgen weiss"


def test_people_are_sorted_by_last_name() -> None:
    assert sort_name("Anna", "Öztürk") == "oeztuerk anna"
    assert sort_name("Anna", "") == "anna"
