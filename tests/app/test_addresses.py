"""Every address by every method, and the folders of files: headers, and nothing beside what lies there."""

from collections import defaultdict
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from qms.web.headers import HEADERS, headers_of
from tests.app.inside import Inside, inside
from tests.app.test_who_may import FILES as FOLDERS
from tests.app.test_who_may import REAL
from tests.web.test_edge import is_problem

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"})
FILES = {
    "/kiosk/": "text/html; charset=utf-8",
    "/kiosk/app.js": "text/javascript; charset=utf-8",
    "/board/": "text/html; charset=utf-8",
    "/board/counter.html": "text/html; charset=utf-8",
    "/board/board.css": "text/css; charset=utf-8",
    "/shared/live.js": "text/javascript; charset=utf-8",
    "/shared/icon.svg": "image/svg+xml",
    "/desk-assets/desk.js": "text/javascript; charset=utf-8",
    "/staff-assets/staff.css": "text/css; charset=utf-8",
    "/opening-assets/opening.css": "text/css; charset=utf-8",
}
OUTSIDE = (
    "../pyproject.toml",
    "..%2fpyproject.toml",
    "%2e%2e/pyproject.toml",
    "%2e%2e%2fpyproject.toml",
    "..%5cpyproject.toml",
    "....//pyproject.toml",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "%00",
    "app.js%00.html",
    "x" * 300,
    "x/" * 300,
    "%ff%fe",
    "~root",
    "screens",
)


def methods(house: Inside) -> dict[str, set[str]]:
    """What each address takes."""
    assert house.app is not None
    found: dict[str, set[str]] = defaultdict(set)
    for route in house.app.routes:
        if isinstance(route, Route):
            found[route.path] |= route.methods or set()
    return found


async def test_an_address_tells_by_which_methods_it_is_asked(house: Inside) -> None:
    known = methods(house)
    assert len(known) > 40
    async with house.client() as client:
        for path, taken in known.items():
            for method in METHODS - taken:
                answer = await client.request(method, path.format(**REAL))
                if method == "HEAD":
                    assert answer.status_code == 405
                else:
                    is_problem(answer, 405, "method_not_allowed")
                assert set(answer.headers["allow"].split(", ")) == taken, (method, path)
                assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


async def test_the_head_of_an_answer_is_that_of_the_whole(house: Inside) -> None:
    token = (await house.take())["token"]
    async with house.client("admin") as client:
        for path in [path for path, taken in methods(house).items() if "HEAD" in taken]:
            address = path.format(**REAL | {"token": token})
            whole, head = await client.get(address), await client.head(address)
            assert head.status_code == whole.status_code, path
            assert head.headers.get("content-type") == whole.headers.get("content-type"), path


async def test_a_slash_too_many_leads_to_the_address_without_it(house: Inside) -> None:
    for path, where in (
        ("/api/v1/halls/", "/api/v1/halls"),
        ("/kiosk", "/kiosk/"),
        ("/sign-in/", "/sign-in"),
    ):
        answer = await house.ask("anonymous", "GET", path)
        assert answer.status_code == 307
        assert answer.headers["location"] == f"http://hall.test{where}"


async def test_the_kiosk_alone_may_use_its_camera(house: Inside) -> None:
    for path, camera in {"/kiosk/": "camera=(self)", "/board/": "camera=()", "/": "camera=()"}.items():
        answer = await house.ask("anonymous", "GET", path)
        assert camera in answer.headers["permissions-policy"].split(", "), path


