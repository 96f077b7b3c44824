"""Of every route, who may use it and who is turned away; a route that is not in the table fails."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from qms.app import build
from tests.app.make import House, served

EVERYBODY = frozenset({"anonymous", "kiosk", "board", "stranger", "clerk", "supervisor", "admin"})
STAFF = frozenset({"stranger", "clerk", "supervisor", "admin"})
OWN = frozenset({"clerk", "supervisor", "admin"})
LEADING = frozenset({"supervisor", "admin"})
ADMIN = frozenset({"admin"})
ADMINS = frozenset({"admin", "stranger"})

COUNTER = "/api/v1/counters/{counter}/"
ACTS = (
    "open", "pause", "close", "next", "recall", "start", "finish", "no-show", "requeue", "park",
    "resume", "transfer", "undo",
)  # fmt: skip
MAY: dict[str, frozenset[str]] = {
    # Anybody may take a number of this hall from home; a board and staff of another hall may not.
    "POST /api/v1/halls/{hall}/tickets": EVERYBODY - {"board", "stranger"},
    "DELETE /api/v1/halls/{hall}/tickets/{ticket}": LEADING,
    "GET /api/v1/tickets/{token}": EVERYBODY,
    "DELETE /api/v1/tickets/{token}": EVERYBODY,
    **{f"POST {COUNTER}{act}": OWN for act in ACTS},
    "GET /api/v1/halls": EVERYBODY,
    "GET /api/v1/halls/{hall}": EVERYBODY,
    "GET /api/v1/halls/{hall}/queues": EVERYBODY,
    "POST /api/v1/halls/{hall}/suspend": LEADING,
    "POST /api/v1/halls/{hall}/resume": LEADING,
    "GET /api/v1/halls/{hall}/events": OWN,
    "GET /api/v1/staff": ADMINS,
    "POST /api/v1/staff": ADMIN,
    "POST /api/v1/staff/{account}/grants": ADMIN,
    "DELETE /api/v1/staff/{account}/grants/{role}/{scope}": ADMINS,
    "POST /api/v1/staff/{account}/disable": ADMINS,
    "POST /api/v1/staff/{account}/enable": ADMINS,
    "POST /api/v1/staff/{account}/reset": ADMINS,
    "POST /api/v1/session": EVERYBODY,
    "GET /api/v1/me": EVERYBODY,
    "POST /api/v1/password": STAFF,
    "POST /api/v1/devices/pair": EVERYBODY,
    "GET /api/v1/halls/{hall}/devices": ADMIN,
    "POST /api/v1/halls/{hall}/devices": ADMIN,
    "DELETE /api/v1/halls/{hall}/devices/{device}": ADMIN,
    "GET /": EVERYBODY,
    "GET /desk/{hall}": OWN,
    "GET /queues/{hall}": EVERYBODY,
    "GET /t/{token}": EVERYBODY,
    "GET /t/{token}/qr.svg": EVERYBODY,
    "POST /t/{token}/leave": EVERYBODY,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /password": STAFF,
    "POST /password": STAFF,
    "GET /password/reset": EVERYBODY,
    "POST /password/reset": EVERYBODY,
    "GET /staff": STAFF,
    "GET /staff/sessions": STAFF,
    "POST /staff/sessions/end": STAFF,
    "GET /staff/accounts": ADMINS,
    "POST /staff/accounts": ADMINS,
    "GET /staff/accounts/{account}": ADMINS,
    "POST /staff/accounts/{account}/grant": ADMINS,
    "POST /staff/accounts/{account}/withdraw": ADMINS,
    "POST /staff/accounts/{account}/disable": ADMINS,
    "POST /staff/accounts/{account}/enable": ADMINS,
    "POST /staff/accounts/{account}/reset": ADMINS,
    "GET /staff/devices/{hall}": ADMIN,
    "POST /staff/devices/{hall}": ADMIN,
    "POST /staff/devices/{hall}/{device}/renew": ADMIN,
    "POST /staff/devices/{hall}/{device}/revoke": ADMIN,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /i18n/{language}/{domain}.json": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
    "GET /favicon.ico": EVERYBODY,
    # These end sessions of whoever asks, so they come last.
    "POST /staff/sessions/end-others": STAFF,
    "POST /sign-out": STAFF,
    "DELETE /api/v1/session": EVERYBODY,
}
NOT_HTTP = {"WS /live"}
FILES = {"/shared", "/desk-assets", "/staff-assets", "/kiosk", "/board"}
REAL = {
    "hall": "ratusz",
    "counter": "ratusz.1",
    "ticket": "0" * 32,
    "token": "a" * 26,
    "account": "staff:000000000000",
    "device": "device:000000000000",
    "role": "clerk",
    "scope": "hall:ratusz",
    "language": "pl",
    "domain": "kiosk",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("data")) as house:
        yield house


BODIES = {
    "POST /api/v1/halls/{hall}/tickets": {"service": "id-card"},
    "POST /api/v1/staff": {"name": "new", "shown": "New", "role": "clerk", "scope": "hall:ratusz"},
    "POST /api/v1/staff/{account}/grants": {"role": "clerk", "scope": "hall:ratusz"},
    "POST /api/v1/password": {"old": "what it was", "new": "what it will be"},
}
"""Where it is the handler who asks for rights, a sound body is needed to get there."""


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here."""

    def redirect_request(self, *_: object) -> None:
        return None


OPENER = urllib.request.build_opener(Stay)


def ask(house: House, who: str, route: str) -> tuple[int, str]:
    """Status, and where a redirect leads; a wrong password is nothing about rights."""
    method, _, path = route.partition(" ")
    form = not path.startswith("/api")
    request = urllib.request.Request(
        house.base + path.format(**REAL),
        (b"" if form else json.dumps(BODIES.get(route, {})).encode()) if method != "GET" else None,
        {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        | house.headers[who],
        method=method,
    )
    try:
        with OPENER.open(request, timeout=10) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        wrong_password = b'"wrong_credentials"' in error.read()
        return 422 if wrong_password else error.code, error.headers.get("Location") or ""


def turned_away(status: int, location: str) -> bool:
    return status in (401, 403) or location.startswith("/sign-in")


def test_the_table_knows_every_route(house: House) -> None:
    names = {
        str(getattr(route, "name", None) or getattr(route, "path", ""))
        for route in build(house.server).routes
    }
    assert names - FILES - NOT_HTTP == MAY.keys()


@pytest.mark.parametrize("route", MAY)
def test_only_those_may_who_should(house: House, route: str) -> None:
    away = {who for who in EVERYBODY if who not in MAY[route] and turned_away(*ask(house, who, route))}
    assert away == EVERYBODY - MAY[route]
    for who in sorted(MAY[route]):
        status, location = ask(house, who, route)
        form_without_token = status == 403 and route.startswith("POST /") and "/api/" not in route
        assert form_without_token or not turned_away(status, location), (who, status)
        assert status < 500
