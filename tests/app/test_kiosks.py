"""What a kiosk's agent reads of its server, and tells it."""

from datetime import datetime, timedelta
from hashlib import sha256

from qms.devices.writes import device_of
from tests.app.inside import SMALL, Inside, small
from tests.halls.make import service

AWAY, STATE, PAGE = "/api/v1/devices/me/away", "/api/v1/devices/me/state", "/api/v1/devices/page"


async def test_the_page_is_announced_as_it_is_served(house: Inside) -> None:
    told = (await house.ask("anonymous", "GET", PAGE)).json()
    assert {"kiosk/index.html", "shared/design.css", "i18n/pl/kiosk.json"} <= set(told["files"])
    async with house.client() as browser:
        for path, announced in told["files"].items():
            answer = await browser.get(f"/{path}")
            assert (answer.status_code, sha256(answer.content).hexdigest()) == (200, announced), path


async def test_a_file_that_this_server_shows_otherwise_is_announced_so(house: Inside) -> None:
    before = (await house.ask("anonymous", "GET", PAGE)).json()
    house.server.kiosks.changed["shared/design.css"] = b"body {}"
    after = (await house.ask("anonymous", "GET", PAGE)).json()
    assert after["files"]["shared/design.css"] == sha256(b"body {}").hexdigest()
    assert after["version"] != before["version"]


async def test_a_kiosk_is_told_when_it_may_give_numbers_by_itself(house: Inside) -> None:
    told = (await house.ask("press", "GET", AWAY)).json()
    now = house.clock.now()
    assert datetime.fromisoformat(told["at"]) == now
    assert told["tickets"].endswith("/t/")
    line = told["services"]["id-card"]
    today = [span for span in line["spans"] if span["day"] == told["day"]]
    assert any(datetime.fromisoformat(s["from"]) <= now < datetime.fromisoformat(s["until"]) for s in today)
    assert told["services"]["parking"]["closed"] == "service_closed"
    ahead = {span["day"] for span in line["spans"]}
    assert told["day"] < max(ahead) <= (now + timedelta(days=14)).date().isoformat()


async def test_a_suspension_stands_until_somebody_ends_it(house: Inside) -> None:
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Fire"})
    told = (await house.ask("press", "GET", AWAY)).json()
    assert told["services"]["id-card"]["closed"] == "hall_suspended"


async def test_a_cap_is_told_with_what_was_given_today(house: Inside) -> None:
    setup = small()
    capped = service("id-card", "documents", daily_cap=5)
    await house.apply(small(services=(capped, *(s for s in setup.services if s.id != "id-card"))))
    await house.take()
    await house.take()
    line = (await house.ask("press", "GET", AWAY)).json()["services"]["id-card"]
    assert (line["cap"], line["issued"]) == (5, 2)
    house.clock.at += timedelta(days=1)
    line = (await house.ask("press", "GET", AWAY)).json()["services"]["id-card"]
    assert (line["cap"], line["issued"]) == (5, 0)


async def test_how_a_kiosk_is_stands_with_it_and_staff_see_its_printer(house: Inside) -> None:
    body = {"printer": "paper_out", "unsent": 3, "refused": 1}
    answer = await house.ask("press", "POST", STATE, json=body)
    assert answer.status_code == 200
    token = house.headers["press"]["Authorization"].partition(" ")[2]
    row = await house.server.site.read(lambda conn: device_of(conn, token))
    assert row is not None
    assert (row["printer"], row["unsent"], row["refused"]) == ("paper_out", 3, 1)
    assert row["seen"] is not None
    assert [one.state for one in house.state().printers.values()] == ["paper_out"]
    seq = house.state().seq
    await house.ask("press", "POST", STATE, json=body | {"unsent": 0})
    assert house.state().seq == seq  # nothing new of the printer
    await house.ask("press", "POST", STATE, json=body | {"printer": "ok"})
    assert house.state().seq == seq + 1


async def test_a_kiosk_without_a_printer_tells_of_none(house: Inside) -> None:
    seq = house.state().seq
    assert (await house.ask("press", "POST", STATE, json={"unsent": 0, "refused": 0})).status_code == 200
    assert house.state().seq == seq
    for body in ({"printer": "on fire"}, {"unsent": -1}, {"more": 1}):
        assert (await house.ask("press", "POST", STATE, json=body)).status_code == 422
