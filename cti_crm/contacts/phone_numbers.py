"""Telephone numbers: from raw text to E.164 and back. The only importer of phonenumbers (Google's libphonenumber).

What a number may look like is taken from that library, never from patterns of our own; here stands only what it does
not know: our country and area code, our own trunk numbers, words and addresses in a number's place.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumberFormat, shortnumberinfo

from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.settings import NumberSettings

MAX_LENGTH = 80  # characters of a raw number that are looked at
E164_DIGITS = 15  # ITU-T E.164, 6.1: country code and national number together
DIRECT_DIAL_DIGITS = 7  # longest direct dial looked for behind a trunk number
_SHORTEST_TRUNK = 5  # digits of a trunk number without country code, e.g. 89 636
_SHORTEST_LOCAL = 5  # fewer digits are an extension or a feature of a PBX, never completed with our area code
_LONGEST_LOCAL = 8  # subscriber numbers within an area code are not longer

# Asterisk shows a missing number as "<unknown>" or ""; the user part of a hidden SIP address is "anonymous"
# (RFC 3323, 4.1.1.3); the other words come from carriers and gateways.
_WITHHELD = {
    *("", "anonymous", "anonym", "private", "privat", "restricted", "unavailable", "unknown", "withheld"),
    *("unbekannt", "unterdrückt", "no number", "not available", "number withheld", "private number"),
}
_COSTLY = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
_EXTENSION_WORDS = re.compile(r"\b(durchwahl|dw|apparat|app|nebenstelle|nst)\b[.:]?\s*(?=\d)", re.IGNORECASE)
_DIALABLE = re.compile(r"[0-9*#]{1,32}")
_DIAL_PUNCTUATION = str.maketrans("", "", " ()/.-")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of the public network.

    e164: "+", country code, national number; at most 15 digits (ITU-T E.164).
    extension: digits dialled after the call is answered, where the text named any.
    display: international form of ITU-T E.123, "+49 176 12345678".
    """

    e164: str
    extension: str | None
    display: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number belongs, as far as its digits say.

    calling_code: "+225"; abroad: not our own country's; costly: premium rate, shared cost, or a network of no country
    (satellites and services, ITU-T E.164 codes +87x and +88x).
    """

    calling_code: str
    abroad: bool
    costly: bool


class NumberPlan:
    """Reads numbers as people of our country and area write them."""

    def __init__(self, settings: NumberSettings) -> None:
        """Raises InvalidInputError if the country is none, or one of our own numbers cannot be read."""
        if settings.country not in phonenumbers.SUPPORTED_REGIONS:
            raise InvalidInputError(f"numbers.country: {settings.country} is no country with telephone numbers.")
        self._region = settings.country
        self._country_code = str(phonenumbers.country_code_for_region(self._region))
        self._national_prefix = phonenumbers.ndd_prefix_for_region(self._region, True)
        self._area_code = settings.area_code
        # The same few numbers are read again with every message about a call; reading one takes a tenth of a ms.
        self._cached = lru_cache(maxsize=10_000)(self._parse)
        self._own = tuple(self._own_trunk(raw) for raw in settings.own)

    def _own_trunk(self, raw: str) -> str:
        number = self.parse(raw)
        if number is None:
            raise InvalidInputError(f"numbers.own: “{raw}” is no telephone number. Write it like +49 30 5550.")
        return trunk_prefix(raw, number)

    def parse(self, raw: str | None) -> PhoneNumber | None:
        """The public number in `raw`; None if it holds none: withheld, an extension, a short code, junk.

        Reads national and international forms, "00", "(0)", "/", extensions, SIP and tel addresses, and numbers from
        which a trunk dropped the "+" or the leading 0. Five to eight digits without any prefix are a number of our
        own area, and none without `area_code`; fewer are internal.
        """
        return self._cached(raw)

    def _parse(self, raw: str | None) -> PhoneNumber | None:
        text = _EXTENSION_WORDS.sub("ext. ", _cleaned(raw))
        if text.casefold() in _WITHHELD:
            return None
        candidates = self._without_prefix(text) if _bare(text) else [text]
        parsed = [one for one in map(self._read, candidates) if one is not None]
        if len(parsed) > 1:
            parsed.sort(key=phonenumbers.is_valid_number, reverse=True)
        return _number(parsed[0]) if parsed else None

    def _without_prefix(self, text: str) -> list[str]:
        """What digits that begin with neither "+" nor 0 may mean, the likeliest first."""
        zero_needed = self._national_prefix == "0"
        if len(_digits(text)) <= _LONGEST_LOCAL and (self._area_code or zero_needed):
            local = self._area_code and len(_digits(text)) >= _SHORTEST_LOCAL and not self._is_service(text)
            return [f"{self._national_prefix or ''}{self._area_code}{text}"] if local else []
        international = [f"+{text}"] if text.startswith(self._country_code) else []
        return [*international, f"0{text}" if zero_needed else text, f"+{text}"]

    def _is_service(self, text: str) -> bool:
        """Emergency, directory and other short codes such as 116117."""
        number = phonenumbers.PhoneNumber(
            country_code=int(self._country_code), national_number=int(_digits(text) or "0")
        )
        return shortnumberinfo.is_valid_short_number_for_region(number, self._region)

    def _read(self, text: str) -> phonenumbers.PhoneNumber | None:
        try:
            number = phonenumbers.parse(text, self._region)
        except phonenumbers.NumberParseException:
            return None
        national = phonenumbers.national_significant_number(number)
        if len(national) + len(str(number.country_code)) > E164_DIGITS:
            return None
        if phonenumbers.is_valid_number(number):
            return number
        # The library's tables lag behind new ranges: a number of a possible length counts, a mere fragment does not.
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        return number if possible and len(national) >= 7 and not number.italian_leading_zero else None

    def e164_or_text(self, raw: str) -> str:
        """E.164 where it can be, else the text without control characters."""
        number = self.parse(raw)
        return number.e164 if number else _cleaned(raw)

    def display(self, raw: str | None) -> str:
        """For people: "+49 176 12345678"; an internal number or junk as it came; "" if withheld."""
        number = self.parse(raw)
        if number is not None:
            return number.display
        return "" if self.is_withheld(raw) else _cleaned(raw)

    def is_withheld(self, raw: str | None) -> bool:
        """Whether the caller hides the number, or the network has none for us."""
        return _cleaned(raw).casefold() in _WITHHELD

    def is_own(self, e164: str) -> bool:
        """Whether it is one of our own numbers or a direct dial behind one."""
        return any(e164.startswith(trunk) and len(e164) - len(trunk) <= DIRECT_DIAL_DIGITS for trunk in self._own)

    def origin(self, e164: str) -> Origin | None:
        """Where a public number belongs; None if it is none."""
        number = self._read(e164) if e164.startswith("+") else None
        if number is None:
            return None
        country = str(number.country_code)
        no_country = phonenumbers.region_code_for_number(number) == "001"
        return Origin(
            calling_code=f"+{country}",
            abroad=country != self._country_code,
            costly=no_country or phonenumbers.number_type(number) in _COSTLY,
        )

    def dialable(self, raw: str) -> str:
        """What the PBX is to dial: E.164 for a public number, else the extension, short or feature code as it is.

        Only `+` in front and [0-9*#]; nothing else may reach a dialplan (Asterisk advisory AST-2010-002).

        Raises InvalidInputError: it is nothing that can be dialled.
        """
        number = self.parse(raw)
        if number is not None:
            return number.e164
        text = _cleaned(raw).translate(_DIAL_PUNCTUATION)
        if not _DIALABLE.fullmatch(text):
            raise InvalidInputError(
                "This is no number that can be dialled. Write it with its area code, or begin with + and the country."
            )
        return text

    def by_keys(self, dialable: str) -> str:
        """A dialable number as one presses it on a phone here, which has no key for +: "01761234567"."""
        number = self._read(dialable) if dialable.startswith("+") else None
        if number is None:
            return dialable
        return _digits(phonenumbers.format_out_of_country_calling_number(number, self._region))

    def digits(self, raw: str) -> str:
        """The digits of a stored number in which `piece` is looked for: E.164 without "+", then the extension."""
        number = self.parse(raw)
        if number is None:
            return _digits(_cleaned(raw))
        return number.e164[1:] + (number.extension or "")

    def piece(self, query: str) -> str | None:
        """What to look for in `digits` when a person types part of a number ("0176 12"); None if it is no such part.

        What stands for the country or for "within the country" is taken off, since it is written in several ways.
        """
        text = _cleaned(query).replace("(0)", "")
        if not text or any(not character.isdecimal() and character not in " +-/().‐–" for character in text):
            return None
        digits = _digits(text)
        if not text.startswith("+"):
            international = digits.startswith("00")
            digits = digits[2:] if international else digits.removeprefix(self._national_prefix or "")
        return digits or None

    def trunks_of(self, e164: str) -> list[str]:
        """All trunk numbers behind which `e164` might be a direct dial, itself included, the longest first.

        In an open numbering plan no number is the beginning of another one, except a trunk number of its direct
        dials; so the longest that somebody has is right.
        """
        codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE  # none of them is the beginning of another one
        country_code = next((end for end in (2, 3) if int(e164[1:end]) in codes), 4)
        shortest = max(country_code + _SHORTEST_TRUNK, len(e164) - DIRECT_DIAL_DIGITS)
        return [e164[:length] for length in range(len(e164), shortest - 1, -1)] or [e164]


def trunk_prefix(raw: str, number: PhoneNumber) -> str:
    """The E.164 digits in front of a firm's direct dials.

    A number written with "-0" at its end names its switchboard: the 0 is a direct dial itself (DIN 5008). Any other
    is taken whole.
    """
    compact = "".join("-" if unicodedata.category(one) == "Pd" else one for one in _cleaned(raw) if not one.isspace())
    return number.e164.removesuffix("0") if compact.endswith("-0") else number.e164


def _number(parsed: phonenumbers.PhoneNumber) -> PhoneNumber:
    return PhoneNumber(
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        extension=parsed.extension,
        display=phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL),
    )


@lru_cache(maxsize=10_000)
def _cleaned(raw: str | None) -> str:
    """One line of plain characters; of a SIP address (RFC 3261, 19.1) its user part, else the text itself."""
    text = (raw or "")[:MAX_LENGTH]
    if not (text.isascii() and text.isprintable()):
        compatible = unicodedata.normalize("NFKC", text)
        text = "".join(one for one in compatible if unicodedata.category(one) not in ("Cc", "Cf"))
    text = text.strip(" <>\"'")
    scheme, colon, address = text.partition(":")
    if colon and scheme.casefold() in ("sip", "sips"):
        text = unquote(address.partition("@")[0].partition(";")[0])
    return text.strip()[:MAX_LENGTH]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())


def _bare(text: str) -> bool:
    """Whether it begins with a digit other than 0: neither an international nor a national prefix."""
    first = next((one for one in text if one.isalnum() or one == "+"), "")
    return first.isdecimal() and unicodedata.decimal(first) != 0
