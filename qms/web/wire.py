"""Models of what comes in over HTTP: strict, closed, and free of what a database would choke on."""

import json
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)


def _clean(text: str) -> str:
    """NFC; refuses control characters and halves of surrogate pairs."""
    text = unicodedata.normalize("NFC", text)
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t":
            raise ValueError("holds a character that is not text")
    return text


Clean = Annotated[str, AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=40)]
"""A slug: hall, service, counter, segment."""
TicketId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Line = Annotated[Clean, StringConstraints(strip_whitespace=True, max_length=200)]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(_clean),
    StringConstraints(max_length=100),
]
"""What somebody or something is called on screens; never empty."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Level = Annotated[int, Field(ge=1, le=9)]


def _moment(value: Any) -> Any:
    """JSON has no moments: ISO 8601 with an offset is read as one."""
    return datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else value


def _near(value: datetime) -> datetime:
    """Calendars end, and an hour's difference must not lead beyond."""
    if not 2000 <= value.year < 3000:
        raise ValueError("lies too far away")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_near)]


def _day(value: Any) -> Any:
    """JSON has no days: ISO 8601 is read as one."""
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value


def _near_day(value: date) -> date:
    if not 2000 <= value.year < 3000:
        raise ValueError("lies too far away")
    return value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_near_day)]


class Wire(BaseModel):
    """Base of all bodies. Nothing is converted, nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Nothing(Wire):
    """An empty object."""


class Answer(BaseModel):
    """Base of answers, for the OpenAPI document."""

    model_config = ConfigDict(extra="forbid")


def is_plain(body: bytes) -> bool:
    """Whether a body is JSON that every reader reads alike: no name twice, no NaN, not too deep."""
    try:
        _PLAIN.decode(body.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name stands there twice")
    return names


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_PLAIN = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)


def errors(error: Any) -> list[dict[str, Any]]:
    """What was wrong with a body, without what was typed in."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
