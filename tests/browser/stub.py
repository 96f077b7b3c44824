"""A server with no hall behind it: the screens' own files, sample data, and answers as a test wants them."""

import asyncio
import hashlib
import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qrcode
import qrcode.image.svg
import uvicorn
import zxingcpp
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from qms.web.catalogue import as_json

ROOT = Path(__file__).parents[2]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
CODES = {
    "ABCD2345": {"kind": "kiosk", "hall": "town"},
    "BCDE3456": {"kind": "board", "hall": "town"},
    "CDEF4567": {"kind": "sign", "hall": "town", "counter": "4"},
}
"""Pairing codes, and the device that each makes."""
NOON = "2026-11-24T09:20:00Z"


@dataclass
class Scene:
    """What the stub serves; a test changes it and the screens follow.

    `answers` are used up one by one for posted tickets: a status and body, or None for a line that
    drops before the answer. `posted` keeps what came, with its idempotency key.
    """

    hall: dict[str, Any]
    views: dict[str, dict[str, Any]]
    me: dict[str, Any] = field(
        default_factory=lambda: {"kind": "device", "device": {"kind": "kiosk", "hall": "town"}}
    )
    answers: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    delay: float = 0
    at: str = NOON
    speed: float = 1
    version: str = "1"
    silent: bool = False
    free: dict[str, Any] | None = None
    """The first free time of every service; none: the calendar has no answer."""
    agent: dict[str, Any] = field(default_factory=lambda: {"agent": False})
    """What the program beside the kiosk says of itself; a plain server has none."""
    spoken: list[tuple[str, str]] = field(default_factory=list)
    """What that program was asked to say: language and text."""
    reprinted: list[str] = field(default_factory=list)
    known: str = ""
    """The one code with which somebody may check in."""
    close_code: int | None = None
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """The office's files by name, with their types."""
    themes: dict[str, str] = field(default_factory=dict)
    speech: dict[str, bytes] = field(default_factory=dict)
    """What the server says in a language, whatever the call."""
    asked: list[str] = field(default_factory=list)
    """Addresses of speech that were asked for."""
    subjects: list[str] = field(default_factory=list)
    """What the live connections asked for."""
    rev: int = 1
    loop: asyncio.AbstractEventLoop | None = None
    sockets: set[WebSocket] = field(default_factory=set)

    def message(self, view: str) -> str:
        return json.dumps(
            {
                "type": "state",
                "stream": "stub",
                "rev": self.rev,
                "halls": {"town": self.rev},
                "at": self.at,
                "speed": self.speed,
                "version": self.version,
                "state": self.views[view],
            }
        )

    def publish(self) -> None:
        """Sends the views as they are now to every open screen."""
        self.rev += 1
        self._everywhere(self._send)

    def drop(self) -> None:
        """Ends every live connection, as a lost network does; none is taken until `silent` is False."""
        self.silent = True
        self._everywhere(lambda socket: socket.close(1012))

    async def _send(self, socket: WebSocket) -> None:
        await socket.send_text(self.message(socket.query_params["view"]))

    def _everywhere(self, act: Any) -> None:
        async def run() -> None:
            for socket in list(self.sockets):
                await act(socket)

        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(run(), self.loop).result(5)


