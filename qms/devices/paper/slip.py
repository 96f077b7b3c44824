"""What a printed number says, in words: from a hall's public card and a ticket just given, to a `Slip`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qms.web.catalogue import LANGUAGES, text
from qms.web.wording import clock, full_day, name, wait

LATER = timedelta(minutes=1)
"""Printed so long after the number was given, the slip says of when its figures are."""
HOURS = re.compile(r"(\d+ \S+) (?=\d)")
"""Hours before their minutes, which stay together: half a wait at the end of a line would be another wait."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure and what it is: 'Ahead of you', '6 people'."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Slip:
    """All that is printed. `parts` are printed in this order; one that is empty is left out.

    `service_again` is the matter in the office's own language, where the person reads another one:
    the clerk, too, has to know it. `link` becomes the QR code. `logo` is a PNG, JPEG or WebP.
    """

    parts: Sequence[str]
    number: str
    number_label: str
    office: str = ""
    hall: str = ""
    head: str = ""
    service: str = ""
    service_again: str = ""
    text: str = ""
    time: Fact | None = None
    ahead: Fact | None = None
    wait: Fact | None = None
    place: Fact | None = None
    link: str = ""
    link_text: str = ""
    documents_label: str = ""
    documents: Sequence[str] = ()
    foot: str = ""
    logo: bytes | None = None


def slip_of(
    card: Mapping[str, Any],
    ticket: Mapping[str, Any],
    language: str,
    logo: bytes | None,
    *,
    now: datetime,
) -> Slip:
    """The slip of a ticket (`TicketTaken`) in the person's language; `card` is the hall's public card.

    A ticket without `ahead` (given while the server was away, or no longer waiting) is printed without
    people ahead and wait, for nobody knows them.
    """
    paper, said = card["paper"], Voice(language if language in LANGUAGES else LANGUAGES[0], card["zone"])
    service = card["services"].get(ticket["service"], {})
    office = card["languages"][0]
    matter, again = (name(service.get("names", {}), lang) for lang in (language, office))
    return Slip(
        parts=tuple(paper["parts"]),
        number=ticket["number"],
        number_label=said.t("number"),
        office=name(card["office"]["names"], language),
        hall=name(card["names"], language),
        head=name(paper.get("head", {}), language),
        service=matter,
        service_again=again if again != matter else "",
        text=name(service.get("paper", {}), language),
        time=Fact(said.t("time"), said.moment(ticket["issued_at"])),
        ahead=said.ahead(ticket, now),
        wait=said.wait(ticket, now),
        place=said.place(card["counters"]),
        link=ticket.get("url", ""),
        link_text=said.t("follow"),
        documents_label=said.t("documents"),
        documents=tuple(name(each, language) for each in service.get("documents", ())),
        foot=name(paper.get("foot", {}), language),
        logo=logo,
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """One language and one hall's zone."""

    lang: str
    zone: str

    def t(self, key: str, n: int | None = None, **params: object) -> str:
        """A text of the paper."""
        return text(self.lang, "paper", f"paper.{key}", n, **params)

    def moment(self, at: str) -> str:
        """'24 listopada 2026, 10:20'."""
        return f"{full_day(at, self.zone, self.lang)}, {clock(at, self.zone)}"

    def ahead(self, ticket: Mapping[str, Any], now: datetime) -> Fact | None:
        """How many are ahead; nothing where nobody knows."""
        ahead = ticket.get("ahead")
        if ahead is None:
            return None
        people = self.t("people", ahead) if ahead else self.t("nobody")
        return Fact(self.t("ahead"), self._as_of(people, ticket, now))

    def wait(self, ticket: Mapping[str, Any], now: datetime) -> Fact | None:
        """The expected wait, as a range; nothing where nobody knows."""
        ahead, estimate = ticket.get("ahead"), ticket.get("estimate")
        if ahead is None or (estimate is None and ahead):
            return None
        said = wait(estimate, self.lang, ahead)
        whole = HOURS.sub("\\1\u00a0", said)
        soon = said == text(self.lang, "common", "common.wait_soon")
        return Fact(self.t("call" if soon else "wait"), self._as_of(whole, ticket, now))

    def place(self, counters: Sequence[Mapping[str, Any]]) -> Fact | None:
        """Where one will be served, if that is one place for all: a hall may call to any of its counters."""
        places = {name(each.get("place", {}), self.lang) for each in counters}
        where = places.pop() if len(places) == 1 else ""
        return Fact(self.t("place"), where) if where else None

    def _as_of(self, figure: str, ticket: Mapping[str, Any], now: datetime) -> str:
        if now - datetime.fromisoformat(ticket["issued_at"]) < LATER:
            return figure
        return self.t("as_of", figure=figure, time=clock(now, self.zone))
