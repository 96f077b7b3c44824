"""Views of a made-up hall as its clerk and its citizens see them: ordinary, empty, crowded, long words."""

from datetime import datetime, timedelta
from typing import Any

from qms.kernel.clock import instant
from qms.queue.rules.why import why_waiting

NOW = datetime.fromisoformat("2026-11-24T09:24:00Z")
ME = "clerk-1"
SERVICES = {
    "id-card": ("A", 12, "Dowód osobisty: złożenie wniosku", "Personalausweis beantragen"),
    "id-pick": ("A", 5, "Dowód osobisty: odbiór", "Personalausweis abholen"),
    "residence": ("A", 15, "Meldunek na pobyt stały albo czasowy", "An- und Ummeldung des Wohnsitzes"),
    "car-new": (
        "B",
        20,
        "Rejestracja pojazdu sprowadzonego z zagranicy, także z państw spoza Unii Europejskiej",
        "Zulassung eines aus dem Ausland eingeführten Kraftfahrzeuges einschließlich Umweltplakette",
    ),
    "car-docs": ("B", 10, "Odbiór dowodu rejestracyjnego", "Abholung der Zulassungsbescheinigung"),
    "licence": ("C", 14, "Prawo jazdy: wymiana", "Führerschein umtauschen"),
    "birth": ("D", 15, "Odpis aktu urodzenia", "Geburtsurkunde"),
    "tax": ("E", 10, "Podatek od nieruchomości", "Grundsteuer"),
}
ENGLISH = {
    "id-card": "ID card: application",
    "id-pick": "ID card: collection",
    "residence": "Registration of residence",
    "car-new": "Registration of a vehicle imported from abroad, also from outside the European Union",
    "car-docs": "Collection of a registration certificate",
    "licence": "Driving licence: exchange",
    "birth": "Copy of a birth certificate",
    "tax": "Property tax",
}
OFFERED = {"id-card": 1, "id-pick": 1, "residence": 1, "car-new": 2}
SEGMENTS = {
    "walk-in": ({"pl": "bez rezerwacji", "en": "walk-in", "de": "ohne Termin"}, 30, 0, 20),
    "booked": ({"pl": "z rezerwacją", "en": "booked", "de": "mit Termin"}, 10, 0.5, 10),
    "priority": ({"pl": "pierwszeństwo", "en": "priority", "de": "Vorrang"}, 10, 0.5, 10),
}


def names(service: str) -> dict[str, str]:
    _, _, polish, german = SERVICES[service]
    return {"pl": polish, "en": ENGLISH[service], "de": german}


def ago(minutes: float) -> str:
    return instant(NOW - timedelta(minutes=minutes))


def ticket(
    number: str, service: str, waited: float, segment: str = "walk-in", state: str = "waiting", **more: Any
) -> dict[str, Any]:
    _, target, head, standard = SEGMENTS[segment]
    ref = NOW - timedelta(minutes=waited)
    booked = ref if segment == "booked" else None
    shown = {
        "number": number,
        "service": service,
        "segment": segment,
        "state": state,
        "channel": "kiosk",
        "language": "pl",
        "issued": instant(ref),
        "since": instant(ref),
        "ref": instant(ref),
        "calls": 0,
        "served_seconds": 0,
        "standard_at": instant(ref + timedelta(minutes=standard)),
        "why": why_waiting(number, ref, target, head, 60, booked).view(),
    }
    if booked:
        shown["booked"] = instant(booked)
    return shown | more


def counters() -> dict[str, Any]:
    states: list[tuple[str, dict[str, Any]]] = [
        ("open", {}),
        ("open", {"number": "A031", "clerk": "clerk-2"}),
        ("paused", {"clerk": "clerk-3"}),
        ("closed", {}),
        ("closed", {}),
        ("open", {"number": "B007", "clerk": "clerk-6"}),
        ("open", {"number": "C014", "clerk": "clerk-7"}),
        ("closed", {}),
    ]
    shown = {
        str(n): {"order": n, "names": {"pl": str(n)}, "state": state, **more}
        for n, (state, more) in enumerate(states, 1)
    }
    shown["kasa"] = {
        "order": 9,
        "names": {"pl": "Kasa", "de": "Kasse", "en": "Cash desk"},
        "state": "closed",
    }
    return shown


