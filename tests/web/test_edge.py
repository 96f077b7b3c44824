"""Nothing passes the JSON edge but what a route declares; whatever else comes gets a problem document."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from httpx2 import AsyncClient, Response

from qms.staff.rules.roles import Grant
from tests.web.make import House, signed_in

JSON = {"Content-Type": "application/json"}


def is_problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """A problem document that is what it should be, and nothing of the server's inside."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"urn:qms:problem:{code}"
    assert body["title"]
    assert "Traceback" not in response.text
    return body


@pytest.fixture
async def client(server: House) -> AsyncIterator[AsyncClient]:
    async with server.client() as client:
        yield client


async def test_a_sound_body_passes(client: AsyncClient) -> None:
    answer = await client.post("/api/v1/echo", json={"name": "a-1", "note": " Zoe\u0308 "})
    assert answer.status_code == 200
    assert answer.json()["note"] == "Zoë"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"name": "a",}',
        b"{'name': 'a'}",
        b'{"name": "a"} {"name": "b"}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "marks": {"x": 1, "x": 2}}',
        b'{"name": "a", "level": NaN}',
        b'{"name": "a", "level": -Infinity}',
        b'{"name": "a", "level": 01}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "a"}',
        '{"name": "a"}'.encode("utf-16"),
        b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"name": "a", "level": ' + b"9" * 1900 + b"}",
        b'{"name": "a", "note": "\x00"}',
    ],
)
async def test_what_is_not_json_is_malformed(client: AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/echo", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    is_problem(answer, answer.status_code, "malformed" if answer.status_code == 400 else "invalid")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", ""),
        ("null", ""),
        ('"text"', ""),
        ("{}", "name"),
        ('{"name": 1}', "name"),
        ('{"name": null}', "name"),
        ('{"name": ""}', "name"),
        ('{"name": "../etc"}', "name"),
        ('{"name": "a\\n"}', "name"),
        ('{"name": "a", "level": "1"}', "level"),
        ('{"name": "a", "level": 1.5}', "level"),
        ('{"name": "a", "level": true}', "level"),
        ('{"name": "a", "level": 1e999}', "level"),
        ('{"name": "a", "level": 0}', "level"),
        ('{"name": "a", "level": 10}', "level"),
        ('{"name": "a", "other": 1}', "other"),
        ('{"name": "a", "note": "\\u0000"}', "note"),
        ('{"name": "a", "note": "\\u0007"}', "note"),
        ('{"name": "a", "note": "' + "x" * 201 + '"}', "note"),
        ('{"name": "a", "marks": {"x": "1"}}', "marks.x"),
        ('{"name": "a", "marks": {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}}', "marks"),
    ],
)
async def test_what_does_not_fit_is_named(client: AsyncClient, body: str, field: str) -> None:
    answer = await client.post("/api/v1/echo", content=body, headers=JSON)
    found = is_problem(answer, 422, "invalid")
    assert field in [error["field"] for error in found["errors"]]
    assert all(set(error) == {"field", "problem"} for error in found["errors"])


@pytest.mark.parametrize("half", ['"\\ud800"', '"\\udc00x"', '"\\ud800\\ud800"'])
async def test_half_a_character_is_refused(client: AsyncClient, half: str) -> None:
    answer = await client.post("/api/v1/echo", content='{"name": "a", "note": ' + half + "}", headers=JSON)
    assert answer.json()["code"] in ("malformed", "invalid")


async def test_what_was_typed_is_never_sent_back(client: AsyncClient) -> None:
    answer = await client.post("/api/v1/echo", json={"name": "a", "note": 5, "pesel": "44051401359"})
    is_problem(answer, 422, "invalid")
    assert "44051401359" not in answer.text


@pytest.mark.parametrize("body", [b"", b'{"name": "a"}'])
@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"],
)
async def test_another_content_type_is_refused_with_and_without_a_body(
    client: AsyncClient, kind: str | None, body: bytes
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    is_problem(await client.post("/api/v1/echo", content=body, headers=headers), 415, "media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
async def test_the_content_type_may_be_written_otherwise(client: AsyncClient, kind: str) -> None:
    answer = await client.post("/api/v1/echo", content=b'{"name": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 200


async def test_a_giant_body_is_refused_before_it_is_read(server: House) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 500
            yield b" " * 500

    async with server.client() as client:
        answer = await client.post("/api/v1/echo", content=endless(), headers=JSON)
    is_problem(answer, 413, "too_large")
    assert read <= 3000
    assert answer.headers["connection"] == "close"


async def test_a_body_that_says_that_it_is_giant_is_not_read_at_all(server: House) -> None:
    sent: list[Any] = []

    async def never() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/echo",
        "query_string": b"",
        "scheme": "http",
        "server": ("hall.test", 80),
        "client": ("203.0.113.5", 1),
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"9" * 30)],
    }
    await server.app(scope, never, send)
    assert sent[0]["status"] == 413
    assert orjson.loads(sent[1]["body"])["code"] == "too_large"


@pytest.mark.parametrize("length", ["-5", "x", "1_0", "٣"])
async def test_a_nonsensical_length_is_refused(client: AsyncClient, length: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    is_problem(await client.post("/api/v1/echo", content=b"{}", headers=headers), 400, "malformed")


async def test_the_largest_body_allowed_passes(client: AsyncClient) -> None:
    body = b'{"name": "a"}'.ljust(2_000)
    assert (await client.post("/api/v1/echo", content=body, headers=JSON)).status_code == 200
    is_problem(await client.post("/api/v1/echo", content=body + b" ", headers=JSON), 413, "too_large")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET", "OPTIONS", "TRACE", "NONSENSE"])
async def test_another_method_is_not_allowed(client: AsyncClient, method: str) -> None:
    answer = await client.request(method, "/api/v1/echo")
    is_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1/halls/nowhere/log",
        "/api/v1/halls/Ratusz/log",
        "/api/v1/halls/%00/log",
        "/api/v1/halls/%ED%A0%80/log",
        "/api/v1/halls/%2e%2e/log",
        "/api/v1/halls/" + "a" * 500 + "/log",
        "/shared/nothing.css",
        "/shared/%2e%2e/site.py",
        "/shared/..%2fsite.py",
    ],
)
async def test_what_is_not_there_is_not_found(client: AsyncClient, path: str) -> None:
    is_problem(await client.get(path), 404, "not_found")


