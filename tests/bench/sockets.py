"""A client that holds many live sockets at little cost and notes when each of them hears of a call.

Run as a process of its own, so that client and server do not share an interpreter. The first line
of standard input is the job: `{"host", "port", "path", "headers", "sockets"}`. Once every socket
has its full state it writes `{"open": N}`. A second line `{"began": {number: seconds}}` tells when
each call was made, by the machine's monotonic clock, which all processes share; it answers with
the figures (JSON) as soon as every socket has heard of each of those calls, or after PATIENCE.
"""

import base64
import json
import os
import select
import socket
import sys
from time import monotonic
from typing import Any

PATIENCE = 10.0
"""Seconds to wait for calls that have not come."""
AT_ONCE = 50
"""Handshakes under way at a time."""
TEXT, CLOSE, PING = 1, 8, 9


class Line:
    """One socket, and what was read of it but is not yet a whole frame."""

    __slots__ = ("place", "ready", "rest", "sock", "upgraded")

    def __init__(self, place: int, sock: socket.socket) -> None:
        self.place = place
        self.sock = sock
        self.rest = b""
        self.upgraded = False
        self.ready = False
        """Whether the full state has come."""

    def frames(self, data: bytes) -> list[tuple[int, bytes]]:
        """The whole frames that have come, as opcode and payload; a server's frames are not masked."""
        data = self.rest + data if self.rest else data
        found = []
        at = 0
        while len(data) - at >= 2:
            length, head = data[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            if len(data) - at < head + length:
                break
            found.append((data[at] & 15, data[at + head : at + head + length]))
            at += head + length
        self.rest = data[at:]
        return found


class Crowd:
    """All sockets, and who heard of which call when."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._poll = select.epoll()
        self._lines: dict[int, Line] = {}
        self._named: dict[bytes, tuple[str, ...]] = {}
        self._ready = 0
        self.heard: dict[str, dict[int, float]] = {}

    def open(self) -> None:
        """Open every socket, some at a time, and wait for each one's full state."""
        request = self._request()
        for place in range(self._job["sockets"]):
            sock = socket.create_connection((self._job["host"], self._job["port"]))
            sock.sendall(request)
            sock.setblocking(False)
            self._lines[sock.fileno()] = Line(place, sock)
            self._poll.register(sock.fileno(), select.EPOLLIN)
            while place + 1 - self._ready >= AT_ONCE:
                self.listen(PATIENCE)
        while self._ready < self._job["sockets"]:
            self.listen(PATIENCE)

    def _request(self) -> bytes:
        fields = {
            "Host": f"{self._job['host']}:{self._job['port']}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **self._job.get("headers", {}),
        }
        lines = [
            f"GET {self._job['path']} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def listen(self, seconds: float) -> bool:
        """Take in what has come, or comes within so many seconds; whether standard input has something."""
        asked = False
        for fd, _ in self._poll.poll(seconds, 4096):
            line = self._lines.get(fd)
            if line is None:
                asked = True
            else:
                data = line.sock.recv(65536)
                self._take(line, data, monotonic())
        return asked

    def hear_commands(self) -> None:
        """Listen to standard input as well."""
        self._poll.register(sys.stdin.fileno(), select.EPOLLIN)

    def ignore_commands(self) -> None:
        """Listen to standard input no more."""
        self._poll.unregister(sys.stdin.fileno())

    def _take(self, line: Line, data: bytes, now: float) -> None:
        if not data:
            raise ConnectionError(f"socket {line.place} was closed")
        if not line.upgraded:
            head, mark, data = (line.rest + data).partition(b"\r\n\r\n")
            if not mark:
                line.rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(head.decode("latin-1"))
            line.rest, line.upgraded = b"", True
        for opcode, payload in line.frames(data):
            if opcode == TEXT:
                self._hear(line, payload, now)
            elif opcode == PING:
                line.sock.send(bytes((0x8A, 0x80 | len(payload), 0, 0, 0, 0)) + payload)
            elif opcode == CLOSE:
                raise ConnectionError(
                    f"socket {line.place} was closed with {int.from_bytes(payload[:2], 'big')}"
                )

    def _hear(self, line: Line, payload: bytes, now: float) -> None:
        """All sockets of a view get the same bytes: each message is understood once."""
        numbers = self._named.get(payload)
        if numbers is None:
            numbers = self._named[payload] = called(payload)
        if not line.ready:
            line.ready = True
            self._ready += 1
            return
        for number in numbers:
            self.heard.setdefault(number, {}).setdefault(line.place, now)

    def wait_for(self, numbers: list[str]) -> None:
        """Until every socket has heard of each call, at most PATIENCE seconds."""
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline and any(
            len(self.heard.get(number, ())) < self._job["sockets"] for number in numbers
        ):
            self.listen(0.05)


def called(payload: bytes) -> tuple[str, ...]:
    """The numbers of the calls that a message tells of."""
    message = json.loads(payload)
    calls = message.get("patch", message.get("state", {})).get("calls") or {}
    return tuple(call["number"] for call in calls.values() if call and "number" in call)


def figures(began: dict[str, float], heard: dict[str, dict[int, float]], sockets: int) -> dict[str, Any]:
    """Milliseconds from each call to the last socket that heard of it, and to every one."""
    lasts: list[float] = []
    every: list[float] = []
    missing = 0
    for number, start in began.items():
        times = [at - start for at in heard.get(number, {}).values()]
        missing += sockets - len(times)
        every += times
        if len(times) == sockets:
            lasts.append(max(times))
    return {
        "sockets": sockets,
        "calls": len(began),
        "missing": missing,
        "last_p50_ms": share(lasts, 0.5),
        "last_p99_ms": share(lasts, 0.99),
        "last_max_ms": share(lasts, 1.0),
        "any_p50_ms": share(every, 0.5),
        "any_p99_ms": share(every, 0.99),
    }


def share(seconds: list[float], part: float) -> float | None:
    """The quantile, in milliseconds; None where there is nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))], 2)


def main() -> None:
    """Carry out the job on standard input."""
    job = json.loads(sys.stdin.readline())
    crowd = Crowd(job)
    crowd.open()
    print(json.dumps({"open": job["sockets"]}), flush=True)
    crowd.hear_commands()
    while not crowd.listen(PATIENCE):
        """Calls are being made."""
    began: dict[str, float] = json.loads(sys.stdin.readline())["began"]
    crowd.ignore_commands()
    crowd.wait_for(list(began))
    print(json.dumps(figures(began, crowd.heard, job["sockets"])), flush=True)


if __name__ == "__main__":
    main()
