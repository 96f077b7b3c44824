"""Public holidays of a country, and what they are called: from the library `holidays`."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays, list_supported_countries

_ENGLISH = "en_US"


@lru_cache
def known(country: str) -> Collection[str] | None:
    """The subdivisions of a country with holidays of their own; None: the country is not known."""
    found = list_supported_countries(include_aliases=False).get(country)
    return None if found is None else tuple(found)


@lru_cache
def countries() -> Collection[str]:
    """The countries whose holidays are known, by their codes."""
    return tuple(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=256)
def of_year(country: str, subdivision: str | None, year: int, language: str) -> Mapping[date, str]:
    """The holidays of a year with their names; in English where `language` is not known.

    Nothing for a country or subdivision that is not known. The language is always chosen here:
    left to itself, the library goes by the language of the machine.
    """
    if subdivision not in (None, *(known(country) or ())) or known(country) is None:
        return {}
    kind = type(country_holidays(country, language=_ENGLISH))
    wanted = _ENGLISH if language == "en" else language
    spoken = kind.supported_languages
    chosen = next((each for each in (wanted, _ENGLISH) if each in spoken), kind.default_language)
    return MappingProxyType(dict(kind(subdiv=subdivision, years=year, language=chosen, expand=False)))


@lru_cache
def region_name(country: str, subdivision: str) -> str:
    """What a country calls its subdivision; the code where it has no name."""
    names = type(country_holidays(country)).subdivisions_aliases if known(country) else {}
    return next((name for name, code in names.items() if code == subdivision), subdivision)


@lru_cache
def regions(country: str, year: int) -> Mapping[str, str]:
    """The subdivisions that have holidays of their own in a year: code and name."""
    everywhere = of_year(country, None, year, "en").keys()
    own = [code for code in known(country) or () if of_year(country, code, year, "en").keys() != everywhere]
    return MappingProxyType({code: region_name(country, code) for code in own if len(code) < 4})