@pytest.mark.parametrize("token", ["x", "A" * 26, "a" * 27, "%0a" * 26, "a" * 25 + "1"])
async def test_what_is_no_token_names_no_ticket(client: AsyncClient, token: str) -> None:
    is_problem(await client.get(f"/api/v1/tickets/{token}"), 404, "unknown_ticket")


async def test_strangers_are_asked_to_sign_in_before_their_body_is_looked_at(client: AsyncClient) -> None:
    for method, path in (
        ("POST", "/api/v1/members"),
        ("GET", "/api/v1/halls/ratusz/log"),
        ("POST", "/api/v1/counters/ratusz.1/next"),
    ):
        is_problem(await client.request(method, path, content=b"{", headers=JSON), 401, "sign_in")


async def test_a_right_counts_where_it_was_given_and_nowhere_else(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        assert (await client.get("/api/v1/halls/ratusz/log")).status_code == 200
        assert (await client.post("/api/v1/counters/ratusz.1/next")).status_code == 200
        is_problem(await client.get("/api/v1/halls/wydzial/log"), 403, "not_allowed")
        is_problem(await client.post("/api/v1/counters/gmina.1/next"), 403, "not_allowed")
        is_problem(await client.post("/api/v1/counters/nowhere.1/next"), 404, "not_found")


async def test_who_must_change_the_password_is_told_so(server: House) -> None:
    async with signed_in(server, Grant("admin", "organisation:miasto"), must_change=True) as client:
        is_problem(await client.get("/api/v1/halls/ratusz/log"), 403, "must_change_password")
        is_problem(await client.get("/api/v1/staff"), 403, "must_change_password")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://hall.test"},
        {"Origin": "http://evil.test"},
        {"Origin": "https://hall.test"},
        {"Origin": "http://hall.test.evil.test"},
        {"Origin": "http://hall.test:8080"},
        {"Origin": "null"},
    ],
)
async def test_another_sites_page_can_do_nothing_with_our_cookie(
    server: House, headers: dict[str, str]
) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        answer = await client.post("/api/v1/members", json={"name": "a"}, headers=headers)
        is_problem(answer, 403, "cross_site")
        assert (await client.get("/api/v1/halls/ratusz/log", headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
async def test_our_own_pages_may(server: House, headers: dict[str, str]) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        answer = await client.post("/api/v1/members", json={"name": "a"}, headers=headers)
        assert answer.status_code == 200


async def test_the_key_of_an_intent_is_the_callers_and_the_routes(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz")) as client:
        headers = {"Idempotency-Key": "k-1"}
        one = (await client.post("/api/v1/members", json={"name": "a"}, headers=headers)).json()
        two = (await client.post("/api/v1/echo", json={"name": "a"}, headers=headers)).json()
        other = (await client.post("/api/v1/members", json={"name": "b"}, headers=headers)).json()
    assert one["key"] == "k-1"
    assert one["scope"].startswith("staff:staff:")
    assert one["scope"].endswith("POST /api/v1/members")
    assert one["scope"] != two["scope"]
    assert one["scope"] == other["scope"]
    assert len({one["digest"], two["digest"], other["digest"]}) == 3


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 81, "a\tb", "a/b", '"a"'])
async def test_a_key_that_is_not_well_formed_is_refused_on_every_route(
    client: AsyncClient, key: str
) -> None:
    headers = [(b"idempotency-key", key.encode()), (b"content-type", b"application/json")]
    for path in ("/api/v1/echo", "/api/v1/devices/pair"):
        found = is_problem(await client.post(path, content=b"{}", headers=headers), 422, "invalid")
        assert found["params"] == {"field": "Idempotency-Key"}


async def test_no_key_is_no_key(client: AsyncClient) -> None:
    assert "key" not in (await client.post("/api/v1/echo", json={"name": "a"})).json()


async def test_an_unforeseen_error_says_nothing_of_the_house(client: AsyncClient) -> None:
    for path in ("/api/v1/broken", "/half"):
        answer = await client.get(path)
        is_problem(answer, 500, "internal")
        assert "secret" not in answer.text
        assert "foresaw" not in answer.text


async def test_an_outage_asks_to_try_again(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/away")
    is_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "/var/lib" not in answer.text


async def test_a_problem_speaks_the_callers_language(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/refusing", headers={"Accept-Language": "uk, en;q=0.5"})
    found = is_problem(answer, 429, "throttled")
    assert answer.headers["content-language"] == "uk"
    assert answer.headers["retry-after"] == "3"
    assert found["params"] == {"seconds": 3}
    assert "3 с" in found["title"]
    english = await client.get("/api/v1/refusing", headers={"Accept-Language": "xx"})
    assert english.headers["content-language"] == "en"


async def test_a_person_gets_a_page_and_a_program_a_document(client: AsyncClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "de"}
    page = await client.get("/nothing", headers=browser)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="de"' in page.text
    assert (await client.get("/half", headers=browser)).status_code == 500
    is_problem(await client.get("/api/v1/nothing", headers=browser), 404, "not_found")
