"""Web Push against a service of the test's own that reads as a browser does; and the addresses that are refused."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from sqlalchemy import Connection, Engine

from qms.ledger.vault import Vault
from qms.post import queue, sending
from qms.post.carrier import Unreachable
from qms.post.mail import NoAddress
from qms.post.push import (
    Browser,
    Notification,
    PushService,
    encrypted,
    is_global,
    located,
    public_key,
    sound,
)
from qms.post.queue import Row
from tests.post.browser import Listener, led_to, text
from tests.post.make import Office
from tests.post.web import WebServer, web_server

KEY = Vault([b"a secret of thirty-two bytes or more"]).signing_key()
SAID = "Numer A012: zaraz Państwa kolej".encode()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MARKS", (0.0, 0.0))


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as web:
        yield web


def office(engine: Engine, web: WebServer, listener: Listener, ended: list[str] | None = None) -> Office:
    said = ended if ended is not None else []

    def compose(_conn: Connection, _row: Row) -> Notification | str:
        return Notification(listener.browser, SAID, 1800)

    service = PushService(KEY, "mailto:it@miasto.example", led_to(web.base))
    return Office(engine, service, compose, lambda _conn, row: said.append(row["person"]))


async def test_only_the_browser_can_read_what_is_said_and_the_service_knows_who_says_it(
    sqlite_engine: Engine, web: WebServer
) -> None:
    listener = Listener("/send/abc?x=1")
    mine = office(sqlite_engine, web, listener)
    mine.queue("anna", channel=queue.PUSH)
    assert await mine.post.step() == 1
    [sent] = web.taken
    assert SAID not in sent.body
    assert listener.read(sent.body) == SAID
    with pytest.raises(Exception, match=r".*"):
        Listener().read(sent.body)
    assert sent.path == "/send/abc?x=1"
    assert sent.headers["host"] == "push.example"
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert (sent.headers["ttl"], sent.headers["urgency"]) == ("1800", "high")
    assert sent.headers["topic"] == mine.rows()["anna"]["id"]
    signed = sent.headers["authorization"]
    assert Vapid02.verify(signed)
    assert f"k={public_key(KEY)}" in signed


def test_the_signature_is_for_that_service_alone_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"sub": "mailto:it@miasto.example", "aud": "https://push.example", "exp": 1}
    signed = Vapid02(KEY).sign(claims)["Authorization"]
    assert Vapid02.verify(signed)
    other = Vapid02(ec.generate_private_key(ec.SECP256R1())).sign(claims)["Authorization"]
    forged = signed.split(",k=")[0] + ",k=" + other.split(",k=")[1]
    assert not Vapid02.verify(forged)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 413])
async def test_a_subscription_that_is_gone_is_at_its_end(
    sqlite_engine: Engine, web: WebServer, status: int
) -> None:
    ended: list[str] = []
    web.answers = [status]
    mine = office(sqlite_engine, web, Listener(), ended)
    mine.queue("anna", channel=queue.PUSH)
    assert await mine.post.step() == 0
    assert mine.states() == {"anna": "failed"}
    assert ended == ["anna"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_service_that_is_busy_is_asked_again(
    sqlite_engine: Engine, web: WebServer, status: int
) -> None:
    web.answers = [status]
    mine = office(sqlite_engine, web, Listener())
    mine.queue("anna", channel=queue.PUSH)
    assert await mine.post.step() == 0
    mine.wait(minutes=1)
    assert await mine.post.step() == 1


async def test_a_service_that_takes_its_time_keeps_no_other_browser_waiting(
    sqlite_engine: Engine, web: WebServer
) -> None:
    web.gate = threading.Barrier(3)
    mine = office(sqlite_engine, web, Listener())
    mine.queue("anna", "jan", "olga", channel=queue.PUSH)
    assert await mine.post.step() == 3


async def test_one_that_fails_in_no_way_that_is_known_stops_nobody_and_tells_nothing(
    sqlite_engine: Engine, web: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = office(sqlite_engine, web, Listener())
    post, first = mine.post, iter([True])
    assert isinstance(post._carrier, PushService)
    leads = post._carrier.locate

    async def locate(endpoint: str) -> Any:
        if next(first, False):
            raise UnicodeError("secret")
        return await leads(endpoint)

    post._carrier = replace(post._carrier, locate=locate)
    mine.queue("anna", "jan", channel=queue.PUSH)
    assert await post.step() == 1
    assert sorted(mine.states().values()) == ["queued", "sent"]
    said = "".join(capsys.readouterr())
    assert "could not be handed over" in said
    assert "secret" not in said


def test_the_key_is_the_same_in_every_process_and_another_for_another_server() -> None:
    secret, other = b"a secret of thirty-two bytes or more", b"another one of thirty-two bytes and more"
    assert public_key(Vault([secret]).signing_key()) == public_key(Vault([secret, other]).signing_key())
    assert public_key(Vault([other]).signing_key()) != public_key(Vault([secret]).signing_key())
    assert len(public_key(KEY)) == 87


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/a",
        "ftp://push.example/a",
        "https://localhost/a",
        "https://a.localhost/a",
        "https://printer.local/a",
        "https://db.internal/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://8.8.8.8/a",
        "https://[::1]/a",
        "https://push.example:8443/a",
        "https://push.example:x/a",
        "https://user@push.example/a",
        "https://push..example/a",
        f"https://{'a' * 64}.example/a",
        "https://push.example./a",
        "https:///a",
        "https://push.example/\nHost: x",
        "https://push.example/" + "a" * 1000,
        "//push.example/a",
        "",
    ],
)
def test_an_address_that_is_not_of_the_public_web_is_no_browsers(endpoint: str) -> None:
    assert sound(Listener().browser)
    assert not sound(replace(Listener().browser, endpoint=endpoint))


@pytest.mark.parametrize(
    "changes",
    [
        {"p256dh": ""},
        {"p256dh": "!"},
        {"p256dh": text(b"\x04" + b"\1" * 64)},
        {"p256dh": text(b"\x04" * 33)},
        {"auth": ""},
        {"auth": text(b"short")},
        {"auth": "ł" * 22},
    ],
)
def test_keys_that_are_none_are_refused(changes: dict[str, str]) -> None:
    assert not sound(replace(Listener().browser, **changes))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2a00:1450:4001::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("fec0::1", False),
        ("2001:4860:4860::8888", True),
        ("2001::1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_what_lies_on_the_internet_is_global(address: str, public: bool) -> None:
    assert is_global(ip_address(address)) is public


@pytest.mark.parametrize("leads_to", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"], []])
async def test_a_public_name_that_leads_inside_is_refused_when_something_is_sent(
    monkeypatch: pytest.MonkeyPatch, leads_to: list[str]
) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in leads_to]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(NoAddress):
        await located("https://push.example/a")


async def test_what_is_connected_to_is_what_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        if host != "push.example":
            raise socket.gaierror(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert await located("https://push.example/a?b=c") == ("https://8.8.8.8/a?b=c", "push.example")
    with pytest.raises(Unreachable):
        await located("https://nowhere.example/a")


async def test_names_that_take_their_time_hold_up_nobody_who_asks_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = threading.Event()

    def resolve(*_: Any, **__: Any) -> list[Any]:
        if not asked.wait(10):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with ThreadPoolExecutor(1) as one:
        asyncio.get_running_loop().set_default_executor(one)
        slow = asyncio.create_task(located("https://slow.example/a"))
        await asyncio.sleep(0)
        await asyncio.to_thread(asked.set)
        assert (await slow).host == "slow.example"


def test_two_notices_alike_do_not_look_alike() -> None:
    listener = Listener()
    first, second = (encrypted(Notification(listener.browser, SAID, 60)) for _ in range(2))
    assert first != second
    assert listener.read(first) == listener.read(second) == SAID
    assert isinstance(listener.browser, Browser)