@pytest.mark.parametrize("path", FILES)
async def test_a_file_is_what_it_says_and_is_asked_for_anew_each_time(house: Inside, path: str) -> None:
    first = await house.ask("anonymous", "GET", path)
    assert first.status_code == 200
    assert first.headers["content-type"] == FILES[path]
    assert first.headers["cache-control"] == "no-cache"
    assert all(first.headers[name] == value for name, value in headers_of(path).items())
    assert "set-cookie" not in first.headers
    again = await house.ask("anonymous", "GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_kiosk_and_the_board_hold_no_script_or_style_of_their_own_making(house: Inside) -> None:
    for path in ("/kiosk/", "/board/", "/board/counter.html"):
        page = (await house.ask("anonymous", "GET", path)).text
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count('<script type="module" src=')


async def test_nothing_outside_of_a_folder_is_served(house: Inside) -> None:
    assert house.app is not None
    folders = [route.path for route in house.app.routes if isinstance(route, Mount)]
    assert set(folders) == FOLDERS
    async with house.client() as client:
        for folder in folders:
            for path in OUTSIDE:
                answer = await client.get(f"{folder}/{path}", follow_redirects=True)
                assert answer.status_code == 404, (folder, path)
                assert "root:" not in answer.text
                assert "[project]" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_file_is_only_read(house: Inside, method: str) -> None:
    for path in FILES:
        answer = await house.ask("anonymous", method, path)
        is_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD"


async def test_the_icon_is_where_browsers_look_for_it(house: Inside) -> None:
    answer = await house.ask("anonymous", "GET", "/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


async def test_files_lie_below_the_path_that_a_proxy_shows(tmp_path: Path) -> None:
    async with inside(tmp_path, base_path="/q") as house:
        for prefix in ("", "/q"):
            for path in FILES:
                assert (await house.ask("anonymous", "GET", prefix + path)).status_code == 200, path
            is_problem(await house.ask("anonymous", "POST", f"{prefix}/kiosk/"), 405, "method_not_allowed")
        leads = await house.ask("anonymous", "GET", "/q/kiosk")
        assert leads.headers["location"] == "http://hall.test/q/kiosk/"


ODD = (
    *({"Host": host} for host in ("[", "[::1", "a b", "", "hall.test:x", "hall.test:99999999")),
    *({"Cookie": cookie} for cookie in ("=", "qms_form=\xff", "qms_session", "a" * 7000)),
    *({"Accept-Language": wish} for wish in ("pl;q=abc,,;;q=1e999,en;q=nan", "\xff")),
    *({"Authorization": given} for given in ("\xff", "Bearer \xff", "Basic")),
    *({"Content-Type": kind} for kind in ("\xff", "application/json; charset=\xff", "multipart/form-data")),
    *({"If-None-Match": "\xff", "If-Modified-Since": day} for day in ("\xff", "never")),
    *({"Range": span, "If-Range": "x"} for span in ("bytes=9-1,\xff", "bytes=0-0,5-6", "lines=1")),
    {"Origin": "\x7f"},
    {"Sec-Fetch-Site": "\xff"},
    {"User-Agent": "\xff"},
    {"X-Forwarded-For": "x", "X-Forwarded-Host": "[", "X-Forwarded-Proto": "\xff"},
    {"Idempotency-Key": "\xff"},
)
FORMS = (
    b"\xff",
    b"csrf=%ff&name=%00",
    b"csrf=&csrf=",
    b'{"ticket": "\\ud800"}',
    b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx\r\n--x--',
)
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["anonymous", "admin"])
async def test_nothing_odd_in_a_request_breaks_an_address(house: Inside, who: str) -> None:
    known = REAL | {"token": (await house.take())["token"]}
    odd = [(headers, b"") for headers in ODD]
    odd += [({"Content-Type": kind}, body) for kind in KINDS for body in FORMS]
    asked = [(method, path) for path, taken in methods(house).items() for method in taken - {"HEAD"}]
    asked.sort(key=lambda one: one == ("DELETE", "/api/v1/session"))  # ends whoever's session it is
    async with house.client(who) as client:
        for method, path in asked:
            for headers, body in odd if method == "POST" else odd[: len(ODD)]:
                raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
                answer = await client.request(method, path.format(**known), headers=raw, content=body)
                assert answer.status_code < 500, (method, path, headers, body)
