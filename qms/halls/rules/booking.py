"""What an office sets up for bookings: opening rules, roster, closures, and how booking is conducted."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from qms.halls.rules.parts import LocalTime, Minutes, Order, Part, Prose, Slug, Span, Text, Weekday

Days = Annotated[int, Field(ge=0, le=730)]
Share = Annotated[float, Field(ge=0, le=1)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Ask = Literal["required", "optional", "off"]
"""Whether a contact field is asked for."""


class Recurring(Part):
    """Days on which something holds: weekdays, every n-th week, weeks of the month, from a day to a day.

    `every` counts weeks from the Monday of the week in which `first_day` lies. `month_weeks`: 1 is
    the first such weekday of the month, -1 the last; empty: all.
    """

    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    first_day: date
    last_day: date | None = None
    every: Annotated[int, Field(ge=1, le=52)] = 1
    month_weeks: tuple[Literal[1, 2, 3, 4, 5, -1], ...] = ()

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise PydanticCustomError("period", "the last day must not be before the first")
        return self


class OpeningRule(Recurring):
    """When appointments are given, for which services (none named: all), and how many at a time.

    `lanes`: how many counters take bookings at once (none: every one on duty); `public_lanes`: how
    many of them people may book for themselves. Appointments lie within `spans` less `breaks`; the
    first begins at `first`, the last at `last`, where these are set. `exceptions` gives the spans
    of single days; none: no appointments that day.
    """

    id: Slug
    services: tuple[Slug, ...] = ()
    spans: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()
    first: LocalTime | None = None
    last: LocalTime | None = None
    lanes: Annotated[int, Field(ge=0, le=999)] | None = None
    public_lanes: Annotated[int, Field(ge=0, le=999)] | None = None
    exceptions: dict[date, tuple[Span, ...]] = {}
    order: Order = 0


class Shift(Recurring):
    """When a counter is on duty, and for which of its services (none named: all).

    A counter without any shift is on duty whenever the hall is open.
    """

    id: Slug
    counter: Slug
    spans: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()
    services: tuple[Slug, ...] = ()
    exceptions: dict[date, tuple[Span, ...]] = {}
    order: Order = 0


class Period(Part):
    """Days, or with `span` a part of each of them."""

    first_day: date
    last_day: date
    span: Span | None = None
    reason: Text = {}

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.last_day < self.first_day:
            raise PydanticCustomError("period", "the last day must not be before the first")
        return self


class TimeOff(Period):
    """When a counter is not on duty."""

    counter: Slug


class Closure(Period):
    """When the hall (or the services named) is closed.

    A closure always wins over opening rules, hours and exceptions.
    """

    id: Slug
    services: tuple[Slug, ...] = ()


class Holidays(Part):
    """Public holidays of a country (ISO 3166, such as PL) and its subdivision; the office may open on some."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    open_on: tuple[date, ...] = ()


class Lead(Part):
    """The least time before a visit: `minutes` from now, and whole calendar or working days between.

    `days = 1`: the day before at the latest; `working_days = 1`: the next working day at the earliest.
    """

    minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    days: Days = 0
    working_days: Days = 0


class ExtraField(Part):
    """A further question of a service's form."""

    id: Slug
    names: Text
    required: bool = False


class ServiceBooking(Part):
    """How one service is booked.

    `open`: by everybody, by staff for a caller, or by nobody. `only`: no walk-in numbers are given.
    `slots`: how many slots one takes (none: as many as its minutes need). `question` is answered
    with yes before the calendar is seen. `lead` and `horizon_days` stand in place of the hall's.
    """

    open: Literal["all", "staff", "none"] = "all"
    only: bool = False
    slots: Annotated[int, Field(ge=1, le=96)] | None = None
    lead: Lead | None = None
    horizon_days: Days | None = None
    question: Text = {}
    fields: Annotated[tuple[ExtraField, ...], Field(max_length=2)] = ()


