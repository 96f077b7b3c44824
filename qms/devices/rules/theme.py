"""The office's colour on its screens: one colour in, the few that a screen needs out, each of them readable.

Readable is a contrast of 4.5 to 1 or better between text and ground, as WCAG 2.2 asks for (success
criterion 1.4.3); the formulas are those of its definitions of relative luminance and contrast ratio.
"""

from collections.abc import Mapping
from typing import Final

Rgb = tuple[float, float, float]
"""Red, green and blue from 0 to 1, as they are written (not in proportion to light)."""
LEAST: Final = 4.5
STEP: Final = 0.01
"""By so much a colour is moved towards black or white, until it can be read."""
WHITE: Final[Rgb] = (1.0, 1.0, 1.0)
BLACK: Final[Rgb] = (0.0, 0.0, 0.0)
LIGHT_INKS: Final = ("#f3f1ea", "#bcc5d0")
LIGHT_GROUNDS: Final = ("#f5f3ee", "#ffffff", "#ebe8e0")
DARK_GROUNDS: Final = ("#0d1520", "#16202e", "#0a1019")
"""Inks, and paper, surface and sunken ground, of `qms/web/shared/design.css`; a test compares them."""


def css(accent: str | None) -> str:
    """A style sheet with the office's colours as `design.css` takes them; empty without an accent."""
    if accent is None:
        return ""
    lines = "".join(f"  --office-{name}: {value};\n" for name, value in colours(accent).items())
    return f":root {{\n{lines}}}\n"


def colours(accent: str) -> Mapping[str, str]:
    """The colours made of an accent (#rrggbb), by name, for light screens and for dark ones."""
    own = _read(accent)
    soft, dark_soft = _rounded(_mixed(own, WHITE, 0.88)), _mixed(own, _read(DARK_GROUNDS[1]), 0.72)
    light = _moved(own, BLACK, [soft, *map(_read, LIGHT_GROUNDS)])
    dark_soft = _moved(dark_soft, BLACK, [_read(ink) for ink in LIGHT_INKS])
    dark = _moved(own, WHITE, [dark_soft, *map(_read, DARK_GROUNDS)])
    return {
        "accent": _written(light),
        "accent-strong": _written(_mixed(light, BLACK, 0.3)),
        "accent-soft": _written(soft),
        "accent-ink": _written(WHITE),
        "head": accent,
        "head-ink": _written(WHITE if _contrast(own, WHITE) >= LEAST else BLACK),
        "accent-dark": _written(dark),
        "accent-strong-dark": _written(_mixed(dark, WHITE, 0.4)),
        "accent-soft-dark": _written(dark_soft),
        "accent-ink-dark": _written(_read(DARK_GROUNDS[2])),
    }


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb), from 1 to 21."""
    return _contrast(_read(one), _read(other))


def _contrast(one: Rgb, other: Rgb) -> float:
    """(L1 + 0.05) / (L2 + 0.05), L1 the lighter one's luminance (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    """0.2126 R + 0.7152 G + 0.0722 B of the linear parts (WCAG 2.2, relative luminance)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _moved(colour: Rgb, towards: Rgb, grounds: list[Rgb]) -> Rgb:
    """The colour nearest to one, on the way to black or white, that can be read on all the grounds."""
    for n in range(round(1 / STEP) + 1):
        moved = _rounded(_mixed(colour, towards, n * STEP))
        if all(_contrast(moved, ground) >= LEAST for ground in grounds):
            return moved
    return towards


def _mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour with a share of another one in it."""
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _read(text: str) -> Rgb:
    red, green, blue = (int(text[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _rounded(colour: Rgb) -> Rgb:
    """As it will be written."""
    return _read(_written(colour))


def _written(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
