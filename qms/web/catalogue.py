"""Texts by language and domain, read from gettext catalogues (`qms/locales/<language>/<domain>.po`)."""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from babel.core import Locale
from babel.messages.pofile import read_po
from babel.plural import PluralRule

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("pl", "en", "uk", "de")
PLACE = re.compile(r"{(\w+)}")
FORMS = ("zero", "one", "two", "few", "many", "other")

Entry = str | Mapping[str, str]
"""A text, or one text by plural form (CLDR names)."""


def domains(language: str) -> list[str]:
    """The domains that a language has."""
    return sorted(path.stem for path in (LOCALES / language).glob("*.po"))


@cache
def entries(language: str, domain: str) -> Mapping[str, Entry]:
    """All texts of a domain; raises LookupError for one that does not exist."""
    path = LOCALES / language / f"{domain}.po"
    if not path.is_file():
        raise LookupError(f"no texts {domain} in {language}")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    texts: dict[str, Entry] = {}
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, str):
            texts[message.id] = str(message.string)
        else:
            texts[message.id[0]] = dict(zip(_forms(language), message.string or (), strict=True))
    return texts


@cache
def _rule(language: str) -> PluralRule:
    return Locale.parse(language).plural_form


@cache
def _forms(language: str) -> tuple[str, ...]:
    """Plural forms in the order of gettext: those that whole numbers take, as CLDR lists them."""
    rule = _rule(language)
    used = {rule(n) for n in range(200)}
    return tuple(form for form in FORMS if form in used)


def text(language: str, domain: str, key: str, n: int | None = None, **params: Any) -> str:
    """A text with its `{name}` places filled; `n` chooses the plural form and fills `{n}`.

    A place that has no value stays as it is. Raises LookupError for a key that the catalogue lacks.
    """
    entry = entries(language, domain)[key]
    if not isinstance(entry, str):
        entry = entry[_rule(language)(n if n is not None else 1)]
    if n is not None:
        params["n"] = n
    return PLACE.sub(lambda place: str(params.get(place[1], place[0])), entry)


@cache
def as_json(language: str, domain: str) -> tuple[bytes, str]:
    """A domain for browsers, and its entity tag."""
    body = orjson.dumps(dict(entries(language, domain)), option=orjson.OPT_SORT_KEYS)
    return body, f'"{sha256(body).hexdigest()[:20]}"'


def choose(accept: str | None, offered: tuple[str, ...] = LANGUAGES) -> str:
    """The offered language that an `Accept-Language` header likes best; the first where it likes none."""
    best, weight = offered[0], 0.0
    for part in (accept or "")[:200].split(","):
        tag, _, rest = part.strip().partition(";")
        try:
            q = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            continue
        name = tag.strip().lower().split("-")[0]
        if name in offered and q > weight:
            best, weight = name, q
    return best
