"""A real mail server for tests, on a port of its own, that can be told to misbehave."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from qms.post.smtp import Relay

OFFICE = "urzad@miasto.example"


class MailServer:
    """Keeps what it accepted. `answers` are given to the next messages in turn, in place of 250."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        """What an address is answered with."""
        self.connections = 0
        self.slow = 0.0
        """Seconds it takes over each message."""
        self.hangs = False
        """While it does, no message is answered."""
        self.accepted: Callable[[], None] = lambda: None
        """Done when a message was accepted, before its sender is told."""
        self._controller: Controller | None = None

    # -- what aiosmtpd calls

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.slow:
            await asyncio.sleep(self.slow)
        while self.hangs:  # noqa: ASYNC110 - a test in another thread says when it ends
            await asyncio.sleep(0.01)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop":
            server.transport.abort()
            return "250 OK"
        if answer.startswith("2") or answer == "accept and drop":
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
            self.accepted()
        if answer == "accept and drop":
            server.transport.abort()
            return "250 OK"
        return answer

    # -- for tests

    def start(self, port: int = 0, **more: Any) -> None:
        """`more` goes to aiosmtpd: encryption, sign-in."""
        options: dict[str, Any] = {
            "port": port or free_port(),
            "ready_timeout": 10,
            "enable_SMTPUTF8": True,
        }
        self._controller = Controller(self, hostname="127.0.0.1", **(options | more))
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def port(self) -> int:
        assert self._controller is not None
        return int(self._controller.port)

    def relay(self, **more: Any) -> Relay:
        fields: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "user": "",
            "password": "",
            "sender": OFFICE,
            "timeout": 2.0,
        }
        return Relay(**(fields | more))

    @property
    def settings(self) -> dict[str, Any]:
        """Those of an office that sends its mail here."""
        return {
            "mail_host": "127.0.0.1",
            "mail_port": self.port,
            "mail_security": "none",
            "mail_from": OFFICE,
        }

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]


@contextmanager
def mail_server(**more: Any) -> Iterator[MailServer]:
    server = MailServer()
    server.start(**more)
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        held: list[socket.socket] = []
        stop = threading.Event()

        def accept() -> None:
            sock.settimeout(0.05)
            while not stop.is_set():
                try:
                    held.append(sock.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield int(sock.getsockname()[1])
        finally:
            stop.set()
            thread.join()
            for one in held:
                one.close()
