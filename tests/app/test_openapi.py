"""The document of the interface: valid, whole, and true of the answers of a short story."""

import http.client
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from qms.app import assemble, build
from qms.settings import load
from qms.web.edge import Spec
from qms.web.openapi import document, specs
from qms.web.problems import status_of
from tests.app.make import House, served
from tests.app.test_who_may import BODIES

JSON = "application/json"
NOON = "2026-11-25T12:00:00+01:00"
REAL = {
    "hall": "ratusz",
    "counter": "ratusz.1",
    "account": "staff:000000000000",
    "token": "a" * 26,
    "booking": "0" * 32,
}
"""What stands in a path, where a body is sent to it."""
SOUND: dict[str, dict[str, Any]] = {
    "POST /api/v1/halls/{hall}/tickets": {"service": "id-card"},
    "POST /api/v1/halls/{hall}/handed-in": BODIES["POST /api/v1/halls/{hall}/handed-in"],
    "POST /api/v1/tickets/{token}/let-pass": {"people": 2},
    "POST /api/v1/halls/{hall}/suspend": {"reason": "Fire alarm"},
    "POST /api/v1/halls/{hall}/check-in": {"code": "123456"},
    "POST /api/v1/halls/{hall}/key-clients/recognise": {"code": "1234 5678 9012"},
    "POST /api/v1/halls/{hall}/bookings": {"services": [{"service": "id-card"}], "start": NOON},
    "POST /api/v1/halls/{hall}/wishes": {
        "services": [{"service": "id-card"}],
        "first": "2026-11-25",
        "last": "2026-11-27",
    },
    "POST /api/v1/bookings/{token}/confirm": {"fields": {"email": "a@example.org"}, "accepted": True},
    "POST /api/v1/bookings/{token}/prove": {"proof": "a" * 26},
    "PATCH /api/v1/bookings/{token}": {"start": NOON},
    "POST /api/v1/halls/{hall}/appointments": {
        "services": [{"service": "id-card"}],
        "start": NOON,
        "fields": {"name": "Anna Nowak"},
    },
    "POST /api/v1/halls/{hall}/conflicts/cancel": {"day": "2026-11-25", "bookings": ["0" * 32]},
    "PATCH /api/v1/halls/{hall}/appointments/{booking}": {"start": NOON},
    "POST /api/v1/counters/{counter}/pause": {"reason": "Tea"},
    "POST /api/v1/counters/{counter}/lend": {"service": "id-card", "minutes": 40},
    "POST /api/v1/counters/{counter}/take-back": {"service": "id-card"},
    "POST /api/v1/staff": {"name": "new", "shown": "New", "role": "clerk", "scope": "hall:ratusz"},
    "POST /api/v1/staff/{account}/grants": {"role": "clerk", "scope": "hall:ratusz"},
    "POST /api/v1/session": {"name": "clerk", "password": "what it was"},
    "POST /api/v1/password": {"old": "what it was", "new": "what it will be"},
    "POST /api/v1/tickets/{token}/push": {
        "endpoint": "https://push.example/a",
        "keys": {"p256dh": "B" * 87, "auth": "a" * 22},
    },
    "POST /api/v1/devices/pair": {"code": "ABCD-EFGH"},
    "POST /api/v1/halls/{hall}/devices": {"kind": "kiosk", "name": "By the door"},
    "POST /api/v1/devices/me/state": {"printer": "ok", "unsent": 0, "refused": 0},
}
"""Bodies that pass, where neither nothing nor the number of a ticket will do."""
NOT_JSON = (
    None,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/octet-stream",
    "application/problem+json",
    "application/json+x",
    "application/jsonp",
    "application/ json",
    "text/plain; application/json",
    "text/plain, application/json",
    "*/*",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("data")) as house:
        yield house


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> list[Spec]:
    """The declarations of all routes, of a server that is put together and not run."""
    return specs(build(assemble(load(data=tmp_path_factory.mktemp("idle")))).routes)


def ask(
    house: House, who: str, method: str, path: str, body: Any = None, kind: str | None = JSON
) -> tuple[int, str, Any]:
    """Status, content type and body of an answer; without a `kind` no content type is sent."""
    connection = http.client.HTTPConnection(urlsplit(house.base).netloc, timeout=10)
    headers = house.headers[who] | ({} if kind is None or body is None else {"Content-Type": kind})
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, answer.headers["Content-Type"], content


