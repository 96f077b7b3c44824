"""A small HTTP client that loads a server from few connections and keeps every answer for checking.

Run as a process of its own, so that client and server do not share an interpreter:
reads a job (JSON) from standard input, writes the result (JSON) to standard output.
"""

import asyncio
import json
import sys
from functools import partial
from time import perf_counter
from typing import Any, cast

import uvloop


def _head(job: dict[str, Any], target: dict[str, Any]) -> bytes:
    """A request up to its idempotency key and length."""
    fields = {
        "Host": f"{job['host']}:{job['port']}",
        "Content-Type": "application/json",
        **target["headers"],
    }
    method = target.get("method", "POST")
    lines = [f"{method} {target['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n").encode()


class Line(asyncio.Protocol):
    """One kept-alive connection with one request under way at a time."""

    def __init__(self, load: "Load", place: int) -> None:
        self._load = load
        self._place = place
        self._last = b""
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's are of no common class
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._load.next_request(self._place, self._last)
        if request is None:
            self._transport.close()
            return
        self._sent = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        self._last = rest[:length]
        self._load.answered(int(head[9:12]), self._last, perf_counter() - self._sent)
        self._buffer = rest[length:]
        asyncio.get_running_loop().call_later(self._load.pause, self._send)

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(exc)


def follow_up(last: bytes) -> tuple[bytes, bytes]:
    """What a clerk does after an answer: act and body."""
    said = json.loads(last) if last else {}
    ticket = said.get("counter", {}).get("ticket")
    if ticket is None:
        return b"next", b"{}"
    if said["ticket"]["state"] == "called":
        return b"start", json.dumps({"ticket": ticket}).encode()
    return b"next", json.dumps({"current": ticket}).encode()


class Load:
    """`count` requests over `connections` connections, each with its own idempotency key.

    Targets are taken in turn, or each connection keeps to its `own`; with `follow` each connection
    is a clerk: calls the next person, begins, and calls the next, which ends what was begun.
    A connection waits for `pause` seconds after each answer.
    """

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self.pause: float = job.get("pause", 0)
        self._left = job["count"]
        self._open = job["connections"]
        self._done = asyncio.get_running_loop().create_future()
        self.answers: list[tuple[int, bytes]] = []
        self.seconds: list[float] = []
        self._prefix = [_head(job, target) for target in job["targets"]]

    def next_request(self, place: int, last: bytes) -> bytes | None:
        """The next request of a connection; None: there are no more."""
        if not self._left:
            return None
        self._left -= 1
        n = self._left
        which = (place if self._job.get("own") else n) % len(self._prefix)
        head: bytes = self._prefix[which]
        body: bytes = self._job["targets"][which]["body"].encode()
        if self._job.get("follow"):
            act, body = follow_up(last)
            head = head.replace(b"/next ", b"/%s " % act, 1)
        key = f"Idempotency-Key: {self._job['run']}-{n}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head + key.encode() + body

    def answered(self, status: int, body: bytes, seconds: float) -> None:
        self.answers.append((status, body))
        self.seconds.append(seconds)

    def lost(self, error: Exception | None) -> None:
        self._open -= 1
        if error is not None and not self._done.done():
            self._done.set_exception(error)
        elif not self._open and not self._done.done():
            self._done.set_result(None)

    async def run(self) -> dict[str, Any]:
        """All requests, the time that they took, and every answer."""
        loop = asyncio.get_running_loop()
        start = perf_counter()
        for place in range(self._job["connections"]):
            await loop.create_connection(partial(Line, self, place), self._job["host"], self._job["port"])
        await self._done
        took = perf_counter() - start
        self.seconds.sort()
        return {
            "seconds": took,
            "rate": len(self.answers) / took,
            "p50_ms": 1000 * self.seconds[len(self.seconds) // 2],
            "p99_ms": 1000 * self.seconds[int(len(self.seconds) * 0.99)],
            "answers": [(status, body.decode()) for status, body in self.answers],
        }


async def main() -> None:
    """Carry out the job on standard input."""
    result = await Load(json.load(sys.stdin)).run()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
