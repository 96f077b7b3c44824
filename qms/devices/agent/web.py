"""What the agent answers: the page and its files, the same paths as the server's, and `/agent/…` of its own."""

import asyncio
import json
import mimetypes
import re
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from qms.devices.agent.copies import Copies
from qms.devices.agent.journal import Journal
from qms.devices.agent.live import LiveLines
from qms.devices.agent.own import Own
from qms.devices.agent.pages import Pages
from qms.devices.agent.printing import Papers
from qms.devices.agent.security import Local
from qms.devices.agent.senses import code_in, spoken
from qms.devices.agent.taking import Refused, Taking
from qms.devices.agent.upstream import Reply, Unreached, Upstream
from qms.web.etag import lists, tag_of
from qms.web.problems import Problem, plain_document
from qms.web.qr import qr_picture

KEY = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
PASSED_ON = ("content-type", "accept", "accept-language", "idempotency-key")
GIVEN_BACK = ("content-type", "content-language", "cache-control", "retry-after")
"""Headers that go up to the server with a request, and down to the page with the answer."""
NEVER = ("numbers", "handed-in")
"""What the page has no business with."""


class Web:
    """The routes. All that the agent consists of comes in from outside; here is only HTTP."""

    def __init__(
        self,
        hall: str,
        upstream: Upstream,
        copies: Copies,
        own: Own,
        journal: Journal,
        papers: Papers,
        taking: Taking,
        pages: Pages,
        live: LiveLines,
    ) -> None:
        self._hall, self._upstream, self._copies, self._own = hall, upstream, copies, own
        self._journal, self._papers, self._taking, self._pages = journal, papers, taking, pages
        self._live = live

    def app(self) -> Starlette:
        """The application."""
        hall = f"/api/v1/halls/{self._hall}"
        return Starlette(
            routes=[
                Route("/", self._start),
                Route("/kiosk", self._start),
                Route("/kiosk/", self._page),
                Route("/kiosk/{path:path}", self._file),
                Route("/shared/{path:path}", self._file),
                Route("/i18n/{path:path}", self._file),
                Route("/favicon.ico", self._icon),
                Route("/api/v1/me", self._me),
                Route("/api/v1/devices/pair", self._pair, methods=["POST"]),
                Route(hall, self._card),
                Route(f"{hall}/tickets", self._ticket, methods=["POST"]),
                Route(f"{hall}/check-in", self._check_in, methods=["POST"]),
                Route(f"{hall}/{{path:path}}", self._forward, methods=["GET", "POST", "DELETE"]),
                Route("/api/v1/tickets/{path:path}", self._forward, methods=["GET", "POST", "DELETE"]),
                Route("/t/{token}/qr.svg", self._qr),
                Route("/t/{path}/slip.png", self._forward),
                Route(f"/book/{self._hall}/{{path}}", self._forward),
                Route(f"/media/{self._hall}/{{path:path}}", self._copy),
                Route(f"/theme/{self._hall}.css", self._copy),
                Route("/agent/state", self._state),
                Route("/agent/print", self._print, methods=["POST"]),
                Route("/agent/scan", self._scan, methods=["POST"]),
                Route("/agent/speech", self._speech, methods=["POST"]),
                WebSocketRoute("/live", self._live.serve),
            ],
            middleware=[Middleware(Local)],
            exception_handlers={
                Problem: _problem,
                Refused: _refused,
                HTTPException: _http,
                Unreached: _away,
            },
        )

    async def _start(self, _request: Request) -> Response:
        return RedirectResponse("/kiosk/", 303)

    async def _page(self, request: Request) -> Response:
        self._pages.load()
        return self._shown(request, "kiosk/index.html")

    async def _file(self, request: Request) -> Response:
        return self._shown(request, request.url.path.removeprefix("/"))

    def _shown(self, request: Request, path: str) -> Response:
        body = self._pages.file(path)
        if body is None:
            raise Problem("not_found")
        tag = tag_of(body)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if lists(request.headers.get("if-none-match", ""), tag):
            return Response(None, 304, headers)
        return Response(body, 200, headers, mimetypes.guess_type(path)[0] or "application/octet-stream")

    async def _icon(self, request: Request) -> Response:
        return self._shown(request, "shared/icon.svg")

    async def _me(self, request: Request) -> Response:
        """Who this kiosk is; without the server, as it was last told, unless it was shut out since."""
        if self._upstream.online:
            try:
                return _given_back(await self._upstream.ask("GET", "/api/v1/me", headers=_passed(request)))
            except Unreached:
                pass
        if (me := self._copies.get("me")) is None or not self._upstream.paired:
            raise Problem("unavailable")
        return _fresh(me)

    async def _card(self, request: Request) -> Response:
        path = request.url.path
        if self._upstream.online:
            try:
                reply = await self._upstream.ask("GET", path, headers=_passed(request))
            except Unreached:
                pass
            else:
                if reply.ok:
                    self._copies.keep("card", reply.document)
                return _given_back(reply)
        if (card := self._own.shown_card()) is None:
            raise Problem("unavailable")
        return _fresh(card)

    async def _ticket(self, request: Request) -> Response:
        return _fresh(await self._taking.ticket(_key(request), await _order(request)), 201)

    async def _check_in(self, request: Request) -> Response:
        return _fresh(await self._taking.check_in(_key(request), await _order(request)), 201)

    async def _forward(self, request: Request) -> Response:
        if request.path_params["path"] in NEVER:
            raise Problem("not_found")
        query = f"?{request.url.query}" if request.url.query else ""
        body = await request.body() if request.method == "POST" else None
        return _given_back(
            await self._upstream.ask(
                request.method, request.url.path + query, body=body, headers=_passed(request)
            )
        )

    async def _pair(self, request: Request) -> Response:
        """By the page's own form. A code of another hall, or of a board, is spent and does not fit here."""
        order = await _order(request)
        reply = await self._upstream.pair(str(order.get("code", "")))
        if not reply.ok:
            return _given_back(reply)
        if reply.document.get("kind") == "kiosk" and reply.document.get("hall") != self._hall:
            raise Problem("code_unknown")
        if reply.document.get("kind") == "kiosk" and not self._upstream.keep(reply):
            raise Problem("unavailable")
        return _fresh(reply.document)

    async def _qr(self, request: Request) -> Response:
        token, away = request.path_params["token"], self._copies.get("away")
        if away is None or not re.fullmatch(r"[a-z2-7]{26}", token):
            raise Problem("not_found")
        return qr_picture(f"{away['tickets']}{token}")

    async def _copy(self, request: Request) -> Response:
        found = await self._copies.file(self._upstream, request.url.path)
        if found is None:
            raise Problem("not_found")
        return Response(found[1], 200, {"Cache-Control": "no-cache"}, found[0])

    async def _state(self, _request: Request) -> Response:
        unsent, refused = self._journal.counts()
        left = self._own.left()
        state = {
            "agent": True,
            "printer": self._papers.status,
            "online": self._upstream.online,
            "unsent": unsent,
            "refused": refused,
            "numbers": sum(left.values()),
            "groups": left,
            "closed": {} if self._upstream.online else self._own.closed(),
        }
        return _fresh(state)

    async def _print(self, request: Request) -> Response:
        order = await _order(request)
        paper = await self._papers.again(str(order.get("id", "")))
        if paper is None:
            raise Problem("unknown_ticket")
        return _fresh({"paper": paper})

    async def _scan(self, request: Request) -> Response:
        code = await asyncio.to_thread(code_in, await request.body())
        return _fresh({"text": code or ""})

    async def _speech(self, request: Request) -> Response:
        order = await _order(request)
        sound = await spoken(str(order.get("text", "")), str(order.get("language", "")))
        if sound is None:
            raise Problem("not_found")
        return Response(sound, 200, {"Cache-Control": "no-store"}, "audio/wav")


async def _order(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("media_type")
    try:
        order = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Problem("malformed") from None
    if not isinstance(order, dict):
        raise Problem("malformed")
    return order


def _key(request: Request) -> str:
    """The key of a press; one that brings none is a press of its own."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return uuid4().hex
    if not KEY.fullmatch(given):
        raise Problem("invalid", {"field": "Idempotency-Key"})
    return given


def _passed(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in PASSED_ON if name in request.headers}


def _given_back(reply: Reply) -> Response:
    headers = {name: reply.headers[name] for name in GIVEN_BACK if name in reply.headers}
    return Response(reply.body, reply.status, headers)


def _fresh(document: Any, status: int = 200) -> Response:
    return JSONResponse(document, status, {"Cache-Control": "no-store"})


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return plain_document(request, problem)


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return _given_back(refused.reply)


async def _away(request: Request, _unreached: Exception) -> Response:
    return plain_document(request, Problem("unavailable"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return plain_document(
        request, Problem("method_not_allowed" if error.status_code == 405 else "not_found")
    )
