"""The list of key clients, through pages without JavaScript."""

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from qms.queue.rules.state import Queue
from qms.staff.rules.roles import Grant, Role
from tests.app.make import SAME, session
from tests.booking.web import House, Visitor, house, town

LIST = "/key-clients/town"
RULE = town("challenge = false").replace(
    "[segments.disabled]", "[segments.disabled]\n[segments.key-client]"
)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[House]:
    """A hall with a rule for key clients, on Monday, 23 November 2026."""
    async with house(tmp_path, RULE) as office:
        yield office


async def worker(office: House, role: Role = "supervisor", lang: str = "en") -> Visitor:
    """Somebody who works there, at a browser without scripts."""
    aside = office.server.site.writer.aside
    token = await aside(partial(session, name=role, grant=Grant(role, "hall:town")))
    return Visitor(office.client(**{"Cookie": f"qms_session={token}; qms_language={lang}", **SAME}))


async def send(who: Visitor, action: str, **fields: str) -> str:
    """Send the form of the page that leads there."""
    form = re.search(rf'<form [^>]*action="{re.escape(action)}".*?</form>', who.answer.text, re.S)
    assert form is not None, who.text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    assert hidden["csrf"]
    who.answer = await who.client.post(action, data=hidden | fields)
    return await who._arrive(action)


async def entered(who: Visitor, name: str = "Notariat Łącki", **more: str) -> str:
    """A key client through the form: the code that the page shows."""
    await who.open(LIST)
    text = await send(who, LIST, name=name, **more)
    found = re.search(r"\d{4} \d{4} \d{4}", text)
    assert found is not None, text
    return found[0]


async def held(who: Visitor) -> None:
    """As far as the form about the person, for Tuesday at nine."""
    await who.open("/book/town/time?service=id-card&count=1&day=2026-11-24")
    await who.press("2026-11-24T08:00:00+00:00")


def client_of(who: Visitor) -> str:
    found = re.search(rf"{LIST}/([0-9a-f]{{32}})/remove", who.answer.text)
    assert found is not None
    return found[1]


async def test_an_empty_list_says_so(office: House) -> None:
    who = await worker(office)
    assert "There are no key clients yet." in await who.open(LIST)


async def test_a_code_is_shown_once_as_text_and_as_a_picture_of_it(office: House) -> None:
    who = await worker(office)
    code = await entered(who)
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', who.answer.text)
    assert picture is not None
    assert b"<svg" in b64decode(picture[1])
    listed = await who.open(LIST)
    assert "Notariat Łącki" in listed
    assert code not in listed


async def test_a_form_that_is_sent_twice_enters_somebody_once(office: House) -> None:
    who = await worker(office)
    await who.open(LIST)
    form = who.answer
    for _ in range(2):
        who.answer = form
        await send(who, LIST, name="Notariat Łącki")
    assert who.path == LIST
    assert who.text.count("Notariat Łącki") == 1


async def test_a_code_from_the_page_is_one(office: House) -> None:
    who = await worker(office)
    code = await entered(who)
    path = "/api/v1/halls/town/key-clients/recognise"
    answers = [await who.client.post(path, json={"code": text}) for text in (code, "0" * 12)]
    assert [answer.status_code for answer in answers] == [200, 422]


async def test_what_was_wrong_stays_in_the_form(office: House) -> None:
    who = await worker(office)
    for wrong in (
        {"name": "  "},
        {"name": "x" * 101},
        {"name": "Notariat", "until": "2026-11-22"},
        {"name": "Notariat", "until": "30.11.2026"},
        {"name": "Notariat", "note": "x" * 101},
    ):
        await who.open(LIST)
        text = await send(who, LIST, **wrong)
        assert who.answer.status_code == 422
        assert "Please give a name" in text
        assert all(f'value="{value}"' in who.answer.text for value in wrong.values())
    assert "There are no key clients yet." in await who.open(LIST)


async def test_a_last_day_is_shown_and_after_it_the_entry_reads_as_expired(office: House) -> None:
    who = await worker(office)
    await entered(who, until="2026-11-23")
    assert "23 November 2026" in await who.open(LIST)
    assert "expired" not in who.text
    office.clock.at = office.clock.at.replace(day=24)
    assert "expired" in await who.open(LIST)


async def test_a_lost_code_is_replaced(office: House) -> None:
    who = await worker(office)
    old = await entered(who)
    await who.open(LIST)
    text = await send(who, f"{LIST}/{client_of(who)}/renew")
    new = re.search(r"\d{4} \d{4} \d{4}", text)
    assert new is not None
    assert new[0] != old
    path = "/api/v1/halls/town/key-clients/recognise"
    answers = [await who.client.post(path, json={"code": code}) for code in (old, new[0])]
    assert [answer.status_code for answer in answers] == [422, 200]


async def test_who_is_removed_is_asked_about_first(office: House) -> None:
    who = await worker(office)
    await entered(who)
    await who.open(LIST)
    assert "Remove “Notariat Łącki” from the list?" in await who.follow("/remove")
    assert "Removed from the list. " in await send(who, who.path)
    assert "There are no key clients yet." in who.text


async def test_a_name_is_text_and_not_html(office: House) -> None:
    who = await worker(office)
    await entered(who, '<img src=x onerror="alert(1)">')
    await who.open(LIST)
    assert "<img src=x" not in who.answer.text
    assert "&lt;img src=x" in who.answer.text


async def test_somebody_of_another_hall_or_unknown_is_not_found(office: House) -> None:
    who = await worker(office)
    for path in (f"{LIST}/{'0' * 32}/remove", "/key-clients/nowhere"):
        await who.open(path)
        assert who.answer.status_code == 404


async def test_a_form_of_another_site_changes_nothing(office: House) -> None:
    who = await worker(office)
    await who.open(LIST)
    for headers in ({}, {"Origin": "http://evil.test"}):
        answer = await who.client.post(LIST, data={"name": "Notariat"}, headers=headers)
        assert answer.status_code == 403
    assert "There are no key clients yet." in await who.open(LIST)


async def test_without_a_rule_the_page_says_that_codes_do_not_work(tmp_path: Path) -> None:
    async with house(tmp_path, town("challenge = false")) as office:
        assert "This hall has no rule for key clients" in await (await worker(office)).open(LIST)


async def test_the_public_form_asks_only_where_there_is_a_rule(office: House, tmp_path: Path) -> None:
    async with house(tmp_path / "other", town("challenge = false")) as other:
        for one, asked in ((office, True), (other, False)):
            who = Visitor(one.client())
            await held(who)
            assert ('name="client"' in who.answer.text) is asked, who.text


async def test_a_key_client_books_on_the_web(office: House) -> None:
    code = await entered(await worker(office))
    who = Visitor(office.client())
    await held(who)
    person = {"name": "Anna Nowak", "email": "anna@example.org"}
    assert "We do not know this code." in await who.press(n=1, **person, client="0" * 12)
    assert "Code recognised" in await who.press(n=1, **person, client=code)
    await who.press(accepted="yes")
    state: Queue | None = office.server.site.writer.state("town")
    assert state is not None
    [booking] = state.calendar.book(date(2026, 11, 24)).bookings.values()
    assert (booking.state, booking.segment) == ("confirmed", "key-client")
