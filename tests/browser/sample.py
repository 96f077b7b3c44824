"""Sample halls: an ordinary one, and one with the longest words we could think of."""

from typing import Any

from tests.browser.stub import NOON, Scene

Text = dict[str, str]

OFFICE = {
    "pl": "Urząd Miasta Zielonogóra",
    "en": "Zielonogóra City Hall",
    "uk": "Міська рада Зельоногури",
    "de": "Stadtverwaltung Zielonogóra",
}
HALL = {
    "pl": "Sala obsługi mieszkańców",
    "en": "Residents’ hall",
    "uk": "Зала обслуговування мешканців",
    "de": "Bürgersaal",
}
ANNEX = {
    "pl": "Sala B, I piętro",
    "en": "Hall B, first floor",
    "uk": "Зала Б, 2 поверх",
    "de": "Saal B, 1. Stock",
}
TOWER = {
    "pl": "Wydział Geodezji i Kartografii",
    "en": "Land survey office",
    "uk": "Відділ геодезії та картографії",
    "de": "Abteilung Vermessung und Kartografie",
}
GROUPS: list[tuple[str, str, str, Text]] = [
    (
        "ids",
        "A",
        "id-card",
        {
            "pl": "Dowód osobisty i meldunek",
            "en": "ID card and residence",
            "uk": "Посвідчення особи та реєстрація місця проживання",
            "de": "Personalausweis und Wohnsitz",
        },
    ),
    (
        "cars",
        "B",
        "car",
        {
            "pl": "Rejestracja pojazdów",
            "en": "Vehicle registration",
            "uk": "Реєстрація транспортних засобів",
            "de": "Kraftfahrzeugzulassungsangelegenheiten",
        },
    ),
    (
        "driving",
        "C",
        "wheel",
        {"pl": "Prawo jazdy", "en": "Driving licence", "uk": "Водійське посвідчення", "de": "Führerschein"},
    ),
    (
        "civil",
        "D",
        "heart",
        {
            "pl": "Urząd stanu cywilnego",
            "en": "Births, marriages, deaths",
            "uk": "Реєстрація актів цивільного стану",
            "de": "Standesamt",
        },
    ),
    (
        "taxes",
        "E",
        "coins",
        {
            "pl": "Podatki i opłaty",
            "en": "Taxes and fees",
            "uk": "Податки та збори",
            "de": "Steuern und Gebühren",
        },
    ),
]
SERVICES: list[tuple[str, str, Text, int]] = [
    (
        "id-new",
        "ids",
        {
            "pl": "Dowód osobisty: złożenie wniosku",
            "en": "ID card: application",
            "uk": "Посвідчення особи: подання заяви",
            "de": "Personalausweis: Antrag stellen",
        },
        5,
    ),
    (
        "id-collect",
        "ids",
        {
            "pl": "Dowód osobisty: odbiór",
            "en": "ID card: collection",
            "uk": "Посвідчення особи: отримання",
            "de": "Personalausweis: Abholung",
        },
        0,
    ),
    (
        "residence",
        "ids",
        {
            "pl": "Meldunek",
            "en": "Registering an address",
            "uk": "Реєстрація місця проживання",
            "de": "Wohnsitz an- oder ummelden",
        },
        2,
    ),
    (
        "pesel",
        "ids",
        {
            "pl": "Nadanie numeru PESEL",
            "en": "PESEL number",
            "uk": "Присвоєння номера PESEL громадянам України",
            "de": "Zuteilung einer PESEL-Nummer",
        },
        12,
    ),
    (
        "car-new",
        "cars",
        {
            "pl": "Rejestracja pojazdu",
            "en": "Registering a vehicle",
            "uk": "Реєстрація транспортного засобу",
            "de": "Fahrzeug zulassen",
        },
        21,
    ),
    (
        "car-sold",
        "cars",
        {
            "pl": "Zgłoszenie zbycia pojazdu",
            "en": "Reporting a sale",
            "uk": "Повідомлення про продаж",
            "de": "Veräußerung anzeigen",
        },
        1,
    ),
    (
        "licence",
        "driving",
        {
            "pl": "Prawo jazdy: wydanie lub wymiana",
            "en": "Driving licence: issue or exchange",
            "uk": "Водійське посвідчення: видача або обмін",
            "de": "Führerschein: Ausstellung oder Umtausch",
        },
        3,
    ),
    (
        "birth",
        "civil",
        {
            "pl": "Akt urodzenia",
            "en": "Birth certificate",
            "uk": "Свідоцтво про народження",
            "de": "Geburtsurkunde",
        },
        0,
    ),
    (
        "marriage",
        "civil",
        {"pl": "Ślub cywilny", "en": "Civil marriage", "uk": "Цивільний шлюб", "de": "Eheschließung"},
        1,
    ),
    (
        "local-tax",
        "taxes",
        {
            "pl": "Podatek od nieruchomości",
            "en": "Property tax",
            "uk": "Податок на нерухомість",
            "de": "Grundsteuer",
        },
        4,
    ),
]
DOCUMENTS: list[Text] = [
    {
        "pl": "ważny dowód osobisty lub paszport",
        "en": "valid ID card or passport",
        "uk": "чинне посвідчення особи або паспорт",
        "de": "gültiger Personalausweis oder Reisepass",
    },
    {
        "pl": "jedno zdjęcie 35 × 45 mm, nie starsze niż 6 miesięcy",
        "en": "one photograph 35 × 45 mm, not older than 6 months",
        "uk": "одне фото 35 × 45 мм, не старше 6 місяців",
        "de": "ein Lichtbild 35 × 45 mm, nicht älter als 6 Monate",
    },
    {
        "pl": "przy wniosku dla dziecka: zgoda drugiego rodzica",
        "en": "for a child: consent of the other parent",
        "uk": "для дитини: згода другого з батьків",
        "de": "für ein Kind: Einwilligung des anderen Elternteils",
    },
]
SEGMENTS = [
    {
        "id": "pregnant",
        "offered": "kiosk",
        "names": {"pl": "Kobieta w ciąży", "en": "Pregnant", "uk": "Вагітна жінка", "de": "Schwangere"},
        "hint": {},
    },
    {
        "id": "child",
        "offered": "kiosk",
        "names": {
            "pl": "Osoba z dzieckiem do 3 lat",
            "en": "With a child under 3",
            "uk": "З дитиною до 3 років",
            "de": "Mit Kind unter 3 Jahren",
        },
        "hint": {
            "pl": "Dziecko jest z Tobą.",
            "en": "The child is with you.",
            "uk": "Дитина разом із вами.",
            "de": "Das Kind ist dabei.",
        },
    },
    {
        "id": "disabled",
        "offered": "kiosk",
        "names": {
            "pl": "Osoba z niepełnosprawnością",
            "en": "Person with a disability",
            "uk": "Особа з інвалідністю",
            "de": "Mensch mit Behinderung",
        },
        "hint": {
            "pl": "Przygotuj legitymację.",
            "en": "Have your card ready.",
            "uk": "Підготуйте посвідчення.",
            "de": "Bitte Ausweis bereithalten.",
        },
    },
    {"id": "key", "offered": "staff", "names": {"pl": "Klient kluczowy"}, "hint": {}},
]
WEEK = {day: [{"opens": "08:00:00", "closes": "16:00:00"}] for day in ("mon", "wed", "thu", "fri")}
WEEK["tue"] = [{"opens": "08:00:00", "closes": "18:00:00"}]
COLOURS = {
    "ids": "#1a5fb4",
    "cars": "#1f6f4a",
    "driving": "#8f2f7d",
    "civil": "#7a5200",
    "taxes": "#46469c",
}
ZONE = "Europe/Warsaw"
LANGUAGES = ["pl", "en", "uk", "de"]


