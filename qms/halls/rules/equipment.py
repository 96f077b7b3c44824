"""What stands and hangs in a hall: kiosks and their paper, boards, and the zones in which they are."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from qms.halls.rules.parts import Language, Order, Part, Slug, Span, Text

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Loudness = Annotated[int, Field(ge=0, le=100)]
Media = Slug
"""The name under which the office has uploaded a picture or a video."""
PaperPart = Literal[
    "logo",
    "office",
    "hall",
    "head",
    "number",
    "service",
    "text",
    "time",
    "ahead",
    "wait",
    "place",
    "qr",
    "documents",
    "foot",
    "rule",
]
USUAL_PAPER: tuple[PaperPart, ...] = (
    "logo",
    "office",
    "head",
    "number",
    "service",
    "text",
    "time",
    "ahead",
    "wait",
    "place",
    "qr",
    "foot",
)


class Zone(Part):
    """A part of the hall, such as a floor; how loud screens in it are, and when they may be heard."""

    id: Slug
    names: Text
    volume: Loudness = 100
    heard: tuple[Span, ...] = ()
    """Local times at which they may be heard; none: always."""
    order: Order = 0


class Panel(Part):
    """What is shown beside the calls for `seconds`, in turn: a text, or an uploaded picture or video."""

    kind: Literal["text", "picture", "video"] = "text"
    text: Text = {}
    media: Media | None = None
    seconds: Annotated[int, Field(ge=5, le=600)] = 15

    @model_validator(mode="after")
    def _content(self) -> Self:
        if self.kind == "text" and not self.text:
            raise PydanticCustomError("panel", "a text panel must have a text")
        if self.kind != "text" and self.media is None:
            raise PydanticCustomError("panel", "a picture or video must be named in media")
        return self


class Sound(Part):
    """How a board is heard: `languages` in which a call is spoken, in this order (none: the hall's)."""

    mode: Literal["voice", "chime", "off"] = "voice"
    languages: tuple[Language, ...] = ()
    repeat: Annotated[int, Field(ge=1, le=3)] = 1
    """How often a call is spoken while nobody else waits to be called."""
    volume: Loudness = 100


class Board(Part):
    """A screen for those who wait: calls, or those next in line; of this hall and further `halls`.

    `zones`, `groups` (none: all) and `hidden` (services) choose what it shows; `zone` is where it hangs.
    """

    id: Slug
    names: Text
    kind: Literal["calls", "next"] = "calls"
    halls: tuple[Slug, ...] = ()
    zones: tuple[Slug, ...] = ()
    groups: tuple[Slug, ...] = ()
    hidden: tuple[Slug, ...] = ()
    zone: Slug | None = None
    recent: Annotated[int, Field(ge=3, le=12)] = 8
    queues: bool = True
    """Whether it tells how many wait, and how long."""
    panels: tuple[Panel, ...] = ()
    sound: Sound = Sound()
    theme: Literal["light", "dark", "contrast"] = "light"
    order: Order = 0


class KioskButton(Part):
    """One choice on the kiosk's first screen: one service, or an area with several purposes."""

    names: Text
    services: Annotated[tuple[Slug, ...], Field(min_length=1)]
    hint: Text = {}
    icon: Slug | None = None
    colour: Colour | None = None


class Kiosk(Part):
    """How the hall's kiosks behave. `buttons`: what they offer first; none: a button for each group.

    `paper`: every number is printed, or the person is asked whether the phone is enough, or none is.
    `phone`: people may leave a number for a message when their turn is near.
    """

    buttons: tuple[KioskButton, ...] = ()
    paper: Literal["always", "ask", "never"] = "ask"
    copies: Annotated[int, Field(ge=1, le=5)] = 1
    phone: bool = False
    idle_seconds: Annotated[int, Field(ge=20, le=600)] = 60
    grace_seconds: Annotated[int, Field(ge=10, le=120)] = 20
    """How long the question for more time stands before all is forgotten."""
    shown_seconds: Annotated[int, Field(ge=5, le=60)] = 8
    """How long a new number fills the screen."""


class Paper(Part):
    """What a printed number says, in this order; `head` and `foot` are the office's own words."""

    parts: tuple[PaperPart, ...] = USUAL_PAPER
    head: Text = {}
    foot: Text = {}

    @model_validator(mode="after")
    def _number(self) -> Self:
        if "number" not in self.parts:
            raise PydanticCustomError("paper", "a ticket must show its number")
        return self
