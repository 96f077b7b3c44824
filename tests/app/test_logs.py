"""What a whole day's story leaves behind: in the log lines, in the figures and in the database."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from httpx2 import AsyncClient
from sqlalchemy import Connection, text

from qms.cli.serving import log_to_stderr
from qms.queue.pages import routes
from tests.app.inside import ADDRESS, Inside, inside

NAME, SHOWN, WRONG = "zdzislawa", "Brzeczyszczykiewicz", "wrong horse battery staple"
PASSWORD = "right horse battery staple"
AGENT = {"User-Agent": "Browser of a person"}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """All that is written at the most talkative level, set up as `qms serve` does."""
    root, configure, written = logging.getLogger(), structlog.configure, StringIO()
    levels = {name: logging.getLogger(name).level for name in ("root", "uvicorn.error", "apscheduler")}
    added: list[logging.StreamHandler[Any]] = []

    def add(handlers: list[logging.StreamHandler[Any]], level: str, force: bool) -> None:
        for handler in handlers:  # beside those of the test runner
            handler.setStream(written)
            root.addHandler(handler)
            added.append(handler)
        root.setLevel(level)

    monkeypatch.setattr(logging, "basicConfig", add)
    monkeypatch.setattr(  # what is cached would outlive this test
        structlog, "configure", lambda **given: configure(**given | {"cache_logger_on_first_use": False})
    )
    monkeypatch.setattr(logging.getLogger("httpx2"), "disabled", True)  # the browser's, which knows its way
    log_to_stderr("debug")
    yield written
    structlog.reset_defaults()
    for handler in added:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@dataclass
class Story:
    """One day of one hall, with everything in it that is nobody else's business."""

    house: Inside
    secrets: set[str] = field(default_factory=set)
    csrf: str = ""
    """What forms bring back: no credential by itself, and kept with the session."""

    async def tell(self) -> None:
        async with (
            self.house.client("anonymous", headers=AGENT) as kiosk,
            self.house.client("anonymous", headers=AGENT) as phone,
            self.house.client("anonymous", headers=AGENT) as clerk,
        ):
            await self.furnish(kiosk)
            await self.hire(clerk)
            first, second = [await self.number(kiosk, key) for key in ("key-one", "key-two")]
            await self.follow(phone, first)
            await self.serve(clerk)
            await self.leave(phone, second)
            await self.fail(phone, first)
            for client in (kiosk, phone, clerk):
                self.secrets |= {str(cookie.value) for cookie in client.cookies.jar}

    async def furnish(self, kiosk: AsyncClient) -> None:
        """A kiosk is put up; somebody mistypes the code first."""
        made = await self.house.ask(
            "admin", "POST", "/api/v1/halls/ratusz/devices", json={"kind": "kiosk", "name": "Kiosk"}
        )
        code = made.json()["code"]
        self.secrets |= {code, code.replace("-", "").replace(" ", "")}
        wrong = await kiosk.post("/api/v1/devices/pair", json={"code": "WRONG" + code[5:]})
        assert wrong.status_code >= 400
        right = await kiosk.post("/api/v1/devices/pair", json={"code": code})
        assert right.status_code == 200, right.text

    async def hire(self, clerk: AsyncClient) -> None:
        """A clerk gets an account, sets the password and signs in, at the second try."""
        body = {"name": NAME, "shown": SHOWN, "role": "clerk", "scope": "hall:ratusz"}
        made = await self.house.ask("admin", "POST", "/api/v1/staff", json=body)
        code = made.json()["code"]
        self.secrets |= {code, code.replace("-", ""), PASSWORD, WRONG}
        form = {"csrf": "f" * 32, "code": code, "new": PASSWORD, "again": PASSWORD}
        reset = await clerk.post(
            "/password/reset", data=form, headers={"Cookie": f"qms_form={'f' * 32}", "Origin": ADDRESS}
        )
        assert reset.status_code == 303, reset.text
        for password, status in ((WRONG, 401), (PASSWORD, 200)):
            entered = await clerk.post("/api/v1/session", json={"name": NAME, "password": password})
            assert entered.status_code == status, entered.text
        self.csrf = (await clerk.get("/api/v1/me")).json()["csrf"]

    async def number(self, kiosk: AsyncClient, key: str) -> str:
        """A number, asked for twice; its token."""
        path, headers = "/api/v1/halls/ratusz/tickets", {"Idempotency-Key": key, "Origin": ADDRESS}
        first, again = [
            await kiosk.post(path, json={"service": "id-card", "segment": "disabled"}, headers=headers)
            for _ in range(2)
        ]
        assert first.status_code == 201
        assert again.json()["token"] == first.json()["token"]
        token: str = first.json()["token"]
        self.secrets.add(token)
        return token

    async def follow(self, phone: AsyncClient, token: str) -> None:
        """The holder looks, rightly and wrongly."""
        for path in (f"/t/{token}", f"/t/{token}/qr.svg", f"/api/v1/tickets/{token}"):
            assert (await phone.get(path)).status_code == 200
        for path in (
            f"/t/{token}/nothing",
            f"/t/{token}x",
            f"/{token}",
            f"/kiosk/{token}",
            f"/i18n/{token}",
        ):
            assert (await phone.get(path, headers={"Accept": "text/html"})).status_code == 404
        assert (await phone.put(f"/t/{token}")).status_code == 405

    async def serve(self, clerk: AsyncClient) -> None:
        """The clerk serves one person, and is refused once."""
        clerk.headers["Origin"] = ADDRESS
        counter = "/api/v1/counters/ratusz.1/"
        for act in ("open", "next"):
            done = await clerk.post(counter + act, json={}, headers={"Idempotency-Key": act})
            assert done.status_code == 200, done.text
        ticket = done.json()["counter"]["ticket"]
        for act, status in (("finish", 409), ("start", 200), ("finish", 200)):
            done = await clerk.post(counter + act, json={"ticket": ticket})
            assert done.status_code == status, done.text

    async def leave(self, phone: AsyncClient, token: str) -> None:
        """Somebody leaves by the form, and says so again."""
        for _ in range(2):
            assert (await phone.post(f"/t/{token}/leave", data={})).status_code == 303
        assert (await phone.delete(f"/api/v1/tickets/{token}")).status_code == 200

    async def fail(self, phone: AsyncClient, token: str) -> None:
        """The server's own fault, with a token in every frame of the traceback."""

        async def broken(_call: Any, _holders: Any, _glance: Any, token: str) -> None:
            raise LookupError(len(token))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(routes, "shown", broken)
            answer = await phone.get(f"/t/{token}")
        assert answer.status_code == 500
        assert "LookupError" not in answer.text


