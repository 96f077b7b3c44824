"""The policy lab for managers: past days under other rules or with other counters, beside what happened.

A form whose answer is a page, so that it works without scripts and an answer has an address of its own.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from qms.booking.pages.say import Say
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.planning.lab import Question, answer, drawn
from qms.planning.pages.tell import Told, clock
from qms.planning.reads import days_of, stays_between
from qms.planning.rules import asking
from qms.planning.rules.asking import Asked
from qms.planning.rules.week import opening
from qms.planning.workbench import Busy, GivenUp, Workbench
from qms.queue.rules.terms import UNIT
from qms.staff.pages.hall import at_hall
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.tuning import RULES
from qms.web.edge import Call
from qms.web.files import Files
from qms.web.language import language_of
from qms.web.templates import page

PATH = "/lab/{hall}"
FOLDER = Path(__file__).parent
log = structlog.get_logger("qms.lab")


class LabPages:
    """The page; its work is done at the workbench."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", PATH, self.lab, "hall.run"),
            Mount("/lab-assets", Files(FOLDER / "assets"), name="/lab-assets"),
        ]

    async def lab(self, call: Call, hall: Hall) -> Response:
        """The form, and the answer where it was sent."""
        today = hours.day_of(hall, call.site.clock.now())
        known = await call.site.read(lambda conn: days_of(conn, hall.id, today, asking.LISTED))
        days = [day for day, _ in known]
        given = call.request.query_params.multi_items()
        halves = _halves(hall, days)
        if ("go", "1") not in given or not days:
            if days:
                self._workbench.warm()
            return _show(call, hall, known, halves, asking.first(days))
        asked = asking.asked(hall, days, halves, given)
        if asked.faults:
            return _show(call, hall, known, halves, asked, status=422)
        try:
            found, charts = await self._answer(call, hall, asked)
        except Busy:
            return _show(call, hall, known, halves, asked, status=503, stopped="busy")
        except GivenUp:
            log.warning("a comparison was given up", hall=hall.id, days=len(asked.days))
            return _show(call, hall, known, halves, asked, status=503, stopped="given_up")
        return _show(call, hall, known, halves, asked, told=found, charts=charts)

    async def _answer(self, call: Call, hall: Hall, asked: Asked) -> tuple[Told, dict[str, Markup]]:
        async with self._workbench.turn() as do:
            stays = await call.site.read(lambda conn: _stays(conn, hall.id, asked.days))
            compared = await do(answer, Question(hall.model_dump_json(), stays, asked.variants))
            told = Told(language_of(call.request), hall, compared)
            charts = await do(drawn, told.drawings())
        return told, {name: Markup(svg) for name, svg in charts.items()}  # noqa: S704  what vl-convert drew, it escaped


def _stays(conn: Connection, hall: str, days: Sequence[date]) -> list[Stay]:
    return [stay for day in days for stay in stays_between(conn, hall, day, day)]


def _halves(hall: Hall, days: Sequence[date]) -> list[int]:
    """All half hours at which the hall opens on some of these days."""
    return sorted({half for day in days for half in opening(hall, day)})


def _show(
    call: Call,
    hall: Hall,
    known: Sequence[tuple[date, int]],
    halves: Sequence[int],
    asked: Asked,
    status: int = 200,
    **values: Any,
) -> Response:
    base = call.request.scope.get("root_path", "")
    query = [(name, value) for name, value in call.request.query_params.multi_items() if name != "lang"]
    given = {"told": None, "charts": {}, "stopped": "", **values}
    return page(
        call.request,
        "lab.html",
        "lab",
        status=status,
        hall=hall,
        say=Say(language_of(call.request), hall.zone),
        address=base + PATH.replace("{hall}", hall.id),
        kept=_kept(query),
        known=known,
        asked=asked,
        rules=RULES,
        segments=asking.segments_of(hall),
        unit=UNIT,
        moves=asking.MOVES,
        shares=asking.SHARES,
        most=asking.MOST,
        most_days=asking.DAYS,
        edges=[(half, clock(half)) for half in [*halves, *(halves[-1:] and [halves[-1] + 1])]],
        **given,
    )


def _kept(query: Sequence[tuple[str, str]]) -> str:
    """What the page's other languages ask as well."""
    return f"{urlencode(query)}&" if query else ""
