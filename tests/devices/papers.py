"""A hall's card and a ticket as the kiosk has them, for tests of paper."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw

from qms.devices.paper.slip import Slip, slip_of

LINK = "https://kolejka.zalesie.example/t/abcdefghijklmnopqrstuvwxyz"
NOW = datetime(2026, 11, 24, 9, 20, 20, tzinfo=UTC)
PARTS = ("logo", "office", "number", "service", "text", "time", "ahead", "wait", "place", "qr", "foot")
WIDTHS = (576, 384)


def card(**changes: Any) -> dict[str, Any]:
    """The public card of a hall with one service, as far as paper needs it."""
    made: dict[str, Any] = {
        "names": {"pl": "Sala obsługi", "uk": "Зал обслуговування", "de": "Bürgerhalle"},
        "office": {"names": {"pl": "Urząd Miasta Zalesie", "uk": "Міська управа", "de": "Rathaus"}},
        "zone": "Europe/Warsaw",
        "languages": ["pl", "en", "uk", "de"],
        "paper": {"parts": list(PARTS), "head": {}, "foot": {"pl": "Numer jest ważny dzisiaj."}},
        "counters": [{"id": "1", "names": {"pl": "1"}, "place": {"pl": "Pokój 3", "de": "Zimmer 3"}}],
        "services": {
            "id-card": {
                "names": {"pl": "Dowody osobiste", "uk": "Посвідчення особи", "de": "Personalausweise"},
                "documents": [{"pl": "Zdjęcie"}, {"pl": "Paszport", "de": "Reisepass"}],
                "paper": {"pl": "Krótkie sprawy mogą być wzywane wcześniej."},
            }
        },
    }
    return made | changes


def ticket(**changes: Any) -> dict[str, Any]:
    """A ticket just given."""
    made: dict[str, Any] = {
        "id": "0" * 32,
        "token": "abcdefghijklmnopqrstuvwxyz",
        "number": "A012",
        "service": "id-card",
        "issued_at": "2026-11-24T09:20:00.000Z",
        "ahead": 6,
        "estimate": {"low": 26, "mid": 31, "high": 38.2},
        "url": LINK,
    }
    return made | changes


def slip(language: str = "pl", *, logo: bytes | None = None, now: datetime = NOW, **changes: Any) -> Slip:
    """A slip; `changes` are of the ticket, `card` is another card."""
    of = changes.pop("card", None)
    return slip_of(of or card(), ticket(**changes), language, logo, now=now)


def png(mode: str = "RGBA", size: tuple[int, int] = (400, 200)) -> bytes:
    """A picture that may be a logo: dark on nothing."""
    picture, file = Image.new(mode, size), BytesIO()
    ImageDraw.Draw(picture).ellipse((20, 20, 180, 180), fill="darkred")
    picture.save(file, "PNG")
    return file.getvalue()


def scanned(picture: Image.Image) -> list[str]:
    """The texts of the QR codes in a picture, as a phone reads them from white paper."""
    paper = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    paper.paste(picture.convert("L"), (40, 40))
    return [code.text for code in zxingcpp.read_barcodes(paper)]
