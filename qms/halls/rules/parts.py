"""What the parts of a set-up are made of: names, texts, local times, spans."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_PRINTED = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True, pattern=_PRINTED)
]
Text = dict[Language, Words]
"""One text in several languages; the hall's first language is always there."""
Prose = dict[
    Language,
    Annotated[
        str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True, pattern=_PRINTED)
    ],
]
"""As `Text`, for a page of it: an empty line parts paragraphs."""
Order = Annotated[int, Field(ge=0, le=9999)]
"""Where a part stands on screens: lower ones first."""
Letter = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]
Minutes = Annotated[float, Field(ge=0, le=1440)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _wall_clock(value: time) -> time:
    if value.tzinfo or value.second or value.microsecond:
        raise PydanticCustomError("wall_clock", "must be an hour and minute without a zone, such as 08:30")
    return value


LocalTime = Annotated[time, AfterValidator(_wall_clock)]
"""A time of day on the hall's own clock, in whole minutes."""
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Part(BaseModel):
    """Base of all parts: closed, frozen, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """Opening time within one day, local."""

    opens: LocalTime
    closes: LocalTime

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.closes <= self.opens:
            raise PydanticCustomError("span", "the closing time must be after the opening time")
        return self
