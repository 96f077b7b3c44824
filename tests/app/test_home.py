"""People at home: joining the queue, their ticket page, and the office's page; all of it without JavaScript."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from qms.halls.rules.booking import Bookings
from qms.halls.rules.equipment import Kiosk
from qms.queue.pages.join import COOKIE
from tests.app.inside import SMALL, Inside, inside, small
from tests.app.make import SAME
from tests.booking.solving import solved

JOIN = f"/queues/{SMALL}/join"
HTML = {"Accept": "text/html", "Accept-Language": "en"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def at_home(**changes: Any) -> Any:
    setup = small(join_from_home=True, languages=("pl", "en"), **changes)
    services = tuple(
        s.model_copy(update={"documents": ({"en": "ID photo", "pl": "Zdjęcie"},)})
        if s.id == "id-card"
        else s.model_copy(update={"from_home": False})
        if s.id == "vehicle"
        else s
        for s in setup.services
    )
    return setup.model_copy(update={"services": services})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path, setup=at_home(let_pass=3), public_url="") as house:
        yield house


async def send(browser: AsyncClient, form: Mapping[str, str], path: str = JOIN) -> Response:
    return await browser.post(path, data=dict(form), headers=SAME, follow_redirects=False)


async def form_of(browser: AsyncClient, path: str = f"{JOIN}?service=id-card") -> dict[str, str]:
    """The hidden fields of a page's form, as the browser would send them back."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return {name: unescape(value) for name, value in HIDDEN.findall(page.text)}


async def joined(browser: AsyncClient, service: str = "id-card", **more: str) -> Response:
    form = await form_of(browser, f"{JOIN}?service={service}")
    return await send(browser, form | {"service": service} | more)


async def test_somebody_at_home_takes_a_number_step_by_step(house: Inside) -> None:
    async with house.client(headers=HTML) as browser:
        choice = await browser.get(JOIN)
        assert choice.status_code == 200
        offered = re.findall(r"join\?service=([a-z-]+)", choice.text)
        assert offered == ["id-card", "passport"], "not what is closed, nor what is for the hall alone"
        one = await browser.get(f"{JOIN}?service=id-card")
        assert "ID photo" in one.text
        assert "hold.js" not in one.text, "no task where bookings set none"
        answer = await joined(browser)
        assert answer.status_code == 303
        ticket = await browser.get(answer.headers["location"])
        assert "A001" in ticket.text
        [taken] = house.state().tickets.values()
        assert (taken.channel, taken.language, taken.service) == ("web", "en", "id-card")


async def test_a_browser_with_an_open_number_is_led_back_to_it(house: Inside) -> None:
    async with house.client(headers=HTML) as browser:
        form = await form_of(browser)
        first = await send(browser, form | {"service": "id-card"})
        cookie = next(one for one in first.headers.get_list("set-cookie") if one.startswith(COOKIE))
        assert "HttpOnly" in cookie
        assert "Path=/queues" in cookie
        where = first.headers["location"].partition("?")[0]
        for answer in (
            await browser.get(JOIN),
            await browser.get(f"{JOIN}?service=passport"),
            await send(browser, form | {"service": "passport"}),
        ):
            assert (answer.status_code, answer.headers["location"]) == (303, where)
        assert len(house.state().tickets) == 1
        await browser.delete(f"/api/v1/tickets/{where.rpartition('/')[2]}")
        assert (await browser.get(JOIN)).status_code == 200, "once it is over, another may be taken"


async def test_a_form_that_is_sent_twice_takes_one_number(house: Inside) -> None:
    async with house.client(headers=HTML) as browser:
        form = await form_of(browser) | {"service": "id-card"}
        first = await send(browser, form)
        browser.cookies.delete(COOKIE)
        again = await send(browser, form)
        assert again.headers["location"] == first.headers["location"]
        assert len(house.state().tickets) == 1


async def test_what_is_against_it_is_said_and_takes_no_number(house: Inside) -> None:
    await house.apply(at_home(home_per_day=1))
    async with house.client(headers=HTML) as browser:
        await joined(browser)
    async with house.client(headers=HTML) as browser:
        assert re.findall(r"join\?service=([a-z-]+)", (await browser.get(JOIN)).text) == ["passport"]
        form = await form_of(browser, f"{JOIN}?service=passport")
        for service in ("id-card", "vehicle", "parking", "nothing", "../x"):
            answer = await send(browser, form | {"service": service})
            assert answer.status_code in (409, 422), service
            assert 'role="alert"' in answer.text
        assert len(house.state().tickets) == 1
        forged = await browser.post(JOIN, data=form | {"service": "passport", "csrf": "x"}, headers=SAME)
        assert forged.status_code == 403
    house.clock.at += timedelta(hours=9)
    async with house.client(headers=HTML) as browser:
        assert "No numbers can be taken from home at the moment." in (await browser.get(JOIN)).text
    await house.apply(small())
    assert (await house.ask("anonymous", "GET", JOIN, headers=HTML)).status_code == 409


async def test_robots_need_the_solution_of_a_task_or_get_few_numbers(tmp_path: Path) -> None:
    setup = at_home(bookings=Bookings())
    async with inside(tmp_path, setup=setup, join_limit="2/hour") as house:
        path = f"/api/v1/halls/{SMALL}/challenge"
        async with house.client(headers=HTML) as browser:
            assert "hold.js" in (await browser.get(f"{JOIN}?service=id-card")).text
            solution = solved((await browser.get(path)).json())
            assert (await joined(browser, challenge=solution)).status_code == 303
        async with house.client(headers=HTML) as browser:
            spent = await joined(browser, challenge=solution)
            assert (spent.status_code, 'role="alert"' in spent.text) == (422, True)
            assert (await joined(browser, challenge="made up")).status_code == 422
            assert (await joined(browser)).status_code == 303, "a browser without scripts"
        assert (await house.wish("anonymous")).status_code == 201
        refused = await house.wish("anonymous")
        assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
        fresh = solved((await house.ask("anonymous", "GET", path)).json())
        assert (await house.wish("anonymous", challenge=fresh)).status_code == 201
        assert (await house.wish("press")).status_code == 201, "kiosks are asked for nothing"


