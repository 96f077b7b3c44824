"""Real bookings for made-up requests to meet, all made over the interface itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from qms.clients import register
from qms.ledger.engine import writing
from tests.app.make import House

ONE, OWN = "/api/v1/bookings/{token}", "/api/v1/halls/{hall}/appointments"
SERVICE = "id-card"
PERSON = {"name": "Anna Nowak", "email": "anna@example.org"}


class Bookings:
    """The calendar of one hall of a house; `ask` puts a request and gives the answer."""

    def __init__(self, house: House, ask: Callable[..., Any], hall: str) -> None:
        self._house, self._ask, self._hall = house, ask, hall
        self._turn = count()
        self._today: list[str] | None = None
        self._later: list[str] = []

    def knows(self, label: str) -> bool:
        """Whether a request is about bookings."""
        method, _, path = label.partition(" ")
        own = path.startswith((ONE, OWN)) or path.endswith(
            ("/bookings", "/check-in", "/slots", "/first-free", "/wishes", "/recognise")
        )
        return own and method in ("GET", "POST", "PATCH", "DELETE")

    def fill(self, label: str, parts: dict[str, Any], body: Any) -> None:
        """Make a sound request one about a booking that is there, or a time that is free."""
        method, _, path = label.partition(" ")
        what: dict[str, Any] = {}
        if "{token}" in path:
            what = self._own(path, parts, move=method == "PATCH")
        elif "{booking}" in path:
            parts["booking"] = self.appointment(today=path.endswith("/arrive")).get("id", "0" * 32)
            what = {"start": self.time()}
        elif path.endswith("/check-in"):
            what = {"code": self.appointment(today=True, soon=True).get("code", "000000")}
        elif path.endswith("/recognise"):
            what = {"code": self.key_client()}
        elif path.endswith("/wishes"):
            day = self.time()[:10]
            what = {"services": [{"service": SERVICE}], "first": day, "last": day, "fields": self.person()}
        elif method == "POST":
            what = {"services": [{"service": SERVICE}], "start": self.time()}
            what |= {"fields": self.person()} if path == OWN else {}
        if isinstance(body, dict):
            body.clear()
            body.update(what)

    def _own(self, path: str, parts: dict[str, Any], *, move: bool) -> dict[str, Any]:
        if path == ONE and move:
            stands = self.appointment(today=False).get("id", "")
            parts["token"] = self._house.server.site.vault.token("booking", stands)
            return {"start": self.time()}
        held = self.held()
        parts["token"] = held.get("token", "a" * 26)
        confirm = {"fields": self.person(), "accepted": True}
        if path.endswith("/confirm"):
            return confirm
        self._ask("anonymous", "POST", f"bookings/{parts['token']}/confirm", confirm)
        if path.endswith("/prove"):
            return {"proof": self._house.server.site.vault.token("proof", held.get("id", ""))}
        return {"start": self.time()}

    def held(self) -> dict[str, Any]:
        """A time set aside."""
        body = {"services": [{"service": SERVICE}], "start": self.time()}
        found: dict[str, Any] = self._ask("anonymous", "POST", f"halls/{self._hall}/bookings", body)
        return found

    def appointment(self, *, today: bool, soon: bool = False) -> dict[str, Any]:
        """A booking that stands, as staff make it."""
        start = self.near(soon) if today else self.time()
        body = {"services": [{"service": SERVICE}], "start": start, "fields": self.person()}
        found: dict[str, Any] = self._ask("supervisor", "POST", f"halls/{self._hall}/appointments", body)
        return found

    def key_client(self) -> str:
        """The code of somebody on the register, which only a page of staff gives out."""
        site = self._house.server.site
        fields, now = {"name": f"Key {next(self._turn)}"}, datetime.now(UTC)
        with writing(site.engine).begin() as conn:
            return str(register.add(conn, site.vault, self._hall, fields, None, "staff:0", now))

    def person(self) -> dict[str, str]:
        """Somebody whom no limit meets yet."""
        return PERSON | {"email": f"anna{next(self._turn)}@example.org"}

    def time(self) -> str:
        """A free time of another day, each in its turn."""
        if not self._later:
            days = self._ask("anonymous", "GET", f"halls/{self._hall}/slots?service={SERVICE}")["days"]
            self._later = [at for day in sorted(days)[1:] for at in days[day]]
        return self._later[next(self._turn) * 7 % len(self._later)]

    def near(self, soon: bool) -> str:
        """A time of today: one that is next, or any."""
        now = self._house.clock.now()
        minutes = (0, 15) if soon else range(15, 240, 15)
        minute = list(minutes)[next(self._turn) % len(minutes)]
        return now.replace(hour=now.hour + minute // 60, minute=minute % 60).isoformat()
