"""A kiosk's agent: with the server where it answers, alone where it does not, and one number for one press."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qms.devices.agent import keeping, printing, taking
from qms.devices.agent import line as way
from tests.devices.agents import Kiosk, Tray, kiosk, ready, until
from tests.devices.office import CARD, CODE, HALL, TEN, Server, serving
from tests.devices.wire import Wire, wire


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that people do not see are short here."""
    monkeypatch.setattr(keeping, "OFTEN", 0.1)
    monkeypatch.setattr(way, "PAUSES", (0.05, 0.1))
    monkeypatch.setattr(taking, "PATIENCE", 0.4)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving(Server()) as running:
        yield running


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Wire]:
    async with wire(server.port) as found:
        yield found


@pytest.fixture
async def press(server: Server, line: Wire, tmp_path: Path) -> AsyncIterator[Kiosk]:
    """A kiosk that is ready to go on alone."""
    async with kiosk(line.base, tmp_path / "data", printer=Tray()) as browser:
        await ready(browser, server)
        yield browser


def tray(browser: Kiosk) -> Tray:
    found = browser.agent.job.printer
    assert isinstance(found, Tray)
    return found


async def cut(browser: Kiosk, line: Wire) -> None:
    """The line is cut, and the agent knows."""
    await line.be("refused")
    await browser.agent._look()
    await until(lambda: not browser.agent.upstream.online)


async def test_a_number_comes_from_the_server_and_is_printed(press: Kiosk, server: Server) -> None:
    taken = await press.take()
    assert (taken["number"], taken["paper"], taken["ahead"]) == ("A001", "printed", 2)
    assert "offline" not in taken
    assert re.fullmatch(r"[0-9a-f]{32}", taken["id"])
    assert re.fullmatch(r"[a-z2-7]{26}", taken["token"])
    assert server.issued[taken["id"]]["token"] == taken["token"]
    assert len(tray(press).papers) == 1


async def test_a_press_that_is_repeated_is_one_number_and_one_paper(press: Kiosk, server: Server) -> None:
    both = await asyncio.gather(press.take(key="k" * 20), press.take(key="k" * 20))
    later = await press.take(key="k" * 20)
    assert both[0] == both[1] == later
    assert len(server.issued) == len(tray(press).papers) == 1


async def test_so_it_is_where_the_agent_was_restarted_in_between(
    press: Kiosk, server: Server, line: Wire, tmp_path: Path
) -> None:
    first = await press.take(key="k" * 20)
    async with kiosk(line.base, press.agent.job.data, printer=Tray()) as again:
        second = await again.take(key="k" * 20)
        assert second == first
        assert not tray(again).papers
    assert len(server.issued) == 1


async def test_two_presses_are_two_numbers(press: Kiosk, server: Server) -> None:
    one, other = await press.take(), await press.take()
    assert one["id"] != other["id"]
    assert one["token"] != other["token"]
    assert len(server.issued) == 2


@pytest.mark.parametrize(
    ("more", "papers", "said"), [({"paper": False}, 0, "none"), ({"copies": 3}, 3, "printed")]
)
async def test_the_page_says_how_much_paper(
    press: Kiosk, more: dict[str, Any], papers: int, said: str
) -> None:
    assert (await press.take(**more))["paper"] == said
    assert len(tray(press).papers) == papers


@pytest.mark.parametrize("more", [{"paper": "yes"}, {"copies": "3"}, {"copies": True}])
async def test_what_makes_no_sense_is_refused(press: Kiosk, server: Server, more: dict[str, Any]) -> None:
    answer = await press.press(**more)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not server.issued


async def test_a_refusal_of_the_server_is_passed_on(press: Kiosk, server: Server) -> None:
    server.refuse = (409, "hall_closed")
    answer = await press.press()
    assert (answer.status_code, answer.json()["code"]) == (409, "hall_closed")
    assert answer.headers["content-type"] == "application/problem+json"
    server.refuse = None
    assert (await press.take())["number"] == "A001"


