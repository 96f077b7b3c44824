"""Words of the citizens' pages: waits, times and states as a person reads them, in four languages.

Pure functions of a view, a language and nothing else; `ticket.js` and `queues.js` say the same
from the same catalogues once they run.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from babel.numbers import format_percent

from qms.halls.rules.model import BOOKED, WALK_IN
from qms.halls.rules.parts import WEEKDAYS
from qms.queue.rules.before import CAUSES
from qms.queue.rules.best import Best
from qms.queue.rules.offer import Offer
from qms.queue.rules.promise import Published, Tally
from qms.queue.rules.shown import QueueView, ServiceQueue, TicketView
from qms.web.catalogue import text
from qms.web.wording import LOCALES, clock, day, name, number, wait

NEAR = 2
"""With so few people ahead, one should be in the hall."""
NUMBERED = re.compile(r"^\d+\w?$")
MARKS = {True: "✓", False: "✗", None: "–"}
"""A shape beside the word: met, missed, too few people to say."""
ARROWS = {"left": "←", "right": "→", "ahead": "↑", "back": "↓", "up": "↗", "down": "↘"}


@dataclass(frozen=True, slots=True)
class TicketWords:
    """What a ticket's page says now; an empty text is not shown."""

    do: str
    figure: str = ""
    label: str = ""
    wait: str = ""
    place: str = ""
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a line: its catalogue key after `citizen.queues.`, and its text."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Met:
    """Whether a target was met: `state` (yes, no, few), a shape and words."""

    state: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class GroupLines:
    """The lines whose numbers share a letter; each is (service id, its line)."""

    id: str
    letter: str
    lines: Sequence[tuple[str, ServiceQueue]]


def language_name(lang: str) -> str:
    """A language in its own words."""
    return text(lang, "common", "common.language_name")


def ticket_words(view: TicketView, lang: str) -> TicketWords:
    """What the page of a ticket says."""
    state = view["state"]
    suspended = view["hall"]["state"] == "suspended" and state in ("waiting", "parked")
    if state == "waiting":
        return replace(_waiting(view, lang), suspended=suspended)
    if state in ("called", "serving") and "counter" in view:
        return _at_counter(view, lang)
    return TicketWords(text(lang, "citizen", f"citizen.do.{state}"), suspended=suspended)


def _waiting(view: TicketView, lang: str) -> TicketWords:
    ahead = view.get("ahead")
    expected = wait(view.get("estimate"), lang, ahead)
    near = ahead is not None and ahead <= NEAR
    do = text(lang, "citizen", "citizen.do.near" if near else "citizen.do.waiting")
    if ahead is None:
        return TicketWords(do, wait=expected)
    if ahead:
        label = text(lang, "citizen", "citizen.ahead", ahead)
        return TicketWords(do, number(ahead, lang), label, expected)
    label = text(lang, "citizen", "citizen.next")
    if expected == text(lang, "common", "common.wait_soon"):
        return TicketWords(do, expected, label)
    return TicketWords(do, label=label, wait=expected)


def before_words(view: TicketView, lang: str) -> list[str]:
    """Who may still be called before the holder, and why: a sentence for each reason, then what is promised."""
    if "before" not in view:
        return []
    told, zone = view["before"], view["hall"]["zone"]
    params = {"guard": number(told["guard"], lang)} if "guard" in told else {}
    said = [
        text(lang, "citizen", f"citizen.before.{cause}", told["causes"][cause], **params)
        for cause in CAUSES
        if cause in told["causes"]
    ]
    said = said or [text(lang, "citizen", "citizen.before.nobody_now")]
    if "latest" in told and "until" in told:
        for promise, at in (("latest", told["latest"]), ("until", told["until"])):
            said.append(text(lang, "citizen", f"citizen.before.{promise}", time=clock(at, zone)))
    else:
        said.append(text(lang, "citizen", f"citizen.before.bound_{told['bound']}"))
    return said


def _at_counter(view: TicketView, lang: str) -> TicketWords:
    counter = view["counter"]
    called = name(counter["names"], lang)
    numbered = bool(NUMBERED.match(called))
    if view["state"] == "serving":
        do = text(lang, "citizen", "citizen.do.serving")
    else:
        key = "recalled" if view.get("calls", 1) > 1 else "called"
        do = text(lang, "citizen", f"citizen.do.{key}{'' if numbered else '_named'}", counter=called)
    parts = []
    if "direction" in counter:
        direction = counter["direction"]
        parts.append(f"{ARROWS[direction]} {text(lang, 'common', f'common.direction_{direction}')}")
    if "place" in counter:
        parts.append(name(counter["place"], lang))
    label = text(lang, "citizen", "citizen.counter") if numbered else ""
    return TicketWords(do, called, label, place=" · ".join(parts))


