"""The policy lab's page: what it offers, compares and refuses, in every language; and the process that does its work."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx2 import Response

from qms.planning import charts
from qms.planning.drawings import THEME, Dots, Lines
from qms.planning.workbench import Busy, GivenUp, Workbench
from qms.twin.rules.sim.tuning import RULES
from qms.web.catalogue import LANGUAGES
from tests.admin.make import Office
from tests.planning.make import PAST, lab

GO = [("go", "1"), *(("day", day.isoformat()) for day in PAST[:2]), ("rule", "fcfs")]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with lab(tmp_path) as built:
        yield built


async def look(office: Office, fields: list[tuple[str, str]], status: int = 200) -> Response:
    """The page for a supervisor."""
    query = urlencode(fields)
    answer = await office.people["sue"].client.get(f"/lab/town{'?' if query else ''}{query}")
    assert answer.status_code == status, answer.text
    assert not re.search(r"<script|<style| style=| on[a-z]+=", answer.text)
    return answer


def words(answer: Response) -> str:
    """What is there to be read."""
    body = re.sub(r"<head>.*?</head>", "", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


async def test_the_form_offers_the_days_that_were_and_the_six_rules(office: Office) -> None:
    answer = await look(office, [])
    assert re.findall(r'name="day" value="([^"]+)" checked', answer.text) == [str(day) for day in PAST]
    assert len(re.findall(r'name="rule" value="', answer.text)) == 6
    assert "Sunday, 22 November" in words(answer)
    assert "What really happened" not in words(answer)


async def test_a_hall_without_a_past_says_so(tmp_path: Path) -> None:
    async with lab(tmp_path, days=0) as office:
        answer = await look(office, [])
        assert "This hall has had none yet" in words(answer)
        assert "<form class" not in answer.text


async def test_it_is_linked_from_the_start_page(office: Office) -> None:
    assert "/lab/town" in (await office.people["sue"].client.get("/staff")).text
    assert "/lab/town" not in (await office.people["ann"].client.get("/staff")).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("go", "1")], "at least one day"),
        ([*GO, ("guard", "soon")], "within the permitted range"),
        ([*GO, ("more-1", "1"), ("from-1", "20"), ("to-1", "18")], "a start that lies before the end"),
    ],
)
async def test_what_cannot_be_compared_is_said_at_its_field_and_what_was_typed_stays(
    office: Office, fields: list[tuple[str, str]], said: str
) -> None:
    answer = await look(office, fields, 422)
    assert said in words(answer)
    assert 'aria-invalid="true"' in answer.text
    if ("guard", "soon") in fields:
        assert 'value="soon"' in answer.text


@pytest.mark.slow
async def test_plans_stand_beside_what_happened_in_every_language(office: Office) -> None:
    fields = [*GO, ("more-1", "-1"), ("from-1", "18"), ("to-1", "20")]
    answer = await look(office, fields)
    told = words(answer)
    for plan in (
        "What really happened",
        "Present rules, played",
        "First come, first served",
        "Your own plan",
    ):
        assert told.count(plan) >= 3
    assert answer.text.count("<svg") == 3
    assert re.search(r"[+−]?\d+\.\d ± \d+\.\d", told)
    assert 'value="fcfs" checked' in answer.text
    assert f"{PAST[0]:%y%m%d}0" not in answer.text, "an id of a visit"
    for language in LANGUAGES:
        page = await look(office, [*GO, ("lang", language)])
        assert f'<html lang="{language}">' in page.text
        assert "lab." not in re.sub(r"lab\.css", "", words(page))


def test_names_of_the_office_are_words_in_a_chart_and_never_markup() -> None:
    drawing = Dots(
        [{"group": "<b>&", "share": 80.0, "goal": 90, "plan": "<i>"}], ["<i>"], ["<b>&"], "<script>"
    )
    svg = charts.svg(drawing, THEME)
    assert "&lt;b&gt;&amp;" in svg
    assert not re.search(r"<b>|<i>|<script", svg)


def test_the_most_plans_that_can_be_asked_for_each_look_their_own() -> None:
    """All six rules, what was, the present rules and a plan of one's own."""
    most = [str(n) for n in range(len(RULES) + 3)]
    rows = [{"x": n, "y": int(plan), "plan": plan} for n in range(2) for plan in most]
    looks = charts.spec(Lines(rows, most, ("x", "y")), THEME)["encoding"]
    for channel in ("color", "strokeDash"):
        assert len({str(one) for one in looks[channel]["scale"]["range"]}) == len(most), channel
    dots = [{"group": "g", "share": 80.0, "goal": 90, "plan": plan} for plan in most]
    seen = charts.spec(Dots(dots, most, ["g"], "x"), THEME)["layer"][1]["encoding"]
    assert len(set(seen["shape"]["scale"]["range"])) == len(most)


@pytest.mark.slow
def test_what_draws_charts_is_not_loaded_by_the_server() -> None:
    loaded = "import sys, qms.app; sys.exit('altair' in sys.modules or 'vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


async def test_one_comparison_at_a_time_and_the_others_are_told_in_words(office: Office) -> None:
    async with office.house.server.workbench.turn():
        answer = await look(office, GO, 503)
    assert "Another comparison is running" in words(answer)
    assert 'value="fcfs" checked' in answer.text


async def test_a_comparison_that_takes_too_long_is_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.house.server.workbench, "_longest", 0.01)
    answer = await look(office, GO, 503)
    assert "took too long" in words(answer)


def prepared() -> None:
    """What the process does first: nothing."""


@pytest.mark.slow
async def test_the_workbench_does_one_thing_at_a_time_and_begins_anew_when_its_process_dies() -> None:
    workbench = Workbench(prepared, longest=20)
    try:
        async with workbench.turn() as do:
            assert await do(os.getpid) != os.getpid()
            with pytest.raises(Busy):
                async with workbench.turn():
                    pass
            with pytest.raises(GivenUp):
                await do(os._exit, 3)
            assert await do(abs, -3) == 3
    finally:
        workbench.stop()


@pytest.mark.slow
async def test_a_process_that_died_while_nobody_looked_is_there_again_when_somebody_does() -> None:
    workbench = Workbench(prepared, longest=20)
    try:
        async with workbench.turn() as do:
            process = await do(os.getpid)
        os.kill(process, signal.SIGKILL)
        with pytest.raises(GivenUp):
            async with workbench.turn() as do:
                await do(abs, -3)
        workbench.warm()
        async with workbench.turn() as do:
            assert await do(abs, -3) == 3
    finally:
        workbench.stop()


@pytest.mark.slow
async def test_work_that_is_stopped_ends_its_process() -> None:
    workbench = Workbench(prepared, longest=0.2)
    with pytest.raises(GivenUp):
        async with workbench.turn() as do:
            await do(time.sleep, 60)
    assert workbench._pool is None
