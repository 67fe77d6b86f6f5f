"""Passwords by argon2id, computed off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cti_crm.infrastructure.errors import FieldError, InvalidInputError

MIN_LENGTH = 8
MAX_LENGTH = 200  # argon2 takes more, but nobody types more: a longer one only costs time


class Passwords:
    """Hashing and checking. At most two at a time: each takes 64 MiB and a core (RFC 9106, section 4)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher` holds the parameters; by default those argon2-cffi recommends."""
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """A new hash. Raises InvalidInputError if the password is too short or too long."""
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            message = f"Take {MIN_LENGTH} to {MAX_LENGTH} characters."
            raise InvalidInputError(f"The password is not usable. {message}", fields=[FieldError("password", message)])
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the one. Takes as long with `stored` None (there is no such user)."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, stored, password)

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str | None, password: str) -> bool:
        if self._nobody is None:  # for any user, or the first unknown one would take longer
            self._nobody = self._hasher.hash("nobody's password")
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
