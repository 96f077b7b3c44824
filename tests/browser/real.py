"""The real server with a small hall, as people meet it in their browsers: whole stories are told with it."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

import httpx2
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import eventually
from tests.cli.make import environment, free_port

ROOT = Path(__file__).parents[2]
BEGINS = datetime.fromisoformat("2026-11-24T09:20:00+01:00")
DAY = 24 * 60 * 60
PASSWORD = "a horse that reads maps"
SIZES = {
    "hd": (1920, 1080),
    "portrait": (1080, 1920),
    "desk": (1366, 768),
    "bar": (420, 200),
    "phone": (390, 844),
}
TOWN = """
id = "town"
names = { pl = "Sala obsługi", en = "Service hall", uk = "Зал обслуговування", de = "Bürgerservice" }
zone = "Europe/Warsaw"
languages = ["pl", "en", "uk", "de"]

[office]
id = "zalesie"
organisation = "zalesie"
names = { pl = "Urząd Miasta", en = "Town Hall", uk = "Мерія", de = "Stadtverwaltung" }

[hours]
mon = ["08:00-16:00"]
tue = ["08:00-16:00"]
wed = ["08:00-16:00"]
thu = ["08:00-16:00"]
fri = ["08:00-16:00"]
sat = ["08:00-16:00"]
sun = ["08:00-16:00"]

[segments.pregnant]
[segments.disabled]

[groups.documents]
letter = "A"
icon = "id-card"
names = { pl = "Dokumenty", en = "Documents", uk = "Документи", de = "Ausweise" }

[groups.money]
letter = "B"
icon = "coins"
names = { pl = "Podatki i kasa", en = "Taxes and cash desk", uk = "Податки й каса", de = "Steuern und Kasse" }

[services.id-card]
group = "documents"
minutes = 10
names = { pl = "Dowód osobisty", en = "ID card", uk = "Посвідчення особи", de = "Personalausweis" }
[[services.id-card.documents]]
pl = "Zdjęcie 35 × 45 mm"
en = "A photo of 35 × 45 mm"
uk = "Фото 35 × 45 мм"
de = "Ein Foto, 35 × 45 mm"

[services.address]
group = "documents"
minutes = 8
names = { pl = "Zameldowanie", en = "Address", uk = "Місце проживання", de = "Wohnsitz" }

[services.taxes]
group = "money"
minutes = 10
names = { pl = "Podatki", en = "Taxes", uk = "Податки", de = "Steuern" }

[counters.1]
place = { pl = "Parter", en = "Ground floor", uk = "Перший поверх", de = "Erdgeschoss" }
direction = "left"
level_1 = ["id-card", "address"]
level_2 = ["taxes"]

[counters.2]
level_1 = ["id-card", "taxes"]

[counters.kasa]
names = { pl = "Kasa", en = "Cash desk", uk = "Каса", de = "Kasse" }
level_1 = ["taxes"]
"""
CSP_ALARM = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
VOICES = """
window.said = [];
const voices = ["pl-PL", "en-GB"].map((lang) => ({ lang, name: lang, localService: true }));
let pending;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices,
  cancel: () => { clearTimeout(pending); },
  speak: (one) => { said.push(`${one.lang.slice(0, 2)} ${one.text}`); pending = setTimeout(() => one.onend(), 200); },
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""A voice that writes down what it is given to say."""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Comes true once all that changed has been drawn; a busy machine takes its time."""
FULL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
"""Every rule of axe that is on by itself, and the one of WCAG 2.2 AA that is not."""


@dataclass(frozen=True)
class Person:
    """One who uses the public interface by a cookie, without a browser."""

    base: str
    cookie: dict[str, str]

    def get(self, path: str) -> dict[str, Any]:
        """What lies below /api/v1."""
        return self._ask("GET", path)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Have something done."""
        return self._ask("POST", path, json=body)

    def leave(self, ticket: Mapping[str, str]) -> None:
        """Whose ticket this is leaves the queue."""
        self._ask("DELETE", f"tickets/{ticket['token']}")

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {
            "Cookie": f"{self.cookie['name']}={self.cookie['value']}",
            "Sec-Fetch-Site": "same-origin",
        }
        answer = httpx2.request(
            method, f"{self.base}/api/v1/{path}", headers=headers, trust_env=False, **more
        )
        return dict(answer.raise_for_status().json())


@dataclass
class Office:
    """A served hall. It can be asked whatever the command line can do, and more: see `office.py`."""

    data: Path
    settings: dict[str, Any]
    base: str
    process: "subprocess.Popen[str]"
    output: IO[bytes]
    begun: float = field(default_factory=time.monotonic)
    leapt: float = 0

    def ask(self, op: str, **given: Any) -> dict[str, Any]:
        """Have the server's process do something; what comes of it."""
        return _say(self, {"op": op, **given})

    def forward(self, seconds: float) -> None:
        """Business time leaps."""
        self.leapt += seconds
        self.ask("forward", seconds=seconds)

    def next_day(self) -> None:
        """Twenty past nine of the next day: nobody waits, every counter is closed, numbers begin again."""
        now = datetime.fromisoformat(self.ask("forward", seconds=0)["now"])
        self.forward(DAY - (now - BEGINS).total_seconds() % DAY)

    def staff(self, name: str) -> dict[str, str]:
        """The cookie of somebody who has signed in."""
        return self.ask("session", name=name)

    def device(self, kind: str, counter: str | None = None) -> dict[str, str]:
        """The cookie of a paired device; its `id` besides."""
        return self.ask("device", kind=kind, hall="town", counter=counter)

    def code(self, kind: str, counter: str | None = None) -> str:
        """A pairing code."""
        return str(self.ask("device_add", kind=kind, hall="town", counter=counter)["code"])

    def person(self, cookie: dict[str, str]) -> Person:
        return Person(self.base, cookie)

    def waiting(self) -> int:
        """How many people wait in the hall."""
        answer = httpx2.get(f"{self.base}/api/v1/halls/town/queues", trust_env=False)
        return sum(line["waiting"] for line in answer.json()["services"].values())

    def kill(self) -> None:
        """The server dies at once."""
        self.process.kill()
        _end(self.process)

    def start_again(self) -> None:
        """The server at the same address, with what the dead one had on disk."""
        self.process = _start(self.data, self.settings, self._passed(), self.output)
        _hear(self)

    def _passed(self) -> float:
        """Seconds of business time since the beginning."""
        return self.leapt + time.monotonic() - self.begun


