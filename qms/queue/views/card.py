"""A hall as kiosks and websites know it: its set-up, and what is taken now."""

from datetime import datetime, time
from typing import Any

from qms.halls.rules.model import WALK_IN, Counter, Group, Hall, Office, Service
from qms.queue.rules.decide import refusal_of_issue
from qms.queue.rules.offer import offer_from
from qms.queue.rules.state import Queue
from qms.queue.views.hall import hall_state
from qms.web.site import HallNames


def name_card(setup: Hall) -> dict[str, Any]:
    """A hall and its office by name."""
    return {
        "id": setup.id,
        "names": setup.names,
        "office": _office(setup.office),
    }


def _office(office: Office) -> dict[str, Any]:
    card: dict[str, Any] = {"id": office.id, "names": office.names}
    return card | _given(office, "logo", "accent")


def _given(part: Any, *names: str) -> dict[str, Any]:
    """Those of a part's fields that the office filled in."""
    return {name: value for name in names if (value := getattr(part, name))}


def names_of(setup: Hall) -> HallNames:
    """What pages that know nothing of queues call a hall and its counters."""
    counters = {counter.id: counter.names for counter in setup.counters if not counter.retired}
    boards = {board.id: board.names for board in setup.boards}
    return HallNames(setup.names, setup.office.names, counters, setup.zone, boards)


def hall_card(state: Queue, now: datetime, *, sms: bool = False) -> dict[str, Any]:
    """All that is public of a hall's set-up, and whether each service takes people now.

    `sms`: text messages can be sent, without which no kiosk asks for a phone.
    """
    setup = state.setup
    services = {s.id: _service(state, s, now) for s in setup.services if not s.retired}
    card = name_card(setup) | {
        "zone": setup.zone,
        "languages": list(setup.languages),
        "version": state.version,
        "open": hall_state(state, now) == "open",
        "accepting": any(service["accepting"] for service in services.values()),
        "hours": _hours(setup),
        "groups": [_group(setup, g) for g in setup.groups if not g.retired],
        "services": services,
        "segments": [
            {"id": s.id, "names": s.names, "hint": s.hint, "offered": s.offered}
            for s in setup.segments
            if not s.retired
        ],
        "counters": [_counter(state, c) for c in setup.counters if not c.retired],
        "kiosk": _kiosk(setup, sms=sms),
        "paper": {"parts": list(setup.paper.parts), "head": setup.paper.head, "foot": setup.paper.foot},
        "let_pass": setup.conduct.let_pass,
        "near_minutes": setup.conduct.near_minutes,
    }
    if setup.bookings is not None:
        card["check_in_by"] = list(setup.bookings.check_in_by)
    if state.suspended is not None:
        card["suspended"] = state.suspended
    if setup.notice:
        card["notice"] = setup.notice
    return card


def _service(state: Queue, service: Service, now: datetime) -> dict[str, Any]:
    refusal = refusal_of_issue(state, service.id, WALK_IN, now)
    card: dict[str, Any] = {
        "names": service.names,
        "group": service.group,
        "minutes": service.minutes,
        "documents": list(service.documents),
        "open": service.open,
        "accepting": refusal is None,
        "from_home": state.setup.conduct.join_from_home and service.from_home,
    } | _given(service, "icon", "colour", "paper")
    if when := offer_from(state.setup, service):
        card["offer_when_wait"] = when
    if service.notice:
        card["notice"] = service.notice
    if refusal is not None:
        card["closed_code"] = refusal.code
    return card


def _group(setup: Hall, group: Group) -> dict[str, Any]:
    members = [s.id for s in setup.services if s.group == group.id and not s.retired]
    card = {"id": group.id, "letter": group.letter, "names": group.names, "services": members}
    return card | _given(group, "icon", "colour")


def _kiosk(setup: Hall, *, sms: bool) -> dict[str, Any]:
    """What kiosks offer first, and how they behave; without buttons of their own, a button a group."""
    kiosk = setup.kiosk
    in_use = {s.id for s in setup.services if not s.retired}
    own = [
        {"names": button.names, "services": [id for id in button.services if id in in_use]}
        | _given(button, "hint", "icon", "colour")
        for button in kiosk.buttons
    ]
    groups = [
        {
            "names": group.names,
            "services": [s.id for s in setup.services if s.group == group.id and s.id in in_use],
        }
        | _given(group, "icon", "colour")
        for group in setup.groups
        if not group.retired
    ]
    return {
        "buttons": [button for button in own or groups if button["services"]],
        "paper": kiosk.paper,
        "copies": kiosk.copies,
        "phone": kiosk.phone and sms,
        "idle_seconds": kiosk.idle_seconds,
        "grace_seconds": kiosk.grace_seconds,
        "shown_seconds": kiosk.shown_seconds,
    }


def _counter(state: Queue, counter: Counter) -> dict[str, Any]:
    card: dict[str, Any] = {
        "id": counter.id,
        "names": counter.names,
        "state": state.desk(counter.id).state,
    }
    if counter.place:
        card["place"] = counter.place
    return card | _given(counter, "direction", "zone")


def _hours(setup: Hall) -> dict[str, Any]:
    return {
        "week": {
            day: [{"opens": _clock(s.opens), "closes": _clock(s.closes)} for s in spans]
            for day, spans in setup.hours.week.items()
        },
        "last_ticket": {day: _clock(at) for day, at in setup.hours.last_ticket.items()},
    }


def _clock(at: time) -> str:
    return at.strftime("%H:%M")