def build(scene: Scene) -> ASGIApp:
    async def words(request: Request) -> Response:
        body, _ = as_json(request.path_params["language"], request.path_params["domain"])
        return Response(body, media_type="application/json")

    async def me(request: Request) -> Response:
        return JSONResponse(scene.me)

    async def pair(request: Request) -> Response:
        body = await request.json()
        device = CODES.get(body["code"])
        if device is None:
            return JSONResponse({"code": "code_unknown", "status": 422}, 422)
        scene.me, scene.close_code = {"kind": "device", "device": device}, None
        return JSONResponse(device)

    async def hall(request: Request) -> Response:
        if request.path_params["hall"] != scene.hall["id"]:
            return JSONResponse({"code": "not_found"}, 404)
        return JSONResponse(scene.hall)

    async def take(request: Request) -> Response:
        scene.posted.append((request.headers["idempotency-key"], await request.json()))
        await asyncio.sleep(scene.delay)
        answer = scene.answers.pop(0) if scene.answers else (201, ticket())
        if answer is None:
            raise ConnectionResetError
        return JSONResponse(answer[1], answer[0])

    async def first_free(request: Request) -> Response:
        return JSONResponse(scene.free or {}, 200 if scene.free else 503)

    async def book_code(request: Request) -> Response:
        image = qrcode.make(str(request.url), border=2, image_factory=qrcode.image.svg.SvgPathImage)
        return Response(image.to_string(), media_type="image/svg+xml")

    async def code(request: Request) -> Response:
        image = qrcode.make(
            f"http://localhost/t/{request.path_params['token']}",
            image_factory=qrcode.image.svg.SvgPathImage,
        )
        return Response(image.to_string(), media_type="image/svg+xml")

    async def media(request: Request) -> Response:
        kind, body = scene.media.get(request.path_params["name"], ("", b""))
        fresh = {"Cache-Control": "public, max-age=60", "ETag": f'"{hashlib.sha256(body).hexdigest()}"'}
        return Response(body, 200 if kind else 404, fresh, media_type=kind or None)

    async def theme(request: Request) -> Response:
        css = scene.themes.get(request.path_params["hall"])
        return Response(css or "", 200 if css else 404, media_type="text/css")

    async def say_call(request: Request) -> Response:
        scene.asked.append(f"{request.url.path}?{request.url.query}")
        sound = scene.speech.get(request.path_params["language"])
        return Response(sound or b"", 200 if sound else 404, media_type="audio/wav")

    async def check_in(request: Request) -> Response:
        body = await request.json()
        scene.posted.append((request.headers["idempotency-key"], body))
        if body.get("code") != scene.known:
            return JSONResponse({"code": "unknown_booking"}, 404)
        return JSONResponse(ticket(number="T001"), 201)

    async def agent(request: Request) -> Response:
        return JSONResponse(scene.agent)

    async def reprint(request: Request) -> Response:
        scene.reprinted.append((await request.json())["id"])
        return JSONResponse({"paper": "failed" if scene.agent["printer"] != "ok" else "printed"})

    async def scan(request: Request) -> Response:
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(await request.body())))
        return JSONResponse({"text": found[0].text if found else ""})

    async def speech(request: Request) -> Response:
        body = await request.json()
        scene.spoken.append((body["language"], body["text"]))
        return Response(silence(), media_type="audio/wav")

    async def slip(request: Request) -> Response:
        picture = io.BytesIO()
        Image.new("1", (576, 800), 1).save(picture, "PNG")
        return Response(picture.getvalue(), media_type="image/png")

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        scene.subjects.append(socket.url.query)
        if scene.silent or scene.close_code:
            await socket.close(scene.close_code or 1012)
            return
        scene.sockets.add(socket)
        try:
            await scene._send(socket)
            beats = asyncio.create_task(beat(socket))
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            beats.cancel()
        finally:
            scene.sockets.discard(socket)

    async def beat(socket: WebSocket) -> None:
        while True:
            await asyncio.sleep(2)
            await socket.send_text(
                json.dumps(
                    {
                        "type": "beat",
                        "stream": "stub",
                        "rev": scene.rev,
                        "at": scene.at,
                        "speed": scene.speed,
                    }
                )
            )

    @asynccontextmanager
    async def lifespan(app: Starlette):  # type: ignore[no-untyped-def]
        scene.loop = asyncio.get_running_loop()
        yield

    routes = [
        Route("/i18n/{language}/{domain}.json", words),
        Route("/api/v1/me", me),
        Route("/api/v1/devices/pair", pair, methods=["POST"]),
        Route("/api/v1/halls/{hall}", hall),
        Route("/api/v1/halls/{hall}/first-free", first_free),
        Route("/book/{hall}/qr.svg", book_code),
        Route("/api/v1/halls/{hall}/tickets", take, methods=["POST"]),
        Route("/t/{token}/qr.svg", code),
        Route("/t/{token}/slip.png", slip),
        Route("/api/v1/halls/{hall}/check-in", check_in, methods=["POST"]),
        Route("/agent/state", agent),
        Route("/agent/print", reprint, methods=["POST"]),
        Route("/agent/scan", scan, methods=["POST"]),
        Route("/agent/speech", speech, methods=["POST"]),
        Route("/media/{hall}/{name}", media),
        Route("/theme/{hall}.css", theme),
        Route("/api/v1/halls/{hall}/speech/{language}", say_call),
        WebSocketRoute("/live", live),
        Mount("/shared", StaticFiles(directory=ROOT / "qms" / "web" / "shared")),
        Mount("/kiosk", StaticFiles(directory=ROOT / "kiosk_ui", html=True)),
        Mount("/board", StaticFiles(directory=ROOT / "display_board", html=True)),
    ]
    return strict(Starlette(routes=routes, lifespan=lifespan))


def strict(app: ASGIApp) -> ASGIApp:
    """Adds the policy under which the real server serves its pages."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", CSP.encode())]
            await send(message)

        await app(scope, receive, add)

    return wrapped


def silence() -> bytes:
    """A tenth of a second of sound that cannot be heard."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return sound.getvalue()


def agent(**change: Any) -> dict[str, Any]:
    """The program beside a kiosk, with all in order."""
    groups = dict.fromkeys(("ids", "cars", "driving", "civil", "taxes"), 6)
    return {
        "agent": True,
        "printer": "ok",
        "online": True,
        "unsent": 0,
        "numbers": 30,
        "groups": groups,
        "closed": {},
    } | change


def ticket(**change: Any) -> dict[str, Any]:
    return {
        "id": "0" * 32,
        "token": "abcdefghijklmnopqrstuvwxyz",
        "number": "A012",
        "service": "id-new",
        "issued_at": NOON,
        "ahead": 5,
        "estimate": {"low": 23, "mid": 31, "high": 41},
        "url": "/t/abcdefghijklmnopqrstuvwxyz",
    } | change


@contextmanager
def served(scene: Scene) -> Iterator[str]:
    """The stub on a free port of this machine, in a thread; yields its address."""
    config = uvicorn.Config(
        build(scene), port=0, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the stub did not start")
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
