"""Tells people that their turn is near: once for each ticket and way, and then forgets how they are reached.

Every process looks at the published states; what it finds goes into the queue of messages under a name that
is the same everywhere, so that each is queued once and sent by one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, select

from qms.kernel.event import Recorded
from qms.ledger.persons import forget_field, read_person
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault, token_hash
from qms.notices import browsers
from qms.notices.rules.near import is_near, is_over
from qms.post.push import Notification
from qms.post.queue import PUSH, SMS, Row, Wanted, put
from qms.post.sending import machine_now
from qms.post.sms import TextMessage
from qms.queue.forecasts import Glance
from qms.queue.pages.format import NUMBERED
from qms.queue.rules import events as e
from qms.queue.rules.model import Ticket
from qms.queue.rules.phone import TURN_PHONE
from qms.queue.rules.state import Queue
from qms.queue.tables import Visit
from qms.web.catalogue import LANGUAGES, text
from qms.web.site import Site
from qms.web.wording import name

NEAR = "near"
"""The message's name in the queue."""
PARTS = {PUSH: 0, SMS: 1}
LASTS = 20 * 60
"""Seconds for which it is worth telling a phone that was out of reach."""
VISIT = table_of(Visit)
ENDS = (e.TicketFinished, e.TicketMissed, e.TicketCancelled)


class Turns:
    """The turns of one server; `push` and `sms`: whether it has these ways. `base` begins links."""

    def __init__(
        self,
        site: Site,
        state_of: Callable[[str], Queue | None],
        glance: Glance,
        base: str,
        *,
        push: bool,
        sms: bool,
    ) -> None:
        self._site, self._state_of, self._glance, self._base = site, state_of, glance, base
        self._push, self._sms = push, sms
        self._done: dict[str, set[tuple[str, str]]] = {}
        """By hall, what was queued, or is known to have no number: ticket and way."""

    async def look(self) -> int:
        """Queue what is to be told now; returns how many messages. Raises LedgerUnavailable."""
        asked = await self._site.read(browsers.waiting) if self._push else {}
        told = 0
        for hall in self._site.writer.halls():
            state = self._state_of(hall)
            if state is not None and (found := self._near(state, asked.get(hall, set()))):
                told += await self._queue(state, found)
        return told

    def _near(self, state: Queue, asked: set[str]) -> list[tuple[Ticket, str]]:
        """Who is near and not yet told by a way that they may have."""
        done = self._done.setdefault(state.id, set())
        done.intersection_update((t, way) for t, way in tuple(done) if t in state.tickets)
        wanted = [
            (ticket, way)
            for ticket in state.tickets.values()
            if ticket.state in ("waiting", "called")
            for way in self._ways(ticket, asked)
            if (ticket.id, way) not in done
        ]
        if not wanted:
            return []
        outlooks = self._glance.of(state, self._site.clock.now())
        return [(ticket, way) for ticket, way in wanted if is_near(state, ticket, outlooks)]

    def _ways(self, ticket: Ticket, asked: set[str]) -> Iterable[str]:
        if ticket.id in asked:
            yield PUSH
        if self._sms and ticket.person is not None and ticket.channel != "booking":
            yield SMS

    async def _queue(self, state: Queue, found: Sequence[tuple[Ticket, str]]) -> int:
        now, vault = self._site.clock.now(), self._site.vault

        def known(conn: Connection) -> list[tuple[Ticket, str]]:
            return [
                (ticket, way) for ticket, way in found if way != SMS or phone_of(conn, vault, ticket.person)
            ]

        wanted = [_wanted(state, ticket, way, now) for ticket, way in await self._site.read(known)]
        if wanted:
            await self._site.writer.aside(lambda conn: put(conn, wanted, machine_now()))
        self._done[state.id] |= {(ticket.id, way) for ticket, way in found}
        return len(wanted)

    def text_message(self, conn: Connection, message: Row) -> TextMessage | str:
        """A queued message for a phone; or in a word why it is not to be sent any more. Raises CannotOpen."""
        found = self._stands(message)
        if isinstance(found, str):
            return found
        number = phone_of(conn, self._site.vault, message["person"])
        if not number:
            return "erased"
        state, ticket = found
        said = said_of(state, ticket, message["language"])
        return TextMessage(number, " ".join([*said, *self._link(ticket)]))

    def notification(self, conn: Connection, message: Row) -> Notification | str:
        """The same for a browser."""
        found = self._stands(message)
        if isinstance(found, str):
            return found
        asked = browsers.of_ticket(conn, self._site.vault, message["about"])
        if asked is None:
            return "erased"
        state, ticket = found
        title, body = said_of(state, ticket, message["language"])
        said = {"title": title, "body": body, "lang": message["language"], "path": f"t/{asked.token}"}
        return Notification(asked.browser, orjson.dumps(said), LASTS)

    def told(self, conn: Connection, message: Row) -> None:
        """A message is at its end: how the person was reached is not needed any more."""
        if message["channel"] == PUSH:
            browsers.forget(conn, [message["about"]])
        else:
            forget_field(conn, self._site.vault, message["person"], TURN_PHONE)

    def over(self, conn: Connection, events: Sequence[Recorded]) -> None:
        """Visits that are over take with them how people were reached; the work of a tail."""
        ended: list[Any] = [event.body for event in events if isinstance(event.body, ENDS)]
        chosen: list[ColumnElement[bool]] = []
        if ended:
            chosen.append(VISIT.c.id.in_([body.ticket for body in ended]))
        for event in events:
            if isinstance(event.body, e.DayClosed):
                whole = (VISIT.c.hall == event.hall, VISIT.c.day == event.day, VISIT.c.state == "lapsed")
                chosen.append(and_(*whole))
        for those in chosen:
            rows = conn.execute(select(VISIT.c.id, VISIT.c.person, VISIT.c.channel).where(those)).all()
            browsers.forget(conn, [row.id for row in rows])
            for row in rows:
                if row.person is not None and row.channel != "booking":
                    forget_field(conn, self._site.vault, row.person, TURN_PHONE)

    def _stands(self, message: Row) -> tuple[Queue, Ticket] | str:
        """Hall and ticket of a message; `over` for one that has nothing to tell any more."""
        state = self._state_of(message["hall"])
        if state is None:
            raise LookupError("the hall is not served")
        ticket = state.tickets.get(message["about"])
        return "over" if ticket is None or is_over(ticket) else (state, ticket)

    def _link(self, ticket: Ticket) -> Iterable[str]:
        """Where the ticket is followed; none where its kiosk made the secret, which is on its paper alone."""
        token = self._site.vault.token("ticket", ticket.id)
        if token_hash(token) == ticket.holder:
            yield f"{self._base}/t/{token}"


