"""The whole server with a hall that takes bookings, as browsers without JavaScript meet it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from qms.app import Server, assemble, build, running
from qms.cli.work import hall_apply
from qms.settings import load
from tests.app.make import LIMITS, SetClock
from tests.browser.real import TOWN

MONDAY = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
"""Twenty past nine in Warsaw, when the office is open."""
ORIGIN = "http://hall.test"
BOOKINGS = """
[bookings]
slot = 15
horizon_days = 20
nothing_free = { pl = "Nowe terminy dodajemy w poniedziałki.", en = "New times are added on Mondays." }
rules = { pl = "Jedna wizyta, jedna sprawa.", en = "One visit, one matter." }
privacy = { pl = "Dane przechowuje Urząd Miasta.", en = "The Town Hall keeps the data." }
consent = { pl = "Można do mnie zadzwonić.", en = "You may call me." }
%s
[bookings.opening.all]
first_day = 2026-01-01
spans = ["08:00-10:00", "13:00-14:00"]
"""
FORM = re.compile(r'<form method="(\w+)"(?: action="([^"]*)")?.*?</form>', re.S)
INPUT = re.compile(r"<(?:input|button)\b[^>]*>")
SELECT = re.compile(r'<select[^>]* name="([^"]+)".*?</select>', re.S)


def town(settings: str = "", service: str = "") -> str:
    """The hall file; `settings` are further lines of its bookings, `service` of the ID card's."""
    before, after = TOWN.split("[[services.id-card.documents]]")
    return f"{before}{service}\n[[services.id-card.documents]]{after}{BOOKINGS % settings}"


@dataclass
class House:
    """A server, its clock, and a browser's way to it."""

    server: Server
    app: Starlette
    clock: SetClock

    def client(self, **headers: str) -> AsyncClient:
        """A browser of its own; it says on which page it is, and follows no redirect by itself."""
        transport = ASGITransport(app=self.app, client=("203.0.113.5", 40_000), raise_app_exceptions=False)
        shown = {"Origin": ORIGIN, "Accept": "text/html", "Accept-Language": "en"} | headers
        return AsyncClient(transport=transport, base_url=ORIGIN, headers=shown)

    async def apply(self, text: str) -> None:
        """Have a hall file act."""
        await hall_apply(self.server, text, force=True)


@asynccontextmanager
async def house(folder: Path, *files: str, **settings: Any) -> AsyncIterator[House]:
    """A server of these halls on a Monday morning."""
    clock = SetClock(MONDAY)
    server = assemble(load(**{**LIMITS, "data": folder, **settings}), clock)
    async with running(server, jobs=False):
        built = House(server, build(server), clock)
        for text in files or (town(),):
            await built.apply(text)
        yield built


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, and its buttons (name, value, where they lead)."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


def forms(html: str) -> list[Form]:
    """The forms of a page, as a browser would read them."""
    found = []
    for match in FORM.finditer(html):
        form = Form(match[1], unescape(match[2] or ""))
        for tag in INPUT.findall(match[0]):
            says = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
            if tag.startswith("<button"):
                form.buttons.append(tuple(says.get(n, "") for n in ("name", "value", "formaction")))  # type: ignore[arg-type]
            elif "name" in says and (says.get("type") != "checkbox" or " checked" in tag):
                form.fields[says["name"]] = says.get("value", "")
        found.append(form)
    return found


@dataclass
class Visitor:
    """Somebody with a browser that runs no scripts: where they are, and what they see."""

    client: AsyncClient
    answer: Response = field(init=False)
    path: str = ""

    async def open(self, path: str) -> str:
        """Go to a page and on to wherever it leads."""
        self.answer = await self.client.get(path)
        return await self._arrive(path)

    async def press(self, button: str = "", n: int = 0, **typed: str) -> str:
        """Fill in the n-th form of the page and press a button by its value (none: the first)."""
        form = forms(self.answer.text)[n]
        fields = {**form.fields, **{name.replace("_", "-"): value for name, value in typed.items()}}
        pressed = next((one for one in form.buttons if one[0] and one[1] == button), ("", "", ""))
        if pressed[0]:
            fields[pressed[0]] = button
        path = pressed[2] or form.action or self.path
        if form.method == "get":
            self.answer = await self.client.get(path, params=fields)
        else:
            self.answer = await self.client.post(path, data=fields)
        return await self._arrive(path)

    async def follow(self, part: str) -> str:
        """Press the first link whose address has this in it."""
        links = [unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', self.answer.text)]
        return await self.open(next(link for link in links if part in link))

    async def _arrive(self, path: str) -> str:
        self.path = path
        while self.answer.status_code == 303:
            self.path = self.answer.headers["location"]
            self.answer = await self.client.get(self.path)
        return self.text

    @property
    def text(self) -> str:
        """What is there to be read."""
        plain = re.sub(r"<[^>]*>", " ", re.sub(r"<head>.*?</head>", "", self.answer.text, flags=re.S))
        return " ".join(unescape(plain).split())
