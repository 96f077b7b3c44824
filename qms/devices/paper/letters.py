"""Letters on paper: the project's own fonts, what they can draw, and how a text is broken into lines.

The fonts are DejaVu Sans 2.37 without what no ticket needs. They are made again by

    pyftsubset DejaVuSans.ttf --unicodes=… --layout-features=kern,mark,mkmk,ccmp,locl --notdef-outline

(and the same for DejaVuSans-Bold) with the ranges of `KNOWN`, which says what came out of it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL.ImageFont import FreeTypeFont, truetype

FONTS = Path(__file__).parent / "fonts"
KNOWN = """20-7e a0-17f 192 1a0-1a1 1af-1b0 1cd-1dc 1e6-1e7 218-21b 2bc 2c6-2dd 300-304 306-30c 327-328 400-45f
    462-463 472-475 490-4f9 1e80-1e85 1e9e 2010-2015 2018-201e 2020-2022 2026 202f-2030 2032-2033 2039-203a
    2044 20ac 20b4 2116 2122 2190-2199 21b0-21b5 2212 2215 2248 2260 2264-2265 25a0-25a1 25cf 2713-2714 2717
    fffd"""
"""Characters that both fonts have, as ranges."""
UNKNOWN = "\ufffd"
"""Stands for a character that the fonts lack."""
BOUND = re.compile(r"(?<!\S)(\w|\d+) +(?=\S)| +(?=– )")
"""What does not stand at the end of a line: a word of one letter ('w', 'i', 'з'), a number before what it
counts; nor does a dash begin one."""


def _codes() -> Iterator[str]:
    for part in KNOWN.split():
        first, _, last = part.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


DRAWN = frozenset(_codes())


@cache
def font(size: int, *, bold: bool = False) -> FreeTypeFont:
    """The font at a size in dots (of the em)."""
    return truetype(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf", size)


def drawable(text: str) -> str:
    """The text in letters that the fonts have: without accents where only those are missing, else a sign of it."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(char: str) -> str:
    if char in DRAWN or char == "\n":
        return char
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Cf", "Cc"):  # nothing by themselves, such as marks and controls
        return " " if char.isspace() else ""
    plain = unicodedata.normalize("NFKD", char)
    known = "".join(each for each in plain if each in DRAWN)
    return known or (" " if char.isspace() else UNKNOWN)


def lines(text: str, of: FreeTypeFont, width: int) -> list[str]:
    """The text in lines no wider than so many dots; one word that is wider is broken where it must."""
    bound = BOUND.sub(lambda found: f"{found[1] or ''}\u00a0", drawable(text))
    return [line for row in bound.split("\n") for line in _lines(row.split(" "), of, width)]


def balanced(text: str, of: FreeTypeFont, width: int) -> list[str]:
    """The same with lines of about one length, in as few of them: for what is centred."""
    found = lines(text, of, width)
    longest = max(map(of.getlength, drawable(text).split()), default=0)
    narrow, wide = min(width, max(width // 2, round(longest))), width
    while len(found) > 1 and wide - narrow > 8:
        middle = (narrow + wide) // 2
        if len(tried := lines(text, of, middle)) > len(found):
            narrow = middle
        else:
            wide, found = middle, tried
    return found


def _lines(words: list[str], of: FreeTypeFont, width: int) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if of.getlength(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        *full, line = _pieces(word, of, width)
        yield from full
    if line:
        yield line


def _pieces(word: str, of: FreeTypeFont, width: int) -> list[str]:
    """A word in pieces that fit, each as long as can be."""
    pieces = [""]
    for char in word:
        if pieces[-1] and of.getlength(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
