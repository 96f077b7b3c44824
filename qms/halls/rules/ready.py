"""Segments that an office need only name in its file: their words and targets.

Walk-in and booked are in every hall. The others are the usual priority groups and the key
client; a hall has them when its file has a section of that name, and may change any of it.
None bears a standard: only the office can promise.
"""

from collections.abc import Mapping
from typing import Any

_SOON = {"target": 10, "head": 0.5}

ALWAYS = ("walk-in", "booked")
SEGMENTS: Mapping[str, Mapping[str, Any]] = {
    "walk-in": {
        "names": {
            "pl": "Bez rezerwacji",
            "en": "Without a booking",
            "uk": "Без запису",
            "de": "Ohne Termin",
        },
        "target": 30,
        "head": 0,
        "offered": "never",
    },
    "booked": {
        "names": {
            "pl": "Umówiona wizyta",
            "en": "Booked visit",
            "uk": "Візит за записом",
            "de": "Mit Termin",
        },
        **_SOON,
        "offered": "never",
    },
    "pregnant": {
        "names": {"pl": "Osoba w ciąży", "en": "Pregnant", "uk": "Вагітна", "de": "Schwanger"},
        **_SOON,
        "offered": "kiosk",
    },
    "small-child": {
        "names": {
            "pl": "Osoba z małym dzieckiem",
            "en": "With a small child",
            "uk": "З малою дитиною",
            "de": "Mit kleinem Kind",
        },
        "hint": {
            "pl": "Dziecko do 3 lat",
            "en": "A child aged 3 or under",
            "uk": "Дитина до 3 років",
            "de": "Ein Kind bis 3 Jahre",
        },
        **_SOON,
        "offered": "kiosk",
    },
    "disabled": {
        "names": {
            "pl": "Osoba z niepełnosprawnością",
            "en": "Person with a disability",
            "uk": "Людина з інвалідністю",
            "de": "Mensch mit Behinderung",
        },
        "hint": {
            "pl": "Także osoby, którym trudno długo stać lub czekać",
            "en": "Also people who find it hard to stand or wait for long",
            "uk": "Також люди, яким важко довго стояти або чекати",
            "de": "Auch Menschen, denen langes Stehen oder Warten schwerfällt",
        },
        **_SOON,
        "offered": "kiosk",
    },
    "75-plus": {
        "names": {
            "pl": "Osoba w wieku 75 lat lub więcej",
            "en": "Aged 75 or over",
            "uk": "Людина віком від 75 років",
            "de": "75 Jahre oder älter",
        },
        **_SOON,
        "offered": "kiosk",
    },
    "blood-donor": {
        "names": {
            "pl": "Zasłużony Honorowy Dawca Krwi",
            "en": "Honorary blood donor",
            "uk": "Почесний донор крові",
            "de": "Verdienstvoller Blutspender",
        },
        "hint": {
            "pl": "Proszę pokazać legitymację w informacji",
            "en": "Please show your card at the information desk",
            "uk": "Будь ласка, покажіть посвідчення в довідковій",
            "de": "Bitte zeigen Sie Ihren Ausweis an der Information",
        },
        **_SOON,
        "offered": "staff",
    },
    "key-client": {
        "names": {
            "pl": "Klient kluczowy",
            "en": "Key client",
            "uk": "Ключовий клієнт",
            "de": "Schlüsselkunde",
        },
        **_SOON,
        "offered": "staff",
    },
}
