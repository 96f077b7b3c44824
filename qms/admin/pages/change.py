"""Changing what an office set up: a form, a preview of what comes of it, and only then the change."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.admin.pages.calling import choices, promised
from qms.admin.pages.frame import (
    CHANGE,
    HIT,
    OVERVIEW,
    PAPER_PAGE,
    RULES_PAGE,
    SAVED,
    SETTINGS,
    show,
    tell,
    to,
)
from qms.admin.pages.hits import Hits
from qms.admin.pages.paper import looked_at
from qms.admin.pages.say import Tell
from qms.admin.rules import reminders
from qms.admin.rules.calling import BOUNDS, CALLING, SEGMENT
from qms.admin.rules.changes import CHANGES, SHORT, changed
from qms.admin.rules.differences import entries
from qms.admin.rules.fields import Unfit
from qms.admin.rules.holidays import listed, regions
from qms.admin.rules.initial import initial
from qms.admin.rules.paper import PAPER, TEXT, moved, order_of
from qms.admin.rules.series import WEEKS
from qms.admin.rules.services import FURTHER, rows
from qms.admin.rules.settings import GROUPS, PROSE
from qms.booking.rules import conflicts
from qms.halls.rules import amend, check, hours
from qms.halls.rules.merge import merge
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS
from qms.kernel.refusal import Refusal
from qms.ledger.setups import Setups
from qms.queue.configure import configure
from qms.queue.rules.state import Queue
from qms.staff.pages.frame import sentence
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem, refused, status_of

UNDO = "undo"
FIELDS = 300
LISTED = 100
"""So many bookings are named in a preview."""
NAMED = ("kind", "id", "counter", "day")
"""Fields that the address of a form may hold, to say what it is about."""
OWN = ("based_on", "edit")
"""Fields of the preview, not of the form before it."""
SEEN = "seen"
"""The field with the version of the set-up that a form was first filled from."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A change that was asked for: what kind, as typed, and the hall with it."""

    what: str
    typed: Mapping[str, str]
    after: Hall


