"""Where in a text the typed words are, so that a person sees why something was found. (pure)"""

from collections.abc import Iterable, Sequence

from cti_crm.contacts.search_words import canonical, placed_words

SNIPPET = 90  # characters of a long text that are shown around what was found
Ranges = list[tuple[int, int]]


def mark_words(text: str, typed: Iterable[str]) -> Ranges:
    """Where words of the text begin with one of the typed ones, in their canonical form."""
    wanted = sorted(set(typed) - {""}, key=len, reverse=True)
    ranges = []
    for begin, end, word in placed_words(text):
        length = next((_written(text[begin:end], one) for one in wanted if word.startswith(one)), 0)
        if length:
            ranges.append((begin, begin + length))
    return ranges


def _written(word: str, typed: str) -> int:
    """How many letters of a word, as it is written, the typed beginning covers: "mull" covers "Müll" and "Muell"."""
    return next(length for length in range(1, len(word) + 1) if len(canonical(word[:length])) >= len(typed))


def mark_digits(text: str, pieces: Iterable[str]) -> Ranges:
    """Where the digits of a number, as it is displayed, hold one of the pieces."""
    places = [place for place, one in enumerate(text) if one.isdecimal()]
    digits = "".join(text[place] for place in places)
    for piece in pieces:
        at = digits.find(piece)
        if at >= 0:
            return [(places[at], places[at + len(piece) - 1] + 1)]
    return []


def snippet(text: str, ranges: Ranges) -> tuple[str, Ranges]:
    """A long text cut to what is around the first mark."""
    begin = max(0, ranges[0][0] - SNIPPET // 3) if ranges else 0
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    cut = text[begin : begin + SNIPPET].replace("\n", " ")
    front, back = "…" if begin else "", "…" if begin + SNIPPET < len(text) else ""
    moved = [(start - begin + len(front), end - begin + len(front)) for start, end in ranges]
    shown = f"{front}{cut}{back}"
    return shown, [(start, end) for start, end in moved if end <= len(shown)]


def in_utf16(text: str, ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The same places as JavaScript counts them: what is beyond the basic plane takes two."""
    return [[_units(text[:begin]), _units(text[:end])] for begin, end in ranges]


def _units(text: str) -> int:
    return len(text) + sum(ord(one) > 0xFFFF for one in text)
