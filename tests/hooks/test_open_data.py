"""Open data: three shapes of the same queues, each as strict as its readers are, and cheap however many they are."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import TypeAdapter

from qms.halls.rules.model import Office, Standard
from qms.hooks.open_data import http as open_data
from qms.hooks.open_data.facts import HallFacts, facts_of
from qms.hooks.open_data.own import OpenOffice
from qms.hooks.open_data.warsaw import Odpowiedz
from tests.app.inside import SMALL, Inside, inside, small

OFFICE = Office(id="urzad", names={"pl": "Urząd", "en": "Town hall"}, organisation="zalesie")
SCHEMA = json.loads((Path(__file__).parent / "queue-monitor.schema.json").read_text())
ENTITY = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
SHAPES = ("queues", "warsaw", "ngsi-ld")
GRUPA: dict[str, Any] = {
    "status": {"enum": ["0", "1", None]},
    "czasObslugi": {"type": "string", "pattern": "^[0-9]+$"},
    "lp": {"type": ["string", "null"], "pattern": "^[1-9][0-9]*$"},
    "idGrupy": {"type": "string", "minLength": 1},
    "liczbaCzynnychStan": {"type": "integer", "minimum": 0},
    "nazwaGrupy": {"type": "string", "minLength": 1},
    "literaGrupy": {"type": "string", "minLength": 1},
    "liczbaKlwKolejce": {"type": "integer", "minimum": 0},
    "aktualnyNumer": {"type": "string", "pattern": "^([A-Z]+[0-9]+)?$"},
}
WARSAW = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["result"],
        "properties": {
            "result": {
                "type": "object",
                "additionalProperties": False,
                "required": ["date", "time", "grupy"],
                "properties": {
                    "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                    "time": {"type": "string", "pattern": r"^\d\d:\d\d$"},
                    "grupy": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": list(GRUPA),
                            "properties": GRUPA,
                        },
                    },
                },
            }
        },
    }
)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Inside]:
    monkeypatch.setattr(open_data, "AGE", 0.0)
    async with inside(tmp_path, setup=small(office=OFFICE), public_url="https://kolejka.example") as house:
        yield house


async def read(house: Inside, shape: str, office: str = "urzad", **headers: str) -> Response:
    return await house.ask("anonymous", "GET", f"/open/{office}/{shape}.json", headers=headers)


async def busy(house: Inside) -> None:
    """A001 is served at counter 1, A002 waits."""
    called = await house.called()
    await house.done("ann", "start", ticket=called)
    await house.take()


async def test_our_own_shape_tells_each_line_of_each_hall(house: Inside) -> None:
    await busy(house)
    told = (await read(house, "queues")).json()
    TypeAdapter(OpenOffice).validate_python(told, strict=True, extra="forbid")
    assert (told["office"], told["names"]["en"]) == ("urzad", "Town hall")
    [hall] = told["halls"]
    assert (hall["id"], hall["state"], hall["zone"]) == (SMALL, "open", "Europe/Warsaw")
    lines = {line["id"]: line for line in hall["services"]}
    assert list(lines) == ["id-card", "passport", "vehicle", "parking"]
    card = lines["id-card"]
    assert (card["waiting"], card["open_counters"], card["serving"]) == (1, 1, ["A001"])
    assert card["estimate"]["low"] <= card["estimate"]["mid"] <= card["estimate"]["high"]
    assert card["longest_since"] == "2026-09-02T08:00:00.000Z"
    assert lines["parking"]["accepting"] is False
    assert lines["parking"]["closed_code"] == "service_closed"
    assert "token" not in json.dumps(told)


async def test_standards_and_notices_are_told_where_the_office_publishes_them(house: Inside) -> None:
    setup = small(office=OFFICE, notice={"pl": "Winda nieczynna"})
    segments = [
        s.model_copy(update={"standard": Standard(minutes=15, share=0.8)}) if s.id == "walk-in" else s
        for s in setup.segments
    ]
    await house.apply(setup.model_copy(update={"segments": tuple(segments)}))
    [hall] = (await read(house, "queues")).json()["halls"]
    assert hall["notice"] == {"pl": "Winda nieczynna"}
    assert hall["services"][0]["standard"] == {"minutes": 15.0, "share": 0.8, "segment": "walk-in"}
    entity = (await read(house, "ngsi-ld")).json()[0]
    assert entity["serviceStatusNote"] == "Winda nieczynna"


async def test_warsaws_shape_is_kept_to_the_type(house: Inside) -> None:
    await busy(house)
    told = (await read(house, "warsaw")).json()
    assert list(WARSAW.iter_errors(told)) == []
    assert (told["result"]["date"], told["result"]["time"]) == ("2026-09-02", "10:00")
    documents, vehicles = told["result"]["grupy"]
    assert {name: value for name, value in documents.items() if name != "nazwaGrupy"} == {
        "status": "1",
        "czasObslugi": "10",
        "lp": "1",
        "idGrupy": f"{SMALL}.documents",
        "liczbaCzynnychStan": 1,
        "literaGrupy": "A",
        "liczbaKlwKolejce": 1,
        "aktualnyNumer": "A001",
    }
    assert (vehicles["lp"], vehicles["aktualnyNumer"], vehicles["liczbaCzynnychStan"]) == ("2", "", 0)
    house.clock.at += timedelta(hours=9)
    closed = (await read(house, "warsaw")).json()["result"]["grupy"]
    assert [group["status"] for group in closed] == ["0", "0"]


async def test_the_groups_of_all_halls_of_an_office_are_one_list(house: Inside) -> None:
    shipped = house.state("ratusz").setup
    await house.apply(small(office=shipped.office))
    told = (await read(house, "warsaw", shipped.office.id)).json()
    assert list(WARSAW.iter_errors(told)) == []
    groups = told["result"]["grupy"]
    assert [group["lp"] for group in groups] == [str(n + 1) for n in range(len(groups))]
    assert len({group["idGrupy"] for group in groups}) == len(groups)
    assert {group["idGrupy"].partition(".")[0] for group in groups} == {"ratusz", SMALL}
    assert all(" – " in group["nazwaGrupy"] for group in groups)
    halls = (await read(house, "queues", shipped.office.id)).json()["halls"]
    assert {hall["id"] for hall in halls} == {"ratusz", SMALL}
    TypeAdapter(Odpowiedz).validate_python(told, strict=True)


async def test_entities_hold_to_the_model(house: Inside) -> None:
    for stage in ("nobody", "busy", "closed"):
        if stage == "busy":
            await busy(house)
        if stage == "closed":
            house.clock.at += timedelta(hours=9)
        answer = await read(house, "ngsi-ld")
        assert answer.headers["content-type"] == "application/ld+json"
        entities = answer.json()
        assert len(entities) == 4
        assert [error.message for one in entities for error in ENTITY.iter_errors(one)] == []
        if stage == "busy":
            card = entities[0]
            assert card["id"] == f"urn:ngsi-ld:QueueMonitor:{SMALL}:id-card"
            assert (card["lastTicketIssued"], card["lastTicketIssuedLabel"]) == (2, "A002")
            assert (card["ticketServed"], card["ticketServedLabel"]) == (1, "A001")
            assert (card["ticketsToServe"], card["serviceStatus"]) == (1, "Open")
            assert card["seeAlso"] == [f"https://kolejka.example/queues/{SMALL}"]
            assert entities[3]["serviceStatus"] == "Closed"


async def test_a_hall_that_closed_suddenly_is_told_as_such(house: Inside) -> None:
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Alarm"})
    assert (await read(house, "queues")).json()["halls"][0]["state"] == "suspended"
    assert {one["serviceStatus"] for one in (await read(house, "ngsi-ld")).json()} == {"Suspended"}
    assert {g["status"] for g in (await read(house, "warsaw")).json()["result"]["grupy"]} == {"0"}


@pytest.mark.parametrize("shape", SHAPES)
async def test_who_has_it_already_is_told_so_and_pages_of_any_site_may_read_it(
    house: Inside, shape: str
) -> None:
    first = await read(house, shape, Origin="https://miasto.example")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "public, max-age=3"
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert "set-cookie" not in first.headers
    tag = first.headers["etag"]
    assert tag.startswith('"')
    house.clock.at += timedelta(seconds=20)
    for asked in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await read(house, shape, **{"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await house.take()
    changed = await read(house, shape, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    head = await house.ask("anonymous", "HEAD", f"/open/urzad/{shape}.json")
    assert (head.status_code, head.headers["etag"]) == (200, changed.headers["etag"])
    assert int(head.headers["content-length"]) == len(changed.content)


async def test_however_many_read_it_is_worked_out_once_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, at = [], [0.0]

    def counted(*given: Any) -> HallFacts:
        done.append(1)
        return facts_of(*given)

    monkeypatch.setattr(open_data, "facts_of", counted)
    monkeypatch.setattr(open_data.OpenData.__init__, "__defaults__", (lambda: at[0],))
    async with inside(tmp_path, setup=small(office=OFFICE)) as house:
        first = [await read(house, "queues") for _ in range(50)]
        assert len(done) == 1
        await house.take()
        assert (await read(house, "queues")).content == first[0].content
        at[0] = 1.0
        assert (await read(house, "queues")).content != first[0].content
        assert len(done) == 2


async def test_an_unknown_office_is_refused_in_the_words_of_each_shape(house: Inside) -> None:
    for shape in ("queues", "ngsi-ld"):
        answer = await read(house, shape, "elsewhere")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["access-control-allow-origin"] == "*"
    answer = await read(house, "warsaw", "elsewhere")
    assert answer.status_code == 404
    assert answer.json().keys() == {"result", "error"}
    assert answer.json()["result"] == "false"
    assert answer.json()["error"]
    assert (await house.ask("anonymous", "POST", "/open/urzad/queues.json")).status_code == 405
