"""A slip as the printer gets it: a picture of black dots, as wide as the paper, since few printers know all letters.

Each part of the slip is a piece of its own; the pieces are put under each other, and the paper is as
long as they need. 203 dots are an inch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from PIL.Image import Image, new
from PIL.ImageDraw import Draw
from PIL.ImageFont import FreeTypeFont

from qms.devices.paper.letters import balanced, drawable, font, lines
from qms.devices.paper.logo import logo_in
from qms.devices.paper.qr import qr_in
from qms.devices.paper.slip import Fact, Slip

DOTS = {80: 576, 58: 384}
"""Dots across a paper, by its width in millimetres."""
WHITE = 255
LINE = 1.24
"""From one line to the next, in ems."""
FROM_WIDE = 500
"""From so many dots the QR code has its explanation beside it, not beneath."""
CENTRED = 4
"""Texts of up to so many lines are centred; longer ones read better from the left. Names always are."""
FACTS = frozenset({"time", "ahead", "wait", "place"})


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large things are on a paper of so many dots: letters by their em, and the gap between parts."""

    dots: int

    def between(self, narrow: int, wide: int) -> int:
        """A size for this paper, from those for 384 dots (58 mm) and 576 (80 mm)."""
        share = min(1.0, max(0.0, (self.dots - 384) / 192))
        return round(narrow + (wide - narrow) * share)

    @property
    def small(self) -> int:
        return self.between(20, 22)

    @property
    def body(self) -> int:
        return self.between(23, 26)

    @property
    def title(self) -> int:
        return self.between(29, 36)

    @property
    def number(self) -> int:
        return self.between(200, 260)

    @property
    def gap(self) -> int:
        return self.between(20, 24)


def draw(slip: Slip, dots: int) -> Image:
    """The slip on a paper of so many dots: 576 on 80 mm, 384 on 57-60 mm. Mode '1', black on white."""
    sizes, pieces = Sizes(dots), []
    for facts, parts in groupby(slip.parts, FACTS.__contains__):
        if facts:
            found = [fact for part in parts if (fact := getattr(slip, part)) is not None]
            pieces.append(_facts(found, sizes) if found else None)
        else:
            pieces += [PIECES[part](slip, sizes) for part in parts]
    return _stack([piece for piece in pieces if piece is not None], dots, sizes.gap)


