"""What kiosks, boards and zones say of the rest of a hall."""

from collections import Counter as Tally
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from qms.halls.rules.check_dated import missing
from qms.halls.rules.fault import Fault, Path

if TYPE_CHECKING:
    from qms.halls.rules.model import Hall


def faults(hall: "Hall", groups: Collection[str], services: Collection[str]) -> list[Fault]:
    """What forbids the set-up; `groups` and `services` are ids that count as known besides."""
    return [
        *_ids(hall),
        *_zones(hall),
        *_shown(hall, groups, services),
        *_buttons(hall, services),
        *_languages(hall),
    ]


def warnings(hall: "Hall") -> list[Fault]:
    """What is allowed and yet looks like an oversight."""
    return list(_unreachable(hall))


def texts(hall: "Hall") -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Every text of kiosks, boards and zones, with its path."""
    for zone in hall.zones:
        yield ("zones", zone.id, "names"), zone.names
    for board in hall.boards:
        yield ("boards", board.id, "names"), board.names
        for n, panel in enumerate(board.panels):
            yield ("boards", board.id, "panels", n, "text"), panel.text
    for n, button in enumerate(hall.kiosk.buttons):
        yield ("kiosk", "buttons", n, "names"), button.names
        yield ("kiosk", "buttons", n, "hint"), button.hint
    yield ("paper", "head"), hall.paper.head
    yield ("paper", "foot"), hall.paper.foot
    for service in hall.services:
        if not service.retired:
            yield ("services", service.id, "paper"), service.paper


def _ids(hall: "Hall") -> Iterator[Fault]:
    for kind in ("zones", "boards"):
        for id, count in Tally(part.id for part in getattr(hall, kind)).items():
            if count > 1:
                yield Fault((kind, id), "is there twice; an id names one thing only")
    for zone in hall.zones:
        if any(a.closes > b.opens for a, b in pairwise(zone.heard)):
            yield Fault(("zones", zone.id, "heard"), "times must follow each other")


def _zones(hall: "Hall") -> Iterator[Fault]:
    """Counters and boards are in zones that there are."""
    known = {zone.id for zone in hall.zones}
    named: list[tuple[Path, str | None]] = [
        *((("counters", each.id, "zone"), each.zone) for each in hall.counters if not each.retired),
        *((("boards", each.id, "zone"), each.zone) for each in hall.boards),
        *((("boards", b.id, "zones", n), zone) for b in hall.boards for n, zone in enumerate(b.zones)),
    ]
    for path, zone in named:
        if zone is not None and zone not in known:
            yield Fault(path, f"there is no zone {zone}")


def _shown(hall: "Hall", groups: Collection[str], services: Collection[str]) -> Iterator[Fault]:
    """Boards show groups and hide services that there are; those of further halls are not known here."""
    for board in hall.boards:
        if board.halls:
            continue
        for n, id in enumerate(board.groups):
            if said := missing(id, hall.groups, groups, "group"):
                yield Fault(("boards", board.id, "groups", n), said)
        for n, id in enumerate(board.hidden):
            if said := missing(id, hall.services, services, "service"):
                yield Fault(("boards", board.id, "hidden", n), said)


def _buttons(hall: "Hall", services: Collection[str]) -> Iterator[Fault]:
    for n, button in enumerate(hall.kiosk.buttons):
        for m, id in enumerate(button.services):
            if said := missing(id, hall.services, services, "service"):
                yield Fault(("kiosk", "buttons", n, "services", m), said)


def _languages(hall: "Hall") -> Iterator[Fault]:
    for board in hall.boards:
        for n, language in enumerate(board.sound.languages):
            if language not in hall.languages:
                path: Path = ("boards", board.id, "sound", "languages", n)
                yield Fault(path, f"the hall does not list {language} among its languages")


def _unreachable(hall: "Hall") -> Iterator[Fault]:
    """Services that no button of the kiosk leads to."""
    if not hall.kiosk.buttons:
        return
    offered = {id for button in hall.kiosk.buttons for id in button.services}
    for service in hall.services:
        if not service.retired and service.id not in offered and not service.booking.only:
            yield Fault(("kiosk", "buttons"), f"no button leads to {service.id}")
