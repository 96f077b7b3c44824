"""The JSON edge: a route is declared with its models, its right and its refusals, and nothing else passes.

    json_route("POST", "/api/v1/halls/{hall}/tickets", issue, body=NewTicket, answer=Issued, status=201,
               summary="Take a number", refusals=("service_closed",))

calls `await issue(call, body)` once the caller may act at the hall, the content type is JSON and
the body is one; the same declaration makes the OpenAPI document.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qms.kernel.event import Command, Recorded
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Answer, Guard, Key, Order, Private
from qms.web.principal import Place, Principal, Right
from qms.web.problems import Problem
from qms.web.site import Site, site
from qms.web.throttle import network
from qms.web.wire import Wire, errors, is_plain

KEY = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
UNGUESSED = 16
"""Characters that a key must have of somebody known by nothing else: whoever has it is given the same answer."""
PATTERNS: Mapping[str, str] = {
    "hall": r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "counter": r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$",
    "ticket": r"^[0-9a-f]{32}$",
    "token": r"^[a-z2-7]{26}$",
    "booking": r"^[0-9a-f]{32}$",
}
"""What the parts of a path look like."""
OTHER = r"^[A-Za-z0-9_:-]{1,80}$"
"""What other parts look like."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A route as declared. `right` is asked for at the hall that the path names."""

    method: str
    path: str
    summary: str
    body: type[Wire] | None = None
    answer: type[BaseModel] | Any = None
    kind: str = "application/json"
    """What the answer is, where it is not JSON."""
    status: int = 200
    right: Right | None = None
    public: bool = False
    refusals: Sequence[str] = ()
    throttle: str | None = None
    query: Mapping[str, str] | None = None
    links: Mapping[str, Mapping[str, Any]] | None = None
    """What may be done next with the answer: operation id to an OpenAPI link's parameters and body."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that may be served."""

    request: Request
    site: Site
    principal: Principal
    place: Place | None
    digest: str
    """Hash of address and body, for the idempotency key."""
    route: str

    @property
    def correlation(self) -> str:
        correlation: str = self.request.scope.get("correlation", "")
        return correlation

    @property
    def key(self) -> Key | None:
        """The caller's idempotency key on this route; raises Problem for one that is not well formed."""
        given = self.request.headers.get("idempotency-key")
        if given is None:
            return None
        unknown = self.principal.kind == "anonymous"
        if not KEY.fullmatch(given) or (unknown and len(given) < UNGUESSED):
            raise Problem("invalid", {"field": "Idempotency-Key"})
        return Key(f"{self.principal.kind}:{self.principal.id}:{self.route}", given, self.digest)

    def param(self, name: str) -> str:
        value: str = self.request.path_params[name]
        return value

    def slow_down(self, kind: str) -> None:
        """Count one attempt by whoever calls: an account, a device, or else a network; raises Problem `throttled`."""
        client = self.request.client
        known = self.principal.kind != "anonymous"
        self.site.throttle.check(
            kind, self.principal.id if known else network(client.host if client else None)
        )

    def require(self, right: Right) -> None:
        """Raises Problem `sign_in`, `must_change_password` or `not_allowed` unless the caller may here."""
        if self.place is None or not self.principal.may(right, self.place):
            raise Problem(lack(self.principal))


async def execute(
    call: Call,
    hall: str,
    command: Command,
    reply: Callable[[Any, Sequence[Recorded]], dict[str, Any]],
    private: Private | None = None,
    guard: Guard | None = None,
) -> Answer[Any] | Refusal:
    """Put a command of this request to the writer."""
    return await call.site.writer.execute(
        Order(
            hall=hall,
            command=command,
            actor=call.principal.id,
            reply=reply,
            correlation=call.correlation,
            key=call.key,
            private=private,
            guard=guard,
        )
    )


def address(call: Call, path: str) -> str:
    """An address of this server, as people reach it."""
    base = call.site.settings.public_url.rstrip("/")
    if not base:
        scope = call.request.scope
        base = f"{scope['scheme']}://{call.request.headers.get('host', '')}{scope.get('root_path', '')}"
    return f"{base}{path}"


def nothing(_state: Any, _events: Sequence[Recorded]) -> dict[str, Any]:
    """The reply of a command whose answer is read off the state or the rows."""
    return {}


def lack(principal: Principal) -> str:
    """What one who may not do something lacks."""
    if principal.kind == "anonymous":
        return "sign_in"
    return "must_change_password" if principal.must_change else "not_allowed"


Handler = Callable[[Call, Any], Awaitable[Any]]


def json_route(method: str, path: str, handler: Handler, **spec: Any) -> Route:
    """A route of the JSON interface; see the module's text."""
    declared = Spec(method, path, **spec)

    async def endpoint(request: Request) -> Response:
        call = await _admit(request, declared)
        body = await _body(request, declared)
        call = _with_digest(call, await request.body() if declared.body is not None else b"")
        answer = await handler(call, body)
        return answer if isinstance(answer, Response) else reply(answer, declared.status)

    route = Route(path, endpoint, methods=[method], name=f"{method} {path}")
    route.spec = declared  # type: ignore[attr-defined]
    return route


def reply(body: Any, status: int = 200) -> Response:
    """A JSON answer that nobody keeps."""
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, "application/json")


async def _admit(request: Request, spec: Spec) -> Call:
    """Who asks, where, and whether they may; raises Problem."""
    for name, value in request.path_params.items():
        if len(value) > 90 or not re.fullmatch(PATTERNS.get(name, OTHER), value):
            raise Problem("unknown_ticket" if name in ("ticket", "token") else "not_found")
    here = site(request)
    principal: Principal = request.scope["principal"]
    if spec.throttle is not None:
        here.throttle.check(spec.throttle, network(request.client.host if request.client else None))
    place = _place(request, here)
    call = Call(request, here, principal, place, "", f"{spec.method} {spec.path}")
    if principal.kind == "anonymous" and not spec.public:
        raise Problem("sign_in")
    if spec.right is not None:
        call.require(spec.right)
    _ = call.key  # refused here, also where the route keeps no answers
    return call


def _place(request: Request, here: Site) -> Place | None:
    """The hall that the path names, by itself or before a counter; raises Problem for an unknown one."""
    params = request.path_params
    hall = params["hall"] if "hall" in params else str(params.get("counter", "")).partition(".")[0]
    if not hall:
        return None
    place = here.place_of(hall)
    if place is None:
        raise Problem("not_found")
    return place


async def _body(request: Request, spec: Spec) -> Wire | None:
    if spec.body is None:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("media_type")
    body = await request.body()
    if not is_plain(body):
        raise Problem("malformed")
    try:
        return spec.body.model_validate_json(body)
    except ValidationError as error:
        if any(item["type"] == "json_invalid" for item in error.errors(include_input=False)):
            raise Problem("malformed") from None
        raise Problem("invalid", errors=errors(error)) from None


def _with_digest(call: Call, body: bytes) -> Call:
    address: bytes = call.request.scope["path"].encode()
    return Call(
        call.request,
        call.site,
        call.principal,
        call.place,
        sha256(address + b"\0" + body).hexdigest(),
        call.route,
    )
