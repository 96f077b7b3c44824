"""The pages about messages: whose texts they are, changing one, what is then sent, and the log of it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from qms.booking.reads import booking_by_id
from qms.ledger.tables import table_of
from qms.notices.jobs import Notices
from qms.notices.pages.reasons import DROPS, KINDS, MESSAGES
from qms.notices.rules.templates import PLACES
from qms.notices.tables import Template
from qms.post.queue import MESSAGE
from qms.staff.rules.roles import Grant
from qms.web.catalogue import LANGUAGES, entries
from tests.app.inside import SMALL, Inside, inside
from tests.app.make import SAME, session
from tests.booking.test_http import ANNA, bookable, booked
from tests.notices.make import words
from tests.post.server import MailServer

ROOT = f"/messages/{SMALL}"
TEXT = f"{ROOT}/text/confirmed/pl"
LOG = f"{ROOT}/log"
OWN = {"subject": "Do zobaczenia {day}", "body": "Godzina {time}, kod {code}.\r\n\r\nZmiana: {link}"}
TODAY = "2026-11-24"


@pytest.fixture
async def house(tmp_path: Path, server: MailServer) -> AsyncIterator[Inside]:
    async with inside(tmp_path / "var", setup=bookable(reminders=()), **server.settings) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        aside = house.server.site.writer.aside
        token = await aside(lambda conn: session(conn, "boss", Grant("admin", f"hall:{SMALL}")))
        house.headers["boss"] = {"Cookie": f"qms_session={token}", **SAME}
        yield house


async def see(house: Inside, path: str, who: str = "boss", status: int = 200) -> str:
    """What a page says in English; no script and no style of its own is in it."""
    answer = await house.ask(who, "GET", path, headers={"Accept-Language": "en"})
    return shown(answer, status)


def shown(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert not re.search(r"<script|<style| style=| on[a-z]+=", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


async def send(
    house: Inside, path: str, fields: dict[str, str], who: str = "boss", status: int = 200
) -> str:
    """A form that is filled in; where it leads is opened."""
    me = (await house.ask(who, "GET", "/api/v1/me")).json()
    data = {"csrf": me["csrf"], **fields}
    answer = await house.ask(who, "POST", path, data=data, headers={"Accept-Language": "en"})
    if answer.status_code == 303:
        return await see(house, answer.headers["location"], who)
    return shown(answer, status)


async def seen(house: Inside, path: str = TEXT) -> str:
    """By which a form knows the text that it was made from."""
    answer = await house.ask("boss", "GET", path)
    [found] = re.findall(r'name="seen" value="(\w+)"', answer.text)
    return str(found)


async def post(house: Inside) -> None:
    """Queue what has happened and send what is due."""
    notices = Notices(house.server.site, house.server.setup_of, house.server.glance)
    while await notices.plan():
        pass
    while await notices.send():
        pass


async def mark(house: Inside, **changes: Any) -> None:
    await house.server.site.writer.aside(lambda conn: conn.execute(MESSAGE.update().values(**changes)))


async def kept(house: Inside) -> int:
    rows = await house.server.site.read(lambda conn: conn.execute(table_of(Template).select()).all())
    return len(rows)


async def test_every_page_speaks_every_language(house: Inside, server: MailServer) -> None:
    await booked(house)
    await post(house)
    for language in LANGUAGES:
        for path in (ROOT, LOG, *(f"{ROOT}/text/{name}/{language}" for name in PLACES)):
            answer = await house.ask("boss", "GET", f"{path}?lang={language}")
            assert f'<html lang="{language}">' in answer.text
            shown(answer, 200)


async def test_a_text_that_is_edited_is_what_is_sent(house: Inside, server: MailServer) -> None:
    assert "ready text : Visit booked, Polski" in await see(house, ROOT)
    at_first = await seen(house)
    text = await send(house, TEXT, {**OWN, "seen": at_first})
    assert "Do zobaczenia piątek, 27 listopada" in text
    assert "kod 123456" in text
    assert "Nothing is saved yet." in text
    assert await kept(house) == 0
    text = await send(house, f"{TEXT}/save", {**OWN, "seen": at_first})
    assert "It is the one sent from now on." in text
    assert "own text : Visit booked, Polski" in text
    assert "ready text : Visit booked, English" in text
    assert "last changed by boss" in await see(house, TEXT)
    booking = await booked(house)
    await post(house)
    [mail] = server.taken
    assert mail["Subject"] == "Do zobaczenia środa, 25 listopada 2026"
    assert f"Godzina 10:00, kod {booking['code']}.\n\nZmiana: " in words(mail)


async def test_back_to_the_ready_text(house: Inside, server: MailServer) -> None:
    await send(house, f"{TEXT}/save", {**OWN, "seen": await seen(house)})
    assert "The ready text Wizyta umówiona" in await see(house, TEXT)
    assert "The ready text is used again." in await send(house, f"{TEXT}/default", {})
    assert await kept(house) == 0
    await booked(house)
    await post(house)
    assert server.taken[0]["Subject"].startswith("Wizyta umówiona")


async def test_saving_the_ready_text_keeps_none_of_ones_own(house: Inside) -> None:
    await send(house, f"{TEXT}/save", {**OWN, "seen": await seen(house)})
    found = entries("pl", "mail")
    ready = {field: str(found[f"mail.confirmed.{field}"]) for field in ("subject", "body")}
    await send(house, f"{TEXT}/save", {**ready, "seen": await seen(house)})
    assert await kept(house) == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"subject": " "}, "This field must not be empty."),
        ({"subject": "a\nb"}, "The subject must be a single line."),
        ({"subject": "x" * 201}, "This is too long"),
        ({"body": OWN["body"] + " {cod}"}, "This message knows nothing called {cod}."),
        ({"body": "{day} {time} {code} {link} {"}, "There is a curly bracket without its pair"),
        ({"body": "{time}"}, "Please put in: {code}, {link}."),
    ],
)
@pytest.mark.parametrize("step", ["", "/save"])
async def test_what_is_wrong_with_a_text_is_said_at_its_field(
    house: Inside, changes: dict[str, str], says: str, step: str
) -> None:
    typed = {**OWN, **changes}
    text = await send(house, TEXT + step, {**typed, "seen": await seen(house)}, status=422)
    assert says in text
    assert "This text cannot be saved yet." in text
    assert await kept(house) == 0


async def test_what_was_typed_stays_and_can_be_edited_on(house: Inside) -> None:
    at_first = await seen(house)
    for status, more in ((200, {"edit": "1"}), (422, {"body": "<b>{none}</b>"})):
        text = await send(house, TEXT, {**OWN, "seen": at_first, **more}, status=status)
        assert more.get("body", "Zmiana: {link}") in text


async def test_who_saves_over_somebody_elses_change_is_told_first(house: Inside) -> None:
    at_first = await seen(house)
    await send(house, f"{TEXT}/save", {**OWN, "seen": at_first})
    mine = {"subject": "{day}", "body": "{time} {code} {link}"}
    text = await send(house, f"{TEXT}/save", {**mine, "seen": at_first}, status=409)
    assert "Somebody else has changed this message's text meanwhile." in text
    assert "Do zobaczenia {day}" in text
    assert "Do zobaczenia {day}" in (await house.ask("boss", "GET", TEXT)).text
    await send(house, f"{TEXT}/save", {**mine, "seen": await seen(house)})
    assert "Do zobaczenia" not in (await house.ask("boss", "GET", TEXT)).text


async def test_the_log_says_what_became_of_each_and_never_to_which_address(
    house: Inside, server: MailServer
) -> None:
    server.refused = {ANNA["email"]: f"550 5.1.1 {ANNA['email']} unknown"}
    await booked(house)
    await booked(house, "10:15", {**ANNA, "email": "jan@example.org"})
    await post(house)
    text = await see(house, LOG, "sue")
    assert "All: 2 Sent: 1 Waiting: 0 Failed: 1 Dropped: 0" in text
    assert "The mail server takes nothing for this address; it is probably mistyped." in text
    for secret in ("example.org", "Łącka"):
        assert secret not in text
    assert "probably mistyped" not in await see(house, f"{LOG}?day={TODAY}&outcome=sent", "sue")
    assert "No message of this day" in await see(house, f"{LOG}?outcome=dropped", "sue")
    text = await see(house, f"{LOG}?day=2026-11-26", "sue")
    assert "No message is due on this day." in text
    assert "Messages also failed on Tuesday, 24 November 2026" in text
    for odd in (
        "day=x",
        "day=0001-01-01",
        "day=9999-12-31",
        "outcome=x",
        "page=0",
        "page=-1",
        "page=99999",
    ):
        await see(house, f"{LOG}?{odd}", "sue")


async def test_what_failed_can_be_tried_again(house: Inside, server: MailServer) -> None:
    server.refused = {ANNA["email"]: "550 unknown"}
    await booked(house)
    await booked(house, "10:15")
    await post(house)
    answer = await house.ask("sue", "GET", LOG)
    first, _ = re.findall(r'name="message" value="(\w+)"', answer.text)
    server.refused = {}
    one = {"day": TODAY, "outcome": "failed", "message": first}
    assert "It is queued to be sent again." in await send(house, LOG, one, "sue")
    await post(house)
    assert len(server.taken) == 1
    assert "There was nothing to send again" in await send(house, LOG, one, "sue")
    await mark(house, state="failed")
    await send(house, LOG, {"day": TODAY}, "sue")
    await post(house)
    assert len(server.taken) == 3
    assert "All: 2 Sent: 2" in await see(house, LOG, "sue")


async def test_another_halls_messages_are_not_tried_again(house: Inside, server: MailServer) -> None:
    server.refused = {ANNA["email"]: "550 unknown"}
    await booked(house)
    await post(house)
    await mark(house, hall="gmina")
    assert "All: 0" in await see(house, LOG, "sue")
    assert "There was nothing to send again" in await send(house, LOG, {"day": TODAY}, "sue")


async def test_every_reason_has_its_words(house: Inside) -> None:
    await booked(house)
    await post(house)
    for state, errors in (("dropped", (*DROPS, "new")), ("queued", (*KINDS, "SMTPRecipientRefused 450"))):
        for error in errors:
            await mark(house, state=state, error=error)
            await see(house, LOG)
    await mark(house, state="failed", error="RuntimeError")
    assert "Something went wrong" in await see(house, LOG)
    for name in MESSAGES:
        await mark(house, template=name, person="")
        assert "to the office" in await see(house, LOG)


async def test_a_line_leads_to_its_visit(house: Inside) -> None:
    await booked(house)
    await post(house)
    answer = await house.ask("sue", "GET", LOG)
    [id] = re.findall(rf"/appointments/{SMALL}/(\w+)", answer.text)
    assert await house.server.site.read(lambda conn: booking_by_id(conn, SMALL, id)) is not None
    assert (await house.ask("sue", "GET", f"/appointments/{SMALL}/{id}")).status_code == 200


async def test_many_messages_go_over_several_pages(house: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qms.notices.pages.log.PAGE", 1)
    await booked(house)
    await booked(house, "10:15")
    await post(house)
    assert "Page 1 of 2 Next page" in await see(house, LOG)
    assert "Previous page Page 2 of 2" in await see(house, f"{LOG}?page=2")


async def test_who_may_not(house: Inside) -> None:
    assert (await house.ask("ann", "GET", ROOT)).status_code == 403
    assert "/text/" not in (await house.ask("sue", "GET", ROOT)).text
    for path in (TEXT, f"{TEXT}/save", f"{TEXT}/default"):
        await send(house, path, {**OWN, "seen": await seen(house)}, "sue", 403)
    assert await kept(house) == 0
    answer = await house.ask("boss", "POST", f"{TEXT}/save", data={**OWN, "seen": await seen(house)})
    assert answer.status_code == 403, "a form of another site has no token"
    assert (await house.ask("sue", "GET", f"{ROOT}/text/proof/pl")).status_code == 403
    for path in (f"{ROOT}/text/copy_moved/pl", f"{ROOT}/text/proof/fr", "/messages/none"):
        assert (await house.ask("boss", "GET", path)).status_code == 404


async def test_the_start_page_leads_there(house: Inside) -> None:
    assert ROOT in (await house.ask("sue", "GET", "/staff")).text
    assert ROOT not in (await house.ask("ann", "GET", "/staff")).text