async def test_staff_who_look_at_the_page_join_like_anybody(house: Inside) -> None:
    async with house.client("ann", headers=HTML) as browser:
        form = await form_of(browser)
        answer = await browser.post(JOIN, data=form | {"service": "id-card"}, follow_redirects=False)
        assert answer.status_code == 303
    [taken] = house.state().tickets.values()
    assert taken.channel == "web"


async def test_the_hall_page_leads_to_joining_and_to_the_office(house: Inside) -> None:
    page = (await house.ask("anonymous", "GET", f"/queues/{SMALL}?lang=en", headers=HTML)).text
    assert f'href="{JOIN}?lang=en"' in page
    assert 'href="/offices/zalesie?lang=en"' in page
    await house.apply(small())
    assert JOIN not in (await house.ask("anonymous", "GET", f"/queues/{SMALL}", headers=HTML)).text


async def test_others_are_let_go_first_from_the_ticket_page(house: Inside) -> None:
    first, *_ = [await house.take() for _ in range(3)]
    path = f"/t/{first['token']}"
    async with house.client(headers=HTML) as browser:
        page = (await browser.get(path)).text
        assert 'max="3"' in page
        answer = await browser.post(f"{path}/let-pass?lang=en", data={"people": "2"}, headers=SAME)
        assert answer.headers["location"] == f"{path}?lang=en&said=passed"
        told = (await browser.get(answer.headers["location"])).text
        assert "Your new place in line is below." in told
        assert ">2</p>" in told
        assert 'max="1"' in told
        for people in ("0", "x", "", "21", "99999"):
            refused = await browser.post(f"{path}/let-pass", data={"people": people}, headers=SAME)
            assert refused.headers["location"].endswith("said=invalid")
        spent = await browser.post(f"{path}/let-pass?lang=en", data={"people": "2"}, headers=SAME)
        assert spent.headers["location"].endswith("said=let_pass_spent")
        assert "{left}" not in (await browser.get(spent.headers["location"])).text
        behind = await browser.post(f"{path}/let-pass", data={"people": "1"}, headers=SAME)
        assert behind.headers["location"].endswith("said=nobody_behind")
        assert 'class="problem"' in (await browser.get(behind.headers["location"])).text
        assert "said" not in re.sub(r"<[^>]*>", "", (await browser.get(f"{path}?said=<b>x")).text)
    unknown = await house.ask("anonymous", "POST", f"/t/{'b' * 26}/let-pass", data={"people": "1"})
    assert unknown.status_code == 404
    forged = await house.ask("ann", "POST", f"{path}/let-pass", data={"people": "1", "csrf": "x"})
    assert forged.status_code == 403


async def test_letting_others_go_first_is_not_offered_where_the_hall_does_not(house: Inside) -> None:
    await house.apply(at_home())
    ticket = await house.take()
    page = (await house.ask("anonymous", "GET", f"/t/{ticket['token']}", headers=HTML)).text
    assert re.search(r'id="pass" hidden', page)


async def test_an_office_shows_all_its_halls(house: Inside) -> None:
    await house.called(service="vehicle", who="ann", counter="2")
    await house.take()
    page = (await house.ask("anonymous", "GET", "/offices/zalesie?lang=en", headers=HTML)).text
    shown = re.findall(r'data-hall="([a-z]+)"', page)
    assert set(shown) == {"ratusz", SMALL}
    for hall in shown:
        assert f'href="/queues/{hall}?lang=en"' in page
    assert f'id="{SMALL}-group-documents"' in page
    assert "V001 → 2" in page
    assert "Today 08:00–16:00" in page
    assert f'href="{JOIN}?lang=en"' in page
    for shape in ("queues", "warsaw", "ngsi-ld"):
        assert f'href="/open/zalesie/{shape}.json"' in page
    assert '<meta http-equiv="refresh" content="60">' in page
    assert len(re.findall(r' id="', page)) == len(set(re.findall(r' id="([^"]*)"', page)))
    assert (await house.ask("anonymous", "GET", "/offices/elsewhere", headers=HTML)).status_code == 404


async def test_an_office_that_is_closed_or_shut_says_so(house: Inside) -> None:
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Alarm"})
    page = (await house.ask("anonymous", "GET", "/offices/zalesie?lang=en", headers=HTML)).text
    assert "Closed until further notice" in page
    house.clock.at += timedelta(days=3)
    page = (await house.ask("anonymous", "GET", "/offices/zalesie?lang=en", headers=HTML)).text
    assert "Not open today" in page


async def test_kiosks_ask_for_a_phone_only_where_text_messages_can_be_sent(tmp_path: Path) -> None:
    setup = small(kiosk=Kiosk(phone=True))
    path = f"/api/v1/halls/{SMALL}"
    async with inside(tmp_path / "without", setup=setup) as house:
        assert (await house.ask("press", "GET", path)).json()["kiosk"]["phone"] is False
    async with inside(tmp_path / "with", setup=setup, sms_url="http://127.0.0.1:9/sms") as house:
        assert (await house.ask("press", "GET", path)).json()["kiosk"]["phone"] is True


async def test_the_service_worker_lies_above_all_pages(house: Inside) -> None:
    answer = await house.ask("anonymous", "GET", "/push.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "showNotification" in answer.text
