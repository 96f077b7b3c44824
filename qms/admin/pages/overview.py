"""What an office has set up for its opening, in words, with a month of it; and what it was before."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.admin.pages.frame import HISTORY, OVERVIEW, SETTINGS, said, show, tell
from qms.admin.reads import Acted, acted
from qms.admin.rules.differences import entries
from qms.admin.rules.month import beside, weeks
from qms.admin.rules.settings import GROUPS, PROSE
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.setups import Setups
from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.staff.reads import accounts
from qms.web.edge import Call
from qms.web.language import language_of

MONTH = "%Y-%m"
VERSIONS = 30
"""So many versions are listed."""


class OverviewPages:
    """The pages."""

    def __init__(self, setups: Setups[Hall]) -> None:
        self._setups = setups

    def routes(self) -> list[BaseRoute]:
        return [
            at_state("GET", OVERVIEW, self.overview, "hall.run"),
            at_state("GET", SETTINGS, self.settings, "hall.run"),
            at_state("GET", HISTORY, self.history, "hall.run"),
        ]

    async def overview(self, call: Call, state: Queue) -> Response:
        """Opening rules, roster, time off, closures and hours, and the month."""
        setup = state.setup
        today = hours.day_of(setup, call.site.clock.now())
        month = _month(call.request.query_params.get("month", ""), today)
        before, after = beside(month)
        rules = setup.bookings.opening if setup.bookings is not None else ()
        roster: dict[str, list[Any]] = {}
        for shift in _current(setup.roster, today):
            roster.setdefault(shift.counter, []).append(shift)
        return show(
            call,
            setup,
            "opening.html",
            said=said(call),
            month=month,
            weeks=await asyncio.to_thread(weeks, setup, month, language_of(call.request)),
            earlier=before.strftime(MONTH),
            later=after.strftime(MONTH),
            before=before,
            after=after,
            kept=f"month={month.strftime(MONTH)}&",
            rules=_current(rules, today),
            roster=[(each, roster.get(each.id, [])) for each in setup.counters if not each.retired],
            off=[(n, each) for n, each in enumerate(setup.time_off) if each.last_day >= today],
            closures=sorted(_current(setup.closures, today), key=lambda each: each.first_day),
        )

    async def settings(self, call: Call, state: Queue) -> Response:
        """How visits are booked: all that is set for the hall and its services."""
        setup = state.setup
        return show(
            call,
            setup,
            "opening_settings.html",
            address=call.request.scope.get("root_path", "") + SETTINGS.replace("{hall}", setup.id),
            said=said(call),
            groups=list(GROUPS),
            prose=PROSE,
            services=[each for each in setup.services if not each.retired],
        )

    async def history(self, call: Call, state: Queue) -> Response:
        """The versions that acted: who made them, when, and what changed."""
        setup, codec = state.setup, call.site.writer.codec

        def look(conn: Any) -> tuple[Sequence[Acted], Mapping[str, str]]:
            found = acted(conn, codec, setup.id, VERSIONS + 1)
            return found, {each.id: each.shown for each in accounts(conn)}

        versions, names = await call.site.read(look)
        version_of = self._setups.of(setup.id)

        def compare() -> list[dict[str, Any]]:
            shown = []
            for newer, older in pairwise([*versions, None]):
                assert newer is not None
                after = version_of(newer.version)
                found = [] if older is None else entries(version_of(older.version), after)
                told = [tell(call, after).entry(each) for each in found]
                who = names.get(newer.by, newer.by)
                shown.append({"acted": newer, "older": older, "who": who, "told": told})
            return shown[:VERSIONS]

        address = call.request.scope.get("root_path", "") + HISTORY.replace("{hall}", setup.id)
        return show(
            call,
            setup,
            "opening_history.html",
            address=address,
            versions=await asyncio.to_thread(compare),
            acting=state.version,
        )


def _current(parts: Sequence[Any], today: date) -> list[Any]:
    """Those that hold still, or will."""
    return [each for each in parts if each.last_day is None or each.last_day >= today]


def _month(typed: str, today: date) -> date:
    """The first day of the month that is asked for, else of this one."""
    try:
        found = date.fromisoformat(f"{typed}-01")
    except ValueError:
        found = today
    return found.replace(day=1) if 2000 <= found.year < 2200 else today.replace(day=1)
