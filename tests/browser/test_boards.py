"""Boards of the hall's set-up: what each shows, how it is heard, and that it follows its set-up."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import sample, uptime
from tests.browser.conftest import Open
from tests.browser.hearing import EARS, fast
from tests.browser.pages import check_access, check_fits, eventually
from tests.browser.stub import Scene, served

pytestmark = pytest.mark.browser

BOARD = "/board/?hall=town&board=main"
FILM = Path(__file__).parents[1] / "devices" / "films" / "vp9.webm"
QUICK = fast(20)
PICTURE: dict[str, Any] = {"kind": "picture", "media": "poster"}
BROKEN: dict[str, Any] = {"kind": "picture", "media": "gone"}
VIDEO: dict[str, Any] = {"kind": "video", "media": "film"}


def square(side: int) -> bytes:
    """A picture."""
    picture = io.BytesIO()
    Image.new("RGB", (side, side), "#d9e8d2").save(picture, "PNG")
    return picture.getvalue()


@pytest.fixture
def scene() -> Scene:
    scene = sample.scene(
        me={"kind": "device", "device": {"kind": "board", "hall": "town", "board": "main"}}
    )
    scene.media = {
        "poster": ("image/png", square(320)),
        "logo": ("image/png", square(320)),
        "film": ("video/webm", FILM.read_bytes()),
    }
    return scene


@pytest.fixture
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def show(scene: Scene, *calls: tuple[str, str], board: dict[str, Any], **change: Any) -> None:
    """Shows a board of this set-up, on which these were called in the last minute, oldest first."""
    if board["kind"] == "next":
        change = {"next": sample.next_in_line()} | change
    scene.views["board"] = sample.board(list(calls), board=board, **change)
    if scene.loop is not None:
        scene.publish()


def loud(page: Page, number: str) -> None:
    page.wait_for_selector(f"loud-call:not([hidden]) .loud-number:text-is('{number}')")


def width_of(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["width"]


@pytest.mark.parametrize(
    ("kind", "size", "language", "theme", "halls"),
    [
        ("calls", "hd", "pl", "light", 1),
        ("calls", "portrait", "de", "dark", 3),
        ("calls", "small", "de", "contrast", 1),
        ("next", "hd", "de", "contrast", 3),
        ("next", "uhd", "pl", "dark", 1),
        ("next", "portrait", "pl", "light", 3),
    ],
)
def test_every_board_can_be_read_by_all(
    scene: Scene, base: str, open_page: Open, kind: str, size: str, language: str, theme: str, halls: int
) -> None:
    show(scene, board=sample.board_set(kind, sample.TEXT_PANEL, theme=theme))
    scene.views["board"] = sample.spread(scene.views["board"], halls)
    page = open_page(f"{base}{BOARD}&lang={language}", size=size, reduced_motion="reduce")
    page.wait_for_selector(".panel-text")
    assert page.locator(".call >> visible=true").count() >= 3
    check_fits(page)
    check_access(page)
    call = sample.call(900, "A012", "4", again=False)
    scene.views["board"]["calls"] = {"town:900": call}
    scene.publish()
    loud(page, "A012")
    check_fits(page)
    check_access(page)
    assert ("Sala obsługi" in page.inner_text(".board")) is (halls > 1 and language == "pl")


@pytest.mark.parametrize(("kind", "size"), [("calls", "hd"), ("next", "hd"), ("next", "portrait")])
def test_long_names_fit_on_every_board(
    scene: Scene, base: str, open_page: Open, kind: str, size: str
) -> None:
    words = {"pl": "Stanowisko obsługi przedsiębiorców", "de": "Wirtschaftsförderungsangelegenheiten"}
    show(scene, ("BC1234", "4"), board=sample.board_set(kind, sample.TEXT_PANEL))
    view = scene.views["board"]
    for shown in [*view["calls"].values(), *view["recent"].values()]:
        shown |= {"number": "BC1234", "counter_names": words, "place": words, "direction": "up"}
    for one in [*view["queues"].values(), *view.get("next", {}).values()]:
        one["names"] = words
    for ticket in view.get("next", {}).values():
        ticket["number"] = f"BC{ticket['number']}"
    page = open_page(f"{base}{BOARD}&lang=de", size=size, reduced_motion="reduce")
    loud(page, "BC1234")
    check_fits(page)
    page.evaluate("document.querySelector('loud-call').clear()")
    check_fits(page)


def test_the_board_of_the_set_up_is_asked_for_by_address_or_by_device(
    scene: Scene, base: str, open_page: Open
) -> None:
    show(scene, board=sample.board_set())
    for path in ("/board/", "/board/?hall=town", BOARD):
        open_page(base + path).wait_for_selector(".call")
    open_page(base + "/board/?hall=annex").wait_for_selector(".call")
    assert scene.subjects == ["view=board&hall=town&board=main"] * 3 + ["view=board&hall=annex"]


def test_a_board_that_is_given_another_place_goes_there(scene: Scene, base: str, open_page: Open) -> None:
    show(scene, board=sample.board_set())
    page = open_page(base + "/board/", init=fast(200) + "Math.random = () => 0.01;")
    page.wait_for_selector(".call")
    with page.expect_navigation(timeout=5000):
        scene.me["device"]["board"] = "side"
    page.wait_for_selector(".call")
    assert scene.subjects[-1] == "view=board&hall=town&board=side"


def test_those_who_are_next_stand_in_their_order(scene: Scene, base: str, open_page: Open) -> None:
    show(scene, board=sample.board_set("next"))
    page = open_page(base + BOARD)
    page.wait_for_selector(".line-next")
    first = page.locator(".line-next >> nth=0")
    assert first.locator(".next-number").all_inner_texts() == ["A012", "A013", "A014", "A015", "A016"]
    assert "19 osób" in first.inner_text()
    assert "nikt nie czeka" in page.inner_text(".line-next >> nth=3")
    show(scene, board=sample.board_set("next", queues=False), queues={})
    page.wait_for_selector(".line-next:not(:has(.line-facts)) .next-number")
    assert page.locator(".line-next").count() == 4
    show(scene, board=sample.board_set("next"), queues={}, next={}, recent={})
    page.reload()
    page.wait_for_selector(".board-empty:has-text('nikogo nie wzywamy')")
    check_access(page)


def test_a_list_is_as_long_as_was_set(scene: Scene, base: str, open_page: Open) -> None:
    more = {f"x{n}": sample.call(20 - n, f"F{n:03}", "3", state="serving") for n in range(8)}
    recent = sample.board()["recent"] | more
    page = open_page(base + BOARD)
    for longest in (12, 3, 8):
        show(scene, board=sample.board_set(recent=longest, queues=False), recent=recent)
        eventually(
            page, f"[...document.querySelectorAll('.call')].filter((c) => !c.hidden).length === {longest}"
        )
        assert page.locator(".board-lines").is_hidden()


def test_panels_turn_and_one_that_cannot_be_seen_is_passed_over(
    scene: Scene, base: str, open_page: Open
) -> None:
    panels: list[dict[str, Any]] = [sample.TEXT_PANEL, BROKEN, PICTURE, VIDEO]
    show(scene, board=sample.board_set("calls", *(dict(panel, seconds=10) for panel in panels)))
    page = open_page(base + BOARD, init=QUICK)
    for content in (".panel-text", "figure > img", "figure > video", ".panel-text"):
        page.wait_for_selector(f"info-panels > {content}")
        assert page.locator("info-panels > *").count() == 1
        assert width_of(page, "info-panels") <= 0.4 * 1920
        if content.endswith("video"):
            assert page.evaluate(
                "(({ muted, paused }) => muted && !paused)(document.querySelector('video'))"
            )
            check_access(page)


def test_where_no_panel_can_be_seen_the_calls_have_the_room_until_one_can(
    scene: Scene, base: str, open_page: Open
) -> None:
    show(scene, board=sample.board_set("calls", BROKEN | {"text": {"pl": "Plan sali"}}, queues=False))
    page = open_page(base + BOARD, init=fast(200))
    page.wait_for_selector(".call")
    assert page.locator("info-panels").is_hidden()
    assert width_of(page, ".board-calls") == 1920
    scene.media["gone"] = scene.media["poster"]
    page.wait_for_selector("figure:has-text('Plan sali') > img")
    check_access(page)
    scene.media["gone"] = ("image/png", square(77))
    eventually(page, "document.querySelector('figure > img')?.naturalWidth === 77")
    show(scene, board=sample.board_set(queues=False))
    page.wait_for_selector("info-panels", state="hidden")


def test_panels_stand_still_where_people_want_no_motion(scene: Scene, base: str, open_page: Open) -> None:
    show(scene, board=sample.board_set("calls", BROKEN, VIDEO, PICTURE))
    page = open_page(base + BOARD, init=fast(200), reduced_motion="reduce")
    page.wait_for_selector("video.panel-media")
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('info-panels video').paused")


def test_a_board_wears_the_offices_colour_and_logo_and_changes_as_the_set_up_does(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.themes = {"town": ":root { --accent: #7a1f5c }"}
    show(scene, board=sample.board_set(), halls={"town": sample.board_hall(accent="#7a1f5c", logo="logo")})
    page = open_page(base + BOARD)
    page.wait_for_selector(".masthead-logo")
    head = "getComputedStyle(document.querySelector('board-masthead')).backgroundColor"
    eventually(page, f"{head} === 'rgb(122, 31, 92)'")
    check_access(page)
    for theme, (light, contrast) in {
        "dark": ("dark", ""),
        "contrast": ("dark", "more"),
        "light": ("light", ""),
    }.items():
        show(scene, board=sample.board_set(theme=theme))
        eventually(page, f"document.documentElement.dataset.theme === '{light}'")
        assert page.evaluate("document.documentElement.dataset.contrast || ''") == contrast
    page.wait_for_selector(".masthead-logo", state="hidden")
    eventually(page, f"{head} !== 'rgb(122, 31, 92)'")
    show(scene, board=sample.board_set(), halls={"town": sample.board_hall(accent="#00ff00", logo="gone")})
    page.wait_for_timeout(300)
    assert page.locator(".masthead-logo").is_hidden()


def test_whoever_is_seen_is_heard(scene: Scene, base: str, open_page: Open) -> None:
    calls = [(f"A{n:03}", "4") for n in range(1, 8)]
    show(scene, board=sample.board_set(sound={"repeat": 2}))
    page = open_page(base + BOARD, init=EARS + QUICK)
    page.wait_for_selector(".call")
    show(scene, *calls[:3], board=sample.board_set(sound={"repeat": 2}))
    loud(page, "A001")
    show(scene, *calls, board=sample.board_set(sound={"repeat": 2}))
    loud(page, "A007")
    page.wait_for_selector("loud-call", state="hidden")
    heard = page.evaluate("heard")
    for number, _ in calls:
        own = [one["what"] for one in heard if one["loud"] == number]
        said = f"pl Numer A {int(number[1:])}, stanowisko 4."
        assert own[:3] == ["tone", "tone", said]
        assert all(f" A {int(number[1:])}," in what for what in own[2:])
    assert [one["what"][:2] for one in heard][-4:] == ["pl", "en", "pl", "en"]
    assert page.evaluate("[...document.querySelectorAll('.call-number')].map((one) => one.textContent)")[
        :7
    ] == [number for number, _ in reversed(calls)]


def test_a_call_that_is_taken_back_is_seen_no_more(scene: Scene, base: str, open_page: Open) -> None:
    show(scene, board=sample.board_set())
    page = open_page(base + BOARD, init=EARS)
    page.wait_for_selector(".call")
    show(scene, ("A012", "4"), board=sample.board_set())
    loud(page, "A012")
    show(scene, board=sample.board_set())
    page.wait_for_selector("loud-call", state="hidden", timeout=2000)
    assert "A012" not in page.inner_text(".board-calls")


@pytest.mark.parametrize(
    ("sound", "heard"),
    [
        ({"mode": "off"}, []),
        ({"mode": "chime"}, ["tone", "tone"]),
        ({"volume": 0}, []),
        ({"heard": [{"opens": "08:00:00", "closes": "10:20:00"}]}, []),
        ({"languages": ["en"], "heard": [{"opens": "10:20:00", "closes": "10:21:00"}]}, ["tone", "tone", "en Number A 12, counter 4."]),
        ({"languages": ["pl", "uk", "de"]}, ["tone", "tone", "pl Numer A 12, stanowisko 4.", "server ukrainian"]),
    ],
)  # fmt: skip
def test_what_is_not_heard_is_seen_all_the_same(
    scene: Scene, base: str, open_page: Open, sound: dict[str, Any], heard: list[str]
) -> None:
    scene.speech = {"uk": b"ukrainian"}
    show(scene, board=sample.board_set(sound={"volume": 30}))
    page = open_page(base + BOARD, init=EARS + QUICK)
    page.wait_for_selector(".call")
    show(scene, ("A012", "4"), board=sample.board_set(sound=sound))
    loud(page, "A012")
    page.wait_for_selector("loud-call", state="hidden")
    assert [one["what"] for one in page.evaluate("heard")] == heard
    assert scene.asked == [
        f"/api/v1/halls/town/speech/{language}?number=A012&counter=4"
        for language in ("uk", "de")
        if language in sound.get("languages", [])
    ]


def test_a_day_of_calls_leaves_nothing_behind(browser: Browser) -> None:
    held = uptime.measure(browser, 2000)
    assert uptime.grown(held) == ""


def test_a_board_that_may_not_sound_yet_says_so_until_it_is_touched(
    scene: Scene, base: str, open_page: Open
) -> None:
    show(scene, board=sample.board_set())
    mute = "window.AudioContext = class extends AudioContext { state = 'suspended'; resume() {\n"
    mute += "  if (navigator.userActivation.isActive) { this.state = 'running'; this.onstatechange(); } return super.resume(); } };"
    page = open_page(base + BOARD, init=EARS + mute)
    page.wait_for_selector(".sound-hint:has-text('dotknij ekranu')")
    check_access(page)
    page.click(".board")
    page.wait_for_selector(".sound-hint", state="hidden")
