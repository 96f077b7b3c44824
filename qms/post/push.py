"""Web Push: a notice to a browser by the push service of its maker (RFC 8030, 8291, 8292).

What is said is encrypted for the browser: the service in between learns that something was said, not what.
The address comes from a browser and so from anybody: it must be public and HTTPS, both as it is written
and where its name leads when something is sent.
"""

import asyncio
import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import http_ece
import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from qms.post.carrier import Refused, Unreachable
from qms.post.mail import NoAddress
from qms.post.queue import PUSH, Row

TIMEOUT = 8.0
"""Seconds for each step: whoever names a service may name a slow one."""
TOGETHER = 20
VALID = 12 * 3600
"""Seconds for which a signature is good (RFC 8292: at most a day)."""
LONGEST = 1000
"""Characters of an address."""
NAMES = ThreadPoolExecutor(4, thread_name_prefix="names")
"""Looks up what strangers name, apart from the threads that ask the database: a name may take its time."""
UNICAST = ip_network("2000::/3")
"""Where IPv6 has the internet; most ways of wrapping an address of IPv4 lie outside it, two inside."""
POINT, SECRET = 65, 16
"""Bytes of a browser's public key, and of its secret."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached, its public key and its secret, as it gave them (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Notification:
    """What is to be said to a browser; it is pointless after `lasts` seconds."""

    browser: Browser
    body: bytes
    lasts: int


class Way(NamedTuple):
    """How an address is reached: by this URL, under that host's name."""

    url: str
    host: str


def sound(browser: Browser) -> bool:
    """Whether that can be a browser: a public HTTPS address, a point of the curve, a secret."""
    try:
        point, secret = _bytes(browser.p256dh), _bytes(browser.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == POINT and len(secret) == SECRET and _is_public(browser.endpoint)


def _is_public(endpoint: str) -> bool:
    """As it is written; `located` looks where a name leads."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")  # as it is looked up
    except ValueError:
        return False
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or "." not in host:
        return False
    try:
        ip_address(host)
    except ValueError:
        return not host.endswith((".localhost", ".local", ".internal", "."))
    return False  # no push service is known by a bare number


def is_global(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies on the internet and on no network of somebody's own, however it is wrapped."""
    if isinstance(address, IPv6Address) and (address not in UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast


async def located(endpoint: str) -> Way:
    """Where an address leads now; what is connected to is what was looked at. Raises NoAddress, Unreachable."""
    if not _is_public(endpoint):
        raise NoAddress
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        found = await asyncio.get_running_loop().run_in_executor(NAMES, _look_up, host)
    except OSError as error:
        raise Unreachable(type(error).__name__) from None
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(is_global(address) for address in addresses):
        raise NoAddress
    first = addresses[0]
    shown = f"[{first}]" if first.version == 6 else str(first)
    return Way(parts._replace(netloc=shown).geturl(), host)


def _look_up(host: str) -> list[Any]:
    """Blocks; raises OSError."""
    return socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)


@dataclass(frozen=True, slots=True)
class PushService:
    """All push services there are: each browser names its own. `contact` is told to them, as they ask for it."""

    key: ec.EllipticCurvePrivateKey
    contact: str
    locate: Callable[[str], Awaitable[Way]] = field(default=located)

    @property
    def channel(self) -> str:
        return PUSH

    @property
    def at_once(self) -> int:
        return TOGETHER

    @property
    def name(self) -> str:
        return "push service"

    @property
    def domain(self) -> str:
        return "push"

    @property
    def public_key(self) -> str:
        """What a browser must know to subscribe (base64url)."""
        return public_key(self.key)

    @asynccontextmanager
    async def line(self) -> AsyncIterator["PushLine"]:
        """A client; redirects are not followed."""
        async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
            yield PushLine(self, client)


@dataclass(frozen=True, slots=True)
class PushLine:
    """The ways to all of them; one that cannot be reached says nothing of the others."""

    service: PushService
    client: httpx2.AsyncClient

    @property
    def is_open(self) -> bool:
        return True

    async def hand_over(self, message: Notification, row: Row, at: datetime) -> None:
        """Raises NoAddress, Refused, Unreachable."""
        endpoint = message.browser.endpoint
        way = await self.service.locate(endpoint)
        parts = urlsplit(endpoint)
        claims = {
            "sub": self.service.contact,
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(at.timestamp()) + VALID,
        }
        signed: dict[str, str] = Vapid02(self.service.key).sign(claims)
        headers = {
            **signed,
            "Host": way.host,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.lasts),
            "Urgency": "high",
            "Topic": row["id"],
        }
        try:
            answer = await self.client.post(
                way.url,
                content=encrypted(message),
                headers=headers,
                extensions={"sni_hostname": way.host},
            )
        except httpx2.HTTPError as error:
            raise Unreachable(type(error).__name__) from None
        if not answer.is_success:
            passing = answer.status_code >= 500 or answer.status_code in (408, 429)
            raise Refused(f"HTTP {answer.status_code}", lasting=not passing)


def encrypted(message: Notification) -> bytes:
    """A notification as only the browser can read it (RFC 8291)."""
    browser = message.browser
    found: Any = http_ece.encrypt(
        message.body,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(browser.p256dh),
        auth_secret=_bytes(browser.auth),
        version="aes128gcm",
    )
    return bytes(found)


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half of a key as browsers read it."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """What base64url stands for; raises ValueError."""
    return urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii"))
