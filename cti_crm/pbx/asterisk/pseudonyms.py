"""Telephone numbers in AMI packets -> other numbers, the same for the same one, so that a recording can be replayed."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from cti_crm.pbx.asterisk.packet import EOL

_TELLING = ("num", "name", "exten", "extension", "dialstring", "forward", "data", "appdata")
_PUBLIC = re.compile(r"\d{7,}")
_IN_CHANNEL = re.compile(r"(?<=/)(\+?)(\d{7,})(?=@)")
_KEY_BYTES = 32


class Pseudonyms:
    """Seven digits and more are a number; what is shorter is an extension and stays, as do the last two digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, file: Path) -> "Pseudonyms":
        """With the key in `file`, which is made if it is not there. Raises OSError."""
        if not file.exists():
            file.touch(mode=0o600)
            file.write_bytes(secrets.token_bytes(_KEY_BYTES))
        return cls(file.read_bytes())

    def packet(self, raw: str) -> str:
        """The packet with every telephone number in it replaced; ids and channel numbers stay."""
        return EOL.join(self._line(line) for line in raw.split(EOL))

    def number(self, digits: str) -> str:
        """Other digits, as many, with the same zeros in front and the same last two."""
        zeros = len(digits) - len(digits.lstrip("0"))
        middle = digits[zeros:-2]
        if not middle:
            return digits
        found = str(int.from_bytes(hmac.digest(self._key, digits.encode(), hashlib.sha256)))
        return digits[:zeros] + (found * (len(middle) // len(found) + 1))[: len(middle)] + digits[-2:]

    def _line(self, line: str) -> str:
        name, colon, value = line.partition(":")
        lower = name.lower()
        if lower.endswith("channel"):
            return _IN_CHANNEL.sub(lambda found: found[1] + self.number(found[2]), line)
        if colon and not lower.endswith(_TELLING):
            return line
        return name + colon + _PUBLIC.sub(lambda found: self.number(found[0]), value)