def phone_of(conn: Connection, vault: Vault, person: str | None) -> str:
    """The number at which somebody wants to be told; empty where they gave none. Raises CannotOpen."""
    known = read_person(conn, vault, person) if person is not None else None
    return (known or {}).get(TURN_PHONE, "")


def said_of(state: Queue, ticket: Ticket, language: str) -> tuple[str, str]:
    """What somebody is told, in two sentences: their number, and where to go. Nothing of who they are."""
    setup = state.setup
    spoken = next(one for one in (language, *setup.languages, "en") if one in LANGUAGES)
    office, hall = name(setup.office.names, spoken), name(setup.names, spoken)
    place = hall if hall == office else f"{office}, {hall}"
    counter = setup.counter(ticket.counter) if ticket.state == "called" and ticket.counter else None
    if counter is None:
        title = text(spoken, "turn", "turn.near.title", number=ticket.number)
        return title, text(spoken, "turn", "turn.near.body", place=place)
    called = name(counter.names, spoken)
    key = "citizen.do.called" if NUMBERED.match(called) else "citizen.do.called_named"
    title = text(spoken, "turn", "turn.called.title", number=ticket.number)
    return title, text(spoken, "citizen", key, counter=called)


def _wanted(state: Queue, ticket: Ticket, way: str, now: Any) -> Wanted:
    return Wanted(
        hall=state.id,
        seq=ticket.seq,
        template=NEAR,
        part=PARTS[way],
        person=ticket.person or ticket.id,
        about=ticket.id,
        language=ticket.language,
        due=now,
        channel=way,
        once=f"{NEAR}:{ticket.id}:{way}",
    )
