"""For those who run the server: its health, its figures, the texts, its faults, and a database that is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import Engine, event
from starlette.requests import Request
from starlette.routing import Route

from qms.booking.rules.search import GIVEN_UP
from tests.app.inside import SMALL, Inside, inside
from tests.web.test_edge import is_problem

PUBLIC = f"/api/v1/halls/{SMALL}"


async def get(house: Inside, path: str, host: str = "203.0.113.5", **headers: str) -> Response:
    """What anybody at this address is answered."""
    async with house.client(host=host, headers=headers) as client:
        return await client.get(path)


def tickets(house: Inside) -> list[str]:
    return [ticket.number for ticket in house.state().tickets.values()]


# -- health and figures


async def test_a_server_says_that_it_is_alive_and_ready(house: Inside) -> None:
    alive = await get(house, "/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    ready = await get(house, "/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "database": True, "migrations": True, "stopped": []}
    assert ready.headers["cache-control"] == "no-store"


async def test_figures_are_for_the_machine_itself_where_no_token_is_set(house: Inside) -> None:
    await get(house, f"/t/{'a' * 26}")
    is_problem(await get(house, "/metrics"), 403, "not_allowed")
    is_problem(await get(house, "/metrics", authorization="Bearer "), 403, "not_allowed")
    for host in ("127.0.0.1", "::1"):
        figures = await get(house, "/metrics", host)
        assert figures.status_code == 200
        assert figures.headers["cache-control"] == "no-store"
    assert 'qms_requests_total{route="GET /t/{token}",status="404"} 1.0' in figures.text
    assert "qms_halls 3.0" in figures.text
    assert "qms_ready 1.0" in figures.text
    assert f"qms_times_given_up {float(GIVEN_UP.count)}" in figures.text


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.5"])
async def test_figures_are_for_those_who_hold_the_token(tmp_path: Path, host: str) -> None:
    async with inside(tmp_path, metrics_token="a-token-of-figures-for-tests") as house:
        for given in ("", "Bearer ", "Bearer a-token", "Bearer a-token-of-figures-for-testsx", "Bearer ą"):
            async with house.client(host=host) as client:
                answer = await client.get("/metrics", headers={b"Authorization": given.encode()})
            is_problem(answer, 403, "not_allowed")
        good = await get(house, "/metrics", host, authorization="Bearer a-token-of-figures-for-tests")
        assert good.status_code == 200


async def test_one_who_asks_for_what_is_not_there_adds_no_figure_of_its_own(house: Inside) -> None:
    for n in range(5):
        await get(house, f"/nothing/{n}")
    figures = (await get(house, "/metrics", "127.0.0.1")).text
    assert 'qms_requests_total{route="none",status="404"} 5.0' in figures
    assert "/nothing" not in figures


# -- texts


async def test_texts_are_sent_once_and_confirmed_afterwards(house: Inside) -> None:
    first = await get(house, "/i18n/pl/kiosk.json")
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/json"
    assert first.json()
    tag = first.headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await get(house, "/i18n/pl/kiosk.json", **{"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = await get(house, "/i18n/pl/kiosk.json", **{"If-None-Match": '"other"'})
    assert changed.json() == first.json()
    assert (await get(house, "/i18n/de/kiosk.json")).headers["etag"] != tag


async def test_texts_that_are_not_there_are_not_found(house: Inside) -> None:
    for path in ("xx/kiosk", "pl/nothing", "pl/..%2F..%2Fpl%2Fkiosk", "..%2Fpl/kiosk", "pl/%00"):
        is_problem(await get(house, f"/i18n/{path}.json"), 404, "not_found")


# -- faults


NOT_THERE = (
    ("GET", "/nothing"),
    ("GET", "/api/v1/nothing"),
    ("GET", "/kiosk/nothing.js"),
    ("GET", "/shared/..%2f..%2fsettings.py"),
    ("GET", "/desk/nothing"),
    ("GET", "/queues/nothing"),
    ("GET", "/api/v1/halls/nothing"),
    ("GET", "/api/v1/halls/No%20Hall"),
)
NOT_SO = (
    ("PUT", PUBLIC),
    ("POST", "/healthz"),
    ("DELETE", "/kiosk/index.html"),
    ("GET", f"/t/{'a' * 26}/leave"),
)


async def test_what_is_not_there_is_told_by_a_document_or_a_page(house: Inside) -> None:
    wanted = {"Accept": "text/html", "Accept-Language": "de"}
    for method, path in (*NOT_THERE, *NOT_SO):
        answer = await house.ask("anonymous", method, path)
        page = await house.ask("anonymous", method, path, headers=wanted)
        if (method, path) in NOT_THERE:
            is_problem(answer, 404, "not_found")
        else:
            is_problem(answer, 405, "method_not_allowed")
            assert answer.headers["allow"]
        assert page.status_code == answer.status_code
        assert page.headers["content-language"] == "de"
        kind = "application/problem+json" if path.startswith("/api/") else "text/html; charset=utf-8"
        assert page.headers["content-type"] == kind
        for each in (answer, page):
            assert "default-src 'none'" in each.headers["content-security-policy"]


SECRET = "what only the server knows"


async def fail(_request: Request) -> Response:
    """A fault that nobody foresaw."""
    raise LookupError(SECRET)


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
async def test_nothing_of_the_servers_inside_leaves_with_a_fault(tmp_path: Path, accept: str) -> None:
    async with inside(tmp_path, Route("/fail", fail, methods=["GET", "POST"], name="GET /fail")) as house:
        for method in ("GET", "POST"):
            answer = await house.ask("anonymous", method, "/fail", headers={"Accept": accept})
            assert answer.status_code == 500
            for told in (SECRET, "LookupError", "Traceback", ".py"):
                assert told not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        if accept == "*/*":
            is_problem(answer, 500, "internal")
        assert (await get(house, "/healthz")).status_code == 200
        figures = (await get(house, "/metrics", "127.0.0.1")).text
        assert 'qms_requests_total{route="GET /fail",status="500"} 2.0' in figures


# -- a database that is away


@contextmanager
def away(engine: Engine) -> Iterator[None]:
    """No statement reaches the database."""

    def refuse(*_: Any) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("disk I/O error: /srv/secret/qms.db")

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def is_unavailable(answer: Response) -> None:
    body = is_problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert "/srv/secret" not in str(body)


async def ready(house: Inside) -> bool:
    return (await get(house, "/readyz")).status_code == 200


async def test_a_database_that_is_away_is_told_and_comes_back(tmp_path: Path) -> None:
    async with inside(tmp_path) as house:
        given = await house.take(key="before")
        with away(house.server.site.engine):
            is_unavailable(await house.wish("press", key="away"))
            is_unavailable(await house.act("ann", "open", key="away"))
            is_unavailable(await house.ask("anonymous", "GET", f"/t/{'b' * 26}"))
            is_unavailable(await house.ask("sue", "GET", f"{PUBLIC}/events"))
            stranger = {"Cookie": "qms_session=of-somebody-who-was-not-here-lately"}
            is_unavailable(await house.ask("anonymous", "GET", "/api/v1/me", headers=stranger))
            page = await house.ask("anonymous", "GET", f"/t/{'b' * 26}", headers={"Accept": "text/html"})
            assert (page.status_code, "/srv/secret" in page.text) == (503, False)
            body = (await get(house, "/readyz")).json()
            assert body["status"] == "not_ready"
            assert (await get(house, "/healthz")).status_code == 200
            assert (await get(house, f"{PUBLIC}/queues")).status_code == 200
            assert tickets(house) == ["A001"]
        assert (await house.take(key="away"))["number"] == "A002"
        assert await house.take(key="before") == given | {"ahead": 0}
        assert (await house.done("ann", "open"))["counter"]["state"] == "open"
        assert await ready(house)
        assert await house.faults() == []


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """A disk on which the file cannot grow: SQLite says so as it does for a real one."""

    def limit(conn: Any) -> None:
        conn.exec_driver_sql("PRAGMA max_page_count = 1")

    def free(conn: Any) -> None:
        conn.exec_driver_sql("PRAGMA max_page_count = 1073741823")

    event.listen(engine, "begin", limit)
    try:
        yield
    finally:
        event.remove(engine, "begin", limit)
        event.listen(engine, "begin", free)


async def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    async with inside(tmp_path) as house:
        engine = house.server.site.engine
        first = await house.take(key="before")
        with full(engine):
            refused = []
            for n in range(400):  # what is left of the last pages is used up first
                answer = await house.wish("press", key=f"full-{n}")
                if answer.status_code != 201:
                    refused.append(f"full-{n}")
                    is_unavailable(answer)
                if len(refused) == 3:
                    break
            assert len(refused) == 3
            given = tickets(house)
            assert not await ready(house)
            assert (await get(house, f"/t/{first['token']}")).status_code == 200
            assert (await get(house, f"{PUBLIC}/queues")).status_code == 200
            assert await house.take(key="before") == first
        numbers = [(await house.take(key=key))["number"] for key in refused]
        assert tickets(house) == given + numbers
        assert len(set(tickets(house))) == len(tickets(house))
        assert await house.faults() == []
        assert await ready(house)
