"""A small HTTP server for tests: keeps what it was sent, and answers as it is told."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Sent(NamedTuple):
    """One POST."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class WebServer:
    """`answers` are given to the next requests in turn, in place of 201."""

    def __init__(self) -> None:
        self.taken: list[Sent] = []
        self.answers: list[int] = []
        self.base = ""
        self.gate: threading.Barrier | None = None
        """With one, nobody is answered before so many have come."""


@contextmanager
def web_server() -> Iterator[WebServer]:
    kept = WebServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if kept.gate is not None:
                kept.gate.wait(10)
            status = kept.answers.pop(0) if kept.answers else 201
            if status < 300:
                kept.taken.append(Sent(self.path, headers, body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what is sent here is private."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
