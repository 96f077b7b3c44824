"""Every answer bears the headers that keep a browser safe, whatever kind of answer it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from qms.staff import reads
from qms.staff.rules.roles import Grant
from qms.web.headers import CSP, HEADERS, same_origin
from tests.web.conftest import ROUTES
from tests.web.make import House, enter, house, signed_in

KINDS = [
    ("GET", "/sign-in", 200),
    ("GET", "/staff", 303),
    ("GET", "/shared/design.css", 200),
    ("GET", "/shared/nothing.css", 404),
    ("GET", "/nothing", 404),
    ("GET", "/api/v1/me", 200),
    ("GET", "/api/v1/staff", 401),
    ("GET", "/api/v1/broken", 500),
    ("GET", "/half", 500),
    ("GET", "/api/v1/away", 503),
    ("GET", "/api/v1/refusing", 429),
    ("PUT", "/api/v1/echo", 405),
    ("POST", "/api/v1/echo", 415),
    ("HEAD", "/about", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), KINDS)
async def test_every_kind_of_answer_bears_the_headers(
    server: House, method: str, path: str, status: int
) -> None:
    async with server.client() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value], name
    assert "strict-transport-security" not in answer.headers


async def test_so_do_answers_to_bodies_too_large_and_pages_of_other_sites(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        large = await client.post("/api/v1/echo", content=b" " * 3000)
        other = await client.post("/api/v1/echo", json={}, headers={"Origin": "http://evil.test"})
    assert (large.status_code, other.status_code) == (413, 403)
    for answer in (large, other):
        assert all(answer.headers[name] == value for name, value in HEADERS.items())


@contextmanager
def away(engine: Engine) -> Iterator[None]:
    """Take the database's folder away: what is open goes on, and nothing opens it anew."""
    assert engine.url.database is not None
    folder = Path(engine.url.database).parent
    elsewhere = folder.rename(folder.with_name(f"{folder.name} taken away"))
    engine.dispose()
    try:
        yield
    finally:
        elsewhere.rename(folder)


async def test_so_does_the_answer_while_the_database_is_away(server: House) -> None:
    async with server.client(cookies={"qms_session": "x" * 43}) as client:
        with away(server.site.engine):
            answer = await client.get("/api/v1/me")
        again = await client.get("/api/v1/me")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["content-security-policy"] == CSP
    assert again.status_code == 200


async def test_so_does_the_answer_where_nobody_can_say_who_asks(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise LookupError("a secret of the house")

    monkeypatch.setattr(reads, "session", broken)
    async with server.client(cookies={"qms_session": "y" * 43}) as client:
        answer = await client.get("/api/v1/me")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == CSP


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    rules = dict(rule.split(" ", 1) for rule in CSP.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert "unsafe" not in CSP
    assert "*" not in CSP
    assert "http" not in CSP


async def test_behind_tls_cookies_are_bound_to_the_host_and_https_is_kept(engine: Engine) -> None:
    async with house(engine, ROUTES, behind_tls=True) as server:
        await server.sign_in.passwords.hash("x")
        async with server.client(base_url="https://hall.test") as client:
            entrance = await client.get("/sign-in")
            cookie = entrance.headers["set-cookie"]
            assert entrance.headers["strict-transport-security"].startswith("max-age=")
            assert cookie.startswith("__Host-qms_form=")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
            again = await enter(client, "anna")
            cookie = again.headers["set-cookie"]
            assert cookie.startswith("__Host-qms_session=")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie


async def test_without_tls_cookies_are_http_only_all_the_same(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        cookie = (await enter(client, "anna")).headers["set-cookie"]
    assert cookie.startswith("qms_session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://hall.test"}, False),
        ({"host": "hall.test", "origin": "https://hall.test"}, True),
        ({"host": "hall.test", "origin": "http://hall.test"}, False),
        ({"host": "hall.test", "origin": "https://hall.test:8443"}, False),
        ({"host": "inner:8000", "origin": "https://queue.city.test"}, True),
        ({"host": "hall.test", "origin": "null"}, False),
        ({"host": "hall.test", "origin": ""}, False),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], same: bool) -> None:
    assert same_origin(headers, "https", "https://queue.city.test/kolejka") is same


def test_an_unset_public_address_lets_nobody_in() -> None:
    assert not same_origin({"host": "hall.test", "origin": ""}, "https", "")


@pytest.mark.parametrize("host", ["hall.test/path?", 'x"><b>', "a b", "user@hall.test", "x" * 3000, "[::1"])
async def test_a_host_that_is_none_is_refused_for_links_are_made_of_it(server: House, host: str) -> None:
    async with server.client() as client:
        answer = await client.get("/api/v1/me", headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
        for fine in ("hall.test", "localhost:8000", "[::1]:8000", "front_desk", "10.0.0.7"):
            assert (await client.get("/api/v1/me", headers={"Host": fine})).status_code == 200
