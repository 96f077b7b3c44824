"""A task is solved once, in time, and at the hall that gave it; whatever else comes proves nothing."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any, cast

import pytest
import time_machine

from qms.booking.challenge import LASTS, SPENT, Challenges, spending
from qms.kernel.refusal import Refusal
from qms.ledger.engine import connect, writing
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


def test_a_solution_is_good_once_whoever_is_shown_it(challenges: Challenges, url: str) -> None:
    """Two processes on one database: the first that commits has it."""
    solution = solved(challenges.task("town"))
    other = Challenges(Vault([b"x" * 32]))
    task = challenges.proved(CALL, "town", solution)
    assert task is not None
    assert other.proved(CALL, "town", solution) == task
    said = []
    for engine in (connect(url), connect(url)):
        with writing(engine).begin() as conn:
            said.append(spending(task)(conn))
        engine.dispose()
    assert said == [None, Refusal("challenge")]


def test_a_spent_task_is_forgotten_once_it_has_expired(url: str) -> None:
    engine = connect(url)
    with writing(engine).begin() as conn:
        assert spending("a" * 64)(conn) is None
        with time_machine.travel(timedelta(seconds=LASTS.total_seconds() + 2)):
            assert spending("b" * 64)(conn) is None
        assert [row.task for row in conn.execute(SPENT.select())] == ["b" * 64]
    engine.dispose()


def test_what_a_solution_says_besides_troubles_nobody(challenges: Challenges) -> None:
    payload = json.loads(b64decode(solved(challenges.task("town"))))
    with_more = json.dumps(payload | {"half": "\ud800", "none": float("nan")})
    assert challenges.proved(CALL, "town", b64encode(with_more.encode()).decode()) is not None


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
