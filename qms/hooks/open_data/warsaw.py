"""The shape of Warsaw's city API, for programs that read that one: its names, and its mixture of types.

One entry for each service group of each hall of the office, in the office's order. Where an office has
several halls, the hall's name stands before the group's, for groups of two halls may share a letter.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from qms.halls.rules.model import Group
from qms.hooks.open_data.facts import HallFacts, last_called
from qms.queue.rules.queue_length import cycle
from qms.queue.views.hall import open_counters
from qms.web.wording import name as name_in

POLISH = "pl"


class Grupa(TypedDict):
    """A service group.

    `status`: "1" while numbers are given, "0" while not, null for a group without any service.
    `czasObslugi`: minutes that one person takes at a counter, as measured. `lp`: place in the list, from "1".
    """

    status: Literal["0", "1"] | None
    czasObslugi: str
    lp: str | None
    idGrupy: str
    liczbaCzynnychStan: int
    nazwaGrupy: str
    literaGrupy: str
    liczbaKlwKolejce: int
    aktualnyNumer: str


class Wynik(TypedDict):
    """The office's groups; date and time are those of the office."""

    date: str
    time: str
    grupy: list[Grupa]


class Odpowiedz(TypedDict):
    """An answer with something in it."""

    result: Wynik


class Blad(TypedDict):
    """An answer without."""

    result: Literal["false"]
    error: str


def told(halls: Sequence[HallFacts], now: datetime) -> Odpowiedz:
    """The office as it stands now."""
    local = now.astimezone(ZoneInfo(halls[0].setup.zone))
    groups = [one for facts in halls for one in _groups(facts, several=len(halls) > 1)]
    for n, one in enumerate(groups, 1):
        one["lp"] = str(n)
    return {"result": {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "grupy": groups}}


def refused(error: str) -> Blad:
    """Why there is nothing to tell."""
    return {"result": "false", "error": error}


def _groups(facts: HallFacts, *, several: bool) -> Iterator[Grupa]:
    setup, outlooks = facts.setup, facts.outlooks
    groups = sorted((g for g in setup.groups if not g.retired), key=lambda group: group.order)
    for group in groups:
        services = [s.id for s in setup.services if s.group == group.id and not s.retired]
        lines = [facts.view["services"][id] for id in services]
        counters = frozenset[str]().union(*(open_counters(facts.state, outlooks, id) for id in services))
        current = last_called(t for t in facts.state.tickets.values() if t.group == group.id)
        minutes = [cycle(facts.state, id) for id in services]
        yield {
            "status": ("1" if any(line["accepting"] for line in lines) else "0") if lines else None,
            "czasObslugi": str(round(sum(minutes) / len(minutes))) if minutes else "0",
            "lp": None,
            "idGrupy": f"{setup.id}.{group.id}",
            "liczbaCzynnychStan": len(counters),
            "nazwaGrupy": _name(facts, group, several=several),
            "literaGrupy": group.letter,
            "liczbaKlwKolejce": sum(line["waiting"] for line in lines),
            "aktualnyNumer": current.number if current is not None else "",
        }


def _name(facts: HallFacts, group: Group, *, several: bool) -> str:
    name = name_in(group.names, POLISH)
    return f"{name_in(facts.setup.names, POLISH)} – {name}" if several else name
