"""An administrator at the pages of opening, with a browser that runs no scripts."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from httpx2 import AsyncClient, Response

from qms.halls.rules.model import Hall
from qms.staff.rules.roles import Grant, Role
from tests.app.make import SAME, session
from tests.booking.web import House, house, town

TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
"""The days after the Monday on which the house stands."""
FORM = re.compile(
    r'<form class="[^"]*"[^>]*action="([^"]+)".*?</form>|<form[^>]*action="([^"]+)".*?</form>', re.S
)
INPUT = re.compile(r"<input\b[^>]*>")
CHOICE = re.compile(r'<select[^>]* name="([^"]+)".*?</select>', re.S)
AREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.S)
SELECTED = re.compile(r'<option value="([^"]*)" selected')


@dataclass
class Person:
    """Somebody of staff, the page before them, and what they do."""

    client: AsyncClient
    answer: Response = field(init=False)

    async def open(self, path: str, status: int = 200) -> str:
        """A page that must be shown."""
        self.answer = await self.client.get(f"/opening/town{path}")
        return self._seen(status)

    async def send(self, part: str, status: int = 200, /, button: str = "", **typed: str) -> str:
        """Fill in the form that leads to an address with this in it, and go where it leads.

        A box is ticked with "on" and cleared with ""; `_` stands for `-` in names that are not there otherwise.
        """
        action, fields = self.form(part)
        for name, value in typed.items():
            there = name in fields or f' name="{name}"' in self.answer.text
            key = name if there else name.replace("__", "_").replace("_", "-")
            fields[key] = value
        if button:
            fields[button] = "1"
            action = action.removesuffix("/save")
        sent = {name: value for name, value in fields.items() if value or name not in self._boxes()}
        self.answer = await self.client.post(action, data=sent)
        while self.answer.status_code == 303:
            self.answer = await self.client.get(self.answer.headers["location"])
        return self._seen(status)

    async def change(self, what: str, query: str = "", /, **typed: str) -> str:
        """A form, filled in and sent: its preview."""
        await self.open(f"/change/{what}{query}")
        return await self.send(f"/change/{what}", **typed)

    async def save(self, status: int = 200) -> str:
        """Save what is previewed."""
        return await self.send("/save", status)

    def form(self, part: str) -> tuple[str, dict[str, str]]:
        """Where a form leads, and what its fields hold."""
        for found in FORM.finditer(self.answer.text):
            action = unescape(found[1] or found[2])
            if part in action:
                return action, _fields(found[0])
        raise AssertionError(f"no form leads to {part}:\n{self.text}")

    @property
    def text(self) -> str:
        """What is there to be read."""
        body = re.sub(r"<head>.*?</head>", "", self.answer.text, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())

    def _boxes(self) -> set[str]:
        tags = INPUT.findall(self.answer.text)
        return {_says(tag).get("name", "") for tag in tags if 'type="checkbox"' in tag}

    def _seen(self, status: int) -> str:
        assert self.answer.status_code == status, self.text
        assert not re.search(r"<script|<style| style=| on[a-z]+=", self.answer.text)
        return self.text


def _fields(html: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in INPUT.findall(html):
        says = _says(tag)
        if "name" in says and (says.get("type") not in ("checkbox", "radio") or " checked" in tag):
            found[says["name"]] = says.get("value", "")
    for choice in CHOICE.finditer(html):
        chosen = SELECTED.search(choice[0]) or re.search(r'<option value="([^"]*)"', choice[0])
        found[choice[1]] = unescape(chosen[1]) if chosen else ""
    for area in AREA.finditer(html):
        found[area[1]] = unescape(area[2])
    return found


def _says(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}


@dataclass
class Office:
    """The town's hall with its staff."""

    house: House
    people: dict[str, Person]

    @property
    def setup(self) -> Hall:
        """What acts."""
        state = self.house.server.site.writer.state("town")
        assert state is not None
        found: Hall = state.setup
        return found

    @property
    def version(self) -> int:
        state = self.house.server.site.writer.state("town")
        assert state is not None
        number: int = state.version
        return number

    async def book(
        self, day: str, at: str, name: str = "Jan Nowak", service: str = "id-card"
    ) -> dict[str, Any]:
        """A booking that somebody made by telephone, at an hour of the wall clock."""
        body = {
            "services": [{"service": service, "count": 1}],
            "start": f"{day}T{at}:00+01:00",
            "via": "phone",
            "fields": {"name": name, "email": f"{name.split()[0].lower()}@dom.example"},
        }
        client = self.people["boss"].client
        answer = await client.post("/api/v1/halls/town/appointments", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def states(self, day: str) -> dict[str, str]:
        """The bookings of a day by the name of their person."""
        client = self.people["boss"].client
        answer = await client.get("/api/v1/halls/town/appointments", params={"day": day})
        return {one["person"]["name"]: one["state"] for one in answer.json()["bookings"]}

    async def free(self, day: str, service: str = "id-card") -> list[str]:
        """Free times of a day, by the clock of the hall; none where booking is refused."""
        client = self.people["boss"].client
        asked = {"service": service, "count": "1", "from": day, "to": day}
        answer = await client.get("/api/v1/halls/town/slots", params=asked)
        if answer.status_code != 200:
            return []
        found = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\"]*", answer.text)
        zone = ZoneInfo("Europe/Warsaw")
        return [f"{datetime.fromisoformat(at).astimezone(zone):%H:%M}" for at in found]


@asynccontextmanager
async def hall(folder: Path, file: str = "") -> AsyncIterator[Office]:
    """The town's hall on a Monday morning, with an administrator (`boss`), a supervisor (`sue`) and a clerk (`ann`)."""
    async with house(folder, file or town()) as built:
        people = {}
        roles: tuple[tuple[str, Role], ...] = (("boss", "admin"), ("sue", "supervisor"), ("ann", "clerk"))
        for name, role in roles:
            grant = Grant(role, "hall:town")
            token = await built.server.site.writer.aside(partial(session, name=name, grant=grant))
            people[name] = Person(built.client(**{"Cookie": f"qms_session={token}", **SAME}))
        yield Office(built, people)
        for one in people.values():
            await one.client.aclose()
