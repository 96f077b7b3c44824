"""Every screen of the kiosk by name, and the way to it, against the stub; for pictures and for axe."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.browser import sample
from tests.browser.stub import Scene, agent, served, ticket

Setting = Callable[[Scene], None]
Theme = Literal["light", "dark"]
LANGUAGES = ("pl", "de")
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES = ((1080, 1920), (1920, 1080))
AREA, SERVICE = "kiosk-menu .tile >> nth=1", "kiosk-services .tile >> nth=0"
SINGLE = "kiosk-menu .tile >> nth=3"
TAKE, WIDE = "main .acts .button-primary", "main .acts .button-wide"
CONFIRM = (AREA, SERVICE)
BOOKED = ".booked-way"
VOICE = """
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => ["pl", "en", "uk", "de"].map((lang) => ({ lang, localService: true })),
  cancel() {}, addEventListener() {}, speak: (one) => setTimeout(() => one.onend(), 50),
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""A voice in every language that says nothing."""


def usual(scene: Scene) -> None:
    """People book, and a program with a printer stands beside the kiosk."""
    scene.hall["check_in_by"] = ["code", "phone", "document"]
    scene.hall["kiosk"]["phone"] = True
    scene.agent = agent()


def closed(scene: Scene) -> None:
    """Nothing is given out now."""
    scene.views["queue"]["hall"]["state"] = "closed"
    shut(scene, list(scene.views["queue"]["services"]), "hall_closed")


def suspended(scene: Scene) -> None:
    """Service was stopped, and the office says why."""
    scene.views["queue"]["hall"] |= {
        "state": "suspended",
        "notice": {"pl": "Trwa próbny alarm pożarowy.", "de": "Es läuft eine Brandschutzübung."},
    }
    shut(scene, list(scene.views["queue"]["services"]), "hall_suspended")


def partly(scene: Scene) -> None:
    """Some matters are not taken; one with the office's own words."""
    scene.hall["services"]["licence"]["notice"] = {
        "pl": "Dziś nieczynne z powodu awarii systemu centralnego. Zapraszamy jutro od 8:00.",
        "de": "Heute wegen einer Störung des Zentralregisters geschlossen. Morgen wieder ab 8:00 Uhr.",
    }
    shut(scene, ["licence", "residence"], "service_closed")
    shut(scene, ["birth", "marriage"], "daily_cap")


def shut(scene: Scene, services: list[str], code: str) -> None:
    for service in services:
        scene.views["queue"]["services"][service] |= {"accepting": False, "closed_code": code}


def offered(scene: Scene) -> None:
    """A long wait everywhere, and a time that is free tomorrow."""
    for service in scene.hall["services"].values():
        service["offer_when_wait"] = 30
    for line in scene.views["queue"]["services"].values():
        line |= {"waiting": 14, "open": 2, "estimate": {"low": 45, "mid": 60, "high": 80}}
    scene.free = {
        "start": "2026-11-25T08:10:00.000Z",
        "in_days": 1,
        "url": "https://kolejka.zielonogora.example/book/town?service=licence",
    }


def printed(scene: Scene) -> None:
    scene.answers = [(201, ticket(paper="printed"))]


def unprinted(scene: Scene) -> None:
    scene.answers = [(201, ticket(paper="failed", number="AB1234"))]


def paperless(scene: Scene) -> None:
    scene.agent["printer"] = "paper_out"


def alone(scene: Scene) -> None:
    scene.agent["online"] = False
    scene.answers = [
        (201, {k: v for k, v in ticket(offline=True, paper="printed").items() if k != "estimate"})
    ]


def refused(scene: Scene) -> None:
    scene.answers = [(409, {"code": "daily_cap"})]


def unanswered(scene: Scene) -> None:
    scene.answers = [(503, {"code": "unavailable"})] * 9


def unpaired(scene: Scene) -> None:
    scene.me = {"kind": "anonymous"}


def little(scene: Scene) -> None:
    """An office with two matters."""
    scene.hall["kiosk"]["buttons"] = scene.hall["kiosk"]["buttons"][2:4]
    del scene.hall["check_in_by"]


def purposes(scene: Scene) -> None:
    """Areas with hints, pictures for the purposes too, and one without a picture."""
    buttons = scene.hall["kiosk"]["buttons"]
    buttons[0]["hint"] = {"pl": "Wnioski, odbiór, PESEL", "de": "Anträge, Abholung, PESEL"}
    buttons[1]["colour"] = "#ffe14d"
    for key in ("icon", "colour"):
        del buttons[4][key]
    for service, icon in (("id-new", "document"), ("id-collect", "id-card"), ("residence", "home")):
        scene.hall["services"][service] |= {"icon": icon, "colour": "#1a5fb4"}


