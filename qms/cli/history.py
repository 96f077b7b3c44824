"""Who came to a hall, as the command line plans from it: asked of the server, worked on here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter

from qms.app import Server
from qms.cli.known import state_of
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.planning.reads import not_shown, stays_between
from qms.twin.rules.sim.past import Stay

_STAYS = TypeAdapter(list[Stay])


@dataclass(frozen=True, slots=True)
class Past:
    """A hall's whole past days: its set-up as it is now, its business day, who came, bookings that did not."""

    hall: Hall
    today: date
    people: Sequence[Stay]
    not_shown: int


async def hall_history(server: Server, hall: str, weeks: int) -> dict[str, Any]:
    """Those who came in the last weeks, without today's; nobody's name or id."""
    setup = state_of(server, hall).setup
    today = hours.day_of(setup, server.site.clock.now())
    first, last = today - timedelta(weeks=weeks), today - timedelta(days=1)

    def look(conn: Any) -> tuple[str, int]:
        # As one text: what is left to be done where the hall waits is to pass it on.
        people = _STAYS.dump_json(list(stays_between(conn, hall, first, last))).decode()
        return people, not_shown(conn, hall, first, last)

    people, missing = await server.site.read(look)
    return {
        "hall": setup.model_dump_json(),
        "today": today.isoformat(),
        "people": people,
        "not_shown": missing,
    }


def past(done: dict[str, Any]) -> Past:
    """What `hall_history` told."""
    return Past(
        Hall.model_validate_json(done["hall"]),
        date.fromisoformat(done["today"]),
        _STAYS.validate_json(done["people"]),
        done["not_shown"],
    )