def _start(
    data: Path, settings: dict[str, Any], after: float, output: IO[bytes]
) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.office"],
        cwd=ROOT,
        env=environment(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        text=True,
    )
    begins = (BEGINS + timedelta(seconds=after)).isoformat()
    assert process.stdin is not None
    process.stdin.write(json.dumps({"data": str(data), "begins": begins, "settings": settings}) + "\n")
    process.stdin.flush()
    return process


def _say(office: Office, words: dict[str, Any]) -> dict[str, Any]:
    assert office.process.stdin is not None
    office.process.stdin.write(json.dumps(words) + "\n")
    office.process.stdin.flush()
    return _hear(office)


def _hear(office: Office) -> dict[str, Any]:
    assert office.process.stdout is not None
    line = office.process.stdout.readline()
    if not line:
        office.output.seek(0)
        raise AssertionError(f"the server ended: {office.output.read().decode()}")
    return dict(json.loads(line))


def _end(process: "subprocess.Popen[str]") -> None:
    """With its input the process ends; one that does not is killed."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(15)
    finally:
        process.kill()
        process.stdout.close()


@contextmanager
def office(
    data: Path, hall: str = TOWN, address: str = "http://127.0.0.1", **settings: Any
) -> Iterator[Office]:
    """The server with one hall, the clerks anna and jan, and ewa who may do everything."""
    port = free_port()
    settings = {"port": port} | {name: str(value) for name, value in settings.items()}
    with tempfile.TemporaryFile() as output:
        process = _start(data, settings, 0, output)
        served = Office(data, settings, f"{address}:{port}", process, output)
        try:
            _hear(served)
            served.ask("hall_apply", text=hall)
            for name, role, at in (
                ("anna", "clerk", "town"),
                ("jan", "clerk", "town"),
                ("ewa", "admin", "organisation:zalesie"),
            ):
                served.ask("staff_add", name=name, role=role, at=at, shown=name.title(), password=PASSWORD)
            yield served
        finally:
            _end(served.process)


@dataclass
class Visit:
    """Browsers of people and devices. Whatever a page complains of is kept; see `expected`."""

    browser: Browser
    base: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Beginnings of complaints that belong to the story, such as an answer that refuses."""
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(
        self,
        cookie: dict[str, str] | None = None,
        size: str = "hd",
        theme: Literal["light", "dark"] = "light",
        *,
        init: str = "",
        **more: Any,
    ) -> BrowserContext:
        """A browser of somebody's own; with a cookie, of one who has signed in or a paired device."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            **{"reduced_motion": "reduce", "locale": "en-GB", **more},
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(CSP_ALARM + init)
        context.on("console", lambda said: self.note(said.type, said.text, said.location["url"]))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        if cookie:
            context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": self.base}])
        return context

    def open(self, path: str, cookie: dict[str, str] | None = None, size: str = "hd", **more: Any) -> Page:
        """A page in a browser of its own."""
        page = self.context(cookie, size, **more).new_page()
        page.goto(path if "://" in path else self.base + path)
        return page

    def note(self, kind: str, text: str, where: str = "") -> None:
        if where.endswith("/agent/state"):
            return  # a kiosk asks whether an agent stands beside it; a plain server knows of none
        if kind in ("error", "warning") and not text.startswith(tuple(self.expected)):
            self.complaints.append(text)


@contextmanager
def visiting(browser: Browser, office: Office) -> Iterator[Visit]:
    """Visits that end without a complaint of any page; raises AssertionError."""
    visit = Visit(browser, office.base)
    try:
        yield visit
    finally:
        for context in visit.contexts:
            context.close()
    assert not visit.complaints, visit.complaints


def pair(page: Page, code: str) -> None:
    """Types a code on the screen's own keys."""
    for key in code.replace("-", ""):
        page.tap(f".pairing-keys button:text-is('{key}')")
    page.tap(".pairing button[type=submit]")


def says(page: Page, text: str, seconds: float = 10) -> None:
    """Waits until the page says it."""
    eventually(page, f"document.body.innerText.includes({json.dumps(text)})", seconds)


def accessible(page: Page) -> None:
    """No finding by axe, with nothing left out; what moves has come to rest.

    What it finds must be there a second time: a busy machine is seen between two themes.
    """
    for _ in range(2):
        page.evaluate(DRAWN)
        page.evaluate("for (const one of document.getAnimations()) one.finish()")
        found = Axe().run(page, options=FULL)
        if not found.violations_count:
            return
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


def accessible_in_both(page: Page) -> None:
    """The same by day and by night."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        accessible(page)


def tab_to(page: Page, selector: str) -> None:
    """Moves the focus by the tab key alone, as one without a mouse does."""
    for _ in range(80):
        if page.evaluate(f"!!document.activeElement?.matches({json.dumps(selector)})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {selector}")


def press_space(page: Page) -> None:
    """Press the primary button of a terminal, once it has settled in its present meaning."""
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
