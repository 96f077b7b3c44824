"""The way to the mail server: encrypted, to the right one, by the right name, or not at all."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import Engine

from qms.cli.certificate import self_signed
from tests.post.make import Office
from tests.post.server import mail_server


@pytest.fixture
def encrypted(tmp_path: Path) -> dict[str, Any]:
    """A server that takes nothing in the clear."""
    cert, key = self_signed("127.0.0.1", tmp_path, 2)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return {"tls_context": context, "require_starttls": True}


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has this machine trust that server's certificate."""
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "qms-cert.pem"))


def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"urzad", b"right")
    return AuthResult(success=right, handled=right)


async def test_an_encrypted_way_with_a_name_and_a_password(
    sqlite_engine: Engine, encrypted: dict[str, Any], trusted: Callable[[], None]
) -> None:
    trusted()
    with mail_server(**encrypted, authenticator=knows, auth_required=True) as server:
        relay = server.relay(security="starttls", user="urzad", password="right")
        office = Office(sqlite_engine, relay)
        office.queue("anna")
        assert await office.post.step() == 1


async def test_a_wrong_password_costs_no_message(
    sqlite_engine: Engine,
    encrypted: dict[str, Any],
    trusted: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    trusted()
    with mail_server(**encrypted, authenticator=knows, auth_required=True) as server:
        office = Office(
            sqlite_engine, server.relay(security="starttls", user="urzad", password="wrong-one")
        )
        office.queue("anna")
        assert await office.post.step() == 0
    assert office.states() == {"anna": "queued"}
    assert office.rows()["anna"]["attempts"] == 0
    said = "".join(capsys.readouterr())
    assert "SMTPAuthenticationError 535" in said
    assert "wrong-one" not in said


async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    sqlite_engine: Engine, encrypted: dict[str, Any]
) -> None:
    with mail_server(**encrypted) as server:
        office = Office(sqlite_engine, server.relay(security="starttls"))
        office.queue("anna")
        assert await office.post.step() == 0
    assert office.states() == {"anna": "queued"}
    assert server.taken == []


async def test_a_way_that_was_to_be_encrypted_is_not_taken_in_the_clear(sqlite_engine: Engine) -> None:
    with mail_server() as server:
        office = Office(sqlite_engine, server.relay(security="starttls"))
        office.queue("anna")
        assert await office.post.step() == 0
    assert server.taken == []
