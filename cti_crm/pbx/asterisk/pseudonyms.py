"""Telephone numbers in AMI packets -> other numbers, the same for the same one, so that a recording can be replayed."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path

_TELLING = ("num", "name", "exten", "extension", "dialstring", "forward", "data")  # how a header's name ends
_PUBLIC = re.compile(r"\d{7,}")
_MAX_CACHED = 10_000
_KEY_BYTES = 32


class Pseudonyms:
    """Seven digits and more are a number; what is shorter is an extension and stays, as do the last two digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    @classmethod
    def of(cls, file: Path) -> "Pseudonyms":
        """With the key in `file`, which is made if it is not there. Raises OSError."""
        if not file.exists():
            file.touch(mode=0o600)
            file.write_bytes(secrets.token_bytes(_KEY_BYTES))
        return cls(file.read_bytes())

    def packet(self, raw: str) -> str:
        """The packet with every telephone number in it replaced; ids and channel numbers stay."""
        return _PUBLIC.sub(self._replaced, raw)

    def number(self, digits: str) -> str:
        """Other digits, as many, with the same zeros in front and the same last two."""
        zeros = len(digits) - len(digits.lstrip("0"))
        middle = digits[zeros:-2]
        if not middle:
            return digits
        found = str(int.from_bytes(hmac.digest(self._key, digits.encode(), hashlib.sha256)))
        return digits[:zeros] + (found * (len(middle) // len(found) + 1))[: len(middle)] + digits[-2:]

    def _replaced(self, found: re.Match[str]) -> str:
        """In channel names only the number that a Local channel dials; ids are as long, but stand elsewhere."""
        raw, begin = found.string, found.start()
        line = raw.rfind("\n", 0, begin) + 1
        name = raw[line : raw.find(":", line)].lower()
        if name.endswith("channel"):
            told = raw[line:begin].removesuffix("+").endswith("Local/") and raw[found.end() : found.end() + 1] == "@"
        else:
            told = name.endswith(_TELLING)
        return self._cached(found[0]) if told else found[0]

    def _cached(self, digits: str) -> str:
        known = self._known.get(digits)
        if known is None:
            if len(self._known) >= _MAX_CACHED:
                self._known.clear()
            known = self._known[digits] = self.number(digits)
        return known