@cache
def whole(base: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    connection.request("GET", "/api/v1/openapi.json")
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def sound(spec: Spec) -> dict[str, Any]:
    """A body that passes."""
    assert spec.body is not None
    bare = {"ticket": "0" * 32} if "ticket" in required(spec) else {}
    return SOUND.get(f"{spec.method} {spec.path}", bare)


def required(spec: Spec) -> set[str]:
    assert spec.body is not None
    return {name for name, field in spec.body.model_fields.items() if field.is_required()}


def test_the_document_is_valid(house: House) -> None:
    assert list(OpenAPIV31SpecValidator(whole(house.base)).iter_errors()) == []


def test_every_json_route_is_in_the_document(house: House) -> None:
    routes = {str(getattr(route, "name", "")) for route in build(house.server).routes}
    interface = {name for name in routes if " /api/v1/" in name} - {"GET /api/v1/openapi.json"}
    written = {
        f"{method.upper()} {path}"
        for path, methods in whole(house.base)["paths"].items()
        for method in methods
    }
    assert written == interface
    assert len(written) > 30


def test_every_declared_refusal_has_a_status_there(declared: list[Spec]) -> None:
    paths = document(declared_routes(declared), "0")["paths"]
    for spec in declared:
        responses = paths[spec.path][spec.method.lower()]["responses"]
        for code in spec.refusals:
            assert code in responses[str(status_of(code))]["description"].split(" ", 1)[1].split(", ")


def declared_routes(declared: list[Spec]) -> Any:
    """What the document is made from: anything that bears a declaration."""
    return [type("Route", (), {"spec": spec}) for spec in declared]


def test_every_operation_says_what_it_does_under_a_name_of_its_own(house: House) -> None:
    operations = [one for path in whole(house.base)["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one["summary"] for one in operations)
    for one in operations:
        for answer in one["responses"].values():
            assert {link["operationId"] for link in answer.get("links", {}).values()} <= set(names)


def fits(house: House, method: str, path: str, answer: tuple[int, str, Any]) -> Any:
    """The body of an answer that is as the document says."""
    status, kind, body = answer
    written: Mapping[str, Any] = whole(house.base)["paths"][path][method.lower()]["responses"][str(status)]
    schema = {**written["content"][kind]["schema"], "components": whole(house.base)["components"]}
    OAS31Validator(schema).validate(body)
    return body


def test_the_answers_of_a_short_story_are_as_the_document_says(house: House) -> None:
    def tell(who: str, method: str, path: str, body: Any = None, **parts: str) -> Any:
        names = {"hall": "ratusz", "counter": "ratusz.1"} | parts
        answer = ask(house, who, method, path.format(**names), body)
        return fits(house, method, path, answer)

    hall, counter, token = "/api/v1/halls/{hall}", "/api/v1/counters/{counter}", "/api/v1/tickets/{token}"
    assert {one["id"] for one in tell("anonymous", "GET", "/api/v1/halls")["halls"]} == {"ratusz", "gmina"}
    card = tell("anonymous", "GET", hall)
    given = tell("kiosk", "POST", hall + "/tickets", {"service": next(iter(card["services"]))})
    assert tell("anonymous", "GET", token, token=given["token"])["state"] == "waiting"
    assert tell("clerk", "POST", counter + "/next", {})["code"] == "counter_not_open"
    tell("clerk", "POST", counter + "/open", {"profile": {given["service"]: 1}})
    called = tell("clerk", "POST", counter + "/next", {})
    assert called["counter"]["ticket"] == given["id"]
    assert tell("clerk", "POST", counter + "/finish", {"ticket": given["id"]})["code"] == "not_started"
    tell("clerk", "POST", counter + "/start", {"ticket": given["id"]})
    assert tell("anonymous", "GET", token, token=given["token"])["state"] == "serving"
    assert given["number"] in json.dumps(tell("anonymous", "GET", hall + "/queues"), ensure_ascii=False)
    assert tell("anonymous", "DELETE", token, token=given["token"])["code"] == "wrong_state"
    tell("clerk", "POST", counter + "/finish", {"ticket": given["id"]})
    fresh = tell("clerk", "POST", counter + "/start", {"ticket": given["id"]})["fresh"]
    assert "ticket" not in fresh["counter"]
    second = tell("kiosk", "POST", hall + "/tickets", {"service": given["service"]})
    assert tell("anonymous", "DELETE", token, token=second["token"])["state"] == "cancelled"
    assert tell("clerk", "POST", hall + "/suspend", {"reason": "Fire"})["code"] == "not_allowed"
    assert tell("supervisor", "POST", hall + "/suspend", {"reason": "Fire"})["state"] == "suspended"
    closed = tell("kiosk", "POST", hall + "/tickets", {"service": given["service"]})
    assert closed["code"] == "hall_suspended"
    assert tell("supervisor", "POST", hall + "/resume", {})["state"] == "open"
    assert len(tell("supervisor", "GET", hall + "/events")["events"]) > 8
    assert tell("clerk", "GET", "/api/v1/me")["name"] == "clerk"
    assert tell("kiosk", "GET", "/api/v1/me")["device"]["hall"] == "ratusz"
    wrong = tell("anonymous", "POST", "/api/v1/session", {"name": "clerk", "password": "a guess"})
    assert wrong["code"] == "wrong_credentials"
    device = tell("admin", "POST", hall + "/devices", {"kind": "board", "name": "By the door"})
    assert len(tell("admin", "GET", hall + "/devices")["devices"]) == 3
    assert tell("anonymous", "POST", "/api/v1/devices/pair", {"code": device["code"]})["kind"] == "board"
    tell("admin", "DELETE", hall + "/devices/{device}", device=device["id"])


def test_nothing_passes_with_a_wrong_or_missing_content_type(house: House, declared: list[Spec]) -> None:
    def state() -> list[Any]:
        """What is on record: the log of the hall, the accounts, the devices."""
        paths = ("halls/ratusz/events", "staff", "halls/ratusz/devices")
        return [ask(house, "admin", "GET", f"/api/v1/{path}") for path in paths]

    before = state()
    with_body = [spec for spec in declared if spec.body is not None]
    assert len(with_body) > 20
    for spec in with_body:
        for kind in NOT_JSON:
            path = spec.path.format(**REAL)
            status, _, problem = ask(house, "admin", spec.method, path, sound(spec), kind)
            assert (status, problem["code"]) == (415, "media_type"), (spec.path, kind)
    assert state() == before


def test_those_bodies_would_pass_as_json(declared: list[Spec]) -> None:
    for spec in declared:
        if spec.body is not None:
            spec.body.model_validate_json(json.dumps(sound(spec)))


@pytest.mark.parametrize(
    "kind", [JSON, "Application/JSON", "application/json; charset=utf-8", f" {JSON} ;"]
)
def test_json_is_known_whatever_its_case_and_parameters(house: House, kind: str) -> None:
    assert ask(house, "kiosk", "POST", "/api/v1/devices/pair", {"code": "x"}, kind)[0] == 422
