"""What an office sets up: a hall with its groups, services, counters, segments, hours and rules.

A `Hall` is one immutable version of that set-up. Identifiers are slugs that never change;
what a later version no longer names is kept as `retired`, so that old tickets keep their names.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from qms.halls.rules import check
from qms.halls.rules.booking import Bookings, Closure, Holidays, ServiceBooking, Shift, TimeOff
from qms.halls.rules.equipment import Board, Colour, Kiosk, Media, Paper, Zone
from qms.halls.rules.fault import Fault
from qms.halls.rules.parts import (
    Language,
    Letter,
    LocalTime,
    Minutes,
    Order,
    Part,
    Slug,
    Span,
    Text,
    Weekday,
)

D = TypeVar("D", str, date)
WALK_IN, BOOKED, KEY_CLIENT = "walk-in", "booked", "key-client"
"""Segments that every hall has; priority groups are named by the office."""


def refuse(title: str, faults: Sequence[Fault]) -> None:
    """Raise one `ValidationError` that names the place of every fault; none: do nothing."""
    if faults:
        details = [
            InitErrorDetails(
                type=PydanticCustomError("hall", "{text}", {"text": f.text}), loc=f.path, input=None
            )
            for f in faults
        ]
        raise ValidationError.from_exception_data(title, details)


class Office(Part):
    """An organisation's site; owns halls. `accent` and `logo` (an uploaded picture) dress its screens."""

    id: Slug
    names: Text
    organisation: Slug
    accent: Colour | None = None
    logo: Media | None = None


class Standard(Part):
    """The promise of an office: `share` of the people are called within `minutes`."""

    minutes: Minutes = 20
    share: Annotated[float, Field(gt=0, le=1)] = 0.8


class Segment(Part):
    """A kind of client; `target` (minutes) and `head` are T and head of the routing rule.

    `standard` is what the office promises to such clients; none: it promises nothing.
    `offered` says who may give the segment: the person at the kiosk, staff only, or nobody
    (booked visits get theirs at check-in).
    """

    id: Slug
    names: Text
    target: Annotated[float, Field(gt=0, le=480)] = 30
    head: Annotated[float, Field(ge=0, le=10)] = 0
    standard: Standard | None = None
    offered: Literal["kiosk", "staff", "never"] = "staff"
    hint: Text = {}
    order: Order = 0
    retired: bool = False


class Group(Part):
    """Services behind one kiosk button, with one run of numbers: letter, then `first`..`last`."""

    id: Slug
    names: Text
    letter: Letter
    booked_letter: Letter | None = None
    first: Annotated[int, Field(ge=0, le=99_999)] = 1
    last: Annotated[int, Field(ge=0, le=99_999)] = 999
    digits: Annotated[int, Field(ge=1, le=5)] = 3
    icon: Slug | None = None
    colour: Colour | None = None
    order: Order = 0
    retired: bool = False

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("range", "last must not be below first")
        return self


class Service(Part):
    """What a person comes for; `minutes` is the expected time at the counter.

    `standard` is what is promised to all who take a number for it; none: that of their segment counts.
    """

    id: Slug
    group: Slug
    names: Text
    minutes: Annotated[float, Field(gt=0, le=480)] = 15
    documents: tuple[Text, ...] = ()
    standard: Standard | None = None
    daily_cap: Annotated[int, Field(ge=0, le=99_999)] | None = None
    last_ticket: dict[Weekday, LocalTime] = {}
    open: bool = True
    notice: Text = {}
    from_home: bool = True
    """Whether a number may be taken on the web, where the hall lets people join from home."""
    paper: Text = {}
    """The office's own words on each printed number."""
    icon: Slug | None = None
    colour: Colour | None = None
    booking: ServiceBooking = ServiceBooking()
    order: Order = 0
    retired: bool = False


class Counter(Part):
    """A desk; `services` gives the level (1 first, 2 second, …) of each service it may serve."""

    id: Slug
    names: Text
    services: dict[Slug, Annotated[int, Field(ge=1, le=9)]]
    place: Text = {}
    direction: Literal["left", "right", "ahead", "back", "up", "down"] | None = None
    zone: Slug | None = None
    order: Order = 0
    retired: bool = False


class Hours(Part):
    """When the hall serves, and when the last ticket is issued (`last_ticket`: by default at closing)."""

    week: dict[Weekday, tuple[Span, ...]] = {}
    last_ticket: dict[Weekday, LocalTime] = {}
    dates: dict[date, tuple[Span, ...]] = {}
    """Opening times of single days, in place of the week's; none: closed."""
    tickets_before: Minutes = 30
    """Tickets are given out so many minutes before opening."""

    @field_validator("week", "dates")
    @classmethod
    def _sorted(cls, days: dict[D, tuple[Span, ...]]) -> dict[D, tuple[Span, ...]]:
        wrong = [day for day, spans in days.items() if any(a.closes > b.opens for a, b in pairwise(spans))]
        refuse("Hours", [Fault((str(day),), "opening times must follow each other") for day in wrong])
        return days


Rule = Literal["accumulating", "fcfs", "strict", "strict_ageing", "longest_queue", "cmu"]
"""How people are called: see `queue/rules/terms`."""


