"""Sockets over TLS, whose transports count what they keep by rules of their own."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from qms.live import server as live_server
from qms.live import socket as live_socket
from tests.live.screen import Screen
from tests.live.served import House, follow, handshake, hear, serving, until

ADDRESS = "127.0.0.1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for loopback that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "hall.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """A client that trusts that certificate alone."""
    return ssl.create_default_context(cafile=str(certificate))


async def deaf(house: House, trusting: ssl.SSLContext) -> ssl.SSLSocket:
    """A client that asks for the view and reads nothing."""

    def ask() -> ssl.SSLSocket:
        plain = socket.create_connection((ADDRESS, house.port))
        house.raws.append(plain)
        wrapped = trusting.wrap_socket(plain, server_hostname=ADDRESS)
        house.raws.append(wrapped)
        wrapped.sendall(handshake(house.port))
        return wrapped

    return await asyncio.to_thread(ask)


def read_until(sock: ssl.SSLSocket, end: bytes) -> None:
    """Read a client's arrears, as far as some last words."""
    tail = b""
    while end not in tail:
        tail = tail[-len(end) :] + sock.recv(65536)


def buffered(house: House) -> int:
    return sum(each.transport.get_write_buffer_size() for each in house.web.server_state.connections)


async def test_state_patches_and_large_messages_come_through(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    async with (
        serving(ssl_certfile=certificate) as house,
        house.watching(scheme="wss", ssl=trusting, max_size=None) as client,
    ):
        screen = Screen()
        await follow(client, screen, {})
        for length in (1, 200, 70_000, 2_000_000, 3):
            house.publish({"text": "x" * length})
            await follow(client, screen, {"text": "x" * length})
        await client.send('{"type":"again"}')
        assert (await hear(client))["state"] == {"text": "xxx"}
        assert screen.kinds == ["state"] + ["patch"] * 5


async def test_an_origin_is_ours_by_the_host_whatever_the_scheme(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    async with serving(ssl_certfile=certificate) as house:
        own = f"https://{ADDRESS}:{house.port}"
        async with house.watching(scheme="wss", ssl=trusting, origin=own) as client:
            assert (await hear(client))["type"] == "state"


async def test_a_client_that_does_not_read_costs_no_more_than_its_first_messages(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    async with (
        serving(ssl_certfile=certificate) as house,
        house.watching(scheme="wss", ssl=trusting, max_size=None) as reading,
    ):
        screen = Screen()
        sock = await deaf(house, trusting)
        await until(lambda: len(house.hub.watchers) == 2)
        sizes = []
        for n in range(80):
            shown = {"n": n, "text": str(n % 10) * 100_000}
            house.publish(shown)
            await follow(reading, screen, shown)
            sizes.append(buffered(house))
        assert max(sizes) < 1_000_000
        assert sizes[-1] == sizes[40] > 0
        await asyncio.to_thread(read_until, sock, b'"n":79')
        assert buffered(house) == 0


async def test_who_takes_nothing_for_too_long_is_given_up(
    certificate: Path, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "PATIENCE", 0.3)
    monkeypatch.setattr(live_server, "LINGER", 0.2)
    async with serving(ssl_certfile=certificate) as house:
        await deaf(house, trusting)
        await until(lambda: house.hub.watchers)
        for n in range(80):
            house.publish({"n": n, "text": str(n % 10) * 100_000})
            await asyncio.sleep(0.006)
        await until(lambda: not house.hub.watchers, 2)
        await until(lambda: not house.web.server_state.connections, 2)


async def test_a_slow_reader_comes_to_the_last_state(certificate: Path, trusting: ssl.SSLContext) -> None:
    async with (
        serving(ssl_certfile=certificate) as house,
        house.watching(scheme="wss", ssl=trusting, max_size=None, max_queue=1) as client,
    ):
        screen = Screen()
        for n in range(60):
            house.publish({"n": n, "text": str(n % 10) * 100_000})
            if n % 5 == 0:
                screen.take(await hear(client))
            await asyncio.sleep(0.006)
        await follow(client, screen, {"n": 59, "text": "9" * 100_000})
        house.publish({"n": 60})
        await follow(client, screen, {"n": 60})


@pytest.mark.slow
async def test_stopping_takes_seconds_though_a_client_does_not_read(
    certificate: Path, trusting: ssl.SSLContext
) -> None:
    async with (
        serving(ssl_certfile=certificate, briskly=False) as house,
        house.watching(scheme="wss", ssl=trusting, max_size=None) as reading,
    ):
        await deaf(house, trusting)
        await until(lambda: len(house.hub.watchers) == 2)
        screen = Screen()
        for n in range(40):
            shown = {"n": n, "text": str(n % 10) * 100_000}
            house.publish(shown)
            await follow(reading, screen, shown)
        began = monotonic()
        house.web.end.set()
        await reading.wait_closed()
        assert reading.close_code == 1012
        await until(lambda: not house.web.server_state.connections, 6)
        assert monotonic() - began < 4.5