def clerk(*tickets: dict[str, Any], counter: str = "4", state: str = "open", **more: Any) -> dict[str, Any]:
    """The view of a counter; tickets that wait get their ranks in the order given."""
    held: dict[str, Any] = {}
    rank = 0
    for shown in tickets:
        if shown["state"] == "waiting" and shown["service"] in OFFERED and "only" not in shown:
            shown = {**shown, "rank": rank, "level": OFFERED[shown["service"]]}
            rank += 1
        held[f"{len(held):032x}"] = shown
    desk: dict[str, Any] = {
        "id": counter,
        "names": {"pl": counter},
        "state": state,
        "since": ago(42),
        "profile": dict(OFFERED) if state != "closed" else {},
    }
    if state != "closed":
        desk["clerk"] = ME
    here = [key for key, shown in held.items() if shown["state"] in ("called", "serving")]
    if here:
        desk["ticket"] = here[0]
    others = counters()
    others[counter] |= {"state": state}
    hall = {"id": "ratusz", "names": {"pl": "Sala obsługi mieszkańców"}, "zone": "Europe/Warsaw"}
    view = {
        "hall": {
            **hall,
            "languages": ["pl", "en", "de"],
            "state": "open",
            "max_calls": 3,
            "undo_seconds": 10,
        },
        "counter": desk,
        "offered": dict(OFFERED),
        "tickets": held,
        "counters": others,
        "services": {
            service: {
                "order": n,
                "names": names(service),
                "letter": letter,
                "minutes": minutes,
                "waiting": n,
            }
            for n, (service, (letter, minutes, _, _)) in enumerate(SERVICES.items())
        },
        "segments": {
            segment: {"names": shown, "target": target, "standard_minutes": standard}
            for segment, (shown, target, _, standard) in SEGMENTS.items()
        },
    }
    view["hall"] |= more.get("hall", {})
    view["counter"] |= more.get("desk", {})
    return view


def usual_line() -> list[dict[str, Any]]:
    return [
        ticket("A039", "id-card", 64),
        ticket("B012", "residence", 4, "booked"),
        ticket("A041", "id-card", 22),
        ticket("A042", "id-pick", 16.5, language="uk"),
        ticket("A043", "residence", 3, "priority"),
        ticket("A044", "id-card", 9),
        ticket("B018", "car-new", 26),
        ticket("B013", "id-card", -16, "booked"),
        ticket("C015", "licence", 12),
        ticket("E003", "tax", 31),
        ticket("A036", "id-card", 41, only="2"),
        ticket("A035", "id-card", 50, state="parked"),
        ticket("A033", "residence", 55, state="missed", calls=3),
        ticket("A030", "id-pick", 70, state="missed", calls=3),
    ]


def at_counter(state: str, **more: Any) -> dict[str, Any]:
    """Somebody at the counter: called a minute ago, or served for eight minutes."""
    times: dict[str, Any] = (
        {"called_at": ago(1)} if state == "called" else {"called_at": ago(9), "started_at": ago(8)}
    )
    because = [
        {
            "code": "desk.why.booked_sum",
            "params": {"number": "B011", "time": "10:20", "waited": 4, "head": 15, "rate": 3, "n": 27},
        },
        {"code": "desk.why.waited_plain", "params": {"number": "A041", "waited": 22, "n": 22}},
    ]
    return (
        ticket("B011", "car-new", 31, state=state, segment="booked", calls=1, counter="4", because=because)
        | times
        | more
    )


def crowd() -> list[dict[str, Any]]:
    kinds = ("walk-in", "walk-in", "booked", "walk-in", "priority")
    services = list(SERVICES)
    return [
        ticket(f"{SERVICES[services[n % 5]][0]}{n + 100}", services[n % 5], 62 - n, kinds[n % 5])
        for n in range(60)
    ]


