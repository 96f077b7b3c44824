"""The messages there are, what their texts may say with `{places}`, and filling those in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACE = re.compile(r"{(\w+)}")
_EMPTY_LINES = re.compile(r"\n{3,}")
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000

ALWAYS = frozenset({"office", "hall", "place", "day", "time", "services", "name"})
VISIT = ALWAYS | {"code", "check_in", "documents", "link"}
ENDED = ALWAYS | {"rebook", "book_link"}

PLACES: Mapping[str, frozenset[str]] = {
    "confirmed": VISIT,
    "moved": VISIT,
    "moved_office": VISIT,
    "reminder": VISIT,
    "reconfirm": VISIT | {"proof_link", "until"},
    "proof": ALWAYS | {"proof_link", "until", "documents"},
    "offer": ALWAYS | {"link", "until", "documents"},
    "cancelled": ENDED,
    "cancelled_office": ENDED,
    "unanswered": ENDED,
}
"""Messages to people, each with the places that its text may have."""
NEEDED: Mapping[str, frozenset[str]] = {
    "confirmed": frozenset({"day", "time", "code", "link"}),
    "moved": frozenset({"day", "time", "code"}),
    "moved_office": frozenset({"day", "time", "code"}),
    "reconfirm": frozenset({"proof_link", "until"}),
    "proof": frozenset({"proof_link", "until"}),
    "offer": frozenset({"link", "until"}),
}
"""Places without which a message would be of no use."""
COPIES: Mapping[str, str] = {
    "confirmed": "copy_confirmed",
    "moved": "copy_moved",
    "moved_office": "copy_moved",
    "cancelled": "copy_cancelled",
    "cancelled_office": "copy_cancelled",
}
"""Messages of which the office itself is told, and how; those texts stand in the catalogue only."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: `code` is unknown_template, unknown_place, stray_brace, missing_place,
    empty, too_long, line_break; `names` the places concerned."""

    code: str
    field: str
    names: tuple[str, ...] = ()


def faults(name: str, subject: str, body: str) -> list[Fault]:
    """Why a text cannot be kept; none where all is well."""
    if name not in PLACES:
        return [Fault("unknown_template", "name")]
    found = []
    for field, text, longest in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        found += [Fault(code, field) for code in _shape(text, longest)]
        unknown = set(PLACE.findall(text)) - PLACES[name]
        if unknown:
            found.append(Fault("unknown_place", field, tuple(sorted(unknown))))
    if "\n" in subject.strip():
        found.append(Fault("line_break", "subject"))
    missing = NEEDED.get(name, frozenset()) - set(PLACE.findall(subject + body))
    if missing:
        found.append(Fault("missing_place", "body", tuple(sorted(missing))))
    return found


def _shape(text: str, longest: int) -> list[str]:
    found = [] if text.strip() else ["empty"]
    found += ["too_long"] if len(text) > longest else []
    return found + (["stray_brace"] if re.search("[{}]", PLACE.sub("", text)) else [])


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled, once: what a value holds is never looked into. Empty blocks leave no gap."""
    filled = PLACE.sub(lambda place: values.get(place[1], ""), text)
    return _EMPTY_LINES.sub("\n\n", filled).strip()
