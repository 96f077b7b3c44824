"""A server with no hall behind it: the real pages and catalogues, sample views, acts that only shuffle the sample."""

import asyncio
import copy
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from qms.kernel.clock import instant
from qms.queue.pages.format import FILTERS
from qms.web.catalogue import LANGUAGES, as_json, text
from qms.web.templates import environment
from tests.browser.desk_stub.sample import ME, NOW, SCENES, TICKETS, counters, queues
from tests.browser.stub import strict

QMS = Path(__file__).parents[3] / "qms"
PAGES = environment([QMS / "queue" / "pages"], FILTERS)


@dataclass
class Person:
    id: str = ME


@dataclass
class Stage:
    """What the stub shows; a test changes it, and the pages follow.

    `refuse` answers the next act with this code; `hang` keeps the next act waiting so many seconds.
    """

    clerk: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(SCENES["free"]))
    ticket: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(TICKETS["waiting"]))
    queue: dict[str, Any] = field(default_factory=queues)
    refuse: str = ""
    hang: float = 0
    silent: bool = False
    close_code: int = 0
    acts: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    rev: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    sockets: set[WebSocket] = field(default_factory=set)

    def view(self, name: str) -> dict[str, Any]:
        return {"clerk": self.clerk, "ticket": self.ticket, "queue": self.queue}[name]

    def message(self, name: str) -> dict[str, Any]:
        head = {
            "type": "state",
            "stream": "stub",
            "rev": self.rev,
            "halls": {"ratusz": self.rev},
            "version": "1",
        }
        return {**head, "at": instant(NOW), "speed": 1, "state": self.view(name)}

    def show(self, **views: dict[str, Any]) -> None:
        """Puts other views on stage and sends them."""
        for name, view in views.items():
            setattr(self, name, copy.deepcopy(view))
        self.rev += 1
        self._run(lambda socket: socket.send_json(self.message(socket.query_params["view"])))

    def drop(self) -> None:
        """Ends every connection and takes no new one until `silent` is False."""
        self.silent = True
        self._run(lambda socket: socket.close(1012))

    def _run(self, act: Callable[[WebSocket], Awaitable[None]]) -> None:
        async def each() -> None:
            for socket in list(self.sockets):
                await act(socket)

        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(each(), self.loop).result(5)


def shuffle(stage: Stage, act: str, body: dict[str, Any]) -> str:
    """Does an act upon the sample view, as the rules would on a good day; answers a refusal's code or nothing."""
    view = stage.clerk
    desk, tickets = view["counter"], view["tickets"]
    if act == "undo":
        stage.clerk = copy.deepcopy(stage.before)
        return ""
    stage.before = copy.deepcopy(view)
    desk.pop("undo", None)
    if act == "open":
        desk |= {"state": "open", "clerk": ME, "profile": body["profile"]}
        return ""
    if act in ("pause", "close"):
        desk["state"] = {"pause": "paused", "close": "closed"}[act]
        return ""
    if act == "next":
        if "current" in body:
            tickets.pop(desk.pop("ticket"))
        ranked = sorted((t["rank"], key) for key, t in tickets.items() if "rank" in t)
        if not ranked and "ticket" not in body:
            return "nobody_waiting"
        chosen = body.get("ticket", ranked[0][1] if ranked else "")
    else:
        chosen = body["ticket"]
    held = tickets[chosen]
    now = instant(NOW)
    if act in ("next", "resume"):
        held |= {"state": "called", "called_at": now, "calls": 1, "counter": desk["id"]}
        held.pop("rank", None)
        desk["ticket"] = chosen
    elif act == "recall":
        held |= {"calls": held["calls"] + 1, "called_at": now}
    elif act == "start":
        held |= {"state": "serving", "started_at": now}
    elif act in ("finish", "transfer"):
        del tickets[chosen], desk["ticket"]
    else:
        held["state"] = {"no-show": "missed", "park": "parked", "requeue": "waiting"}[act]
        if held["state"] == "waiting":
            held["rank"] = 99
        desk.pop("ticket", None)
    kind = {"next": "call", "resume": "call"}.get(act, act)
    until = instant(NOW + timedelta(seconds=10))
    desk["undo"] = {"act": kind, "ticket": chosen, "number": held["number"], "until": until}
    return ""