class Overflow(Part):
    """When a counter helps another line by itself: it serves it like its own services from the moment
    when somebody there is expected to wait more than `above` minutes in all and nobody of its own
    lines more than `below`, for at least `least` minutes.
    """

    above: Annotated[float, Field(gt=0, le=480)] = 30
    below: Annotated[float, Field(ge=0, le=480)] = 10
    least: Annotated[float, Field(ge=1, le=480)] = 15

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.below >= self.above:
            raise PydanticCustomError("overflow", "below must be less than above")
        return self


class Conduct(Part):
    """The hall's rules of conduct: all that decides and may differ between offices."""

    rule: Rule = "accumulating"

    day_begins: LocalTime = time(0)
    guard: Annotated[float, Field(gt=0, le=1440)] = 60
    """Minutes after which a waiting person goes before all others."""
    alpha: Annotated[float, Field(ge=0, le=1)] = 0
    """Weight of efficiency in the score; 0: none."""
    auto_call: bool = False
    """Whether somebody new is called at once to the counter that has been free for longest."""
    overflow: Overflow | None = None
    """When counters serve their lower levels like the first; none: only where nobody else is due."""
    walk: Minutes = 0.6
    """Minutes from call to the counter."""
    cycle_minutes: Minutes = 1
    """What the estimate adds to a service's minutes for walking and no-shows (c0)."""
    max_calls: Annotated[int, Field(ge=1, le=9)] = 3
    requeue_after: Minutes = 5
    """An absent person sent back to waiting is not called again sooner."""
    undo_seconds: Annotated[int, Field(ge=0, le=60)] = 10
    stop_at_closing: bool = True
    """Refuse tickets whose expected wait passes closing."""
    join_from_home: bool = False
    home_per_day: Annotated[int, Field(ge=0, le=99_999)] | None = None
    """Numbers that may be taken from home in a day, for each service; none: no limit of its own."""
    let_pass: Annotated[int, Field(ge=0, le=20)] = 0
    """How many people one who waits may let go first; 0: it is not offered."""
    near_minutes: Minutes = 10
    near_people: Annotated[int, Field(ge=0, le=50)] = 2
    """A turn is near with so short a wait, or so few people ahead."""
    offline_numbers: Annotated[int, Field(ge=0, le=200)] = 30
    """Numbers of each group set aside for a kiosk that has to go on without the server."""
    hand_pick: Literal["clerk", "supervisor"] = "clerk"
    """Who may call a chosen ticket instead of the next one."""
    publish_standards: bool = True
    """Tell everybody what is promised, and whether it was kept."""

    @field_validator("day_begins")
    @classmethod
    def _early(cls, value: time) -> time:
        if value > time(6) or value.minute:
            raise PydanticCustomError("day_begins", "must be a full hour from 00:00 to 06:00")
        return value


class Hall(Part):
    """One version of a hall's set-up.

    What its parts say of each other is checked as a whole (`check.faults`): a set-up that
    contradicts itself is refused with one error per place, located by kind, id and field.
    """

    id: Slug
    names: Text
    office: Office
    zone: str
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    segments: tuple[Segment, ...]
    hours: Hours
    conduct: Conduct = Conduct()
    bookings: Bookings | None = None
    """How the hall takes bookings; none: it takes none."""
    roster: tuple[Shift, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    closures: tuple[Closure, ...] = ()
    holidays: Holidays | None = None
    zones: tuple[Zone, ...] = ()
    boards: tuple[Board, ...] = ()
    kiosk: Kiosk = Kiosk()
    paper: Paper = Paper()
    notice: Text = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        refuse("Hall", check.faults(self))
        return self

    def group(self, id: str) -> Group | None:
        """The group of that id, retired or not."""
        return self._groups.get(id)

    def service(self, id: str) -> Service | None:
        """The service of that id, retired or not."""
        return self._services.get(id)

    def counter(self, id: str) -> Counter | None:
        """The counter of that id, retired or not."""
        return self._counters.get(id)

    def board(self, id: str) -> Board | None:
        """The board of that id."""
        return next((board for board in self.boards if board.id == id), None)

    def zone_of(self, id: str | None) -> Zone | None:
        """The zone of that id."""
        return next((zone for zone in self.zones if zone.id == id), None)

    def segment(self, id: str) -> Segment | None:
        """The segment of that id, retired or not."""
        return self._segments.get(id)

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {part.id: part for part in self.groups}

    @cached_property
    def _services(self) -> Mapping[str, Service]:
        return {part.id: part for part in self.services}

    @cached_property
    def _counters(self) -> Mapping[str, Counter]:
        return {part.id: part for part in self.counters}

    @cached_property
    def _segments(self) -> Mapping[str, Segment]:
        return {part.id: part for part in self.segments}

    @cached_property
    def memo(self) -> dict[tuple[Any, ...], Any]:
        """Room for what follows from this version alone, so that pure functions work it out once."""
        return {}

    def __copy__(self) -> Self:
        """A copy without the look-ups, which a changed copy must make anew."""
        copy = super().__copy__()
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy
