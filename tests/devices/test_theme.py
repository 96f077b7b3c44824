"""The office's colour on screens: whatever it is, what is written in it or on it can be read."""

import re
from itertools import product
from pathlib import Path

import pytest

from qms.devices.rules import theme
from qms.devices.rules.theme import DARK_GROUNDS, LEAST, LIGHT_GROUNDS, LIGHT_INKS, colours, contrast, css
from qms.settings import ROOT
from tests.app.inside import SMALL, inside, small
from tests.queue.make import changed

DESIGN = (ROOT / "qms" / "web" / "shared" / "design.css").read_text("utf-8")
LIGHT_TEXT = ("#14202e", "#44505f")
"""Ink and soft ink of the design system in light."""
SOME = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)]


def pairs(made: dict[str, str]) -> list[tuple[str, str]]:
    """Text and ground, wherever a screen puts one upon the other."""
    light, dark, soft = made["accent"], made["accent-dark"], made["accent-soft"]
    return [
        *((light, ground) for ground in (*LIGHT_GROUNDS, soft)),
        *((ink, soft) for ink in LIGHT_TEXT),
        (made["accent-ink"], light),
        (made["accent-ink"], made["accent-strong"]),
        (made["head-ink"], made["head"]),
        *((dark, ground) for ground in (*DARK_GROUNDS, made["accent-soft-dark"])),
        *((ink, made["accent-soft-dark"]) for ink in LIGHT_INKS),
        (made["accent-ink-dark"], dark),
        (made["accent-ink-dark"], made["accent-strong-dark"]),
    ]


@pytest.mark.parametrize("accent", [*SOME, "#0078ff", "#1e87b4", "#e11ec3", "#ffd100"])
def test_every_colour_is_made_readable_in_light_and_in_dark(accent: str) -> None:
    assert min(contrast(text, ground) for text, ground in pairs(dict(colours(accent)))) >= LEAST


def test_a_colour_that_can_be_read_stays_the_offices_own() -> None:
    assert colours("#12487a")["accent"] == "#12487a"
    assert colours("#ffd100")["accent-dark"] == "#ffd100"
    assert colours("#ffd100")["head"] == "#ffd100"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#777777", "#ffffff", 4.478),
        ("#ff0000", "#ffffff", 3.998),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


def test_the_grounds_and_inks_are_those_of_the_design_system() -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for block in re.findall(r":root(?:\[data-theme=\"dark\"\])? {\n  color-scheme.*?\n}", DESIGN, re.S)
    )
    for found, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        assert tuple(found[name] for name in ("paper", "surface", "sunken")) == grounds
    assert (light["ink"], light["ink-soft"]) == LIGHT_TEXT
    assert (dark["ink"], dark["ink-soft"]) == LIGHT_INKS


def test_the_design_system_takes_every_colour_that_is_made() -> None:
    made = set(re.findall(r"--(office-[\w-]+):", css("#12487a")))
    assert made == set(re.findall(r"var\(--(office-[\w-]+),", DESIGN))
    assert theme.css(None) == ""


async def test_the_style_sheet_is_that_of_the_halls_office_and_kept_by_its_tag(tmp_path: Path) -> None:
    setup = small()
    async with inside(tmp_path) as house:
        address = f"/theme/{SMALL}.css"
        plain = await house.ask("anonymous", "GET", address)
        assert (plain.status_code, plain.text) == (200, "")
        assert plain.headers["content-type"].startswith("text/css")
        await house.apply(changed(setup, office=setup.office.model_copy(update={"accent": "#a03060"})))
        dressed = await house.ask("board", "GET", address)
        assert "--office-accent: #a03060;" in dressed.text
        tag = dressed.headers["etag"]
        assert tag != plain.headers["etag"]
        again = await house.ask("board", "GET", address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert (await house.ask("anonymous", "GET", "/theme/nowhere.css")).status_code == 404