def _number(slip: Slip, sizes: Sizes) -> Image:
    """The number as large as the paper allows: it is read from afar, and by those who see little."""
    shown = drawable(slip.number).replace("\n", " ")
    largest = sizes.dots * 96 // max(1, round(font(100, bold=True).getlength(shown)))
    letters = font(max(sizes.body, min(sizes.number, largest)), bold=True)
    left, top, right, bottom = letters.getbbox(shown)
    picture = new("1", (sizes.dots, round(bottom - top)), WHITE)
    Draw(picture).text(((sizes.dots - right - left) / 2, -top), shown, 0, letters)
    label = _text(slip.number_label, font(sizes.body), sizes.dots)
    return _stack([label, picture], sizes.dots, sizes.gap * 2 // 3)


def _service(slip: Slip, sizes: Sizes) -> Image | None:
    """The matter; beneath it, in the office's language, what the clerk calls it."""
    rows = ((slip.service, _title(slip.service, sizes)), (slip.service_again, font(sizes.body)))
    pieces = [_centred(words, letters, sizes.dots) for words, letters in rows if words]
    return _stack(pieces, sizes.dots, sizes.gap // 4) if pieces else None


def _title(words: str, sizes: Sizes) -> FreeTypeFont:
    """Letters for a title: smaller ones where its longest word would have to be broken."""
    usual = font(sizes.title, bold=True)
    longest = max(map(usual.getlength, drawable(words).split()), default=0)
    if longest <= sizes.dots:
        return usual
    return font(max(sizes.body, int(sizes.title * sizes.dots / longest)), bold=True)


def _facts(facts: Sequence[Fact], sizes: Sizes) -> Image:
    """Figures: one line each, label and value at the sides; where one does not fit, all in two lines."""
    width = sizes.dots
    rows = [(drawable(fact.label), drawable(fact.value)) for fact in facts]
    for size in (sizes.body, sizes.small):
        plain, strong = font(size), font(size, bold=True)
        if all(plain.getlength(a) + strong.getlength(b) + size <= width for a, b in rows):
            return _stack([_sides(a, b, plain, strong, width) for a, b in rows], width, sizes.gap // 4)
    small, strong = font(sizes.small), font(sizes.body, bold=True)
    both = [_stack([_text(a, small, width), _text(b, strong, width)], width, 0) for a, b in rows]
    return _stack(both, width, sizes.gap // 2)


def _sides(left: str, right: str, plain: FreeTypeFont, strong: FreeTypeFont, width: int) -> Image:
    picture = new("1", (width, round(plain.size * LINE)), WHITE)
    pen, base = Draw(picture), round(plain.size)
    pen.text((0, base), left, 0, plain, anchor="ls")
    pen.text((width, base), right, 0, strong, anchor="rs")
    return picture


def _qr(slip: Slip, sizes: Sizes) -> Image | None:
    """The link to the phone's page, and what it is for: beside the code where there is room."""
    wide = sizes.dots >= FROM_WIDE
    code = qr_in(slip.link, sizes.dots // 2 if wide else sizes.dots * 3 // 4) if slip.link else None
    if code is None:
        return None
    if not wide:
        below = _text(slip.link_text, font(sizes.small), sizes.dots)
        return _stack([code, below], sizes.dots, 0)
    room = sizes.dots - code.width
    beside = _rows(balanced(slip.link_text, font(sizes.body), room), font(sizes.body), room, centred=False)
    picture = new("1", (sizes.dots, max(code.height, beside.height)), WHITE)
    for piece, x in ((code, 0), (beside, code.width)):
        picture.paste(piece, (x, (picture.height - piece.height) // 2))
    return picture


def _documents(slip: Slip, sizes: Sizes) -> Image | None:
    """What to bring, as a list."""
    if not slip.documents:
        return None
    letters = font(sizes.body)
    indent = round(sizes.body * 0.9)
    items = []
    for words in slip.documents:
        item = _rows(lines(words, letters, sizes.dots - indent), letters, sizes.dots, indent, centred=False)
        Draw(item).text((0, round(letters.size)), "•", 0, letters, anchor="ls")
        items.append(item)
    label = font(sizes.body, bold=True)
    heading = _rows(lines(slip.documents_label, label, sizes.dots), label, sizes.dots, centred=False)
    return _stack([heading, *items], sizes.dots, sizes.gap // 4)


def _rule(_slip: Slip, sizes: Sizes) -> Image:
    return new("1", (sizes.dots, 2), 0)


def _logo(slip: Slip, sizes: Sizes) -> Image | None:
    return logo_in(slip.logo, sizes.dots * 5 // 8, sizes.between(100, 130)) if slip.logo else None


def _words(
    field: str, of: Callable[[Sizes], FreeTypeFont], *, name: bool = False
) -> Callable[[Slip, Sizes], Image | None]:
    """The piece of a part that is a text."""

    def piece(slip: Slip, sizes: Sizes) -> Image | None:
        words = getattr(slip, field)
        set_in = _centred if name else _text
        return set_in(words, of(sizes), sizes.dots) if words else None

    return piece


PIECES: Mapping[str, Callable[[Slip, Sizes], Image | None]] = {
    "logo": _logo,
    "office": _words("office", lambda sizes: font(sizes.body, bold=True), name=True),
    "hall": _words("hall", lambda sizes: font(sizes.body), name=True),
    "head": _words("head", lambda sizes: font(sizes.body)),
    "number": _number,
    "service": _service,
    "text": _words("text", lambda sizes: font(sizes.body)),
    "qr": _qr,
    "documents": _documents,
    "foot": _words("foot", lambda sizes: font(sizes.small)),
    "rule": _rule,
}
"""How each part is drawn; None where it is empty."""


def _text(words: str, letters: FreeTypeFont, width: int) -> Image:
    """A text of any length: centred in even lines, or from the left where it is long."""
    found = lines(words, letters, width)
    if len(found) > CENTRED:
        return _rows(found, letters, width, centred=False)
    return _centred(words, letters, width)


def _centred(words: str, letters: FreeTypeFont, width: int) -> Image:
    return _rows(balanced(words, letters, width), letters, width)


def _rows(
    rows: Sequence[str], letters: FreeTypeFont, width: int, indent: int = 0, *, centred: bool = True
) -> Image:
    """Lines that fit, under each other."""
    step = round(letters.size * LINE)
    picture = new("1", (width, max(1, len(rows)) * step), WHITE)
    pen, x, anchor = Draw(picture), width / 2 if centred else indent, "ms" if centred else "ls"
    for n, row in enumerate(rows):
        pen.text((x, n * step + round(letters.size)), row, 0, letters, anchor=anchor)
    return picture


def _stack(pieces: Sequence[Image], width: int, gap: int) -> Image:
    """Pieces under each other, each in the middle."""
    height = sum(piece.height for piece in pieces) + gap * max(0, len(pieces) - 1)
    picture, y = new("1", (width, max(1, height)), WHITE), 0
    for piece in pieces:
        picture.paste(piece, ((width - piece.width) // 2, y))
        y += piece.height + gap
    return picture
