"""A task that costs a browser half a second and a robot its profit; solved on the spot, without a third party."""

import secrets
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import orjson
from starlette.routing import BaseRoute

from qms.ledger.vault import Vault
from qms.web.edge import Call, json_route
from qms.web.wire import Wire

LASTS = timedelta(minutes=20)
COST, LEAST, SPREAD = 1000, 300, 900
"""Rounds of one try, and how many tries it takes."""
LONGEST = 8000
"""Characters of a solution."""


class Task(Wire):
    """A task: the key whose derivation begins with the prefix given is to be found."""

    parameters: dict[str, Any]
    signature: str


class Challenges:
    """Gives tasks out and judges solutions; each is good once, at the hall it was given out for.

    What was spent is remembered in this process until it expires.
    """

    def __init__(self, vault: Vault) -> None:
        self._secret = vault.token("challenge", "task")
        self._key_secret = vault.token("challenge", "key")
        self._spent: dict[str, float] = {}

    def routes(self) -> list[BaseRoute]:
        return [
            json_route(
                "GET",
                "/api/v1/halls/{hall}/challenge",
                self.give,
                answer=Task,
                public=True,
                throttle="public",
                summary="A task for a browser that is to book",
            )
        ]

    async def give(self, call: Call, _body: None) -> dict[str, Any]:
        """A fresh task."""
        return self.task(call.param("hall"))

    def task(self, hall: str) -> dict[str, Any]:
        """A fresh task for a hall."""
        challenge = altcha.create_challenge(
            "PBKDF2/SHA-256",
            COST,
            counter=LEAST + secrets.randbelow(SPREAD),
            expires_at=datetime.now(UTC) + LASTS,
            data={"hall": hall},
            hmac_secret=self._secret,
            hmac_key_secret=self._key_secret,
        )
        found: dict[str, Any] = challenge.to_dict()
        return found

    def proved(self, _call: Call, hall: str, solution: str | None) -> bool:
        """Whether this solves a task of ours for the hall, for the first time."""
        if not solution or len(solution) > LONGEST:
            return False
        found = altcha.verify_solution(solution, self._secret, hmac_key_secret=self._key_secret)
        if not found.verified:
            return False
        task = orjson.loads(b64decode(solution))["challenge"]
        return task["parameters"].get("data") == {"hall": hall} and self._spend(task["signature"])

    def _spend(self, signature: str) -> bool:
        now = time.time()
        if len(self._spent) > 1000:
            self._spent = {name: until for name, until in self._spent.items() if until > now}
        if signature in self._spent:
            return False
        self._spent[signature] = now + LASTS.total_seconds()
        return True
