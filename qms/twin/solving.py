"""The task that a browser solves before it may book, solved here as a browser would."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import pbkdf2_hmac
from itertools import count
from typing import Any

import orjson


def solved(task: Mapping[str, Any]) -> str:
    """The solution of a task, as it is sent: the first counter whose derived key begins as asked."""
    asked = task["parameters"]
    nonce, salt = bytes.fromhex(asked["nonce"]), bytes.fromhex(asked["salt"])
    for n in count():
        key = pbkdf2_hmac("sha256", nonce + n.to_bytes(4, "big"), salt, asked["cost"], asked["keyLength"])
        if key.hex().startswith(asked["keyPrefix"]):
            solution = {"counter": n, "derivedKey": key.hex()}
            return b64encode(orjson.dumps({"challenge": task, "solution": solution})).decode()
    raise AssertionError("no end of numbers was reached")
