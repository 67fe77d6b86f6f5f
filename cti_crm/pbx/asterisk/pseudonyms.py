"""Telephone numbers in AMI packets -> other numbers, the same for the same one, so that a recording can be replayed."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

_TELLING = ("num", "name", "exten", "extension", "dialstring", "forward", "data")  # how a header's name ends
_PUBLIC = re.compile(r"\d{7,}")
_MAX_CACHED, _MAX_LINE = 10_000, 200
_KEY_BYTES = 32


class Pseudonyms:
    """Seven digits and more are a number; what is shorter is an extension and stays, as do the last two digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._numbers: dict[str, str] = {}
        self._lines: dict[str, str] = {}

    @classmethod
    def of(cls, file: Path) -> "Pseudonyms":
        """With the key in `file`, which is made if it is not there. Raises OSError."""
        if not file.exists():
            new = file.with_name(f"{file.name}-{os.getpid()}")
            new.touch(mode=0o600)
            new.write_bytes(secrets.token_bytes(_KEY_BYTES))
            with contextlib.suppress(FileExistsError):  # the recorder of another PBX was quicker
                os.link(new, file)
            new.unlink()
        return cls(file.read_bytes())

    def packet(self, raw: str) -> str:
        """The packet with every telephone number in it replaced; ids and channel numbers stay."""
        known = self._lines
        if len(known) >= _MAX_CACHED:
            known.clear()
        # Nearly every line of a packet stood in the one before.
        return "\n".join([known.get(line) or self._line(line) for line in raw.split("\n")])

    def number(self, digits: str) -> str:
        """Other digits, as many, with the same zeros in front and the same last two."""
        zeros = len(digits) - len(digits.lstrip("0"))
        middle = digits[zeros:-2]
        if not middle:
            return digits
        found = str(int.from_bytes(hmac.digest(self._key, digits.encode(), hashlib.sha256)))
        return digits[:zeros] + (found * (len(middle) // len(found) + 1))[: len(middle)] + digits[-2:]

    def _line(self, line: str) -> str:
        masked = _PUBLIC.sub(self._replaced, line)
        if len(line) < _MAX_LINE:
            self._lines[line] = masked
        return masked

    def _replaced(self, found: re.Match[str]) -> str:
        """In channel names only the number that a Local channel dials; ids are as long, but stand elsewhere."""
        line, begin = found.string, found.start()
        name, colon, _ = line.partition(":")
        if name.lower().endswith("channel"):
            told = line[:begin].removesuffix("+").endswith("Local/") and line[found.end() : found.end() + 1] == "@"
        else:
            told = not colon or name.lower().endswith(_TELLING)  # without a colon it belongs to the value before
        return self._cached(found[0]) if told else found[0]

    def _cached(self, digits: str) -> str:
        known = self._numbers.get(digits)
        if known is None:
            if len(self._numbers) >= _MAX_CACHED:
                self._numbers.clear()
            known = self._numbers[digits] = self.number(digits)
        return known
