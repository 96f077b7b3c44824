"""A task that costs a browser half a second and a robot its profit; solved on the spot, without a third party."""

import json
import secrets
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from sqlalchemy import Connection, delete
from starlette.routing import BaseRoute

from qms.booking.tables import SpentTask
from qms.kernel.refusal import Refusal
from qms.ledger.engine import insert_missing
from qms.ledger.orders import Guard
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault, token_hash
from qms.web.edge import Call, json_route
from qms.web.wire import Wire

SPENT = table_of(SpentTask)
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
    """Gives tasks out and judges solutions; each is good once, at the hall it was given out for."""

    def __init__(self, vault: Vault) -> None:
        self._secret = vault.token("challenge", "task")
        self._key_secret = vault.token("challenge", "key")

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

    def proved(self, _call: Call, hall: str, solution: str | None) -> str | None:
        """The name of the task of ours for the hall that this solves, by which it is `spent`; None: it solves none."""
        if not solution or len(solution) > LONGEST:
            return None
        found = altcha.verify_solution(solution, self._secret, hmac_key_secret=self._key_secret)
        if not found.verified:
            return None
        task = json.loads(b64decode(solution))["challenge"]  # as altcha reads it: orjson knows fewer texts
        return token_hash(task["signature"]) if task["parameters"].get("data") == {"hall": hall} else None


def spending(task: str) -> Guard:
    """Lets an order through that is the first to bring the solution of a task, whichever process takes it."""

    def guard(conn: Connection) -> Refusal | None:
        now = datetime.now(UTC)
        conn.execute(delete(SPENT).where(SPENT.c.until < now))
        first = insert_missing(conn.dialect.name, SPENT).returning(SPENT.c.task)
        spent = conn.execute(first, {"task": task, "until": now + LASTS}).one_or_none()
        return None if spent is not None else Refusal("challenge")

    return guard
