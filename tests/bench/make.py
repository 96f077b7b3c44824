"""Halls and accounts to measure with: open round the clock, numbers for a hundred thousand people."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from qms.app import Server
from qms.cli.work import hall_apply
from qms.devices import writes as devices
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS
from qms.halls.rules.writing import dump
from qms.staff import writes as staff
from qms.staff.rules.roles import Grant
from tests.halls.make import noon

FILE = Path(__file__).parents[2] / "config" / "halls" / "ratusz.toml"


def hall(id: str, counters: int = 0) -> Hall:
    """The shipped city hall under another id; with `counters` more, each of which takes everything."""
    file = parse(FILE.read_bytes())
    assert isinstance(file, HallFile)
    data: dict[str, Any] = json.loads(file.hall.model_dump_json())
    data["id"] = id
    data["zone"] = noon()
    data["hours"] = {"week": {day: [{"opens": "00:00", "closes": "23:59"}] for day in WEEKDAYS}}
    data["conduct"] |= {"stop_at_closing": True, "day_begins": "00:00"}
    for n, group in enumerate(data["groups"]):
        group |= {"first": 1, "last": 99_999, "digits": 5, "letter": "ABCDEFGHIJ"[n], "booked_letter": None}
    for service in data["services"]:
        service |= {"daily_cap": None, "last_ticket": {}, "open": True}
    everything = {service["id"]: 1 for service in data["services"]}
    data["counters"] += [
        {"id": f"b{n}", "names": data["names"], "services": everything, "order": 100 + n}
        for n in range(counters)
    ]
    return Hall.model_validate_json(json.dumps(data))


async def set_up(server: Server, halls: list[Hall]) -> dict[str, str]:
    """Put the halls to work, with one kiosk each; gives the kiosks' tokens by hall."""
    tokens = {}
    for each in halls:
        await hall_apply(server, dump(each))
        tokens[each.id] = await server.site.writer.aside(partial(kiosk, hall=each.id))
    return tokens


def kiosk(conn: Any, hall: str) -> str:
    """The token of a fresh kiosk."""
    now = datetime.now(UTC)
    _, code = devices.add_device(conn, "kiosk", hall, None, "bench", now, timedelta(minutes=1))
    paired = devices.pair(conn, code, now)
    assert paired is not None
    return paired[0]


async def clerks(server: Server, hall: str, counters: list[str]) -> dict[str, str]:
    """A clerk for each counter; gives the session tokens by counter."""

    def hire(conn: Any) -> dict[str, str]:
        now, tokens = datetime.now(UTC), {}
        for counter in counters:
            id = staff.add_account(
                conn,
                f"{hall}-{counter}",
                counter,
                None,
                Grant("clerk", f"hall:{hall}"),
                now,
                must_change=False,
            )
            assert isinstance(id, str)
            tokens[counter], _ = staff.begin_session(conn, id, "bench", now)
        return tokens

    return await server.site.writer.aside(hire)