class ChangePages:
    """The pages."""

    def __init__(self, hits: Hits, setups: Setups[Hall]) -> None:
        self._hits, self._setups = hits, setups

    def routes(self) -> list[BaseRoute]:
        return [
            at_state("GET", CHANGE, self.form, "hall.configure"),
            at_state("POST", CHANGE, self.preview, "hall.configure"),
            at_state("POST", CHANGE + "/save", self.save, "hall.configure"),
        ]

    async def form(self, call: Call, state: Queue) -> Response:
        """The form, filled with what is so at present."""
        what = _what(call)
        if what in SHORT or what == UNDO:
            raise Problem("not_found")
        today = hours.day_of(state.setup, call.site.clock.now())
        asked = dict(call.request.query_params)
        if not _there(state.setup, what, asked.get("id", ""), asked.get("kind", "")):
            raise Problem("not_found")
        typed = initial(state.setup, what, asked, today)
        return await self._form(call, state.setup, what, {**typed, SEEN: str(state.version)})

    async def preview(self, call: Call, state: Queue) -> Response:
        """What comes of the change; a form that cannot be taken comes back with what is wrong."""
        what, typed = _what(call), await filled(call.request, FIELDS)
        edit = typed.get("edit", "")
        typed = {name: value for name, value in typed.items() if name not in OWN}
        if edit and what not in SHORT and what != UNDO:
            return await self._form(call, state.setup, what, moved(typed, edit) if what == PAPER else typed)
        return await self._previewed(call, state, what, typed)

    async def save(self, call: Call, state: Queue) -> Response:
        """Make the change, unless the hall was changed since the preview: then there is a fresh one."""
        what, typed = _what(call), await filled(call.request, FIELDS)
        based_on = int(based) if (based := typed.get("based_on", "")).isdecimal() and len(based) < 9 else 0
        typed = {name: value for name, value in typed.items() if name not in OWN}
        if based_on != state.version:
            stale = Problem("version_changed", {"version": state.version})
            return await self._previewed(call, state, what, typed, stale)
        try:
            draft = await self._draft(state, what, typed)
        except Unfit as unfit:
            return await self._unfit(call, state.setup, what, typed, unfit)
        before = {hit.id for hit in await self._hits.of(call, state.setup)}
        writer, actor = call.site.writer, call.principal.id
        done = await configure(writer, draft.after, based_on, actor, call.correlation)
        if isinstance(done, Refusal):
            fresh: Queue = writer.state(state.setup.id) or state
            return await self._previewed(call, fresh, what, typed, refused(done))
        now = await self._hits.of(call, draft.after)
        path = HIT if any(hit.id not in before for hit in now) else _home(what)
        return to(call, state.setup.id, path, said=SAVED)

    async def _previewed(
        self, call: Call, state: Queue, what: str, typed: Mapping[str, str], fault: Problem | None = None
    ) -> Response:
        """The preview, or the form again with what is wrong."""
        try:
            draft = await self._draft(state, what, typed)
        except Unfit as unfit:
            return await self._unfit(call, state.setup, what, typed, unfit)
        return await self._preview(call, state, draft, fault)

    async def _draft(self, state: Queue, what: str, typed: Mapping[str, str]) -> Draft:
        """The hall with the change; raises Unfit."""
        if what != UNDO:
            return Draft(what, typed, await asyncio.to_thread(changed, state.setup, what, typed))
        number = typed.get("version", "")
        try:
            version = int(number) if len(number) < 9 else 0
            old = await asyncio.to_thread(self._setups.of(state.setup.id), version)
        except (LookupError, ValueError):
            raise Problem("not_found") from None
        after = merge(state.setup, old)
        if after == state.setup:
            raise Unfit({"": "nothing_changed"})
        return Draft(what, typed, after)

    async def _preview(
        self, call: Call, state: Queue, draft: Draft, fault: Problem | None = None
    ) -> Response:
        now, after = state.setup, draft.after
        was = {hit.id for hit in await self._hits.of(call, now)}
        hits = [hit for hit in await self._hits.of(call, after) if hit.id not in was]
        voice = tell(call, merge(now, after))
        rules = {each.id: each for each in after.bookings.opening} if after.bookings else {}
        overlaps = await asyncio.to_thread(_new_overlaps, now, after)
        return show(
            call,
            now,
            "opening_preview.html",
            status=200 if fault is None else status_of(fault.code),
            what=draft.what,
            typed=draft.typed,
            based_on=state.version,
            differences=[voice.entry(entry) for entry in entries(now, after)],
            **_back(call, now, draft.what),
            warnings=_new_warnings(now, after, voice),
            overlaps=[[" · ".join(voice.series(rules[id])) for id in pair] for pair in overlaps],
            hits=await self._hits.shown(call, hits, LISTED),
            count=len(hits),
            editable=draft.what not in SHORT and draft.what != UNDO,
            looks=await looked_at(call, after, draft.what, draft.typed),
            promises=await asyncio.to_thread(
                promised, now, merge(now, after), language_of(call.request), draft.what
            ),
            fault=sentence(call.request, fault) if fault is not None else "",
            meanwhile=fault is None and draft.typed.get(SEEN, str(state.version)) != str(state.version),
        )

    async def _unfit(
        self, call: Call, setup: Hall, what: str, typed: Mapping[str, str], unfit: Unfit
    ) -> Response:
        if what in SHORT or what == UNDO:
            return show(call, setup, "opening_stop.html", status=422, faults=unfit.faults)
        return await self._form(call, setup, what, typed, unfit)

    async def _form(
        self, call: Call, setup: Hall, what: str, typed: Mapping[str, str], unfit: Unfit | None = None
    ) -> Response:
        id = typed.get("id", "")
        if what in ("words", "service", TEXT, SEGMENT) and not _there(setup, what, id, ""):
            raise Problem("not_found")
        kind: Any = "roster" if typed.get("kind") == "roster" else "opening"
        base = call.request.scope.get("root_path", "")
        return show(
            call,
            setup,
            "opening_form.html",
            status=422 if unfit is not None else 200,
            address=base + CHANGE.replace("{hall}", setup.id).replace("{what}", what),
            kept="".join(f"{urlencode({name: typed[name]})}&" for name in NAMED if typed.get(name)),
            what=what,
            kind=kind,
            **_back(call, setup, what),
            part=amend.series(setup, kind, id),
            typed=typed,
            faults=unfit.faults if unfit is not None else {},
            services=[each for each in setup.services if not each.retired],
            counters=[each for each in setup.counters if not each.retired],
            weekdays=list(enumerate(WEEKDAYS)),
            month_weeks=WEEKS,
            looks=await looked_at(call, _so_far(setup, what, typed), what, typed),
            part_rows=order_of(typed.get("order", "")),
            **_settings_form(call, setup, what, typed),
        )


