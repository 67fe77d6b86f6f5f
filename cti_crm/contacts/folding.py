"""Names made comparable: without case, accents and the two ways to write an umlaut."""

import unicodedata

LONGEST = 500  # some single characters fold into 18
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def fold(text: str) -> str:
    """The form names are compared and sorted by: "Müller" and "MUELLER" are both "mueller"; at most 500 characters."""
    return _plain(unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS))[:LONGEST]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in decomposed if not unicodedata.combining(one)).split())


def variants(text: str) -> tuple[str, ...]:
    """The folded text, and the one with umlauts reduced to their letter ("muller"), if that differs."""
    return tuple(dict.fromkeys((fold(text), _plain(text))))


def search_text(*parts: str) -> str:
    """What a search looks in: all parts in all variants."""
    return " ".join(variant for part in parts for variant in variants(part) if variant)


def sort_name(first_name: str, last_name: str) -> str:
    """What people are sorted by: the last name, then the first."""
    return fold(f"{last_name} {first_name}")