def hasty(scene: Scene) -> None:
    """Who stands still for a moment is asked whether they are there."""
    scene.hall["kiosk"] |= {"idle_seconds": 1, "grace_seconds": 120}


@dataclass(frozen=True)
class Look:
    """A screen: what is pressed on the way, and what is different about the hall."""

    name: str
    steps: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    init: str = ""
    ends: str = "main h1"
    """What is there once the screen is."""


LOOKS = (
    Look("menu"),
    Look("menu-areas", (), (purposes,)),
    Look("menu-partly", (), (partly, paperless)),
    Look("menu-little", (), (little,)),
    Look("menu-paperless", (), (paperless,)),
    Look("menu-alone", (), (alone,)),
    Look("purposes", (AREA,), (purposes,)),
    Look("purposes-partly", (AREA,), (partly,)),
    Look("confirm", CONFIRM, ends=".facts"),
    Look("confirm-offer", CONFIRM, (offered,), ends=".offer img"),
    Look("priority", (*CONFIRM, f"{WIDE} >> nth=0"), ends="kiosk-priority"),
    Look("phone", (*CONFIRM, f"{WIDE} >> nth=1"), ends="kiosk-phone"),
    Look("ticket", (*CONFIRM, TAKE), (printed,), ends=".number"),
    Look("ticket-phone", (*CONFIRM, ".acts-take .button >> nth=0"), ends=".number"),
    Look("ticket-unprinted", (*CONFIRM, TAKE), (unprinted,), ends=".number"),
    Look("ticket-alone", (*CONFIRM, TAKE), (alone,), ends=".number"),
    Look("booked", (BOOKED,), ends="kiosk-booked"),
    Look("booked-document", (BOOKED, ".other-ways .button >> nth=-1"), ends=".keypad-letters"),
    Look("camera", (BOOKED, ".other-ways .button >> nth=0"), ends="kiosk-camera video"),
    Look("speech", (".controls-listen",), init=VOICE, ends="speech-panel .button"),
    Look("speech-confirm", (".controls-listen", *CONFIRM), init=VOICE, ends=".facts"),
    Look("question", (AREA,), (hasty,), ends="dialog[open]"),
    Look("refused", (*CONFIRM, TAKE), (refused,), ends="kiosk-refused"),
    Look("unanswered", (*CONFIRM, TAKE), (unanswered,), ends="kiosk-unanswered"),
    Look("closed", (), (closed,), ends="kiosk-closed"),
    Look("suspended", (), (suspended,), ends="kiosk-suspended"),
    Look("pairing", (), (unpaired,), ends="pairing-form"),
)


def scene_of(look: Look) -> Scene:
    """The hall as a screen wants it."""
    scene = sample.scene()
    for setting in (usual, *look.settings):
        setting(scene)
    return scene


def go(page: Page, look: Look, language: str) -> None:
    """From the start to the screen, in a language."""
    page.wait_for_selector(
        "kiosk-menu, kiosk-closed, kiosk-suspended, pairing-form"
    )  # it speaks as its hall does
    page.click(f"footer button[lang={language}]")
    for step in look.steps:
        page.click(step)
    page.wait_for_selector(look.ends, timeout=12_000)


def stage(scene: Scene, look: Look) -> None:
    """Makes what is served the hall that a screen wants."""
    wanted = scene_of(look)
    for name in ("hall", "views", "me", "answers", "agent", "free"):
        setattr(scene, name, getattr(wanted, name))


def pictures(browser: Browser, out: Path, only: list[str]) -> list[Path]:
    """Every screen, portrait and landscape, in Polish and German, light and dark, as `kiosk-<name>-….png`.

    The browser must have been started with a camera: see `fake_camera.flags`. `only`: beginnings of
    names; none: all.
    """
    wanted = [look for look in LOOKS if not only or f"kiosk-{look.name}".startswith(tuple(only))]
    written = []
    scene = sample.scene()
    with served(scene) as base:
        for look, language, theme, (width, height) in product(wanted, LANGUAGES, THEMES, SIZES):
            stage(scene, look)
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, permissions=["camera"]
            )
            context.add_init_script(look.init)
            page = context.new_page()
            page.goto(f"{base}/kiosk/?hall=town")
            go(page, look, language)
            page.wait_for_timeout(500)
            written.append(out / f"kiosk-{look.name}-{width}x{height}-{language}-{theme}.png")
            page.screenshot(path=written[-1])
            context.close()
    return written
