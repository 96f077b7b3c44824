"""What is wrong with a value, in the words of somebody who fills in a file."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

_TIME = 'must be a time such as "08:30"'
_DATE = "must be a date such as 2026-12-24"
_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "must be small letters a-z, digits and single hyphens, such as id-card",
    "^[a-z]{2}$": "must be a language code of two small letters, such as pl",
    "^[A-Z]{1,2}$": "must be one or two capital letters A-Z",
    "^#[0-9a-f]{6}$": "must be a colour such as #1a6bb5",
    "^[A-Z]{2}$": "must be a country code of two capital letters, such as PL",
    "^[A-Z0-9]{1,3}$": "must be a code of one to three capital letters or digits, such as BY",
    r"^[^@\s]+@[^@\s]+$": "must be an e-mail address",
}
_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "greater_than": lambda said: f"must be above {_number(said['gt'])}",
    "greater_than_equal": lambda said: f"must be {_number(said['ge'])} or more",
    "less_than_equal": lambda said: f"must be {_number(said['le'])} or less",
    "string_pattern_mismatch": lambda said: _PATTERNS.get(
        said["pattern"], "must not hold control characters"
    ),
    "string_too_short": lambda _: "must not be empty",
    "string_too_long": lambda said: f"must have {said['max_length']} characters or fewer",
    "too_short": lambda _: "must not be empty",
    "literal_error": lambda said: f"must be one of {said['expected'].replace(' or ', ', ')}",
    "int_type": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false",
    "string_type": lambda _: "must be a text in quotes",
    "dict_type": lambda _: "must be a table such as { … } or a [section]",
    "model_type": lambda _: "must be a table such as { … } or a [section]",
    "tuple_type": lambda _: "must be a list such as [ … ]",
    "too_long": lambda said: f"must have {said['max_length']} or fewer",
    "date_type": lambda _: _DATE,
    "date_parsing": lambda _: _DATE,
    "date_from_datetime_parsing": lambda _: _DATE,
    "date_from_datetime_inexact": lambda _: _DATE,
    "time_type": lambda _: _TIME,
    "time_parsing": lambda _: _TIME,
}


def words(error: ErrorDetails) -> str:
    """One sentence on one error of the model, with the value that was given where it is short."""
    kind, said = error["type"], error.get("ctx", {})
    text = _WORDS[kind](said) if kind in _WORDS else error["msg"]
    return text if kind == "missing" else text + was(error["input"])


def was(value: object) -> str:
    """' (was …)' for a value that fits into a sentence, else nothing."""
    if isinstance(value, bool):
        return f" (was {str(value).lower()})"
    if isinstance(value, int | float | str) and len(str(value)) <= 40:
        return f" (was {value})" if value != "" else ""
    return ""


def unknown(key: str, known: Collection[str]) -> str:
    """That a key is not known, with the nearest one that is."""
    near = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    return f"is not a known key; did you mean {near[0]}?" if near else "is not a known key"


def _number(value: float) -> str:
    return f"{value:g}"