def rows(conn: Connection, *but: str) -> str:
    """All that the database holds, as text."""
    tables = conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    found = [conn.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables if name not in but]
    return repr(found)


async def test_a_day_leaves_no_secret_and_nobodys_name_behind(tmp_path: Path, lines: StringIO) -> None:
    async with inside(tmp_path / "var") as house:
        story = Story(house)
        await story.tell()
        written = lines.getvalue()
        async with house.client(host="127.0.0.1") as near:
            figures = (await near.get("/metrics")).text
        log = (await house.ask("supervisor", "GET", "/api/v1/halls/ratusz/events")).text
        kept = await house.server.site.read(lambda conn: rows(conn, "account"))
        accounts = await house.server.site.read(lambda conn: rows(conn))
    for said in ('"failed"', "LookupError", '"signed in"', '"sign-in refused"', '"device paired"'):
        assert said in written
    for number in ("A001", "A002"):
        assert number in log
        assert number in kept
    names, csrf = {NAME, SHOWN}, story.csrf
    assert [secret for secret in {*story.secrets, *names, csrf} if secret in written + figures] == []
    assert [secret for secret in {*story.secrets, *names, csrf} if secret in log] == []
    assert [secret for secret in {*story.secrets, *names} if secret in kept] == []
    assert [secret for secret in story.secrets if secret in accounts] == []