def _so_far(setup: Hall, what: str, typed: Mapping[str, str]) -> Hall:
    """The hall with what is typed so far, as far as it can be taken."""
    try:
        return changed(setup, what, typed) if what in (PAPER, TEXT) else setup
    except Unfit:
        return setup


def _settings_form(call: Call, setup: Hall, what: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """What the forms of settings need besides."""
    day = hours.day_of(setup, call.site.clock.now())
    numbers = [one for one in GROUPS.get(what, ()) if one.kind == "number"]
    return {
        "groups": GROUPS,
        "bounds": {one.name: one.bounds for one in numbers} | {**BOUNDS.get(what, {})},
        **choices(what),
        "reminder_rows": reminders.rows(setup.bookings.reminders if setup.bookings is not None else ()),
        "further": FURTHER,
        "document_rows": rows(setup, typed.get("id", "")) if what == "service" else 0,
        "regions": regions(typed, day) if what == "holidays" else {},
        "listed": listed(typed, day, language_of(call.request)) if what == "holidays" else [],
    }


def _new_overlaps(before: Hall, after: Hall) -> list[tuple[str, str]]:
    """Pairs of opening rules that did not overlap before."""
    return sorted(set(conflicts.overlaps(after)) - set(conflicts.overlaps(before)))


def _new_warnings(before: Hall, after: Hall, voice: Tell) -> list[str]:
    """What looks like an oversight and did not before, in words."""
    known = check.warnings(before)
    told = [voice.warning(each.path) for each in check.warnings(after) if each not in known]
    return [words for words in dict.fromkeys(told) if words]


def _what(call: Call) -> str:
    """Which change the address names; raises Problem."""
    what = call.param("what")
    if what not in CHANGES and what != UNDO:
        raise Problem("not_found")
    return what


def _there(hall: Hall, what: str, id: str, kind: str) -> bool:
    """Whether there is what a form is about: a series, a service, a text."""
    if what in ("from", "day", "end", "fewer"):
        return amend.series(hall, "roster" if kind == "roster" else "opening", id) is not None
    if what == SEGMENT:
        return (known := hall.segment(id)) is not None and not known.retired
    if what in ("service", TEXT):
        return hall.service(id) is not None
    return what != "words" or id in PROSE


def _back(call: Call, setup: Hall, what: str) -> dict[str, str]:
    """The address of that page and its name, for whoever changes nothing."""
    base, home = call.request.scope.get("root_path", ""), _home(what)
    names = {SETTINGS: "settings", PAPER_PAGE: "paper", RULES_PAGE: "rules"}
    return {"back": base + home.replace("{hall}", setup.id), "back_name": names.get(home, "back")}


def _home(what: str) -> str:
    """The page on which a change is seen."""
    if what in (PAPER, TEXT):
        return PAPER_PAGE
    if what in (CALLING, SEGMENT):
        return RULES_PAGE
    return SETTINGS if what in GROUPS or what in ("words", "service", "online") else OVERVIEW
