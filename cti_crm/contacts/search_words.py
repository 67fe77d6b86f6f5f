"""Words as a search sees them: one spelling for all ways to write a name, and keys under which misspelt ones meet.

Everything that is stored and everything that is typed goes through `canonical`, so both come out the same. (pure)
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import cologne_phonetics

LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not decompose, as names are commonly typed without them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ı": "i"})
_UMLAUT_IN_TWO = re.compile("([aou])e")
_GRAM = 4  # digits a token of a number
_TAIL = 3  # the last digits of a number are a token, too
_SHORTEST_MISSPELT = 4  # shorter words have too many neighbours to guess at
_SHORTEST_ENDING = 3
_STARTS = 3  # beginnings of a word up to this length are tokens of their own

NAME, BESIDE, TEXT, START, DIGITS = "nftpd"
"""What a token's first letter says: of a name; firm, e-mail, position; any text; a word's beginning; of a number."""


def canonical(text: str) -> str:
    """Without case, accents and umlauts in any form: "Müller", "MUELLER" and "Muller" are all "muller".

    What "ue" and the like are in other words is shortened as well ("Bauer": "baur"). That does no harm, since it is
    done on both sides, and the beginning of a word still becomes the beginning of what the word becomes.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return _UMLAUT_IN_TWO.sub(r"\1", plain)


def words(*texts: str) -> list[str]:
    """The distinct canonical words, in their order."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for text in texts for word in _WORD.findall(canonical(text))))


def placed_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Begin, end and canonical form of each word of a text as people read it."""
    for found in _WORD.finditer(unicodedata.normalize("NFC", text)):
        yield found.start(), found.end(), canonical(found.group())


@dataclass(frozen=True, slots=True)
class Document:
    """What something is found by. `digits`: its numbers' digits, see `PhoneNumberRow.digits`."""

    names: list[str]
    beside: list[str]
    text: list[str]
    digits: list[str]

    @property
    def tokens(self) -> str:
        """All tokens, separated by blanks."""
        names, beside = words(*self.names), words(*self.beside)
        tokens = [NAME + word for word in names]
        tokens += [BESIDE + word for word in beside if word not in names]
        tokens += [TEXT + word for word in words(*self.text)]
        tokens += [START + word[:length] for word in (*names, *beside) for length in range(1, _STARTS + 1)]
        tokens += [token for digits in self.digits for token in _digit_tokens(digits)]
        return " ".join(dict.fromkeys(tokens))


def _digit_tokens(digits: str) -> list[str]:
    """Each four digits in a row, and the last three; a number that short as it is."""
    grams = [digits[place : place + _GRAM] for place in range(len(digits) - _GRAM + 1)]
    return [DIGITS + one for one in (*grams, digits[-_TAIL:])]


def piece_tokens(piece: str) -> list[str]:
    """The tokens a number must have that holds `piece`; one ending with "*" stands for all that begin with it."""
    if len(piece) < _TAIL:
        return [DIGITS + piece]
    if len(piece) == _TAIL:
        return [f"{DIGITS}{piece}*"]
    return [DIGITS + piece[place : place + _GRAM] for place in range(len(piece) - _GRAM + 1)]


def word_token(kind: str, word: str) -> str:
    """The token for what begins with `word`; see `piece_tokens`. Very short beginnings of names have one token."""
    if kind in (NAME, BESIDE) and len(word) <= _STARTS:
        return START + word
    return f"{kind}{word}*" if len(word) >= _STARTS else kind + word


# -- misspelt words ----------------------------------------------------------------------------------------------------

_NEAR, _SOUND, _ENDING = "-~<"


def own_key(word: str) -> str:
    """The key that every known word has."""
    return _NEAR + word


def spellings(word: str) -> set[str]:
    """The keys of a stored word: with one letter left out, by its sound, by its endings ("haus" in "autohaus").

    Two words that differ by one letter too many, too few, another one or two exchanged have a key in common
    (symmetric deletion).
    """
    keys = {own_key(word), *_near(word), *_sound(word)}
    if word.isalpha():
        keys.update(_ENDING + word[place:] for place in range(2, len(word) - _SHORTEST_ENDING + 1))
    return keys


def keys_of_typed(word: str) -> tuple[list[str], list[str]]:
    """The keys under which a typed word's neighbours are stored, and the beginnings of such keys."""
    if len(word) < _SHORTEST_ENDING:
        return [], []
    begins = [_ENDING + word]
    if len(word) > _SHORTEST_MISSPELT:  # the rest of the word is yet to be typed
        begins += [key for key in _near(word) if len(key) > _SHORTEST_MISSPELT]
    return sorted({own_key(word), *_near(word), *_sound(word)}), sorted(begins)


def _near(word: str) -> set[str]:
    if len(word) < _SHORTEST_MISSPELT or not word.isalpha():
        return set()
    return {_NEAR + word[:place] + word[place + 1 :] for place in range(len(word))}


def _sound(word: str) -> set[str]:
    """By the Cologne phonetics, made for German: Meyer, Maier and Mayr sound the same."""
    if len(word) < _SHORTEST_MISSPELT or not (word.isascii() and word.isalpha()):
        return set()
    return {_SOUND + code for _word, code in cologne_phonetics.encode(word) if len(code) > 1}
