"""Parts of a file by the `Range` header (RFC 9110, section 14), by which a browser finds its place in a video."""

import re
from typing import Literal, NamedTuple

RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)


class Part(NamedTuple):
    """Bytes of a file: the first, and the one after the last."""

    first: int
    end: int


def part_of(header: str | None, size: int) -> Part | Literal["beyond"] | None:
    """The part that is asked for; None for the whole, `beyond` for one past the end.

    Several parts at once, other units and what is no range are answered with the whole, as a server may.
    """
    found = RANGE.fullmatch(header or "")
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many
        length = int(found[2])
        return Part(max(0, size - length), size) if length else "beyond"
    first = int(found[1])
    last = int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    return Part(first, min(last + 1, size)) if first < size else "beyond"
