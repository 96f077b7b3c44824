"""The pages of staff, as a browser without JavaScript uses them."""

import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import Engine

from qms.ledger.engine import connect
from qms.staff.pages.own import browser
from qms.staff.rules.roles import Grant
from qms.web.catalogue import LANGUAGES
from tests.web.make import PASSWORD, House, add_account, enter, signed_in

PHRASE = "wholly another phrase"
PAGES = ["/staff", "/staff/sessions", "/staff/accounts", "/password", "/staff/devices/ratusz"]


class Forms(HTMLParser):
    """Forms of a page: their fields as a browser would send them untouched, by address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = self.forms.setdefault(given["action"] or "", {})
        if self._form is None:
            return
        if tag == "input" and given.get("name"):
            self._form[given["name"] or ""] = given.get("value") or ""
        if tag == "select":
            self._select = given["name"] or ""
        if tag == "option" and ("selected" in given or self._select not in self._form):
            self._form[self._select] = given["value"] or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


async def send(client: AsyncClient, page: Response, action: str, **typed: str) -> Response:
    """Fill in a form of a page and send it."""
    return await client.post(action, data=Forms(page.text).forms[action] | typed)


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """What lies beneath the pages is proved on both databases; the pages themselves need one."""
    engine = connect(sqlite_url, patience=0.5)
    yield engine
    engine.dispose()


@pytest.fixture
async def anna(server: House) -> AsyncIterator[AsyncClient]:
    async with signed_in(server, Grant("admin", "organisation:miasto")) as client:
        yield client


async def test_from_a_page_that_asks_to_sign_in_one_comes_back(server: House) -> None:
    await add_account(server, "jan", Grant("clerk", "hall:ratusz"))
    async with server.client() as client:
        asked = await client.get("/staff/sessions?lang=de")
        assert asked.headers["location"] == "/sign-in?next=/staff/sessions%3Flang%3Dde"
        entrance = await client.get(asked.headers["location"])
        wrong = await send(client, entrance, "/sign-in", name="jan", password="wrong")
        assert wrong.status_code == 401
        assert 'role="alert"' in wrong.text
        right = await send(client, wrong, "/sign-in", password=PASSWORD)
        assert right.headers["location"] == "/staff/sessions?lang=de"
        assert (await client.get("/staff")).status_code == 200
        assert (await client.get("/sign-in")).headers["location"] == "/staff"


async def test_a_name_nobody_can_have_is_a_wrong_name(server: House) -> None:
    async with server.client() as client:
        entrance = await client.get("/sign-in")
        for name in ("", "x" * 500, "a\x00b"):
            answer = await send(client, entrance, "/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 401


async def test_whoever_must_change_the_password_sees_nothing_before(server: House) -> None:
    async with signed_in(server, Grant("admin", "organisation:miasto"), must_change=True) as client:
        for path in PAGES:
            if path != "/password":
                assert (await client.get(path)).headers["location"] == f"/password?next={path}"
        form = await client.get("/password?next=/staff/accounts")
        unlike = await send(client, form, "/password", old=PASSWORD, new=PHRASE, again=PHRASE + "x")
        assert unlike.status_code == 422
        weak = await send(client, form, "/password", old=PASSWORD, new="short", again="short")
        assert weak.status_code == 422
        done = await send(client, form, "/password", old=PASSWORD, new=PHRASE, again=PHRASE)
        assert done.headers["location"] == "/staff/accounts"
        assert (await client.get("/staff/accounts")).status_code == 200


async def test_sign_in_leads_to_the_change_that_is_due(server: House) -> None:
    await add_account(server, "jan", Grant("clerk", "hall:ratusz"), must_change=True)
    async with server.client() as client:
        entrance = await client.get("/sign-in?next=/desk/ratusz")
        done = await send(client, entrance, "/sign-in", name="jan", password=PASSWORD)
        assert done.headers["location"] == "/password?next=/desk/ratusz"


async def test_signing_out(anna: AsyncClient) -> None:
    out = await send(anna, await anna.get("/staff"), "/sign-out")
    assert out.headers["location"] == "/sign-in?said=signed_out"
    assert (await anna.get("/staff")).status_code == 303
    assert 'role="status"' in (await anna.get(out.headers["location"])).text


async def test_a_sign_out_that_we_did_not_ask_for_is_not_heeded(anna: AsyncClient) -> None:
    assert (await anna.post("/sign-out", data={"csrf": "x"})).status_code == 403
    assert (await anna.get("/sign-out")).status_code == 405
    assert (await anna.get("/staff")).status_code == 200


async def test_only_what_was_said_by_us_is_shown(server: House) -> None:
    async with server.client() as client:
        page = await client.get("/sign-in?said=%3Cscript%3E")
        assert page.status_code == 200
        assert "script" not in page.text


async def test_one_sees_and_ends_the_own_sessions_and_nobody_elses(
    server: House, anna: AsyncClient
) -> None:
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    async with server.client(headers=agent) as other, server.client() as third:
        await enter(other, "anna")
        await enter(third, "anna")
        await add_account(server, "jan", Grant("clerk", "hall:ratusz"))
        async with server.client() as jan:
            await enter(jan, "jan")
            page = await anna.get("/staff/sessions")
            assert "Firefox, Windows" in page.text
            assert page.text.count('action="/staff/sessions/end"') == 2
            mine = re.findall(r'name="session" value="(\w+)"', page.text)
            form = await jan.get("/password")
            token = Forms(form.text).forms["/password"]["csrf"]
            ended = await jan.post("/staff/sessions/end", data={"csrf": token, "session": mine[0]})
            assert ended.status_code == 303
            assert (await other.get("/staff")).status_code == 200
            assert (await third.get("/staff")).status_code == 200
            for id in mine[:1]:
                token = Forms(page.text).forms["/staff/sessions/end"]["csrf"]
                await anna.post("/staff/sessions/end", data={"csrf": token, "session": id})
            statuses = sorted([(await one.get("/staff")).status_code for one in (other, third)])
            assert statuses == [200, 303]
            await send(anna, page, "/staff/sessions/end-others")
            assert {(await one.get("/staff")).status_code for one in (other, third)} == {303}
            assert (await anna.get("/staff")).status_code == 200
            assert (await jan.get("/staff")).status_code == 200


async def test_the_start_page_shows_where_one_works_and_what_one_keeps(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:ratusz"), name="jan") as jan:
        html = (await jan.get("/staff?lang=en")).text
        assert "Service hall" in html
        assert "City Hall" in html
        for address in (
            "/desk/ratusz",
            "/queues/ratusz",
            "/board/?hall=ratusz",
            "/board/counter.html?hall=ratusz&amp;counter=kasa",
        ):
            assert f'href="{address}"' in html
        assert "gmina" not in html
        assert "/staff/devices" not in html
        assert "/staff/accounts" not in html
        assert (await jan.get("/staff/accounts")).status_code == 403
    async with signed_in(server, Grant("admin", "office:centrum"), name="ola") as ola:
        html = (await ola.get("/staff")).text
        assert 'href="/staff/devices/wydzial"' in html
        assert 'href="/staff/accounts"' in html


async def test_somebody_without_a_role_is_told_whom_to_ask(server: House) -> None:
    async with signed_in(server, Grant("clerk", "hall:elsewhere")) as client:
        page = await client.get("/staff?lang=en")
        assert "ask your administrator" in page.text


async def test_an_account_from_its_opening_to_its_end(server: House, anna: AsyncClient) -> None:
    page = await anna.get("/staff/accounts")
    typed = {"shown": "Ewa <b>Z</b>", "name": "ewa", "role": "clerk", "scope": "hall:ratusz"}
    opened = await send(anna, page, "/staff/accounts", **typed)
    assert opened.status_code == 200
    assert "Ewa &lt;b&gt;Z&lt;/b&gt;" in opened.text
    again = await send(anna, page, "/staff/accounts", **typed)
    assert again.status_code == 409
    assert 'value="ewa"' in again.text
    code = re.search(r'staff-code">([^<]+)<', opened.text)
    assert code is not None
    async with server.client() as ewa:
        form = await ewa.get("/password/reset")
        short = await send(ewa, form, "/password/reset", code=code[1], new="short", again="short")
        assert short.status_code == 422
        assert f'value="{code[1]}"' in short.text
        done = await send(ewa, form, "/password/reset", code=f" {code[1]} ", new=PHRASE, again=PHRASE)
        assert done.headers["location"] == "/sign-in?said=password_set"
        spent = await send(ewa, form, "/password/reset", code=code[1], new=PHRASE, again=PHRASE)
        assert spent.status_code == 422
        assert (await enter(ewa, "ewa", PHRASE)).status_code == 200

        at = re.search(r'href="(/staff/accounts/staff:\w+)">Ewa', (await anna.get("/staff/accounts")).text)
        assert at is not None
        one = await anna.get(at[1])
        await send(anna, one, at[1] + "/grant", role="admin", scope="office:centrum")
        assert (await ewa.get("/staff/accounts")).status_code == 200
        one = await anna.get(at[1])
        fields = {"role": "admin", "scope": "office:centrum"}
        assert (await send(anna, one, at[1] + "/withdraw", **fields)).status_code == 303
        assert (await ewa.get("/staff/accounts")).status_code == 403
        again = await send(anna, one, at[1] + "/withdraw", **fields)
        assert again.status_code == 404
        assert 'role="alert"' in again.text
        fresh = await send(anna, one, at[1] + "/reset")
        assert "staff-code" in fresh.text
        await send(anna, one, at[1] + "/disable")
        assert (await ewa.get("/staff")).status_code == 303
        assert at[1] + "/enable" in (await anna.get(at[1])).text
        await send(anna, await anna.get(at[1]), at[1] + "/enable")
        assert (await enter(ewa, "ewa", PHRASE)).status_code == 200


async def test_the_own_account_offers_nothing_that_would_be_refused(anna: AsyncClient) -> None:
    at = re.search(r"/staff/accounts/staff:\w+", (await anna.get("/staff/accounts")).text)
    assert at is not None
    forms = Forms((await anna.get(at[0])).text).forms
    assert set(forms) == {"/sign-out", at[0] + "/grant"}
    token = forms["/sign-out"]["csrf"]
    refused = await anna.post(at[0] + "/disable", data={"csrf": token})
    assert refused.status_code == 403
    assert 'role="alert"' in refused.text


async def test_every_page_speaks_every_language(server: House, anna: AsyncClient) -> None:
    async with server.client() as stranger:
        for client, paths in ((anna, PAGES), (stranger, ["/sign-in", "/password/reset"])):
            for path in paths:
                for language in LANGUAGES:
                    page = await client.get(f"{path}?lang={language}")
                    assert page.status_code == 200
                    assert f'<html lang="{language}">' in page.text
                    assert "staff." not in re.sub(r'(href|action)="[^"]*"', "", page.text)
                    assert "{" not in page.text
                    assert page.headers["cache-control"] == "no-store"
                    assert f'<html lang="{language}">' in (await client.get(path)).text


async def test_a_form_that_was_not_let_in_is_not_sent_again(server: House) -> None:
    async with server.client() as client:
        answer = await client.post("/staff/accounts", data={"name": "x"})
        assert answer.headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_in_words(agent: str, shown: str) -> None:
    assert browser(agent) == shown
