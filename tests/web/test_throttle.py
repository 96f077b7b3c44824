"""So many attempts in so long, by network and by name."""

from datetime import UTC, datetime

import pytest
import time_machine

from qms.web.problems import Problem
from qms.web.throttle import Throttle, network


def test_past_the_limit_there_is_a_time_to_wait() -> None:
    throttle = Throttle({"code": "3/minute"})
    for _ in range(3):
        throttle.check("code", "203.0.113.5")
    with pytest.raises(Problem) as refused:
        throttle.check("code", "203.0.113.5")
    problem = refused.value
    assert problem.code == "throttled"
    assert 1 <= problem.params["seconds"] <= 120
    assert problem.headers == {"Retry-After": str(problem.params["seconds"])}


def test_everybody_and_every_kind_is_counted_apart() -> None:
    throttle = Throttle({"code": "1/minute", "public": "1/minute"})
    throttle.check("code", "203.0.113.5")
    throttle.check("code", "203.0.113.6")
    throttle.check("public", "203.0.113.5")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        (None, "unknown"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_host_counts_with_its_network(host: str | None, shown: str) -> None:
    assert network(host) == shown


async def test_a_throttled_answer_names_the_seconds() -> None:
    throttle = Throttle({"code": "1/hour"})
    with time_machine.travel(datetime(2026, 11, 24, 10, 10, tzinfo=UTC), tick=False):
        throttle.check("code", "x")
        with pytest.raises(Problem) as refused:
            throttle.check("code", "x")
    assert refused.value.params["seconds"] > 60
