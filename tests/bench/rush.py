"""A press at the kiosk while people rush for appointments: everybody looks at the calendar and takes a time."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from tests.bench.server import TEN_O_CLOCK
from tests.bench.times import ahead
from tests.booking.make import at

HALLS, BOOKINGS = 20, 5000
PRESSES, KIOSKS, PAUSE = 1000, 4, 0.02
PEOPLE, ASKED = 16, 4000

Load = Callable[..., dict[str, Any]]


def measure(server: Any, load: Load) -> dict[str, float]:
    """Milliseconds of a press (99th percentile): alone, as the calendars are read first, and in the rush after that."""
    with (
        TemporaryDirectory() as folder,
        server(kind="real", data=folder, halls=HALLS, counters=0, bookings=BOOKINGS) as process,
    ):
        halls = list(process.told["kiosks"])

        def pressing() -> dict[str, Any]:
            done = load(process, presses(process.told["kiosks"]), PRESSES, connections=KIOSKS, pause=PAUSE)
            if any(status != 201 for status, _ in done["answers"]):
                raise RuntimeError(
                    f"not every press gave a number: {Counter(s for s, _ in done['answers'])}"
                )
            return done

        alone = pressing()
        first = beside(pressing, lambda: load(process, looks(halls), len(halls), connections=KIOSKS))
        rush = beside(pressing, lambda: load(process, rushing(halls), ASKED, connections=PEOPLE))
        found = {"alone_ms": alone["p99_ms"]}
        for name, (pressed, asked) in {"reading": first, "rush": rush}.items():
            if others := [answer for answer in asked["answers"] if answer[0] not in (200, 201, 409)]:
                raise RuntimeError(f"people were answered with {others[0]}")
            found |= {
                f"{name}_ms": pressed["p99_ms"],
                f"{name}_ratio": pressed["p99_ms"] / alone["p99_ms"],
                f"{name}_asked_ms": asked["p99_ms"],
            }
        return found


def beside(pressing: Callable[[], dict[str, Any]], people: Callable[[], dict[str, Any]]) -> list[Any]:
    """What both measured, at the same time."""
    found: list[Any] = [None]
    crowd = Thread(target=lambda: found.append(people()))
    crowd.start()
    found[0] = pressing()
    crowd.join()
    return found


def presses(kiosks: dict[str, str]) -> list[dict[str, Any]]:
    """Numbers at the kiosks of all halls."""
    return [
        {
            "path": f"/api/v1/halls/{hall}/tickets",
            "headers": {"Authorization": f"Bearer {token}"},
            "body": json.dumps({"service": "id-card"}),
        }
        for hall, token in kiosks.items()
    ]


def looks(halls: list[str]) -> list[dict[str, Any]]:
    """Free times of one service over all days, in each hall."""
    first, *_, last = ahead(TEN_O_CLOCK)
    span = urlencode({"service": "passport", "from": first, "to": last})
    return [
        {"method": "GET", "path": f"/api/v1/halls/{hall}/slots?{span}", "headers": {}, "body": ""}
        for hall in halls
    ]


def rushing(halls: list[str]) -> list[dict[str, Any]]:
    """Looks at calendars, and as many attempts to take a time: some of them come first, some are late."""
    tries = []
    for n, day in enumerate(ahead(TEN_O_CLOCK)):
        for hall in halls:
            start = at("08:00", day) + timedelta(minutes=15 * (n % 16))
            body = {"services": [{"service": "passport", "count": 1}], "start": start.isoformat()}
            path = f"/api/v1/halls/{hall}/bookings"
            tries.append({"path": path, "headers": {}, "body": json.dumps(body)})
    seen = looks(halls)
    return [both for n, one in enumerate(tries) for both in (seen[n % len(seen)], one)]
