"""A device is paired once by a short code, holds a token from then on, and is shut out at once."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from httpx2 import AsyncClient, Response
from sqlalchemy import Engine, select

import qms.devices.http
from qms.devices import writes
from qms.devices.http import REMEMBERED
from qms.devices.rules.kinds import ALPHABET, LENGTH, shown, tidy
from qms.devices.writes import DEVICE
from qms.ledger.vault import token_hash
from qms.staff.rules.roles import Grant
from tests.web.make import House, house, later, signed_in

DEVICES = "/api/v1/halls/ratusz/devices"
KIOSK = {"kind": "kiosk", "name": "Kiosk przy wejściu"}


async def pair(client: AsyncClient, code: str) -> Response:
    return await client.post("/api/v1/devices/pair", json={"code": code})


async def added(admin: AsyncClient, **body: str) -> tuple[str, str]:
    """A new device: its id and code."""
    answer = await admin.post(DEVICES, json=body or KIOSK)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["code"]


async def who(client: AsyncClient, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.get("/api/v1/me", headers=headers)).json()
    return answer


@pytest.fixture
async def admin(server: House) -> AsyncIterator[AsyncClient]:
    async with signed_in(server, Grant("admin", "hall:ratusz")) as client:
        yield client


@pytest.fixture
async def kiosk(server: House) -> AsyncIterator[AsyncClient]:
    async with server.client() as client:
        yield client


async def test_a_code_pairs_a_device_which_is_known_from_then_on(
    admin: AsyncClient, kiosk: AsyncClient
) -> None:
    _, code = await added(admin)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", code)
    answer = await pair(kiosk, code)
    assert answer.json() == {"kind": "kiosk", "hall": "ratusz"}
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert await who(kiosk) == {"kind": "device", "device": {"kind": "kiosk", "hall": "ratusz"}}


async def test_a_code_may_be_typed_as_people_do(admin: AsyncClient, kiosk: AsyncClient) -> None:
    for typed in ("{code}", " {code} ", "{lower}", "{bare}", "{code}\u00a0"):
        _, code = await added(admin)
        text = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""))
        assert (await pair(kiosk, text)).status_code == 200


async def test_a_code_is_good_once(server: House, admin: AsyncClient, kiosk: AsyncClient) -> None:
    _, code = await added(admin)
    assert (await pair(kiosk, code)).status_code == 200
    async with server.client() as other:
        again = await pair(other, code)
        assert (again.status_code, again.json()["code"]) == (422, "code_unknown")
        assert (await who(other))["kind"] == "anonymous"
    assert (await who(kiosk))["kind"] == "device"


async def test_of_many_who_use_a_code_at_once_one_is_paired(server: House, admin: AsyncClient) -> None:
    _, code = await added(admin)
    clients = [server.client() for _ in range(8)]
    answers = await asyncio.gather(*(pair(client, code) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
    for client in clients:
        await client.aclose()


async def test_a_code_runs_out(
    admin: AsyncClient, kiosk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = await added(admin)
    with later(monkeypatch, qms.devices.http, timedelta(minutes=15, seconds=1)):
        assert (await pair(kiosk, code)).json()["code"] == "code_unknown"
    with later(monkeypatch, qms.devices.http, timedelta(minutes=14, seconds=50)):
        assert (await pair(kiosk, code)).status_code == 200


async def test_a_code_of_nobodys_pairs_nothing(admin: AsyncClient, kiosk: AsyncClient) -> None:
    await added(admin)
    for code in ("AAAA-AAAA", "x", "-", "\u00e4\u00f6", "A" * 40, "%"):
        answer = await pair(kiosk, code)
        assert answer.json()["code"] == "code_unknown"
        assert "set-cookie" not in answer.headers


async def test_what_is_no_code_is_refused(kiosk: AsyncClient) -> None:
    for code in ("", "A" * 41, "a\x00b", None, 5):
        answer = await kiosk.post("/api/v1/devices/pair", json={"code": code})
        assert answer.json()["code"] == "invalid"


async def test_attempts_at_codes_are_counted(engine: Engine) -> None:
    async with house(engine, halls=("ratusz",), code_limit="3/hour") as server, server.client() as kiosk:
        codes = [(await pair(kiosk, "AAAA-AAAA")).json()["code"] for _ in range(4)]
    assert codes == ["code_unknown"] * 3 + ["throttled"]


async def test_neither_code_nor_token_is_on_record_or_in_the_log(
    server: House, admin: AsyncClient, kiosk: AsyncClient
) -> None:
    with structlog.testing.capture_logs() as lines:
        id, code = await added(admin)
        with server.site.engine.connect() as conn:
            before = dict(conn.execute(select(DEVICE)).mappings().one())
        await pair(kiosk, code)
        await admin.delete(f"{DEVICES}/{id}")
    token = kiosk.cookies["qms_device"]
    assert before["pairing"] == token_hash(tidy(code))
    assert tidy(code) not in str(before)
    assert [line["event"] for line in lines] == ["device added", "device paired", "device shut out"]
    assert token not in str(lines)
    assert tidy(code) not in str(lines).replace("-", "")


def test_codes_have_no_letters_that_are_taken_for_others() -> None:
    assert not set("IOL01") & set(ALPHABET)
    assert len(set(ALPHABET)) ** LENGTH > 10**11
    assert tidy(shown("ABCDEFGH")) == "ABCDEFGH"


@pytest.mark.parametrize(
    ("kind", "counter", "rights"),
    [
        ("kiosk", None, {"tickets.issue", "view.board"}),
        ("board", None, {"view.board"}),
        ("sign", "kasa", {"view.board"}),
    ],
)
async def test_each_kind_may_what_it_needs_at_its_hall_alone(
    server: House, admin: AsyncClient, kind: str, counter: str | None, rights: set[str]
) -> None:
    body = {"kind": kind, "name": "x"} | ({"counter": counter} if counter else {})
    _, code = await added(admin, **body)
    async with server.client() as client:
        told = (await pair(client, code)).json()
        assert told.get("counter") == counter
        assert (await client.get("/api/v1/halls/ratusz/log")).status_code == 403
        assert (await client.get(DEVICES)).status_code == 403
    with server.site.engine.connect() as conn:
        row = conn.execute(select(DEVICE)).mappings().one()
    principal = qms.devices.http._principal(row, by_cookie=True)
    assert principal.scopes == {"hall:ratusz": frozenset(rights)}


WRONG: list[tuple[dict[str, str], str]] = [
    ({"kind": "kiosk", "name": "x", "counter": "1"}, "invalid"),
    ({"kind": "sign", "name": "x"}, "invalid"),
    ({"kind": "sign", "name": "x", "counter": "99"}, "unknown_counter"),
    ({"kind": "robot", "name": "x"}, "invalid"),
    ({"kind": "kiosk", "name": ""}, "invalid"),
    ({"kind": "kiosk", "name": "   "}, "invalid"),
    ({"kind": "kiosk", "name": "x" * 101}, "invalid"),
    ({"kind": "kiosk", "name": "x", "hall": "gmina"}, "invalid"),
]


async def test_what_is_no_device_is_not_added(admin: AsyncClient) -> None:
    for body, code in WRONG:
        assert (await admin.post(DEVICES, json=body)).json()["code"] == code, body
    assert (await admin.get(DEVICES)).json() == {"devices": []}


async def test_a_device_that_is_shut_out_is_out_at_once_and_for_good(
    server: House, admin: AsyncClient, kiosk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rechecked: list[bool] = []

    async def recheck(match: Any) -> None:
        rechecked.append(True)

    monkeypatch.setattr(server.site.hub, "recheck", recheck)
    id, code = await added(admin)
    await pair(kiosk, code)
    assert (await who(kiosk))["kind"] == "device"
    rechecked.clear()
    assert (await admin.delete(f"{DEVICES}/{id}")).status_code == 200
    assert rechecked == [True]
    assert (await who(kiosk))["kind"] == "anonymous"
    listed = (await admin.get(DEVICES)).json()["devices"]
    assert [(one["id"], one["revoked"]) for one in listed] == [(id, True)]


async def test_a_device_shut_out_before_it_was_paired_never_is(
    admin: AsyncClient, kiosk: AsyncClient
) -> None:
    id, code = await added(admin)
    await admin.delete(f"{DEVICES}/{id}")
    assert (await pair(kiosk, code)).json()["code"] == "code_unknown"


async def test_a_device_shut_out_by_another_process_is_out_within_five_seconds(
    server: House, admin: AsyncClient, kiosk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=5) >= REMEMBERED
    id, code = await added(admin)
    await pair(kiosk, code)
    assert (await who(kiosk))["kind"] == "device"
    await server.site.writer.aside(lambda conn: writes.revoke(conn, id))
    with later(monkeypatch, qms.devices.http, timedelta(seconds=5.1)):
        assert (await who(kiosk))["kind"] == "anonymous"


async def test_a_device_of_another_hall_is_not_there(server: House, admin: AsyncClient) -> None:
    now = datetime.now(UTC)
    id, _ = await server.site.writer.aside(
        lambda conn: writes.add_device(conn, "board", "gmina", None, "x", now, timedelta(minutes=15))
    )
    for device in (id, "device:000000000000", "x", "%00"):
        answer = await admin.delete(f"{DEVICES}/{device}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await admin.delete(f"/api/v1/halls/gmina/devices/{id}")).status_code == 403


async def test_a_new_code_moves_a_device_to_another_screen(
    server: House, admin: AsyncClient, kiosk: AsyncClient
) -> None:
    id, code = await added(admin)
    await pair(kiosk, code)
    page = (await admin.get("/staff/devices/ratusz")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    renewed = await admin.post(f"/staff/devices/ratusz/{id}/renew", data={"csrf": token[1]})
    fresh = re.search(r'staff-code">([^<]+)<', renewed.text)
    assert fresh is not None
    assert (await who(kiosk))["kind"] == "device"
    async with server.client() as other:
        assert (await pair(other, fresh[1])).status_code == 200
        assert (await who(other))["kind"] == "device"
        assert (await who(kiosk))["kind"] == "anonymous"


async def test_devices_are_for_administrators(server: House) -> None:
    async with (
        signed_in(server, Grant("supervisor", "hall:ratusz")) as client,
        server.client() as stranger,
    ):
        for method, path in (("GET", DEVICES), ("POST", DEVICES), ("DELETE", f"{DEVICES}/device:0")):
            assert (await client.request(method, path, json=KIOSK)).status_code == 403
            assert (await stranger.request(method, path, json=KIOSK)).status_code == 401
        assert (await client.get("/staff/devices/ratusz")).status_code == 403
        assert (await stranger.get("/staff/devices/ratusz")).status_code == 303


async def paired(admin: AsyncClient, client: AsyncClient) -> str:
    """The token of a device that was just paired in this browser."""
    _, code = await added(admin)
    await pair(client, code)
    token: str = client.cookies["qms_device"]
    return token


async def test_a_cookie_is_bound_to_our_pages_and_a_bearer_is_not(
    server: House, admin: AsyncClient, kiosk: AsyncClient
) -> None:
    token = await paired(admin, kiosk)
    evil = {"Origin": "http://evil.test", "Sec-Fetch-Site": "cross-site"}
    body = {"name": "a"}
    assert (await kiosk.post("/api/v1/members", json=body)).status_code == 200
    refused = await kiosk.post("/api/v1/members", json=body, headers=evil)
    assert refused.json()["code"] == "cross_site"
    async with server.client() as program:
        for bearer in (f"Bearer {token}", f"bearer  {token}"):
            headers = evil | {"Authorization": bearer}
            answer = await program.post("/api/v1/members", json=body, headers=headers)
            assert answer.json()["kind"] == "device"
    # Having been seen as a bearer's does not free the cookie of the rule.
    assert (await kiosk.post("/api/v1/members", json=body, headers=evil)).status_code == 403


async def test_what_is_no_bearer_token_is_none(
    server: House, admin: AsyncClient, kiosk: AsyncClient
) -> None:
    token = await paired(admin, kiosk)
    async with server.client() as program:
        for header in (f"Basic {token}", token, "Bearer", "Bearer x", "Bearer " + "x" * 200):
            assert (await who(program, Authorization=header))["kind"] == "anonymous"


async def test_another_kind_of_authorization_leaves_the_cookie_bound(
    admin: AsyncClient, kiosk: AsyncClient
) -> None:
    await paired(admin, kiosk)
    headers = {"Authorization": "Basic eDp5", "Origin": "http://evil.test"}
    assert (await kiosk.post("/api/v1/members", json={"name": "a"}, headers=headers)).status_code == 403


async def test_the_page_shows_each_devices_state(
    server: House, admin: AsyncClient, kiosk: AsyncClient
) -> None:
    await paired(admin, kiosk)
    await added(admin, kind="sign", name="Nad kasą", counter="kasa")
    html = (await admin.get("/staff/devices/ratusz?lang=en")).text
    assert html.count("badge-ok") == html.count("badge-warn") == 1
    assert "Nad kasą" in html
    token = re.search(r'name="csrf" value="([^"]+)"', html)
    assert token is not None
    typed = {"csrf": token[1], "kind": "board", "name": "Tablica <1>", "counter": ""}
    done = await admin.post("/staff/devices/ratusz", data=typed)
    assert "Tablica &lt;1&gt;" in done.text
    assert "staff-code" in done.text
    wrong = await admin.post("/staff/devices/ratusz", data=typed | {"counter": "kasa"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    revoke = re.search(r'action="(/staff/devices/ratusz/device:\w+/revoke)"', done.text)
    assert revoke is not None
    assert (await admin.post(revoke[1], data={"csrf": token[1]})).status_code == 303
    assert "badge-late" in (await admin.get("/staff/devices/ratusz")).text
    assert (await admin.get("/staff/devices/nowhere")).status_code == 404
    assert (await admin.get("/staff/devices/gmina")).status_code == 403
