"""Argon2 off the event loop, two at a time: each takes 64 MiB, and boards must not wait for it."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

AT_ONCE = 2


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """What may be stored of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _alike(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether a password is the stored one; takes as long where there is no such account."""
        async with self._turn:
            return await asyncio.to_thread(self._matches, stored, _alike(password))

    def _matches(self, stored: str | None, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody has this password")
        try:
            self._hasher.verify(stored if stored is not None else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


def _alike(password: str) -> str:
    """A password as every keyboard and system writes it: letters with marks are composed or not."""
    return unicodedata.normalize("NFKC", password)