class Contact(Part):
    """What is asked of a person who books. Somewhere to write to is always asked for."""

    name: Ask = "required"
    email: Ask = "required"
    phone: Ask = "off"
    document: Ask = "off"
    """The number of an identity document, by which people may check in."""
    either: bool = False
    """E-mail or phone: one of the two must be given."""


class Limits(Part):
    """What one person may hold at a time; 0: no limit. `exempt` are e-mail addresses that may book more."""

    visits_per_day: Annotated[int, Field(ge=0, le=999)] = 3
    per_contact: Annotated[int, Field(ge=0, le=999)] = 5
    made_per_day: Annotated[int, Field(ge=0, le=999)] = 5
    exempt: tuple[Email, ...] = ()


class Reminder(Part):
    """A reminder so many days before the visit at a local hour, or `minutes` before it."""

    days: Days = 1
    at: LocalTime | None = None
    minutes: Annotated[int, Field(ge=0, le=525_600)] = 0


class Reconfirm(Part):
    """Ask again `days` before the visit; no answer within `hours` cancels. Later bookings are not asked."""

    days: Annotated[int, Field(ge=1, le=60)] = 4
    hours: Annotated[int, Field(ge=1, le=240)] = 24


class Bookings(Part):
    """How a hall takes bookings. Minutes, unless a name says otherwise."""

    open: bool = True
    """Whether people may book for themselves; staff always may."""
    slot: Annotated[int, Field(ge=5, le=240)] = 15
    lead: Lead = Lead(minutes=60)
    horizon_days: Days = 30
    horizon_opens: Literal["opening", "midnight"] = "opening"
    """When the last day of the horizon can be booked from: the hour at which the hall opens, or midnight."""
    walk_in_share: Share = 0
    """Share of a day's capacity that people cannot book for themselves."""
    hold: Annotated[int, Field(ge=1, le=240)] = 30
    challenge: bool = True
    """Whether a browser must solve a task before it is given a hold; see `unproved_*`."""
    unproved_hold: Annotated[int, Field(ge=1, le=60)] = 10
    """A hold without the task solved is that short …"""
    unproved_share: Share = 0.1
    """… together they take at most this share of a day's capacity, and e-mail must confirm them."""
    confirm_by_link: bool = False
    confirm_within: Annotated[int, Field(ge=5, le=1440)] = 60
    freed_after: Annotated[int, Field(ge=0, le=1440)] = 30
    freed_until: Annotated[int, Field(ge=0, le=2880)] = 30
    """A freed time is shown again after a random delay between these two."""
    waiting_list: bool = True
    offer: Annotated[int, Field(ge=5, le=1440)] = 60
    """How long a time is kept for somebody on the waiting list."""
    offer_when_wait: Annotated[int, Field(ge=0, le=480)] = 30
    """From such an expected wait on, a free time is offered beside the number; 0: never."""
    contact: Contact = Contact()
    several_services: bool = False
    several_people: Annotated[int, Field(ge=1, le=9)] = 1
    """How many people may come with one booking."""
    limits: Limits = Limits()
    check_in_by: tuple[Literal["code", "phone", "document"], ...] = ("code",)
    check_in_opens: Minutes = 15
    check_in_closes: Minutes = 10
    """Minutes before and after the booked time within which a person checks in."""
    arrive_before: Minutes = 5
    reminders: tuple[Reminder, ...] = (Reminder(),)
    reconfirm: Reconfirm | None = None
    erase_after_days: Annotated[int, Field(ge=0, le=3650)] = 14
    rules: Prose = {}
    """The rules that are accepted before a booking is made."""
    privacy: Prose = {}
    """Who keeps the data, and what for."""
    consent: Prose = {}
    """A consent that is asked for, and may be refused."""
    nothing_free: Prose = {}
    """What the page says when nothing is free."""
    rebook: Prose = {}
    """How to find another time, in a message about a cancelled visit."""
    opening: tuple[OpeningRule, ...] = ()

    @model_validator(mode="after")
    def _delay(self) -> Self:
        if self.freed_until < self.freed_after:
            raise PydanticCustomError("delay", "freed_until must not be below freed_after")
        return self
