"""Pages of the queue, as they come without a browser: the halls, the queues, a person's own number, the desk."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import zxingcpp
from httpx2 import Response
from PIL import Image

from qms.web.catalogue import LANGUAGES, text
from tests.app.inside import ADDRESS, SMALL, Inside, inside
from tests.web.test_edge import is_problem

HTML = {"Accept": "text/html"}
UNKNOWN = "b" * 26


async def see(house: Inside, path: str, who: str = "anonymous", **headers: str) -> Response:
    """A page that must be shown."""
    answer = await house.ask(who, "GET", path, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:", answer.text)
    return answer


async def test_the_first_page_shows_the_halls(house: Inside) -> None:
    page = (await see(house, "/", **{"Accept-Language": "en"})).text
    assert "Residents&#39; service hall" in page
    for hall in ("ratusz", "gmina", SMALL):
        assert f'href="/queues/{hall}?lang=en"' in page


@pytest.mark.parametrize("path", ["/", f"/queues/{SMALL}", "/queues/ratusz", "/t/{token}"])
async def test_pages_speak_the_language_that_is_asked_for_and_remember_it(house: Inside, path: str) -> None:
    path = path.format(token=(await house.take())["token"])
    for language in LANGUAGES:
        async with house.client(headers=HTML) as client:
            assert f'<html lang="{language}">' in (await client.get(f"{path}?lang={language}")).text
            assert f'<html lang="{language}">' in (await client.get(path)).text
    async with house.client(headers=HTML) as client:
        answer = await client.get(f'{path}?lang="><b>')
        assert answer.status_code == 200
        assert "<b>" not in answer.text
        assert "set-cookie" not in answer.headers


async def test_the_queues_are_shown_as_they_stand(house: Inside) -> None:
    await house.called(service="vehicle", who="ann", counter="2")
    await house.take()
    page = (await see(house, f"/queues/{SMALL}?lang=en")).text
    assert "V001" in page
    assert "A001" not in page  # who waits is nobody else's business
    assert 'data-key="parking" data-shut="true"' in page
    house.clock.at += timedelta(hours=9)
    closed = text("en", "citizen", "citizen.queues.hall_closed")
    assert closed in (await see(house, "/queues/gmina?lang=en")).text
    assert closed not in (await see(house, f"/queues/{SMALL}?lang=en")).text  # somebody is still served


async def test_a_ticket_is_shown_from_waiting_to_its_end_and_the_day_after(house: Inside) -> None:
    ticket = await house.take()
    path = f"/t/{ticket['token']}"
    waiting = await see(house, path)
    assert "A001" in waiting.text
    assert f'action="{path}/leave?lang=pl"' in waiting.text
    assert 'content="no-referrer"' in waiting.text
    await house.done("ann", "open")
    for act, state in (("next", "called"), ("start", "serving"), ("finish", "finished")):
        await house.done("ann", act, **({} if act == "next" else {"ticket": ticket["id"]}))
        assert f'data-state="{state}"' in (await see(house, path)).text
    house.clock.at += timedelta(days=1)
    await house.server.site.writer.tick(SMALL)
    assert 'data-state="finished"' in (await see(house, path)).text


async def test_an_unknown_ticket_is_a_page_of_its_own(house: Inside) -> None:
    for token in (UNKNOWN, "B" * 26, "x", "ż" * 26, "%00" * 26, "<script>", "a" * 9_000):
        answer = await house.ask("anonymous", "GET", f"/t/{token}?lang=en", headers=HTML)
        assert answer.status_code == 404
        assert "<script>" not in answer.text
        assert text("en", "citizen", "citizen.unknown.title") in answer.text
        assert (await house.ask("anonymous", "GET", f"/t/{token}/qr.svg")).status_code == 404
        assert (await house.ask("anonymous", "POST", f"/t/{token}/leave")).status_code == 404


async def test_the_picture_on_a_printed_ticket_leads_to_its_page(tmp_path: Path) -> None:
    async with inside(tmp_path, public_url="https://queue.example/q") as house:
        token = (await house.take())["token"]
        answer = await house.ask("press", "GET", f"/t/{token}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "private" in answer.headers["cache-control"]
    assert read(answer.text) == f"https://queue.example/q/t/{token}"


def read(svg: str) -> str:
    """What a phone's camera reads off a QR code of unit squares."""
    root = ElementTree.fromstring(svg)
    side, scale = int(float(root.get("viewBox", "").split()[2])), 8
    squares = re.findall(r"M(\d+),(\d+)H", root[0].get("d", ""))
    picture = Image.new("L", (side, side), 255)
    for x, y in squares:
        picture.putpixel((int(x), int(y)), 0)
    [code] = zxingcpp.read_barcodes(picture.resize((side * scale, side * scale), Image.Resampling.NEAREST))
    return str(code.text)


