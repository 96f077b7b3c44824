"""A server as an agent knows it, that does as it is told: small enough to see what the agent asked of it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from qms.devices.page import Files, listing
from qms.kernel.clock import instant

HALL = "town"
TOKEN = "of-this-kiosk"
CODE = "ABCD-EFGH"
TEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in Warsaw."""
CARD: dict[str, Any] = {
    "id": HALL,
    "names": {"pl": "Sala", "en": "Hall"},
    "office": {"id": "office", "names": {"pl": "Urząd", "en": "Office"}},
    "zone": "Europe/Warsaw",
    "languages": ["pl", "en"],
    "version": 1,
    "open": True,
    "accepting": True,
    "groups": [
        {"id": "papers", "letter": "A", "names": {"pl": "Dokumenty"}, "services": ["id-card", "passport"]}
    ],
    "services": {
        id: {
            "names": {"pl": id},
            "group": "papers",
            "minutes": 10,
            "documents": [],
            "open": True,
            "accepting": True,
        }
        for id in ("id-card", "passport")
    },
    "segments": [{"id": "pregnant", "names": {"pl": "Ciąża"}, "hint": {}, "offered": "kiosk"}],
    "counters": [{"id": "1", "names": {"pl": "1"}, "state": "open"}],
    "paper": {"parts": ["office", "number", "service", "time", "qr"], "head": {}, "foot": {}},
}
"""A hall's public document."""


def spans(days: int = 7) -> list[dict[str, str]]:
    """Eight to four, in Warsaw's winter."""
    midnight = TEN.replace(hour=0)
    return [
        {
            "day": (midnight + timedelta(days=n)).date().isoformat(),
            "from": instant(midnight + timedelta(days=n, hours=7)),
            "until": instant(midnight + timedelta(days=n, hours=15)),
        }
        for n in range(days)
    ]


