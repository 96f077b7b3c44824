"""Of every live view, who is let in over a real socket and who is turned away, and with what code."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.app.make import ROLES, House, served

EVERYBODY = frozenset({"anonymous", "kiosk", "board", *ROLES})
OWN = frozenset({"clerk", "supervisor", "admin"})
MAY = {
    "board&hall=ratusz": OWN | {"kiosk", "board"},
    "board&hall=gmina": frozenset({"stranger"}),
    "board&hall=ratusz&hall=gmina": frozenset(),
    "counter&hall=ratusz&counter=1": OWN | {"kiosk", "board"},
    "clerk&hall=ratusz&counter=1": OWN,
    "manager&hall=ratusz": OWN - {"clerk"},
    "queue&hall=ratusz": EVERYBODY,
    "ticket&token={token}": EVERYBODY,
}
NOT_THERE = (
    "nothing&hall=ratusz",
    "board&hall=nothing",
    "board",
    "clerk&hall=ratusz&counter=nothing",
    "manager&hall=nothing",
    "ticket&token=" + "a" * 26,
    "ticket&token=" + "a" * 1990,
    "queue&hall=ratusz&" + "x" * 2100,
)
SIGN_IN, NOT_ALLOWED, UNKNOWN = 4401, 4403, 4404


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("data")) as house:
        yield house


@pytest.fixture(scope="module")
def ticket(house: House) -> dict[str, Any]:
    """A number just given."""
    request = urllib.request.Request(
        f"{house.base}/api/v1/halls/ratusz/tickets",
        b'{"service": "id-card"}',
        {"Content-Type": "application/json", **house.headers["kiosk"]},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        given: dict[str, Any] = json.load(answer)
    return given


def watch(house: House, who: str, view: str, **more: Any) -> dict[str, Any] | int:
    """The first message, or the code with which the socket is closed."""
    headers = house.headers[who] | more.pop("headers", {})
    address = house.base.replace("http", "ws") + "/live?view=" + view
    try:
        with connect(address, additional_headers=headers, proxy=None, **more) as socket:
            message: dict[str, Any] = json.loads(socket.recv(5))
            return message
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("view", MAY)
def test_a_view_is_for_those_who_should_see_it(house: House, ticket: dict[str, Any], view: str) -> None:
    for who in sorted(EVERYBODY):
        seen = watch(house, who, view.format(**ticket))
        if who in MAY[view]:
            assert isinstance(seen, dict), (who, seen)
            assert seen["type"] == "state"
            assert ticket["token"] not in json.dumps(seen)
        else:
            assert seen == (SIGN_IN if who == "anonymous" else NOT_ALLOWED), who


@pytest.mark.parametrize("view", NOT_THERE)
def test_what_is_not_there_is_unknown_to_everybody(house: House, view: str) -> None:
    assert watch(house, "anonymous", view) == UNKNOWN
    assert watch(house, "admin", view) == UNKNOWN


def test_another_sites_page_sees_nothing_through_a_clerks_browser(house: House) -> None:
    view = "clerk&hall=ratusz&counter=1"
    for origin in ("https://elsewhere.example", "null"):
        assert watch(house, "clerk", view, origin=origin) == 403
    assert isinstance(watch(house, "clerk", view, origin=house.base), dict)


def test_a_made_up_cookie_or_token_is_nobodys(house: House) -> None:
    for headers in ({"Cookie": "qms_session=x"}, {"Authorization": "Bearer x"}, {"Cookie": "qms_device=x"}):
        assert watch(house, "anonymous", "clerk&hall=ratusz&counter=1", headers=headers) == SIGN_IN
