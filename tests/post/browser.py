"""A browser as a push service and a server know it: its keys, and reading what was said to it."""

from base64 import urlsafe_b64encode
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from qms.post.push import Browser, Way

SECRET = b"0123456789abcdef"


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Listener:
    """`browser` is what it gives to a site that wants to tell it something."""

    def __init__(self, path: str = "/a", host: str = "push.example") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.browser = Browser(f"https://{host}{path}", text(point), text(SECRET))

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` has it."""
        keys = {"p256dh": self.browser.p256dh, "auth": self.browser.auth}
        return {"endpoint": self.browser.endpoint, "keys": keys}

    def read(self, body: bytes) -> bytes:
        found: Any = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        return bytes(found)


def led_to(base: str) -> Any:
    """Has every address of a push service lead to a server of the test."""

    async def located(endpoint: str) -> Way:
        return Way(base + endpoint.removeprefix("https://push.example"), "push.example")

    return located
