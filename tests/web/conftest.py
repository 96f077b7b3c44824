"""A server with a few routes that stand for all others."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from qms.ledger.engine import connect
from qms.ledger.orders import LedgerUnavailable
from qms.settings import ROOT
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Level, Line, Name, Wire
from tests.web.make import House, house


class Sample(Wire):
    """A body with one of everything."""

    name: Name
    level: Level = 1
    note: Line = ""
    marks: Annotated[dict[str, int], Field(max_length=5, default_factory=dict)]


async def echo(call: Call, body: Sample) -> dict[str, Any]:
    key = call.key
    told = {"note": body.note, "kind": call.principal.kind, "digest": call.digest}
    return told | ({"key": key.key, "scope": key.scope} if key is not None else {})


async def guarded(call: Call, _body: None) -> dict[str, Any]:
    return {"who": call.principal.id}


async def broken(_call: Call, _body: None) -> None:
    raise RuntimeError("a secret of the house")


async def away(_call: Call, _body: None) -> None:
    raise LedgerUnavailable("disk full at /var/lib")


async def refusing(_call: Call, _body: None) -> None:
    raise Problem("throttled", {"seconds": 3}, {"Retry-After": "3"})


async def about(request: Request) -> Response:
    where = [request.client.host if request.client else "", str(request.url), request.scope["root_path"]]
    return PlainTextResponse("\n".join(where))


async def half(_request: Request) -> Response:
    raise ValueError("nobody foresaw this")


ROUTES: list[BaseRoute] = [
    json_route("POST", "/api/v1/echo", echo, body=Sample, public=True, summary="Echo"),
    json_route("POST", "/api/v1/members", echo, body=Sample, summary="Echo for those who are known"),
    json_route("GET", "/api/v1/halls/{hall}/log", guarded, right="hall.watch", summary="The log"),
    json_route("POST", "/api/v1/counters/{counter}/next", guarded, right="counter.work", summary="Next"),
    json_route("GET", "/api/v1/tickets/{token}", guarded, public=True, summary="A ticket"),
    json_route("GET", "/api/v1/broken", broken, public=True, summary="Broken"),
    json_route("GET", "/api/v1/away", away, public=True, summary="Away"),
    json_route("GET", "/api/v1/refusing", refusing, public=True, summary="Refusing"),
    Route("/about", about),
    Route("/half", half),
    Mount("/shared", StaticFiles(directory=ROOT / "qms" / "web" / "shared")),
]


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """The edge does not mind which database is behind it: the embedded one will do."""
    engine = connect(sqlite_url, patience=0.5)
    yield engine
    engine.dispose()


@pytest.fixture
async def server(engine: Engine) -> AsyncIterator[House]:
    async with house(engine, ROUTES, halls=(), max_body=2_000) as running:
        yield running
