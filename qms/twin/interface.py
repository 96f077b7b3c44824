"""The public HTTP interface, as a browser or device would use it: retried until it answers."""

import asyncio
from collections.abc import Mapping
from random import Random
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx2

LONGEST_PAUSE = 5.0
"""Seconds between two tries at most, unless the server asks for more."""
AGAIN = frozenset({429, 500, 502, 503, 504})


class Refused(Exception):  # noqa: N818
    """The server said no: HTTP status and the problem's code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class Interface:
    """One client with its own cookies; `token` is a device's."""

    def __init__(self, base_url: str, random: Random, token: str | None = None) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "qms-twin"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self.base_url = base_url.rstrip("/")
        self._random = random
        self._client = httpx2.AsyncClient(
            base_url=self.base_url, headers=headers, timeout=10, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def cookies(self) -> str:
        """The cookies as one header, for a live socket."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)

    async def get(self, path: str) -> Any:
        return await self.call("GET", path)

    async def post(self, path: str, body: Mapping[str, Any], patience: float = float("inf")) -> Any:
        return await self.call("POST", path, body, patience)

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        patience: float = float("inf"),
    ) -> Any:
        """The answer's body; raises Refused.

        A server that is away, or asks to come back, is tried again for `patience` seconds, with the
        same idempotency key, so nothing happens twice.
        """
        headers = {} if method == "GET" else {"Idempotency-Key": uuid4().hex}
        ends, pause = monotonic() + patience, 0.25
        while True:
            try:
                response = await self._client.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                response = None
            if response is not None and response.status_code < 400:
                return response.json()
            if response is not None and response.status_code not in AGAIN:
                raise _refused(response)
            wait = max(pause * self._random.uniform(0.5, 1.5), _asked(response))
            if monotonic() + wait > ends:
                raise Refused(503, "unavailable") if response is None else _refused(response)
            await asyncio.sleep(wait)
            pause = min(LONGEST_PAUSE, pause * 2)


def _asked(response: httpx2.Response | None) -> float:
    """Seconds for which the server asked to wait."""
    said = response.headers.get("retry-after", "") if response is not None else ""
    return float(said) if said.isascii() and said.isdigit() else 0.0


def _refused(response: httpx2.Response) -> Refused:
    try:
        code = str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        code = "?"
    return Refused(response.status_code, code)
