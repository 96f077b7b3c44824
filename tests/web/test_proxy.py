"""Forwarded headers are believed from trusted peers only; the base path is where a proxy shows us."""

from typing import Any

import pytest
from sqlalchemy import Engine

from qms.web.proxy import Proxies
from tests.web.conftest import ROUTES
from tests.web.make import house

TRUSTED = ["10.0.0.1", "10.1.0.0/16", "fd00::/8"]


def seen(peer: str | None, *, base: str = "", tls: bool = False, path: str = "/x", **headers: str) -> Any:
    """What the server takes a request for."""
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "path": path,
        "client": None if peer is None else (peer, 50_000),
        "headers": [(b"host", b"inner:8000")],
    }
    for name, value in headers.items():
        scope["headers"].append((name.replace("_", "-").encode(), value.encode()))
    return Proxies(TRUSTED, base, behind_tls=tls).seen(scope)


def host(scope: Any) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"host"]


def test_a_trusted_proxy_is_believed() -> None:
    scope = seen(
        "10.0.0.1",
        x_forwarded_for="203.0.113.9",
        x_forwarded_proto="https",
        x_forwarded_host="queue.city.test",
    )
    assert scope["client"][0] == "203.0.113.9"
    assert scope["scheme"] == "https"
    assert host(scope) == [b"queue.city.test"]


@pytest.mark.parametrize("peer", ["203.0.113.5", "10.0.0.2", "::1", None, "unix:"])
def test_anybody_else_is_not(peer: str | None) -> None:
    scope = seen(peer, x_forwarded_for="127.0.0.1", x_forwarded_proto="https", x_forwarded_host="evil.test")
    assert scope["client"] == (None if peer is None else (peer, 50_000))
    assert scope["scheme"] == "http"
    assert host(scope) == [b"inner:8000"]


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.1.2.3", "10.1.2.3"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:db8::1, fd00::2", "2001:db8::1"),
        ("::ffff:203.0.113.9, ::ffff:10.1.2.3", "203.0.113.9"),
        ("127.0.0.1, nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
        (",,,", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_that_no_proxy_of_ours_is(chain: str, client: str) -> None:
    assert seen("10.0.0.1", x_forwarded_for=chain)["client"][0] == client


@pytest.mark.parametrize("name", ["a b", "a/b", "a@b", "x" * 300, "", "a:b:c", "<script>", "a.test:123456"])
def test_what_is_no_host_is_not_taken_for_one(name: str) -> None:
    assert host(seen("10.0.0.1", x_forwarded_host=name)) == [b"inner:8000"]


def test_what_the_nearest_proxy_says_counts() -> None:
    scope = seen("10.0.0.1", x_forwarded_proto="https, http", x_forwarded_host="a.test, b.test:8443")
    assert scope["scheme"] == "http"
    assert host(scope) == [b"b.test:8443"]


def test_a_server_behind_tls_needs_no_header_for_it() -> None:
    assert seen("203.0.113.5", tls=True)["scheme"] == "https"


@pytest.mark.parametrize("path", ["/x", "/kolejka/x"])
def test_the_base_path_may_be_stripped_by_the_proxy_or_not(path: str) -> None:
    scope = seen("203.0.113.5", base="/kolejka", path=path)
    assert (scope["root_path"], scope["path"]) == ("/kolejka", "/kolejka/x")


def test_a_path_that_only_begins_alike_is_not_the_base_path() -> None:
    assert seen("203.0.113.5", base="/kolejka", path="/kolejka2")["path"] == "/kolejka/kolejka2"


@pytest.mark.parametrize("prefix", ["", "/kolejka"])
async def test_pages_work_under_a_base_path(engine: Engine, prefix: str) -> None:
    async with (
        house(engine, ROUTES, base_path="/kolejka", trusted_proxies=("10.0.0.1",)) as server,
        server.client(host="10.0.0.1") as client,
    ):
        forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "city.test"}
        about = (await client.get(f"{prefix}/about", headers=forwarded)).text.split("\n")
        assert about == ["203.0.113.9", "http://city.test/kolejka/about", "/kolejka"]
        entrance = await client.get(f"{prefix}/sign-in")
        assert entrance.status_code == 200
        assert 'href="/kolejka/shared/design.css"' in entrance.text
        assert 'action="/kolejka/sign-in"' in entrance.text
        staff = await client.get(f"{prefix}/staff")
        assert staff.headers["location"] == "/kolejka/sign-in?next=/kolejka/staff"
        assert (await client.get(f"{prefix}/shared/design.css")).status_code == 200
        problem = await client.get(f"{prefix}/api/v1/nothing", headers={"Accept": "text/html"})
        assert problem.json()["code"] == "not_found"
