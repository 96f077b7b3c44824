"""ESC/POS as far as tickets need it: a picture, a cut, and how the printer is, with the bits of its answers.

Answers to `DLE EOT n` come at once, whatever the printer is doing; the answer to `GS r 1` comes in
its turn, when all that was sent before is on paper.
"""

ASK = b"\x10\x04"
"""DLE EOT; then what to tell: `STATE`, `CAUSE`, `ERROR` or `PAPER`."""
STATE, CAUSE, ERROR, PAPER = b"\x01", b"\x02", b"\x03", b"\x04"
WHEN_DONE = b"\x1dr\x01"
"""GS r 1: tell of the paper once everything before is printed."""
START = b"\x1b@"
"""ESC @: as after switching on."""
FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: forget at once what was sent and is not printed yet."""
PICTURE = b"\x1dv0"
"""GS v 0; then `m xL xH yL yH` and the rows, eight dots a byte, black is 1."""
CUT = b"\x1dVB\x00"
"""GS V 66 0: feed the paper as far as the knife needs, and cut it."""


def picture(dots: int, rows: int) -> bytes:
    """The beginning of a picture; its rows follow."""
    return PICTURE + b"\0" + ((dots + 7) // 8).to_bytes(2, "little") + rows.to_bytes(2, "little")


OFFLINE = 0x08
"""Of STATE: it cannot print now."""
COVER, STOPPED_FOR_PAPER = 0x04, 0x20
"""Of CAUSE: the cover is open; printing stopped since there is no paper."""
LOW, OUT = 0x0C, 0x60
"""Of PAPER: the end is near; there is none."""
DONE_LOW, DONE_OUT = 0x03, 0x0C
"""The same of WHEN_DONE."""


def is_answer(byte: int) -> bool:
    """Whether a byte answers `ASK`."""
    return byte & 0x93 == 0x12


def is_done(byte: int) -> bool:
    """Whether a byte answers `WHEN_DONE`."""
    return byte & 0x90 == 0x00
