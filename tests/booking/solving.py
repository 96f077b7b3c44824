"""How a browser solves the task that keeps robots away."""

import json
from base64 import b64encode
from hashlib import pbkdf2_hmac
from typing import Any


def solved(task: dict[str, Any]) -> str:
    """The solution of a task, as a browser finds it."""
    asked = task["parameters"]
    nonce, salt = (bytes.fromhex(asked[name]) for name in ("nonce", "salt"))
    for counter in range(2000):
        password = nonce + counter.to_bytes(4, "big")
        key = pbkdf2_hmac("sha256", password, salt, asked["cost"], asked["keyLength"]).hex()
        if key.startswith(asked["keyPrefix"]):
            found = {"challenge": task, "solution": {"counter": counter, "derivedKey": key}}
            return b64encode(json.dumps(found).encode()).decode()
    raise AssertionError("not to be solved")
