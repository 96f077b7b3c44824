"""Pictures, videos and devices in a real browser: a film that is sought in, and states that renew themselves."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page

from tests.browser.pages import check_fits, eventually
from tests.browser.real import ROOT, TOWN, Office, Person, Visit, accessible_in_both, says

pytestmark = pytest.mark.browser
FILM = ROOT / "tests" / "devices" / "films" / "h264.mp4"
DRESSED = TOWN.replace("[office]", '[office]\nlogo = "logo"\naccent = "#ffd100"').replace(
    "[hours]",
    """[boards.main]
names = { pl = "Główna", en = "Main", de = "Haupttafel", uk = "Головне" }
[[boards.main.panels]]
kind = "video"
media = "film"
[hours]""",
)


def picture() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (0, 80, 160, 120)).save(out, "PNG")
    return {"name": "Logo Urzędu.png", "mimeType": "image/png", "buffer": out.getvalue()}


def media(visit: Visit, served: Office, size: str = "desk") -> Page:
    return visit.open("/media/town?lang=en", served.staff("ewa"), size=size)


def test_a_picture_and_a_film_are_sent_seen_and_sought_in(visit: Visit, served: Office) -> None:
    page = media(visit, served)
    says(page, "There are no files yet.")
    page.set_input_files("#file", picture())
    page.click("text=Send the file")
    says(page, "The file was added.")
    says(page, "logo-urzedu")
    page.set_input_files("#file", FILM)
    page.fill("#name", "film")
    page.click("text=Send the file")
    page.wait_for_selector("video")
    eventually(page, "document.querySelector('img').naturalWidth === 300")
    eventually(page, "document.querySelector('video').readyState > 0")
    page.evaluate("document.querySelector('video').currentTime = 1.5")
    eventually(page, "document.querySelector('video').seekable.end(0) > 1.5")
    eventually(page, "Math.abs(document.querySelector('video').currentTime - 1.5) < 0.1")
    for summary in page.locator("summary").all():
        summary.click()
    accessible_in_both(page)
    phone = media(visit, served, "phone")
    for summary in phone.locator("summary").all():
        summary.click()
    check_fits(phone)
    accessible_in_both(phone)


def test_a_file_that_is_too_large_is_not_even_sent(visit: Visit, served: Office) -> None:
    page = media(visit, served)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    large: FilePayload = {"name": "large.png", "mimeType": "image/png", "buffer": bytes(5_000_001)}
    page.set_input_files("#file", large)
    page.click("text=Send the file")
    said = page.evaluate("document.querySelector('#file').validationMessage")
    assert said == "This file is too large: it may have 5 MB at most."
    page.set_input_files("#file", picture())
    page.fill("#name", "small")
    page.click("text=Send the file")
    says(page, "The file was added.")
    assert sent.count("POST") == 1


def test_what_the_set_up_names_is_shown_as_used_or_missing(visit: Visit, served: Office) -> None:
    served.ask("hall_apply", text=DRESSED, force=True)
    served.ask("media_add", path=str(FILM), hall="town", name="film", replace=True)
    page = media(visit, served)
    says(page, "board “Main”, panel 1")
    says(page, "names files that are not here")
    accessible_in_both(page)
    said = page.request.post(
        f"{served.base}/media/town/film/remove",
        form={"csrf": page.input_value("input[name=csrf] >> nth=0")},
        headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"},
    )
    assert said.status == 409
    served.ask("hall_apply", text=TOWN, force=True)
    served.ask("media_remove", name="film", hall="town")


def test_devices_renew_themselves_and_leave_what_is_typed(
    visit: Visit, served: Office, kiosk: Person
) -> None:
    page = visit.open("about:blank?://", served.staff("ewa"), size="desk")
    page.clock.install()
    page.goto(f"{served.base}/staff/devices/town?lang=en")
    page.fill("#name", "By the door")
    assert "printer" not in page.inner_text("main")
    kiosk.post("devices/me/state", printer="paper_out", unsent=2)
    page.clock.run_for(16_000)
    says(page, "no paper")
    says(page, "2 numbers waiting to be sent")
    assert page.input_value("#name") == "By the door"
    accessible_in_both(page)
    kiosk.post("devices/me/state", printer="ok", unsent=0)
    page.clock.run_for(16_000)
    says(page, "printer ready")
    assert re.search("Last heard from: .* ago", page.inner_text("main"))
    page.set_viewport_size({"width": 390, "height": 844})
    check_fits(page)


def test_the_offices_colour_reaches_a_screen_and_leaves_high_contrast_alone(
    visit: Visit, served: Office
) -> None:
    served.ask("hall_apply", text=DRESSED, force=True)
    page = visit.open("/queues/town")
    seen = {}
    for name, attributes in (
        ("light", {"data-theme": "light"}),
        ("dark", {"data-theme": "dark"}),
        ("contrast", {"data-contrast": "more"}),
    ):
        seen[name] = page.evaluate(
            """async ([attributes, address]) => {
              const root = document.documentElement;
              for (const name of ["data-theme", "data-contrast"]) root.removeAttribute(name);
              for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
              if (!document.querySelector("#office")) {
                const link = Object.assign(document.createElement("link"), { id: "office", rel: "stylesheet", href: address });
                await new Promise((done) => { link.onload = done; document.head.append(link); });
              }
              const style = getComputedStyle(root);
              return ["--accent", "--head", "--head-ink"].map((name) => style.getPropertyValue(name).trim());
            }""",
            [attributes, "/theme/town.css"],
        )
    assert seen["light"] == ["#7d6600", "#ffd100", "#000000"]
    assert seen["dark"][0] == "#ffd100"
    assert seen["contrast"] == ["#002a66", "#ffffff", "#000000"]
    served.ask("hall_apply", text=TOWN, force=True)
