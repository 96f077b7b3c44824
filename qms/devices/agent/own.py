"""Numbers of the agent's own: what it knows, and giving one while the server is away."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import structlog

from qms.devices.agent import numbers, rules
from qms.devices.agent.clock import HeardClock
from qms.devices.agent.copies import Copies
from qms.devices.agent.journal import Given, Journal, Unwritable
from qms.devices.agent.numbers import Lease
from qms.devices.agent.upstream import Upstream
from qms.kernel.clock import instant
from qms.kernel.refusal import Refusal
from qms.web.problems import Problem, refused

log = structlog.get_logger("qms.agent")
WALK_IN = "walk-in"


class Own:
    """What this kiosk can do by itself: it knows the hall's document, the rules for that case, and its numbers."""

    def __init__(
        self,
        hall: str,
        upstream: Upstream,
        copies: Copies,
        journal: Journal,
        clock: HeardClock,
        owing: Callable[[], None],
    ) -> None:
        """`owing` is called when there is a number to hand in."""
        self._owing = owing
        self._hall, self._upstream, self._copies = hall, upstream, copies
        self._journal, self._clock = journal, clock
        if journal.damaged:  # which numbers were given today is not known any more
            self._copies.keep("blocked", {"until": None})

    @property
    def card(self) -> Mapping[str, Any] | None:
        """The hall's document as last read."""
        card: Mapping[str, Any] | None = self._copies.get("card")
        return card

    @property
    def able(self) -> bool:
        """Whether this is a paired kiosk that knows all it must to go on by itself."""
        known = all(self._copies.get(name) is not None for name in ("card", "away", "lease"))
        return known and self._upstream.paired

    def day(self) -> date:
        """The business day; the machine's date while nothing is known of the hall."""
        if not self.able:
            return self._clock.now().date()
        return numbers.day_of(
            self._copies.get("lease"), self._copies.get("card")["zone"], self._clock.now()
        )

    def wanting(self, card: Mapping[str, Any]) -> bool:
        """Whether the server is to be asked for the lease: it has none of this set-up, or of this day.

        Outside the hours in which numbers are given it is left in peace, since the question opens a day.
        """
        lease, blocked = self._copies.get("lease"), self._copies.get("blocked")
        if lease is None or lease.get("version") != card["version"]:
            return True
        if blocked is not None and blocked["until"] is None:
            return True  # it is not known yet for how long
        return bool(card["accepting"] and lease["day"] != self.day().isoformat())

    def renew(self, told: Lease, version: int) -> None:
        """The server told the lease anew, under this version of the set-up."""
        used = self._journal.used(str(told["day"]))
        lease = numbers.renewed(self._copies.get("lease"), told, used)
        self._copies.keep("lease", {**lease, "version": version})
        blocked = self._copies.get("blocked")
        if blocked is not None and blocked["until"] is None:
            self._copies.keep("blocked", {"until": told["ends"]})

    def left(self) -> dict[str, int]:
        """How many numbers may still be given today, by run."""
        if not self.able or self._blocked:
            return {}
        day = self.day()
        free = numbers.free(self._copies.get("lease"), day, self._journal.used(day.isoformat()))
        return {family: len(each) for family, each in free.items()}

    def refusal(self, service: str) -> Refusal | None:
        """Why no number of our own is given for a service; None when one is."""
        if not self.able or self._blocked:
            return Refusal("unavailable")
        away, day = self._copies.get("away"), self.day()
        given = self._journal.uncounted(day.isoformat(), service, away["read_at"])
        refusal = rules.refusal(away, service, day, self._clock.now(), given)
        if refusal is None and not self.left().get(away["services"][service]["group"]):
            return Refusal("numbers_exhausted")
        return refusal

    def shown_card(self) -> dict[str, Any] | None:
        """The hall's document as it stands now, while the server is away."""
        card = self.card
        if card is None:
            return None
        return rules.card_of(card, self.closed())

    def closed(self) -> dict[str, str]:
        """Why services give no number of our own; those that do are not in it."""
        services = () if self.card is None else self.card["services"]
        return {service: no.code for service in services if (no := self.refusal(service)) is not None}

    def answer(self, given: Given) -> dict[str, Any]:
        """What the holder of an own number is told: how many are ahead, nobody knows."""
        away = self._copies.get("away") or {"tickets": ""}
        return {
            "id": given.id,
            "token": given.token,
            "number": given.written,
            "service": given.service,
            "issued_at": given.taken_at,
            "url": f"{away['tickets']}{given.token}",
            "offline": True,
        }

    async def give(self, id: str, token: str, order: Mapping[str, Any]) -> Given:
        """Give a number: it is on disk when this returns. Raises Problem."""
        service, segment = order.get("service"), order.get("segment")
        if not isinstance(service, str):
            raise Problem("unknown_service")
        if (no := self.refusal(service)) is not None:
            raise refused(no)
        card = self._copies.get("card")
        if segment not in (None, WALK_IN, *(s["id"] for s in card["segments"] if s["offered"] == "kiosk")):
            raise Problem("unknown_segment")
        spoken = order.get("language")
        language = spoken if spoken in card["languages"] else card["languages"][0]
        day, now = self.day(), self._clock.now()
        family = self._copies.get("away")["services"][service]["group"]
        lease = self._copies.get("lease")

        def make(used: frozenset[int]) -> Given | None:
            free = numbers.free(lease, day, {family: used}).get(family)
            if not free:
                return None
            return Given(
                id, token, self._hall, day.isoformat(), family, *free[0],
                service, str(language), segment, instant(now),
            )  # fmt: skip

        try:
            given = await asyncio.to_thread(self._journal.give, id, make, day.isoformat(), family)
        except Unwritable as error:
            log.error("a number was not given, for it cannot be put on disk", why=str(error))
            raise Problem("unavailable") from None
        if given is None:
            raise Problem("numbers_exhausted")
        self._clock.not_before(datetime.fromisoformat(given.taken_at))
        self._owing()
        return given

    @property
    def _blocked(self) -> bool:
        blocked = self._copies.get("blocked")
        if blocked is None:
            return False
        until = blocked["until"]
        return until is None or self._clock.now() < datetime.fromisoformat(until).astimezone(UTC)