SCENES: dict[str, dict[str, Any]] = {
    "closed": clerk(*usual_line(), state="closed"),
    "taken": clerk(*usual_line(), counter="2", desk={"clerk": "clerk-2"}),
    "free": clerk(
        *usual_line(),
        desk={"undo": {"act": "finish", "ticket": "0" * 32, "number": "A040", "until": ago(-0.14)}},
    ),
    "empty": clerk(),
    "called": clerk(at_counter("called"), *usual_line()),
    "spent": clerk(at_counter("called", calls=3), *usual_line()),
    "serving": clerk(at_counter("serving"), *usual_line()),
    "long": clerk(at_counter("serving", started_at=ago(49), language="uk"), *usual_line()),
    "crowd": clerk(at_counter("serving"), *crowd()),
    "paused": clerk(*usual_line(), state="paused", desk={"reason": "meal", "until": ago(-21)}),
    "suspended": clerk(
        *usual_line(), hall={"state": "suspended", "notice": {"pl": "Awaria prądu.", "de": "Stromausfall."}}
    ),
}

HALL = {
    "id": "ratusz",
    "names": {"pl": "Sala obsługi mieszkańców", "en": "Residents’ hall", "de": "Bürgersaal"},
    "office": {
        "pl": "Urząd Miasta Zielonogóra",
        "en": "Zielonogóra City Hall",
        "de": "Stadtverwaltung Zielonogóra",
    },
    "zone": "Europe/Warsaw",
    "languages": ["pl", "en", "uk", "de"],
    "state": "open",
}
DOCUMENTS = [
    {"pl": "Ważny dowód osobisty albo paszport", "de": "Gültiger Personalausweis oder Reisepass"},
    {
        "pl": "Jedno aktualne zdjęcie do dokumentów (35 × 45 mm)",
        "de": "Ein aktuelles Passfoto (35 × 45 mm)",
    },
]
FOUR = {
    "id": "4",
    "names": {"pl": "4"},
    "place": {"pl": "parter, za schodami", "de": "Erdgeschoss, hinter der Treppe"},
    "direction": "left",
}


def citizen(state: str, **more: Any) -> dict[str, Any]:
    return {
        "number": "A041",
        "service": "id-card",
        "names": names("id-card"),
        "state": state,
        "issued_at": ago(22),
        "hall": HALL,
        "documents": DOCUMENTS,
        **more,
    }


TICKETS: dict[str, dict[str, Any]] = {
    "waiting": citizen("waiting", ahead=7, estimate={"low": 26, "mid": 31, "high": 38}),
    "next": citizen("waiting", ahead=0, estimate={"low": 0, "mid": 1, "high": 4}),
    "held": citizen("waiting", ahead=12, hall={**HALL, "state": "suspended"}),
    "called": citizen("called", counter=FOUR, called_at=ago(0.1), calls=1),
    "recalled": citizen(
        "called",
        counter={"id": "kasa", "names": {"pl": "Kasa", "de": "Kasse"}},
        called_at=ago(0.1),
        calls=2,
    ),
    "serving": citizen("serving", counter=FOUR, called_at=ago(4), calls=1),
    "parked": citizen("parked"),
    "finished": citizen("finished"),
    "missed": citizen("missed"),
    "cancelled": citizen("cancelled"),
    "lapsed": citizen("lapsed"),
}


def queues(state: str = "open") -> dict[str, Any]:
    lines: dict[str, Any] = {}
    for n, (service, (letter, _, _, _)) in enumerate(SERVICES.items()):
        lines[service] = {
            "order": n,
            "group": f"group-{letter.lower()}",
            "letter": letter,
            "names": names(service),
            "waiting": (7, 2, 0, 14, 1, 0, 3, 0)[n],
            "open": (3, 3, 2, 1, 1, 2, 1, 0)[n],
            "estimate": {"low": 4.0 * n, "mid": 6.0 * n + 3, "high": 9.0 * n + 9},
            "serving": ({"4": "A034", "2": "A031"}, {}, {}, {"6": "B007"}, {}, {"7": "C014"}, {}, {})[n],
            "accepting": n not in (3, 7),
        }
    lines["car-new"]["closed_code"] = "daily_cap"
    lines["tax"]["closed_code"] = "service_closed"
    return {"hall": {**HALL, "state": state}, "services": lines}
