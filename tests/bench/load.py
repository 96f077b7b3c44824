"""A small HTTP client that loads a server from few connections and keeps every answer for checking.

Run as a process of its own, so that client and server do not share an interpreter:
reads a job (JSON) from standard input, writes the result (JSON) to standard output.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

import uvloop


def _head(job: dict[str, Any], target: dict[str, Any]) -> bytes:
    """A request up to its idempotency key."""
    fields = {
        "Host": f"{job['host']}:{job['port']}",
        "Content-Type": "application/json",
        "Content-Length": str(len(target["body"])),
        **target["headers"],
    }
    lines = [f"POST {target['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n").encode()


class Line(asyncio.Protocol):
    """One kept-alive connection with one request under way at a time."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._load.next_request()
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
        self._load.answered(int(head[9:12]), rest[:length], perf_counter() - self._sent)
        self._buffer = rest[length:]
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(exc)


class Load:
    """`count` requests over `connections` connections, each with its own idempotency key."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._left = job["count"]
        self._open = job["connections"]
        self._done = asyncio.get_running_loop().create_future()
        self.answers: list[tuple[int, bytes]] = []
        self.seconds: list[float] = []
        self._prefix = [_head(job, target) for target in job["targets"]]

    def next_request(self) -> bytes | None:
        if not self._left:
            return None
        self._left -= 1
        n = self._left
        which = n % len(self._prefix)
        key = f"Idempotency-Key: {self._job['run']}-{n}\r\n\r\n".encode()
        body: str = self._job["targets"][which]["body"]
        return self._prefix[which] + key + body.encode()

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
        for _ in range(self._job["connections"]):
            await loop.create_connection(lambda: Line(self), self._job["host"], self._job["port"])
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
