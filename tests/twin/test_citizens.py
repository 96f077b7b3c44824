"""What simulated citizens do with their numbers, told to servers that only keep what they hear."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from qms.twin.business import Business
from qms.twin.citizens import Citizens
from qms.twin.feed import Feed
from qms.twin.hall import Crowd, Hall
from qms.twin.interface import Interface, Refused
from tests.twin.make import MONDAY, TICKET, card, person

TOKEN = "t" * 26


class Heard(Interface):
    """An interface that keeps what is asked and gives a number, or refuses."""

    def __init__(self, refusal: Refused | None = None) -> None:
        self.base_url = "http://127.0.0.1:9"
        self.calls: list[tuple[str, str, Mapping[str, Any] | None]] = []
        self.refusal = refusal

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        patience: float = float("inf"),
    ) -> Any:
        self.calls.append((method, path, body))
        if self.refusal is not None:
            raise self.refusal
        return {"id": TICKET, "token": TOKEN}


def town(
    kiosk: Heard | None, web: Heard, queues: Mapping[str, Any] | None = None
) -> tuple[Hall, Citizens, Business]:
    """A hall at nine on a Monday, in which an hour passes in a blink."""
    clock = Business(speed=100_000)
    clock.told((MONDAY + timedelta(hours=1)).isoformat(), None)
    feed = Feed(web.base_url, {}, clock, Random(1))
    feed.view = {"services": queues if queues is not None else {"id-card": {"open": 1}}}
    hall = Hall("ratusz", web, feed, clock)
    hall.card = card()
    return hall, Citizens(hall, kiosk, web, Crowd(), Random(1)), clock


async def test_the_number_is_taken_at_the_kiosk_or_by_phone() -> None:
    kiosk, web = Heard(), Heard()
    _, citizens, _ = town(kiosk, web)
    assert await citizens._take(person(segment="75-plus")) == {"id": TICKET, "token": TOKEN}
    await citizens._take(person(from_home=True))
    path = "/api/v1/halls/ratusz/tickets"
    assert kiosk.calls == [("POST", path, {"service": "id-card", "language": "pl", "segment": "75-plus"})]
    assert web.calls == [("POST", path, {"service": "id-card", "language": "pl"})]


@pytest.mark.parametrize(("status", "code", "home"), [(401, "sign_in", False), (409, "daily_cap", True)])
async def test_a_hall_that_takes_nobody_from_home_is_not_asked_again(
    status: int, code: str, home: bool
) -> None:
    hall, citizens, _ = town(Heard(), Heard(Refused(status, code)))
    assert await citizens._take(person(from_home=True)) is None
    assert hall.home is home


async def test_patience_ends_and_the_number_is_given_back() -> None:
    web = Heard()
    hall, citizens, _ = town(Heard(), web)
    who = hall.people[TICKET] = person(patience=5)
    await citizens._wait(who, TICKET, TOKEN)
    assert web.calls == [("DELETE", f"/api/v1/tickets/{TOKEN}", None)]
    assert hall.people == {}


async def test_some_go_without_a_word() -> None:
    web = Heard()
    hall, citizens, clock = town(Heard(), web)
    who = hall.people[TICKET] = person(patience=5, gives_back=False)
    await citizens._wait(who, TICKET, TOKEN)
    assert web.calls == []
    assert not who.here(clock.now())


async def test_somebody_called_at_that_moment_stays() -> None:
    hall, citizens, clock = town(Heard(), Heard(Refused(409, "wrong_state")))
    who = hall.people[TICKET] = person(patience=5)
    await citizens._wait(who, TICKET, TOKEN)
    assert who.here(clock.now())
    assert TICKET in hall.people


async def test_whoever_is_served_waits_no_longer() -> None:
    web = Heard()
    hall, citizens, _ = town(Heard(), web)
    who = hall.people[TICKET] = person(served=True)
    await citizens._wait(who, TICKET, TOKEN)
    assert web.calls == []


async def test_a_very_long_wait_keeps_most_people_away() -> None:
    kiosk = Heard()
    queues = {"id-card": {"open": 1, "estimate": {"low": 100, "mid": 200, "high": 300}}}
    _, citizens, _ = town(kiosk, Heard(), queues)
    for _ in range(60):
        await citizens._visit({"id-card": 1.0})
    assert 10 < len(kiosk.calls) < 50


async def test_nobody_comes_for_nothing() -> None:
    kiosk = Heard()
    _, citizens, _ = town(kiosk, Heard())
    await citizens._visit({})
    assert kiosk.calls == []
