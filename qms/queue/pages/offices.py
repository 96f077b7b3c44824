"""The public page of an office: all its halls, and how busy they are."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qms.booking.firsts import Firsts
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.queue.forecasts import Glance
from qms.queue.history import History
from qms.queue.offices import halls_of
from qms.queue.pages import lines
from qms.web.catalogue import text
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.templates import page
from qms.web.wording import clock


class OfficePages:
    """The page; `firsts` knows first free times, `history` what was promised and kept, `glance` tells waits."""

    def __init__(self, firsts: Firsts, history: History, glance: Glance) -> None:
        self._firsts, self._history, self._glance = firsts, history, glance

    def routes(self) -> list[BaseRoute]:
        return [Route("/offices/{office}", self.office, name="GET /offices/{office}")]

    async def office(self, request: Request) -> Response:
        """An office now."""
        here = site(request)
        principal: Principal = request.scope["principal"]
        call = Call(request, here, principal, None, "", "")
        states = halls_of(here.writer, request.path_params["office"])
        if not states:
            raise Problem("not_found")
        now, lang = here.clock.now(), language_of(request)
        halls: list[dict[str, Any]] = [
            await lines.told(call, state, self._firsts, self._history, self._glance)
            | {"today": today_words(state.setup, now, lang)}
            for state in states
        ]
        first = states[0].setup
        return page(
            request, "office.html", "citizen", office=first.office, halls=halls, at=now, zone=first.zone
        )


def today_words(setup: Hall, now: datetime, lang: str) -> str:
    """'Today 08:00–16:00', or that the hall does not open today."""
    openings = hours.business_openings(setup, hours.day_of(setup, now))
    if not openings:
        return text(lang, "citizen", "citizen.office.closed_today")
    spans = ", ".join(f"{clock(o.opens, setup.zone)}–{clock(o.closes, setup.zone)}" for o in openings)
    return text(lang, "citizen", "citizen.office.today", hours=spans)
