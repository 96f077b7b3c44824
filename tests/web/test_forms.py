"""Forms come from our own pages or are not heeded, and work without JavaScript."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from qms.settings import ROOT
from qms.staff.pages.frame import OWN_PATH
from qms.staff.rules.roles import Grant
from tests.web.make import PASSWORD, PLACES, House, add_account

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token_in(html: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.fixture
async def client(server: House) -> AsyncIterator[AsyncClient]:
    await add_account(server, "anna", Grant("clerk", "hall:ratusz"))
    async with server.client() as client:
        yield client


async def entrance(client: AsyncClient) -> dict[str, str]:
    return {"csrf": token_in((await client.get("/sign-in")).text), "name": "anna", "password": PASSWORD}


async def test_the_right_form_is_taken(client: AsyncClient) -> None:
    answer = await client.post("/sign-in", data=await entrance(client))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/staff"


async def test_the_token_must_be_the_one_of_this_browser(server: House, client: AsyncClient) -> None:
    fields = await entrance(client)
    async with server.client() as other:
        theirs = await entrance(other)
    for wrong in (theirs["csrf"], "", fields["csrf"][:-1], fields["csrf"] + "x", "ü"):
        answer = await client.post("/sign-in", data=fields | {"csrf": wrong})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    del fields["csrf"]
    assert (await client.post("/sign-in", data=fields)).status_code == 403


async def test_without_the_cookie_no_token_is_good(client: AsyncClient) -> None:
    fields = await entrance(client)
    client.cookies.clear()
    assert (await client.post("/sign-in", data=fields)).status_code == 403
    assert (await client.post("/sign-in", data=fields | {"csrf": ""})).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_form_on_another_site_is_not_heeded(client: AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/sign-in", data=await entrance(client), headers=headers)
    assert answer.json()["code"] == "cross_site"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"csrf=%ff", "malformed"),
        (b"\xff", "malformed"),
        (b"a=1&a=2", "malformed"),
        (b"&".join(b"f%d=1" % n for n in range(50)), "malformed"),
        (b"x=" + b"y" * 3000, "too_large"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(client: AsyncClient, body: bytes, code: str) -> None:
    await entrance(client)
    assert (await client.post("/sign-in", content=body, headers=FORM)).json()["code"] == code


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
async def test_another_kind_of_form_is_refused(client: AsyncClient, kind: str) -> None:
    answer = await client.post("/sign-in", content=b"name=anna", headers={"Content-Type": kind})
    assert answer.json()["code"] == "media_type"


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "/\\/evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/%0d%0aSet-Cookie:x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "staff",
        "/" + "x" * 400,
        "",
    ],
)
async def test_whoever_signs_in_goes_nowhere_but_to_us(client: AsyncClient, wish: str) -> None:
    answer = await client.post("/sign-in", data=await entrance(client) | {"next": wish})
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")


@pytest.mark.parametrize("wish", ["/desk/ratusz?bar=1", "/staff/sessions", "/"])
async def test_whoever_signs_in_comes_back(client: AsyncClient, wish: str) -> None:
    assert OWN_PATH.fullmatch(wish)
    answer = await client.post("/sign-in", data=await entrance(client) | {"next": wish})
    assert answer.headers["location"] == wish


async def test_what_was_typed_comes_back_escaped_and_no_password_ever(client: AsyncClient) -> None:
    fields = await entrance(client) | {"name": '"><script>alert(1)</script>', "password": "hunter2hunter2"}
    answer = await client.post("/sign-in", data=fields | {"next": '"><b>'})
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text
    assert "hunter2" not in answer.text


def templates() -> list[Path]:
    return sorted(ROOT.glob("qms/*/pages/*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_page_has_anything_inline(path: Path) -> None:
    html = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "| safe" not in html
    assert "|safe" not in html
    assert "autoescape" not in html


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_every_form_that_changes_something_brings_its_token(path: Path) -> None:
    for form in re.findall(r"<form.*?</form>", path.read_text("utf-8"), re.DOTALL):
        if 'method="post"' in form:
            assert "csrf" in form


def test_there_are_templates_and_places() -> None:
    assert len(templates()) > 8
    assert len(PLACES) == 4
