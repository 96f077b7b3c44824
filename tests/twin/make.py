"""Cards, screens and people for the twin's tests."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from qms.queue.rules.shown import ClerkView
from qms.twin.rules.clerk import Look, Mind, Shift
from qms.twin.rules.day import Day, current
from qms.twin.rules.persons import Person

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""Eight o'clock in Warsaw, when the hall opens."""
ME, COUNTER, TICKET = "me", "1", "a" * 32


def card(**more: Any) -> dict[str, Any]:
    """A hall with three services, open on weekdays from 8 to 16, last ticket at 15."""
    services = {"id-card": 10.0, "taxes": 5.0, "cash": 3.0}
    week = {day: [{"opens": "08:00", "closes": "16:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}
    return {
        "id": "ratusz",
        "zone": "Europe/Warsaw",
        "languages": ["pl", "en", "uk"],
        "services": {id: {"minutes": minutes, "open": True} for id, minutes in services.items()},
        "segments": [
            {"id": "walk-in", "offered": "never"},
            {"id": "75-plus", "offered": "kiosk"},
            {"id": "key-client", "offered": "staff"},
        ],
        "hours": {"week": week, "last_ticket": {"mon": "15:00"}},
    } | more


def day(**more: Any) -> Day:
    found = current(card(**more), MONDAY)
    assert found is not None
    return found


def person(**more: Any) -> Person:
    fields: dict[str, Any] = {
        "service": "id-card", "language": "pl", "segment": None, "from_home": False, "work": 1.0,
        "walk": 30.0, "patience": 60.0, "comes": True, "gives_back": True, "lacks_paper": False,
        "other": None, "arrives": MONDAY,
    }  # fmt: skip
    return Person(**(fields | more))


def ticket(state: str = "waiting", **more: Any) -> dict[str, Any]:
    return {"state": state, "service": "id-card", "calls": 0, "served_seconds": 0, **more}


def view(state: str = "open", tickets: dict[str, Any] | None = None, **desk: Any) -> ClerkView:
    """The terminal at counter 1, where `me` sits."""
    made: Any = {
        "hall": {"state": "open", "max_calls": 3},
        "counter": {"state": state, "clerk": ME, "profile": {"id-card": 1}, **desk},
        "offered": {"id-card": 1},
        "tickets": tickets or {},
        "services": {"id-card": {"minutes": 10.0}, "taxes": {"minutes": 5.0}},
    }
    return made  # type: ignore[no-any-return]


def shift(meal: datetime | None = None, **more: Any) -> Shift:
    today = day(**more)
    return Shift(today, today.opens - timedelta(minutes=3), meal, 1.0)


def look(
    screen: ClerkView,
    now: datetime = MONDAY + timedelta(hours=1),
    mind: Mind | None = None,
    people: dict[str, Person] | None = None,
    on: Shift | None = None,
    seed: int = 1,
) -> Look:
    return Look(screen, on or shift(), mind or Mind(COUNTER, me=ME), (people or {}).get, now, Random(seed))