def hall(**change: Any) -> dict[str, Any]:
    """The hall's public document."""
    return {
        "id": "town",
        "names": HALL,
        "office": {"id": "city", "names": OFFICE},
        "zone": ZONE,
        "languages": LANGUAGES,
        "open": True,
        "accepting": True,
        "hours": {"week": WEEK, "last_ticket": {}},
        "groups": [
            {
                "id": g,
                "letter": letter,
                "icon": icon,
                "colour": COLOURS[g],
                "names": names,
                "services": [s for s, of, _, _ in SERVICES if of == g],
            }
            for g, letter, icon, names in GROUPS
        ],
        "services": {
            s: {
                "names": names,
                "group": g,
                "minutes": 15,
                "documents": DOCUMENTS,
                "open": True,
                "accepting": True,
            }
            for s, g, names, _ in SERVICES
        },
        "segments": SEGMENTS,
        "counters": [],
        "kiosk": kiosk(),
    } | change


def kiosk(**change: Any) -> dict[str, Any]:
    """How the office wants its kiosks, with a button for each group."""
    return {
        "buttons": [
            {
                "names": names,
                "icon": icon,
                "colour": COLOURS[g],
                "services": [s for s, of, _, _ in SERVICES if of == g],
            }
            for g, _, icon, names in GROUPS
        ],
        "paper": "ask",
        "copies": 1,
        "phone": False,
        "idle_seconds": 60,
        "grace_seconds": 20,
        "shown_seconds": 8,
    } | change


def board_hall(**change: Any) -> dict[str, Any]:
    return {"names": HALL, "office": OFFICE, "zone": ZONE, "languages": LANGUAGES, "state": "open"} | change


def queue(**change: Any) -> dict[str, Any]:
    """The queue view, as the kiosk follows it."""
    letters = {g: letter for g, letter, _, _ in GROUPS}
    return {
        "hall": board_hall(),
        "services": {
            s: {
                "order": n,
                "group": g,
                "letter": letters[g],
                "names": names,
                "waiting": waiting,
                "open": 2,
                "estimate": {"low": waiting * 4.2, "mid": waiting * 6.0, "high": waiting * 8.3 + 3},
                "serving": {},
                "accepting": True,
            }
            for n, (s, g, names, waiting) in enumerate(SERVICES)
        },
    } | change