async def test_while_the_server_is_away_numbers_are_our_own_and_are_handed_in(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    taken = [await press.take("id-card"), await press.take("passport", segment="pregnant", language="en")]
    assert [(each["number"], each["offline"], each["paper"]) for each in taken] == [
        ("A950", True, "printed"),
        ("A951", True, "printed"),
    ]
    assert "ahead" not in taken[0]
    assert taken[0]["url"] == f"https://qms.test/t/{taken[0]['token']}"
    state = await press.state()
    assert (state["online"], state["unsent"], state["numbers"]) == (False, 2, 1)
    await line.be("open")
    await until(lambda: len(server.handed) == 2)
    assert [(x["written"], x["number"], x["service"], x["language"]) for x in server.handed] == [
        ("A950", 950, "id-card", "pl"),
        ("A951", 951, "passport", "en"),
    ]
    assert [x.get("segment") for x in server.handed] == [None, "pregnant"]
    assert [(x["id"], x["token"]) for x in server.handed] == [(t["id"], t["token"]) for t in taken]
    await until(lambda: server.told[-1] == {"unsent": 0, "refused": 0, "printer": "ok"})
    assert not server.issued


async def test_an_answer_that_was_lost_ends_in_one_number_under_the_same_id(
    press: Kiosk, server: Server, line: Wire
) -> None:
    """The server gave a number and the line swallowed the answer: ours is on the paper, and takes its place."""
    await line.be("answerless")
    taken = await press.take(key="k" * 20)
    assert (taken["number"], taken["offline"]) == ("A950", True)
    await until(lambda: len(server.issued) == 1)
    assert await press.take(key="k" * 20) == taken
    await line.be("open")
    await until(lambda: len(server.handed) == 1)
    assert list(server.issued) == [server.handed[0]["id"]] == [taken["id"]]
    assert len(tray(press).papers) == 1


async def test_a_server_that_thinks_too_long_is_not_waited_for(press: Kiosk, server: Server) -> None:
    server.slow = 1
    taken = await press.take()
    assert taken["number"] == "A950"
    assert list(server.issued) == [taken["id"]]


async def test_a_line_that_is_silent_does_not_hold_up_the_next_person(
    press: Kiosk, line: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.be("silent")
    assert (await press.take())["offline"]
    monkeypatch.setattr(taking, "PATIENCE", 60)  # longer than the browser waits for an answer
    assert (await press.take())["offline"]


async def test_numbers_go_on_where_the_agent_is_restarted_while_alone(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    first = await press.take()
    data = press.agent.job.data
    async with kiosk(line.base, data, printer=Tray(), code=None) as again:
        card = (await again.client.get(f"/api/v1/halls/{HALL}")).json()
        assert card["services"]["id-card"]["accepting"]
        me = (await again.client.get("/api/v1/me")).json()
        assert me["device"] == {"kind": "kiosk", "hall": HALL}
        second = await again.take()
        assert [first["number"], second["number"]] == ["A950", "A951"]
        assert second["issued_at"] >= first["issued_at"]
        await line.be("open")
        await until(lambda: len(server.handed) == 2)
    assert [x["written"] for x in server.handed] == ["A950", "A951"]


async def test_when_all_numbers_are_given_the_person_is_told(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    assert [(await press.take())["number"] for _ in range(3)] == ["A950", "A951", "A952"]
    answer = await press.press()
    assert (answer.status_code, answer.json()["code"]) == (409, "numbers_exhausted")
    card = (await press.client.get(f"/api/v1/halls/{HALL}")).json()
    assert card["services"]["id-card"]["closed_code"] == "numbers_exhausted"
    state = await press.state()
    assert state["groups"] == {"papers": 0}
    assert state["closed"] == dict.fromkeys(("id-card", "passport"), "numbers_exhausted")


async def test_on_the_next_business_day_the_same_numbers_are_good_again(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    assert [(await press.take())["number"] for _ in range(3)] == ["A950", "A951", "A952"]
    press.agent.clock.hear(TEN + timedelta(days=1))
    taken = await press.take()
    assert (taken["number"], taken["issued_at"][:10]) == ("A950", "2026-11-25")
    server.at = TEN + timedelta(days=1)
    await line.be("open")
    await until(lambda: len(server.handed) == 4)
    assert [x["written"] for x in server.handed] == ["A950", "A951", "A952", "A950"]
    await until(lambda: press.agent.own.left() == {"papers": 2})


@pytest.mark.parametrize(
    ("hours", "line_", "code"),
    [
        (6, {}, "hall_closed"),
        (-3, {}, "before_opening"),
        (0, {"closed": "hall_suspended"}, "hall_suspended"),
        (0, {"cap": 4, "issued": 4}, "daily_cap"),
    ],
)
async def test_alone_a_kiosk_gives_no_number_that_the_server_would_not_have_given(
    server: Server, tmp_path: Path, hours: int, line_: dict[str, Any], code: str
) -> None:
    server.away["id-card"] = line_
    server.at = TEN + timedelta(hours=hours)
    async with wire(server.port) as line, kiosk(line.base, tmp_path / "data") as browser:
        await ready(browser, server)
        await cut(browser, line)
        answer = await browser.press()
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        card = (await browser.client.get(f"/api/v1/halls/{HALL}")).json()
        assert card["services"]["id-card"]["closed_code"] == code


@pytest.mark.parametrize(
    ("order", "code"), [({"service": "none"}, "unknown_service"), ({"segment": "vip"}, "unknown_segment")]
)
async def test_alone_too_a_kiosk_gives_only_what_there_is(
    press: Kiosk, line: Wire, order: dict[str, str], code: str
) -> None:
    await cut(press, line)
    answer = await press.press(**order)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_number_that_cannot_be_put_on_disk_is_not_given(press: Kiosk, line: Wire) -> None:
    await cut(press, line)
    database = press.agent.journal._db
    database.execute("PRAGMA query_only = 1")
    answer = await press.press()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not tray(press).papers
    database.execute("PRAGMA query_only = 0")
    assert (await press.take())["number"] == "A950"


async def test_a_full_disk_does_not_stop_the_numbers_of_the_server(press: Kiosk) -> None:
    press.agent.journal._db.execute("PRAGMA query_only = 1")
    taken = await press.take()
    assert (taken["number"], taken["paper"]) == ("A001", "printed")


async def test_what_the_server_refuses_for_good_is_set_aside_and_told(
    press: Kiosk, server: Server, line: Wire
) -> None:
    server.refuse_line["A951"] = (422, "unknown_service")
    await cut(press, line)
    for _ in range(3):
        await press.take()
    await line.be("open")
    await until(lambda: len(server.handed) == 2)
    assert [x["written"] for x in server.handed] == ["A950", "A952"]
    await until(lambda: server.told[-1] == {"unsent": 0, "refused": 1, "printer": "ok"})
    assert (await press.state())["refused"] == 1


async def test_one_that_the_server_cannot_take_now_keeps_its_place_before_the_others(
    press: Kiosk, server: Server, line: Wire
) -> None:
    server.refuse_line["A950"] = (503, "unavailable")
    await cut(press, line)
    for _ in range(2):
        await press.take()
    await line.be("open")
    await until(lambda: press.agent.upstream.online)
    await asyncio.sleep(0.2)
    assert not server.handed
    server.refuse_line.clear()
    press.agent.keeping.wake()
    await until(lambda: len(server.handed) == 2)
    assert [x["written"] for x in server.handed] == ["A950", "A951"]


async def test_one_at_which_the_server_fails_again_and_again_does_not_hold_up_the_others(
    press: Kiosk, server: Server, line: Wire
) -> None:
    server.refuse_line["A950"] = (500, "internal")
    await cut(press, line)
    for _ in range(2):
        await press.take()
    await line.be("open")

    async def poke() -> None:
        while len(server.handed) < 1:
            press.agent.keeping.wake()
            await asyncio.sleep(0.05)

    await asyncio.wait_for(poke(), 10)
    assert [x["written"] for x in server.handed] == ["A951"]
    assert (await press.state())["refused"] == 1


async def test_a_kiosk_that_is_shut_out_gives_no_numbers_and_keeps_what_it_owes(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    await press.take()
    server.known = False
    await line.be("open")
    await until(lambda: not press.agent.upstream.paired)
    assert (await press.client.get("/api/v1/me")).json() == {"kind": "anonymous"}
    assert not (press.agent.job.data / "token").exists()
    await cut(press, line)
    assert (await press.press()).status_code == 503
    assert (await press.client.get("/api/v1/me")).status_code == 503
    assert (await press.state())["unsent"] == 1
    server.known = True
    await line.be("open")
    await until(lambda: press.agent.upstream.online)
    paired = await press.client.post("/api/v1/devices/pair", json={"code": CODE})
    assert paired.json() == {"kind": "kiosk", "hall": HALL}
    await until(lambda: len(server.handed) == 1)


async def test_a_kiosk_is_paired_by_its_own_page(server: Server, tmp_path: Path) -> None:
    async with kiosk(server.base, tmp_path / "data", code=None) as browser:
        assert (await browser.client.get("/api/v1/me")).json() == {"kind": "anonymous"}
        assert (await browser.press()).status_code == 401
        wrong = await browser.client.post("/api/v1/devices/pair", json={"code": "AAAA-AAAA"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "code_unknown")
        answer = await browser.client.post("/api/v1/devices/pair", json={"code": CODE})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert (await browser.take())["number"] == "A001"
    assert (tmp_path / "data" / "token").stat().st_mode & 0o777 == 0o600


async def test_a_code_of_another_hall_does_not_fit(server: Server, tmp_path: Path) -> None:
    async with kiosk(server.base, tmp_path / "data", code=None, hall="other") as browser:
        answer = await browser.client.post("/api/v1/devices/pair", json={"code": CODE})
        assert (answer.status_code, answer.json()["code"]) == (422, "code_unknown")
        assert not browser.agent.upstream.paired


async def test_a_spent_code_leaves_the_page_to_ask_for_another(server: Server, tmp_path: Path) -> None:
    """It may stand in a service file for years."""
    async with kiosk(server.base, tmp_path / "data", code="AAAA-AAAA") as browser:
        assert (await browser.client.get("/api/v1/me")).json() == {"kind": "anonymous"}
        assert (await browser.client.get("/kiosk/")).status_code == 200


async def test_a_kiosk_that_moves_to_another_hall_takes_nothing_along_but_what_it_owes(
    press: Kiosk, server: Server, line: Wire
) -> None:
    await cut(press, line)
    await press.take()
    async with kiosk(line.base, press.agent.job.data, code=None, hall="other") as moved:
        assert not moved.agent.upstream.paired
        assert not moved.agent.own.able
        assert (await moved.state())["unsent"] == 1
        assert moved.agent.journal.next_unsent("other") is None
    assert not server.handed


async def test_a_number_that_was_given_is_handed_in_at_once_when_the_server_is_there_again(
    press: Kiosk, server: Server, line: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody had noticed that it was away: the next round would be half a minute off."""
    server.refuse = (429, "throttled")
    taken = await press.take()
    assert taken["offline"]
    await until(lambda: len(server.handed) == 1, 5)


async def test_the_lease_is_asked_for_when_it_is_wanted_and_not_all_day(
    press: Kiosk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To ask opens the day of a hall: a kiosk must not do that at midnight."""
    asked = server.leases
    for _ in range(3):
        await press.agent.keeping.round()
    assert server.leases == asked
    server.at += timedelta(days=1)
    press.agent.clock.hear(server.at)
    monkeypatch.setitem(CARD, "accepting", False)
    await press.agent.keeping.round()
    assert server.leases == asked
    monkeypatch.setitem(CARD, "accepting", True)
    await press.agent.keeping.round()
    assert server.leases == asked + 1
    monkeypatch.setitem(CARD, "version", 2)
    await press.agent.keeping.round()
    assert server.leases == asked + 2


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("text/html", "<html>"),
        ("application/json", "{}"),
        ("application/json", '{"kind": 1, "device": "sign in first"}'),
        ("application/json", '{"office": 7, "version": "1", "files": []}'),
    ],
)
async def test_a_portal_that_answers_in_the_servers_place_is_no_server(
    press: Kiosk, server: Server, kind: str, says: str
) -> None:
    """A network that wants a sign-in first answers everything, with a page or a document of its own."""

    async def portal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(says)}\r\n\r\n"
        writer.write((head + says).encode())
        await writer.drain()
        writer.close()

    upstream = press.agent.upstream
    async with await asyncio.start_server(portal, "127.0.0.1", 0) as door:
        upstream._client.base_url = f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}"
        taken = await press.take()
        await press.agent._look()
    assert (taken["number"], taken["offline"]) == ("A950", True)
    assert upstream.paired
    upstream._client.base_url = server.base
    await until(lambda: len(server.handed) == 1)  # it goes on when the network is there


async def test_a_failure_nobody_thought_of_stops_neither_round_nor_line_nor_printer(
    press: Kiosk, server: Server, line: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: set[str] = set()

    def fail(what: str) -> Any:
        failed.add(what)
        raise RuntimeError(what)

    monkeypatch.setattr(printing, "POLLED", 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(press.agent.journal, "counts", lambda: fail("round"))
        patch.setattr(press.agent.line, "_lost", lambda: fail("line"))
        patch.setattr(tray(press), "status", lambda: fail("printer"))
        await line.be("refused")
        await until(lambda: failed == {"line", "printer"} and press.agent.papers.status == "no_answer")
        await line.be("open")
        await until(lambda: "round" in failed)
    await until(lambda: press.agent.papers.status == "ok")
    await cut(press, line)
    await press.take()
    await line.be("open")
    await until(lambda: len(server.handed) == 1)


async def test_check_in_is_the_servers_and_is_printed_too(press: Kiosk, server: Server, line: Wire) -> None:
    path = f"/api/v1/halls/{HALL}/check-in"
    taken = await press.client.post(path, json={"code": "123456"})
    assert (taken.status_code, taken.json()["paper"]) == (201, "printed")
    await cut(press, line)
    away = await press.client.post(path, json={"code": "654321"})
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert len(tray(press).papers) == 1


async def test_other_paths_of_the_hall_are_passed_on_and_others_are_not(
    press: Kiosk, server: Server
) -> None:
    assert (await press.client.post(f"/api/v1/halls/{HALL}/numbers", json={})).status_code == 404
    assert (await press.client.post(f"/api/v1/halls/{HALL}/handed-in", json={})).status_code == 404
    assert (await press.client.get("/api/v1/halls/other")).status_code == 404
    assert (await press.client.get("/api/v1/staff")).status_code == 404
    assert (await press.client.get(f"/api/v1/halls/{HALL}/first-free")).status_code == 404
    assert not server.handed


async def test_the_code_of_a_ticket_is_drawn_here(press: Kiosk, line: Wire) -> None:
    await cut(press, line)
    taken = await press.take()
    picture = await press.client.get(f"/t/{taken['token']}/qr.svg")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert (await press.client.get("/t/nonsense/qr.svg")).status_code == 404


async def test_the_offices_colour_and_pictures_are_there_without_the_server(
    press: Kiosk, server: Server, line: Wire
) -> None:
    theme, logo = f"/theme/{HALL}.css?334455", f"/media/{HALL}/logo"
    seen = {path: await press.client.get(path) for path in (theme, logo)}
    assert [each.status_code for each in seen.values()] == [200, 200]
    del server.files[f"/media/{HALL}/logo"]
    assert (await press.client.get(logo)).status_code == 404
    await cut(press, line)
    kept = await press.client.get(theme)
    assert (kept.status_code, kept.content, kept.headers["content-type"]) == (
        200,
        b":root {}",
        "text/css; charset=utf-8",
    )
    assert (await press.client.get(logo)).status_code == 404
    assert (await press.client.get("/media/other/logo")).status_code == 404


async def test_a_lost_folder_gives_no_number_that_may_have_been_given_today(
    press: Kiosk, server: Server, line: Wire
) -> None:
    """The journal cannot be read any more: which numbers are in people's hands, nobody knows until tomorrow."""
    await cut(press, line)
    await press.take()
    data = press.agent.job.data
    await line.be("open")
    await until(lambda: len(server.handed) == 1)
    for part in ("-wal", "-shm"):
        (data / f"journal.db{part}").unlink(missing_ok=True)
    (data / "journal.db").write_bytes(b"nothing of ours" * 900)
    async with kiosk(line.base, data, code=None) as again:
        await until(
            lambda: (
                "lease" in again.agent.copies._known
                and again.agent.copies.get("blocked")["until"] is not None
            )
        )
        await cut(again, line)
        assert (await again.press()).status_code == 503
        again.agent.clock.hear(TEN + timedelta(days=1))
        assert (await again.take())["number"] == "A951"  # not the one of which only the server knows


async def test_small_files_that_a_disk_has_damaged_stop_no_agent(
    press: Kiosk, server: Server, line: Wire
) -> None:
    data, noise = press.agent.job.data, b"\xff\x00nothing\n"
    await press.client.get(f"/media/{HALL}/logo")
    await cut(press, line)
    given = await press.take()
    for file in data.iterdir():
        if not file.name.startswith("journal.db"):
            file.write_bytes(noise)
    with sqlite3.connect(data / "journal.db") as journal:
        journal.execute("UPDATE given SET taken_at = 'noise'")
    journal.close()
    async with kiosk(line.base, data, code=None) as again:
        assert again.agent.journal.given(given["id"]) is not None
        assert not again.agent.upstream.paired
        assert (await again.client.get(f"/media/{HALL}/logo")).status_code == 404


async def test_what_cannot_be_asked_or_read_is_told_so(press: Kiosk) -> None:
    assert (await press.client.get(f"/media/{HALL}/%00")).status_code == 404
    deep = await press.client.post(
        f"/api/v1/halls/{HALL}/tickets", content=b"[" * 60_000, headers={"Content-Type": "application/json"}
    )
    assert (deep.status_code, deep.json()["code"]) == (400, "malformed")
    assert press.agent.upstream.online
