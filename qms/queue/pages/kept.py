"""Whether the waits that people were told came true, as a table for those who run a hall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import format_percent

from qms.halls.rules.model import Hall
from qms.queue.kept import Kept
from qms.web.catalogue import text
from qms.web.wording import LOCALES, duration, name, number

COLUMNS = ("service", "called", "within", "below", "above", "mae", "rmse", "never")
NONE = "–"
ENOUGH = 20
"""Of fewer people than these, shares and errors tell of chance and are not shown."""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One service: a cell for each head but the first; with few people only how many, and in words that this is few."""

    name: str
    cells: Sequence[str]
    few: str = ""


@dataclass(frozen=True, slots=True)
class KeptTable:
    """All that `kept.html` shows; the first head is that of the names. Without rows `empty` is said."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[KeptRow]
    empty: str


def kept_table(setup: Hall, kept: Mapping[str, Kept], lang: str) -> KeptTable:
    """The table of a hall, its services in the hall's order."""

    def t(key: str) -> str:
        return text(lang, "estimates", f"estimates.{key}")

    rows = tuple(
        _row(name(service.names, lang), kept[service.id], t("few"), lang)
        for service in sorted(setup.services, key=lambda one: one.order)
        if service.id in kept
    )
    return KeptTable(t("title"), t("note"), tuple(t(f"head.{key}") for key in COLUMNS), rows, t("empty"))


def _row(service: str, one: Kept, few: str, lang: str) -> KeptRow:
    if one.called < ENOUGH:
        return KeptRow(service, (number(one.called, lang),), few)
    return KeptRow(service, _cells(one, lang))


def _cells(one: Kept, lang: str) -> tuple[str, ...]:
    shares = (_share(value, lang) for value in (one.within, one.below, one.above))
    errors = (_minutes(value, lang) for value in (one.mae, one.rmse))
    return (number(one.called, lang), *shares, *errors, _share(one.never, lang))


def _share(value: float | None, lang: str) -> str:
    return NONE if value is None else str(format_percent(value, locale=LOCALES.get(lang, lang)))


def _minutes(value: float | None, lang: str) -> str:
    return NONE if value is None else duration(round(value), lang)