@dataclass
class Server:
    """What it has, and what became of it. `status` and `code`: it refuses every number so."""

    port: int = 0
    numbers: int = 3
    at: datetime = TEN
    page: Files = field(default_factory=lambda: {"kiosk/index.html": b"<p>new", "kiosk/app.js": b"1"})
    issued: dict[str, dict[str, Any]] = field(default_factory=dict)
    handed: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    known: bool = True
    refuse: tuple[int, str] | None = None
    refuse_line: dict[str, tuple[int, str]] = field(default_factory=dict)
    slow: float = 0.0
    leases: int = 0
    away: dict[str, Any] = field(default_factory=dict)
    lines: set[WebSocket] = field(default_factory=set)
    files: dict[str, bytes] = field(
        default_factory=lambda: {f"/theme/{HALL}.css": b":root {}", f"/media/{HALL}/logo": b"a picture"}
    )

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        hall = f"/api/v1/halls/{HALL}"
        return Starlette(
            routes=[
                Route("/api/v1/me", self._me),
                Route("/api/v1/devices/pair", self._pair, methods=["POST"]),
                Route("/api/v1/devices/page", self._listing),
                Route("/api/v1/devices/me/away", self._away),
                Route("/api/v1/devices/me/state", self._state, methods=["POST"]),
                Route(hall, self._card),
                Route(f"{hall}/numbers", self._numbers, methods=["POST"]),
                Route(f"{hall}/tickets", self._ticket, methods=["POST"]),
                Route(f"{hall}/handed-in", self._hand_in, methods=["POST"]),
                Route(f"{hall}/check-in", self._check_in, methods=["POST"]),
                Route("/kiosk/{path:path}", self._file),
                WebSocketRoute("/live", self._live),
                *(Route(path, self._shown) for path in self.files),
                Route("/{path:path}", unknown),
            ]
        )

    def _may(self, request: Request) -> bool:
        return self.known and request.headers.get("authorization") == f"Bearer {TOKEN}"

    async def _me(self, request: Request) -> Response:
        if not self._may(request):
            return JSONResponse({"kind": "anonymous"})
        return JSONResponse({"kind": "device", "device": {"kind": "kiosk", "hall": HALL}})

    async def _pair(self, request: Request) -> Response:
        if (await request.json())["code"] != CODE:
            return problem(422, "code_unknown")
        response = JSONResponse({"kind": "kiosk", "hall": HALL})
        response.set_cookie("qms_device", TOKEN, httponly=True)
        return response

    async def _listing(self, _request: Request) -> Response:
        return JSONResponse(listing(self.page))

    async def _file(self, request: Request) -> Response:
        return Response(self.page[request.url.path.removeprefix("/")])

    async def _shown(self, request: Request) -> Response:
        body = self.files.get(request.url.path)
        if body is None:
            return problem(404, "not_found")
        return Response(body, media_type="text/css" if request.url.path.endswith(".css") else "image/png")

    async def _card(self, _request: Request) -> Response:
        return JSONResponse(CARD)

    async def _away(self, request: Request) -> Response:
        if not self._may(request):
            return problem(401, "sign_in")
        services = {
            id: {"group": "papers", "spans": spans()} | self.away.get(id, {}) for id in CARD["services"]
        }
        day = self.at.date().isoformat()
        return JSONResponse(
            {"at": instant(self.at), "day": day, "tickets": "https://qms.test/t/", "services": services}
        )

    async def _state(self, request: Request) -> Response:
        self.told.append(await request.json())
        return JSONResponse({"at": instant(self.at)})

    async def _numbers(self, request: Request) -> Response:
        if not self._may(request):
            return problem(401, "sign_in")
        self.leases += 1
        day = self.at.date()
        used = {line["number"] for line in self.handed if line["taken_at"][:10] == day.isoformat()}
        ours = [n for n in range(950, 950 + self.numbers) if n not in used]
        numbers = {"papers": [{"number": n, "written": f"A{n}"} for n in ours]}
        ends = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=23)
        return JSONResponse({"day": day.isoformat(), "ends": instant(ends), "numbers": numbers})

    async def _ticket(self, request: Request) -> Response:
        order = await request.json()
        if not self._may(request):
            return problem(401, "sign_in")
        if self.refuse is not None:
            return problem(*self.refuse)
        ticket = self.issued.setdefault(order["id"], self._issue(order))
        await asyncio.sleep(self.slow)
        return JSONResponse(ticket, 201)

    async def _check_in(self, request: Request) -> Response:
        order = await request.json()
        ticket = self._issue({"id": "c" * 32, "token": "c" * 26, "service": "id-card", **order})
        return JSONResponse(self.issued.setdefault(ticket["id"], ticket), 201)

    def _issue(self, order: dict[str, Any]) -> dict[str, Any]:
        number = f"A{len(self.issued) + 1:03}"
        given = {name: order[name] for name in ("id", "token", "service")}
        return given | {
            "number": number,
            "issued_at": instant(self.at),
            "ahead": 2,
            "url": f"https://qms.test/t/{order['token']}",
        }

    async def _hand_in(self, request: Request) -> Response:
        line = await request.json()
        if not self._may(request):
            return problem(401, "sign_in")
        if line["written"] in self.refuse_line:
            return problem(*self.refuse_line[line["written"]])
        if all(line["id"] != other["id"] for other in self.handed):
            self.handed.append(line)
        await asyncio.sleep(self.slow)
        return JSONResponse({"id": line["id"], "number": line["written"], "state": "waiting"}, 201)

    async def _live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.lines.add(websocket)
        text = {"type": "state", "stream": "s", "rev": 1, "halls": {}, "at": instant(self.at), "speed": 1.0}
        await websocket.send_text(
            json.dumps(text | {"version": "program", "state": {}}, separators=(",", ":"))
        )
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            self.lines.discard(websocket)


async def unknown(_request: Request) -> Response:
    return problem(404, "not_found")


def problem(status: int, code: str) -> Response:
    return Response(
        json.dumps({"code": code, "status": status}), status, media_type="application/problem+json"
    )


class Quiet(uvicorn.Server):
    """It has no signals to heed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Server]:
    """It listens, at the port that it had before if it had one."""
    listener = socket.create_server(("127.0.0.1", server.port))
    server.port = listener.getsockname()[1]
    config = uvicorn.Config(
        server.app(), log_config=None, lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    web = Quiet(config)
    task = asyncio.create_task(web.serve([listener]))
    try:
        yield server
    finally:
        web.should_exit = True
        for line in list(server.lines):
            await line.close(1012)
        await task
