"""A task is solved once, in time, and at the hall that gave it; whatever else comes proves nothing."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any, cast

import pytest
import time_machine

from qms.booking.challenge import LASTS, Challenges
from qms.ledger.vault import Vault
from qms.web.edge import Call
from tests.booking.solving import solved

CALL = cast(Call, None)
"""Who asks does not matter."""


@pytest.fixture
def challenges() -> Challenges:
    return Challenges(Vault([b"x" * 32]))


def changed(solution: str, **parameters: Any) -> str:
    """The same solution, of a task that somebody has altered."""
    payload = json.loads(b64decode(solution))
    payload["challenge"]["parameters"].update(parameters)
    return b64encode(json.dumps(payload).encode()).decode()


def test_a_solution_is_good_once(challenges: Challenges) -> None:
    solution = solved(challenges.task("town"))
    assert challenges.proved(CALL, "town", solution)
    assert not challenges.proved(CALL, "town", solution)


def test_a_solution_is_good_at_its_hall_only(challenges: Challenges) -> None:
    solution = solved(challenges.task("town"))
    assert not challenges.proved(CALL, "village", solution)
    assert challenges.proved(CALL, "town", solution)


def test_a_task_expires(challenges: Challenges) -> None:
    solution = solved(challenges.task("town"))
    with time_machine.travel(timedelta(seconds=LASTS.total_seconds() + 2)):
        assert not challenges.proved(CALL, "town", solution)


def test_a_task_of_somebody_else_proves_nothing(challenges: Challenges) -> None:
    other = Challenges(Vault([b"y" * 32]))
    assert not challenges.proved(CALL, "town", solved(other.task("town")))


def test_an_altered_task_proves_nothing(challenges: Challenges) -> None:
    solution = solved(challenges.task("town"))
    for change in (
        {"data": {"hall": "village"}},
        {"expiresAt": 9_999_999_999},
        {"keyPrefix": ""},
        {"cost": 1},
    ):
        assert not challenges.proved(CALL, "town", changed(solution, **change))
        assert not challenges.proved(CALL, "village", changed(solution, **change))


@pytest.mark.parametrize("junk", [None, "", "ü", "e30=", "bnVsbA==", "W10=", "A" * 9000, "=" * 40, "\x00"])
def test_junk_proves_nothing(challenges: Challenges, junk: str | None) -> None:
    assert not challenges.proved(CALL, "town", junk)
