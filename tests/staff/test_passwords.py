"""Passwords are kept as argon2 hashes, and checking one takes the same time whether or not there is one."""

import asyncio
from time import sleep
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from qms.staff.passwords import AT_ONCE, Passwords
from qms.staff.rules.roles import weakness

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_what_was_hashed_is_recognised_and_nothing_else() -> None:
    passwords = Passwords()
    stored = await passwords.hash("żółw na rowerze")
    assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
    assert "rowerze" not in stored
    assert await passwords.matches(stored, "żółw na rowerze")
    assert not await passwords.matches(stored, "żółw na rowerze ")
    assert not await passwords.matches(stored, "")


async def test_the_same_password_is_never_stored_alike() -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.hash("one password") != await passwords.hash("one password")


async def test_a_keyboard_that_composes_letters_otherwise_types_the_same_password() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("ga\u0328ska zie\u0301lona")
    assert await passwords.matches(stored, "g\u0105ska zi\u00e9lona")


class Counting(PasswordHasher):
    """Counts what it does, and how much of it at once."""

    verified = 0
    running = 0
    most = 0

    def verify(self, hash: Any, password: Any) -> Any:
        self.verified += 1
        self.running += 1
        self.most = max(self.most, self.running)
        sleep(0.01)
        self.running -= 1
        return super().verify(hash, password)


async def test_where_there_is_no_account_a_password_is_checked_all_the_same() -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    assert not await passwords.matches(None, "whatever it is")
    assert not await passwords.matches(None, "nobody has this password")
    assert not await passwords.matches("not a hash", "whatever it is")
    assert hasher.verified == 3


async def test_only_so_many_are_checked_at_once() -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    await asyncio.gather(*(passwords.matches(None, "x") for _ in range(8)))
    assert hasher.most == AT_ONCE


@pytest.mark.parametrize(
    ("password", "name", "why"),
    [
        ("short", "anna", "too_short"),
        ("x" * 201, "anna", "too_long"),
        ("Anna.Nowak 2026", "anna.nowak", "like_name"),
        ("aaaaabbbbbaaaaa", "jan", "too_plain"),
        ("kot na płocie", "jo", None),
        ("trzy zielone żaby", "anna", None),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(password: str, name: str, why: str | None) -> None:
    assert weakness(password, name) == why