def groups(view: QueueView) -> list[GroupLines]:
    """The lines of a hall by group, in the hall's order."""
    lines = sorted(view["services"].items(), key=lambda line: (line[1]["letter"], line[1]["order"]))
    return [
        GroupLines(group, members[0][1]["letter"], members)
        for (_, group), found in groupby(lines, key=lambda line: (line[1]["letter"], line[1]["group"]))
        if (members := list(found))
    ]


def line_facts(line: ServiceQueue, lang: str) -> list[Fact]:
    """What there is to know of a line: people, wait, open counters, numbers being served."""
    facts = [Fact("people", number(line["waiting"], lang))]
    if line["open"]:
        facts.append(Fact("wait", wait(line.get("estimate"), lang, line["waiting"])))
        facts.append(Fact("open", number(line["open"], lang)))
    else:
        facts.append(Fact("open", text(lang, "citizen", "citizen.queues.none_open")))
    served = [f"{shown} → {counter}" for counter, shown in sorted(line["serving"].items())]
    if served:
        facts.append(Fact("serving", ", ".join(served)))
    return facts


def wait_words(line: ServiceQueue, lang: str) -> str:
    """What somebody would wait who took a number now; without an open counter nobody can say."""
    if not line["open"]:
        return text(lang, "citizen", "citizen.queues.none_open")
    return wait(line.get("estimate"), lang, line["waiting"])


def standard_words(published: Published, lang: str, *, named: bool = False) -> str:
    """'Our target: 80% of people are called within 15 minutes'; `named`: it stands under the segment's name."""
    standard, segment = published.promise
    key = "_booked" if segment == BOOKED else "_walk_in" if segment == WALK_IN and not named else ""
    share = format_percent(standard.share, locale=LOCALES.get(lang, lang))
    return text(lang, "citizen", f"citizen.standard{key}", round(standard.minutes), share=share)


def met_words(published: Published, lang: str) -> list[Met]:
    """Whether a target was met, today and in the last thirty days."""
    return [
        Met("few" if met is None else "yes" if met else "no", MARKS[met], _met(published, when, met, lang))
        for when, met in published.met.items()
    ]


def _met(published: Published, when: str, met: bool | None, lang: str) -> str:
    tally: Tally = getattr(published, when)
    over = text(lang, "citizen", f"citizen.standard_{when}")
    if met is None:
        return f"{over}: {text(lang, 'citizen', 'citizen.standard_few')}"
    said = text(lang, "citizen", "citizen.standard_met" if met else "citizen.standard_missed")
    share = format_percent(tally.reached, locale=LOCALES.get(lang, lang))
    return f"{over}: {said} ({share})"


def best_words(best: Best, lang: str) -> str:
    """'On Wednesdays between 12:00 and 14:00 people usually wait less than 10 minutes'."""
    on = text(lang, "citizen", f"citizen.best_{WEEKDAYS[best.weekday]}")
    hours = {"first": best.first, "last": best.last}
    return text(lang, "citizen", "citizen.best", day=on, minutes=best.minutes, **hours)


def offer_words(offer: Offer, zone: str, lang: str) -> str:
    """'Tomorrow at 09:10 without waiting'."""
    when = "day" if offer.in_days > 1 else "tomorrow" if offer.in_days == 1 else "today"
    time, on = clock(offer.start, zone), day(offer.start, zone, lang)
    return text(lang, "citizen", f"citizen.offer_{when}", time=time, day=on)


def closed_words(line: ServiceQueue, lang: str) -> str:
    """Why no numbers are given."""
    code = line.get("closed_code", "other")
    return text(lang, "citizen", f"citizen.closed.{code if code in CLOSED else 'other'}")


CLOSED = frozenset(
    {
        "service_closed",
        "daily_cap",
        "after_last_ticket",
        "before_opening",
        "hall_closed",
        "hall_suspended",
        "wait_past_closing",
        "numbers_exhausted",
        "by_appointment",
    }
)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "name": name,
    "language_name": language_name,
    "clock": clock,
    "day": day,
    "ticket_words": ticket_words,
    "before_words": before_words,
    "groups": groups,
    "line_facts": line_facts,
    "offer_words": offer_words,
    "wait_words": wait_words,
    "standard_words": standard_words,
    "met_words": met_words,
    "best_words": best_words,
    "closed_words": closed_words,
}
"""For the environment that renders the pages of the queue."""