def counter_names(name: str) -> Text:
    """As the server sends them: a counter without a name is called by its id."""
    if name != "kasa":
        return dict.fromkeys(LANGUAGES, name)
    return {"pl": "Kasa", "en": "Cash desk", "uk": "Каса", "de": "Kasse"}


def call(order: int, number: str, counter: str, **change: Any) -> dict[str, Any]:
    return {
        "order": order,
        "hall": "town",
        "number": number,
        "counter": counter,
        "counter_names": counter_names(counter),
        "direction": "right" if counter in "456" else "left",
        "at": NOON,
    } | change


RECENT = [
    ("B021", "7"),
    ("A011", "4"),
    ("C003", "kasa"),
    ("D004", "2"),
    ("A010", "5"),
    ("E007", "6"),
    ("B020", "1"),
    ("A009", "4"),
]


def board(calls: list[tuple[str, str]] | None = None, **change: Any) -> dict[str, Any]:
    """The board view; `calls` are those of the last minute, oldest first."""
    fresh = calls or []
    waiting = {"ids": 19, "cars": 22, "driving": 3, "civil": 0, "taxes": 4}
    return {
        "halls": {"town": board_hall()},
        "calls": {f"town:{100 + n}": call(100 + n, *c, again=False) for n, c in enumerate(fresh)},
        "recent": {
            f"t{number}": call(
                100 + fresh.index((number, counter)) if (number, counter) in fresh else 50 - n,
                number,
                counter,
                state="called" if n < 2 else "serving",
            )
            for n, (number, counter) in enumerate([*reversed(fresh), *RECENT][:8])
        },
        "queues": {
            f"town:{g}": {
                "order": n,
                "hall": "town",
                "names": names,
                "letter": letter,
                "waiting": waiting[g],
                "open": 2 if g != "taxes" else 0,
            }
            | (
                {"estimate": {"low": waiting[g] * 3, "mid": waiting[g] * 4, "high": waiting[g] * 5 + 4}}
                if g != "taxes"
                else {}
            )
            for n, (g, letter, _, names) in enumerate(GROUPS)
        },
    } | change


TEXT_PANEL = {
    "kind": "text",
    "text": {
        "pl": "Dowód osobisty można złożyć także przez internet – mObywatel.",
        "en": "You can also apply for an ID card online – mObywatel.",
        "uk": "Заяву на посвідчення особи можна подати й через інтернет – mObywatel.",
        "de": "Den Personalausweis können Sie auch online beantragen – mObywatel.",
    },
    "seconds": 15,
}


def board_set(kind: str = "calls", *panels: dict[str, Any], **change: Any) -> dict[str, Any]:
    """What a board of the hall's set-up adds to its view; `sound` is merged into the usual one."""
    sound = {"mode": "voice", "languages": ["pl", "en"], "repeat": 1, "volume": 100} | change.pop(
        "sound", {}
    )
    return {
        "id": "main",
        "hall": "town",
        "names": {"pl": "Tablica główna"},
        "kind": kind,
        "theme": "light",
        "recent": 8,
        "queues": True,
        "panels": {str(n): {"order": n, "seconds": 15} | panel for n, panel in enumerate(panels)},
        "sound": sound,
    } | change


def next_in_line() -> dict[str, Any]:
    """The next numbers of each line."""
    waiting = {"A": range(12, 17), "B": range(23, 28), "C": range(5, 8), "E": range(8, 12)}
    return {
        f"t{letter}{n}": {
            "order": n,
            "hall": "town",
            "number": f"{letter}{n:03}",
            "letter": letter,
            "group": group,
            "names": names,
        }
        for group, letter, _, names in GROUPS
        for n in waiting.get(letter, ())
    }


def halls(count: int) -> dict[str, Any]:
    """So many halls on one board."""
    own = [("town", HALL), ("annex", ANNEX), ("tower", TOWER)]
    return {hall: board_hall(names=names) for hall, names in own[:count]}


def spread(board: dict[str, Any], count: int) -> dict[str, Any]:
    """The same board, its calls and lines spread over so many halls."""
    ids = list(halls(count))
    shown = [*board["calls"].values(), *board["recent"].values(), *board["queues"].values()]
    for n, one in enumerate([*shown, *board.get("next", {}).values()]):
        one["hall"] = ids[n % count]
    queues = {f"{q['hall']}:{key.partition(':')[2]}": q for key, q in board["queues"].items()}
    for ticket in board.get("next", {}).values():
        ticket["hall"] = next(
            key.partition(":")[0] for key in queues if key.endswith(f":{ticket['group']}")
        )
    return board | {"halls": halls(count), "queues": queues}


def sign(state: str, **change: Any) -> dict[str, Any]:
    return {
        "hall": {"names": HALL, "zone": ZONE, "languages": LANGUAGES},
        "counter": {"id": "4", "names": counter_names("4"), "state": state} | change,
    }


def scene(**change: Any) -> Scene:
    """An ordinary morning."""
    views = {"queue": queue(), "board": board(), "counter": sign("free")}
    return Scene(**({"hall": hall(), "views": views} | change))
