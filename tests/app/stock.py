"""Real things for made-up requests to meet: people at counters, accounts, devices and sessions to spare."""

import http.client
import json
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.app.make import SAME, House
from tests.app.stock_bookings import Bookings
from tests.post.browser import Listener

HALL, COUNTER = "ratusz", "ratusz.1"
PLACE = {"hall": HALL, "counter": COUNTER, "role": "clerk", "scope": f"hall:{HALL}"}
ACTS = "POST /api/v1/counters/{counter}/"
DEVICES = "POST /api/v1/halls/{hall}/devices"
PUSH, LET_PASS = (f"POST /api/v1/tickets/{{token}}/{act}" for act in ("push", "let-pass"))
BEFORE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("recall", "start", "no-show", "requeue"), ()),
    **dict.fromkeys(("finish", "park", "transfer", "undo"), ("start",)),
    "resume": ("start", "park"),
}
"""What somebody who was called goes through before an act upon them."""


class Stock:
    """What is at hand in one house, for one of its people; all of it made over the interface itself."""

    def __init__(self, house: House, who: str) -> None:
        self.house, self.who = house, who
        self.staff = who in ("clerk", "supervisor", "admin")
        card = self.ask("anonymous", "GET", f"halls/{HALL}")
        [counter] = [one for one in card["counters"] if f"{HALL}.{one['id']}" == COUNTER]
        self.other = next(one["id"] for one in card["counters"] if one != counter)
        self._numbers = count(1)
        self.calendar = Bookings(house, self.ask, HALL)
        self.ask("supervisor", "POST", f"counters/{COUNTER}/open", {})
        offered = self.ask("supervisor", "POST", f"counters/{COUNTER}/close", {})
        self.services: list[str] = sorted(offered["counter"]["profile"] or card["services"])
        self._secret = "at first a long one"
        self._spare = self.account()
        self._set_password(self._spare[1])

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """What the interface answers; a refusal is an answer too."""
        connection = http.client.HTTPConnection(urlsplit(self.house.base).netloc, timeout=10)
        headers = {"Content-Type": "application/json", **self.house.headers[who]}
        connection.request(method, f"/api/v1/{path}", None if body is None else json.dumps(body), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def ticket(self) -> dict[str, Any]:
        """Somebody who has just come; a hall that was closed suddenly reopens for them."""
        body = {"service": self.service()}
        given: dict[str, Any] = self.ask("kiosk", "POST", f"halls/{HALL}/tickets", body)
        if given.get("code") == "hall_suspended":
            self.ask("supervisor", "POST", f"halls/{HALL}/resume", {})
            given = self.ask("kiosk", "POST", f"halls/{HALL}/tickets", body)
        return given

    def followed(self) -> dict[str, Any]:
        """Somebody who has come, and somebody behind them in the same line."""
        first = self.ticket()
        self.ask("kiosk", "POST", f"halls/{HALL}/tickets", {"service": first.get("service", "")})
        return first

    def service(self) -> str:
        """One of the services that the counter takes, each in its turn."""
        return self.services[next(self._numbers) % len(self.services)]

    def called(self, act: str) -> str:
        """The ticket of somebody at the counter who has come as far as an act needs."""
        self.ticket()
        self.act("open")
        ticket = str(self.act("next").get("ticket", "0" * 32))
        for step in BEFORE[act]:
            self.act(step, ticket=ticket)
        return ticket

    def free(self) -> None:
        """An open counter with nobody at it."""
        self.act("open")
        ticket = self.act("next").get("ticket")
        if ticket:
            self.act("start", ticket=ticket)
            self.act("finish", ticket=ticket)

    def act(self, act: str, **body: str) -> dict[str, Any]:
        """The counter after an act, or after it was refused."""
        answer = self.ask(self.who, "POST", f"counters/{COUNTER}/{act}", body)
        counter: dict[str, Any] = answer.get("fresh", answer)["counter"]
        return counter

    def account(self) -> tuple[str, str]:
        """An account and its one-time code."""
        body = {"name": f"spare {next(self._numbers)}", "shown": "Spare"}
        made = self.ask("admin", "POST", "staff", {**body, "role": "clerk", "scope": f"hall:{HALL}"})
        self._name = body["name"]
        return made["id"], made["code"]

    def device(self) -> Any:
        """A device and its code."""
        return self.ask("admin", "POST", f"halls/{HALL}/devices", {"kind": "board", "name": "Spare"})

    def _set_password(self, code: str) -> None:
        token = "of-this-form-and-no-other"
        form = urlencode({"csrf": token, "code": code, "new": self._secret, "again": self._secret})
        connection = http.client.HTTPConnection(urlsplit(self.house.base).netloc, timeout=10)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"qms_form={token}"}
        connection.request("POST", "/password/reset", form, kind)
        assert connection.getresponse().status == 303
        connection.close()
        self.owner = self._name

    def credentials(self) -> dict[str, str]:
        """Name and password of the account to spare."""
        return {"name": self.owner, "password": self._secret}

    def change(self) -> dict[str, str]:
        """Its password, and the next one, which is as good as set."""
        old, self._secret = self._secret, f"afterwards the {next(self._numbers)}th of them"
        return {"old": old, "new": self._secret}

    def session(self) -> dict[str, str]:
        """The headers of a session that may end, of the account to spare."""
        connection = http.client.HTTPConnection(urlsplit(self.house.base).netloc, timeout=10)
        body = json.dumps(self.credentials())
        connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        connection.close()
        return {"Cookie": cookie, **SAME}

    def fill(self, label: str, parts: dict[str, Any], body: Any) -> None:
        """Put what is really there in place of what was made up, in the path and the body of a sound request."""
        if self.calendar.knows(label):
            parts |= {"hall": HALL} if "hall" in parts else {}
            self.calendar.fill(label, parts, body)
            return
        parts |= {name: value for name, value in self._path(label, parts).items() if name in parts}
        if not isinstance(body, dict):
            return
        fresh = self._body(label)
        body |= {name: value for name, value in fresh.items() if body.get(name) is not None}
        unasked = ("current", "segment", "board", "phone", "challenge")
        for name in (*unasked, "counter") if label == DEVICES else unasked:
            body.pop(name, None)

    def settle(self, parts: dict[str, Any], body: Any) -> None:
        """Put names of what is always there in place of those made up; tickets and tokens stay."""
        parts |= {name: value for name, value in PLACE.items() if name in parts}
        if isinstance(body, dict):
            body |= {name: value for name, value in self._usual().items() if body.get(name) is not None}

    def _path(self, label: str, parts: Mapping[str, Any]) -> dict[str, str]:
        found = dict(PLACE)
        if "ticket" in parts or "token" in parts:
            given = self.followed() if label == LET_PASS else self.ticket()
            found |= {"ticket": given["id"], "token": given["token"]} if "id" in given else {}
        if "account" in parts:
            found["account"] = self.account()[0]
        if "device" in parts:
            found["device"] = self.device()["id"]
        return found

    def _body(self, label: str) -> dict[str, Any]:
        if label == "POST /api/v1/session":
            return self.credentials()
        if label == "POST /api/v1/devices/pair":
            return {"code": self.device()["code"]}
        if label == DEVICES:
            return {"kind": "kiosk"}
        if label == PUSH:
            return Listener().subscription
        if label == LET_PASS:
            return {"people": 1}
        act = label.removeprefix(ACTS)
        if self.staff and act in BEFORE:
            return self._usual() | {"ticket": self.called(act)}
        if self.staff and act in ("next", "close", "pause"):
            self.free()
            return {"ticket": self.ticket().get("id", "0" * 32)}
        if self.staff and act == "lend":
            self.back()
        return self._usual()

    def back(self) -> None:
        """An open counter that is not lent."""
        self.act("open")
        for service in self.services:
            self.ask("supervisor", "POST", f"counters/{COUNTER}/take-back", {"service": service})

    def _usual(self) -> dict[str, Any]:
        return {
            "service": self.service(),
            "language": "pl",
            "scope": f"hall:{HALL}",
            "counter": self.other,
            "profile": {self.service(): 1},
        }