def answer(stage: Stage) -> dict[str, Any]:
    desk = stage.clerk["counter"]
    here = {"ticket": stage.clerk["tickets"][desk["ticket"]]} if "ticket" in desk else {}
    return {"counter": desk, **here}


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    wish = request.query_params.get("lang", "pl")

    def t(key: str, n: int | None = None, **params: Any) -> str:
        return text(wish, key.partition(".")[0], key, n, **params)

    shared = {
        "lang": wish,
        "languages": LANGUAGES,
        "t": t,
        "base": "",
        "csrf": "token",
        "principal": Person(),
    }
    return HTMLResponse(PAGES.get_template(template).render(**shared, at=NOW, **values), status)


def build(stage: Stage) -> ASGIApp:
    async def desk(request: Request) -> Response:
        return page(request, "desk.html", hall="ratusz", bar=request.query_params.get("bar") == "1")

    async def ticket(request: Request) -> Response:
        known = request.path_params["token"] == "t" * 26
        values = {"ticket": stage.ticket if known else None, "token": request.path_params["token"]}
        return page(request, "ticket.html", 200 if known else 404, **values)

    async def leave(request: Request) -> Response:
        stage.left.append(str((await request.form())["csrf"]))
        stage.ticket = copy.deepcopy(TICKETS["cancelled"])
        return RedirectResponse(
            f"/t/{request.path_params['token']}?lang={request.query_params['lang']}", 303
        )

    async def status(request: Request) -> Response:
        return page(request, "queues.html", hall="ratusz", view=stage.queue)

    async def words(request: Request) -> Response:
        return Response(as_json(**request.path_params)[0], media_type="application/json")

    async def hall(request: Request) -> Response:
        return JSONResponse({"id": "ratusz", "counters": [{"id": name} for name in counters()]})

    async def act(request: Request) -> Response:
        name, body = request.path_params["act"], await request.json()
        stage.acts.append((name, body, request.headers["idempotency-key"]))
        await asyncio.sleep(stage.hang)
        code, stage.refuse = stage.refuse or shuffle(stage, name, body), ""
        if code:
            problem = {
                "type": "about:blank",
                "title": code,
                "status": 409,
                "code": code,
                "fresh": answer(stage),
            }
            return JSONResponse(problem, 409, media_type="application/problem+json")
        stage.rev += 1
        for socket in list(stage.sockets):
            await socket.send_json(stage.message("clerk"))
        return JSONResponse(answer(stage))

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        if stage.silent or stage.close_code:
            await socket.close(stage.close_code or 1012)
            return
        stage.sockets.add(socket)
        beats = asyncio.create_task(beat(socket))
        try:
            await socket.send_json(stage.message(socket.query_params["view"]))
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            beats.cancel()
            stage.sockets.discard(socket)

    async def beat(socket: WebSocket) -> None:
        while True:
            await asyncio.sleep(2)
            await socket.send_json(
                {"type": "beat", "stream": "stub", "rev": stage.rev, "at": instant(NOW), "speed": 1}
            )

    @asynccontextmanager
    async def lifespan(_: Starlette):  # type: ignore[no-untyped-def]
        stage.loop = asyncio.get_running_loop()
        yield

    return strict(
        Starlette(
            routes=[
                Route("/desk/{hall}", desk),
                Route("/t/{token}", ticket),
                Route("/t/{token}/leave", leave, methods=["POST"]),
                Route("/queues/{hall}", status),
                Route("/i18n/{language}/{domain}.json", words),
                Route("/api/v1/halls/{hall}", hall),
                Route("/api/v1/counters/{counter}/{act}", act, methods=["POST"]),
                WebSocketRoute("/live", live),
                Mount("/shared", StaticFiles(directory=QMS / "web" / "shared")),
                Mount("/desk-assets", StaticFiles(directory=QMS / "queue" / "pages" / "assets")),
            ],
            lifespan=lifespan,
        )
    )


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """The stub on a free port of this machine, in a thread; yields its address."""
    config = uvicorn.Config(
        build(stage), port=0, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the stub did not start")
        threading.Event().wait(0.01)
    try:
        yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