# -- leaving by the form


async def test_the_holder_leaves_by_the_form_without_a_script(house: Inside) -> None:
    ticket = await house.take()
    path = f"/t/{ticket['token']}"
    for _ in range(2):
        answer = await house.ask("anonymous", "POST", f"{path}/leave?lang=uk", data={"csrf": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?lang=uk")
    assert house.state().tickets[ticket["id"]].state == "cancelled"
    assert 'data-state="cancelled"' in (await see(house, path)).text


async def test_the_form_leads_back_under_the_base_path_and_nowhere_else(tmp_path: Path) -> None:
    async with inside(tmp_path, base_path="/q") as house:
        path = f"/t/{(await house.take())['token']}"
        assert f'action="/q{path}/leave?lang=en"' in (await see(house, f"{path}?lang=en")).text
        answer = await house.ask("anonymous", "POST", f"{path}/leave?lang=%0d%0aSet-Cookie:x")
        assert answer.headers["location"] == f"/q{path}?lang=%0D%0ASet-Cookie%3Ax"
        assert "set-cookie" not in answer.headers


async def test_who_is_at_a_counter_does_not_leave_by_the_form(house: Inside) -> None:
    ticket = await house.take()
    await house.done("ann", "open")
    await house.done("ann", "next")
    answer = await house.ask("anonymous", "POST", f"/t/{ticket['token']}/leave")
    assert answer.status_code == 303
    assert house.state().tickets[ticket["id"]].state == "called"


async def test_a_clerks_browser_leaves_only_by_a_form_of_ours(house: Inside) -> None:
    ticket = await house.take()
    path = f"/t/{ticket['token']}"
    csrf = (await house.ask("ann", "GET", "/api/v1/me")).json()["csrf"]
    for data in ({}, {"csrf": "x"}, {"csrf": "ą"}):
        is_problem(await house.ask("ann", "POST", f"{path}/leave", data=data), 403, "cross_site")
    other = {"Sec-Fetch-Site": "cross-site"}
    sent = await house.ask("ann", "POST", f"{path}/leave", data={"csrf": csrf}, headers=other)
    is_problem(sent, 403, "cross_site")
    assert house.state().tickets[ticket["id"]].state == "waiting"
    assert f'name="csrf" value="{csrf}"' in (await see(house, path, "ann")).text
    assert (await house.ask("ann", "POST", f"{path}/leave", data={"csrf": csrf})).status_code == 303
    assert house.state().tickets[ticket["id"]].state == "cancelled"


async def test_nonsense_in_the_form_is_refused_and_breaks_nothing(house: Inside) -> None:
    path = f"/t/{(await house.take())['token']}/leave"
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""):
        for body in (b"", b"\xff\x00&&=%", b"csrf=x&" * 9, b"--x\r\n\r\n", b"x" * 70_000):
            answer = await house.ask("ann", "POST", path, content=body, headers={"Content-Type": kind})
            assert answer.status_code in (400, 403, 413)
    assert [one.state for one in house.state().tickets.values()] == ["waiting"]


# -- the desk


async def test_the_desk_is_for_those_who_work_there(house: Inside) -> None:
    for who in ("ann", "sue", "admin"):
        page = (await see(house, f"/desk/{SMALL}?bar=1", who)).text
        assert f'data-hall="{SMALL}"' in page
        assert 'data-bar="1"' in page
    for who in ("clerk", "stranger", "press", "wall"):
        is_problem(await house.ask(who, "GET", f"/desk/{SMALL}"), 403, "not_allowed")
    away = await house.ask("anonymous", "GET", f"/desk/{SMALL}?bar=1", headers=HTML)
    assert (away.status_code, away.headers["location"]) == (303, f"/sign-in?next=/desk/{SMALL}%3Fbar%3D1")


async def test_a_page_behind_another_sites_frame_or_script_is_nothing(house: Inside) -> None:
    page = await see(house, f"/desk/{SMALL}", "ann")
    policy = page.headers["content-security-policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert rule in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert ADDRESS not in page.text
