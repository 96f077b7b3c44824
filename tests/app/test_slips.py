"""A number to be printed from a browser: for who holds its token, at both widths, in their language, with the logo."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image

from qms.devices.media.keep import keep
from qms.devices.pages.slips import AT_ONCE
from qms.devices.paper.picture import draw
from qms.devices.paper.slip import slip_of
from tests.app.inside import Inside, inside, small
from tests.app.test_pages import UNKNOWN
from tests.devices.papers import png, scanned
from tests.web.test_edge import is_problem


def picture(answer: Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, no-store"
    return Image.open(BytesIO(answer.content))


async def shown(house: Inside, token: str, query: str = "") -> Image.Image:
    return picture(await house.ask("anonymous", "GET", f"/t/{token}/slip.png{query}"))


@pytest.mark.parametrize(("query", "dots"), [("", 576), ("?width=80", 576), ("?width=58", 384)])
async def test_the_slip_is_as_wide_as_the_paper_and_leads_to_the_ticket(
    house: Inside, query: str, dots: int
) -> None:
    taken = await house.take()
    slip = await shown(house, taken["token"], query)
    assert slip.width == dots
    assert scanned(slip) == [taken["url"]]


async def test_it_shows_what_the_kiosks_printer_prints(house: Inside) -> None:
    await house.take()
    taken = await house.take(language="en")
    card = (await house.ask("press", "GET", "/api/v1/halls/mala")).json()
    made = draw(slip_of(card, taken, "en", None, now=house.clock.now()), 576)
    assert (await shown(house, taken["token"])).convert("1").tobytes() == made.tobytes()


async def test_it_has_the_offices_logo(tmp_path: Path) -> None:
    setup = small()
    logo = setup.office.model_copy(update={"logo": "herb"})
    async with inside(tmp_path, setup=setup.model_copy(update={"office": logo})) as house:
        token = (await house.take())["token"]
        without = await shown(house, token)
        await keep(house.server.site, house.state().setup, "herb", BytesIO(png()), "admin")
        assert (await shown(house, token)).height > without.height + 100


async def test_no_token_no_slip(house: Inside) -> None:
    for token in (UNKNOWN, "x", "%2e%2e"):
        answer = await house.ask("anonymous", "GET", f"/t/{token}/slip.png")
        assert is_problem(answer, 404, "unknown_ticket")


async def test_a_width_that_no_paper_has_is_refused(house: Inside) -> None:
    token = (await house.take())["token"]
    for width in ("", "100000", "80 "):
        answer = await house.ask("anonymous", "GET", f"/t/{token}/slip.png?width={width}")
        assert is_problem(answer, 422, "invalid")


async def test_a_number_of_another_day_is_not_printed_again(house: Inside) -> None:
    token = (await house.take())["token"]
    house.clock.at = house.clock.at.replace(day=3)
    await house.take()
    assert is_problem(await house.ask("anonymous", "GET", f"/t/{token}/slip.png"), 404, "unknown_ticket")


async def test_who_asks_for_very_many_is_slowed_down_but_a_kiosk_is_not(tmp_path: Path) -> None:
    async with inside(tmp_path, public_limit="3/minute") as house:
        path = f"/t/{(await house.take())['token']}/slip.png?width=58"
        answers = [await house.ask("anonymous", "GET", path) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert (await house.ask("press", "GET", path)).status_code == 200


async def test_no_more_than_a_few_are_drawn_at_once(house: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await house.take())["token"]
    now: list[int] = []
    most: list[int] = []

    async def slowly(*_: Any) -> bytes:
        now.append(1)
        most.append(len(now))
        for _turn in range(20):
            await asyncio.sleep(0)
        now.pop()
        return b""

    monkeypatch.setattr("qms.devices.pages.slips.drawn", slowly)
    await asyncio.gather(*(house.ask("press", "GET", f"/t/{token}/slip.png") for _ in range(3 * AT_ONCE)))
    assert max(most) == AT_ONCE
