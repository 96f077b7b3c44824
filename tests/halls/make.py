"""Halls for tests: a small one to vary, and any hall that the model allows."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

from qms.halls.rules.booking import (
    Bookings,
    Closure,
    Contact,
    ExtraField,
    Holidays,
    Lead,
    Limits,
    OpeningRule,
    Reconfirm,
    Reminder,
    ServiceBooking,
    Shift,
    TimeOff,
)
from qms.halls.rules.equipment import (
    USUAL_PAPER,
    Board,
    Kiosk,
    KioskButton,
    Panel,
    Paper,
    Sound,
    Zone,
)
from qms.halls.rules.model import (
    Conduct,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
    Overflow,
    Rule,
    Segment,
    Service,
    Standard,
)
from qms.halls.rules.parts import WEEKDAYS, Span


def hall(**changes: Any) -> Hall:
    """A hall with one group, two services and one counter, open on weekdays from 8 to 16."""
    fields: dict[str, Any] = {
        "id": "ratusz",
        "names": {"pl": "Sala obsługi", "en": "Service hall"},
        "office": Office(id="zalesie", names={"pl": "Urząd"}, organisation="zalesie"),
        "zone": "Europe/Warsaw",
        "languages": ("pl", "en"),
        "groups": (group("documents", "A"),),
        "services": (service("id-card"), service("passport")),
        "counters": (Counter(id="1", names={"pl": "1"}, services={"id-card": 1, "passport": 2}),),
        "segments": (segment("walk-in"), segment("booked")),
        "hours": Hours(week={day: (span("08:00", "16:00"),) for day in WEEKDAYS[:5]}),
    }
    return Hall(**(fields | changes))


def group(id: str, letter: str, **more: Any) -> Group:
    return Group(id=id, letter=letter, names={"pl": id}, **more)


def service(id: str, group: str = "documents", **more: Any) -> Service:
    return Service(id=id, group=group, names={"pl": id}, **more)


def segment(id: str, **more: Any) -> Segment:
    return Segment(id=id, names={"pl": id}, **more)


def noon() -> str:
    """A zone in which it is about noon now: whenever a test runs, it meets neither closing nor the end of a day."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


def span(opens: str, closes: str) -> Span:
    return Span(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from('\n\t"\\{}#=')
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda words: words.strip() != "")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
LAST = st.dictionaries(st.sampled_from(WEEKDAYS), TIMES, max_size=3)
NUMBERS = st.integers(0, 600)


@cache
def texts(languages: tuple[str, ...], *, optional: bool = False) -> st.SearchStrategy[dict[str, str]]:
    full = st.fixed_dictionaries({languages[0]: WORDS}, optional=dict.fromkeys(languages[1:], WORDS))
    return st.just({}) | full if optional else full


def minutes(top: int, above: float = 0) -> st.SearchStrategy[float]:
    return st.floats(above, top, exclude_min=True, allow_subnormal=False) | st.integers(1, top).map(float)


STANDARDS = st.builds(Standard, minutes=minutes(100), share=minutes(1))
SPANS = st.lists(TIMES, max_size=6, unique=True).map(
    lambda ends: tuple(
        Span(opens=a, closes=b) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)
    )
)
WEEKS = st.dictionaries(st.sampled_from(WEEKDAYS), SPANS)
DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple)
LEADS = st.builds(Lead, minutes=NUMBERS, days=st.integers(0, 9), working_days=st.integers(0, 9))
LIMITS = st.builds(
    Limits,
    visits_per_day=st.integers(0, 9),
    exempt=st.just(()) | st.just(("info@dom.example", "a'b@c")),
)
HOLIDAYS = st.builds(
    Holidays, country=st.just("PL"), open_on=st.lists(DATES, max_size=2).map(tuple)
) | st.builds(Holidays, country=st.just("DE"), subdivision=st.sampled_from(("BY", "BE")))
CONDUCTS = st.builds(
    Conduct,
    rule=st.sampled_from(get_args(Rule)),
    auto_call=st.booleans(),
    overflow=st.none() | st.builds(Overflow, below=st.floats(0, 29), least=st.floats(1, 480)),
    day_begins=st.integers(0, 6).map(time),
    guard=minutes(1440),
    alpha=st.floats(0, 1),
    walk=st.floats(0, 1440),
    max_calls=st.integers(1, 9),
    stop_at_closing=st.booleans(),
    home_per_day=st.none() | NUMBERS,
    let_pass=st.integers(0, 20),
    offline_numbers=st.integers(0, 200),
    hand_pick=st.sampled_from(("clerk", "supervisor")),
    publish_standards=st.booleans(),
)


@cache
def recurring(served: tuple[str, ...]) -> dict[str, st.SearchStrategy[Any]]:
    """The fields that opening rules and shifts have in common; `served` are services they may name."""
    return {
        "services": some_of(served),
        "days": DAYS,
        "first_day": DATES,
        "every": st.integers(1, 52),
        "month_weeks": st.lists(st.sampled_from((1, 2, 5, -1)), max_size=2, unique=True).map(tuple),
        "spans": SPANS.filter(bool),
        "breaks": SPANS,
        "exceptions": st.dictionaries(DATES, SPANS, max_size=4),
        "order": st.integers(0, 20),
    }


@cache
def period() -> st.SearchStrategy[dict[str, Any]]:
    both = st.tuples(DATES, st.just(0) | st.integers(0, 400))
    return both.map(lambda pair: {"first_day": pair[0], "last_day": pair[0] + timedelta(days=pair[1])})


@cache
def some_of(ids: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(ids), max_size=3, unique=True).map(tuple) if ids else st.just(())


@cache
def bookings(languages: tuple[str, ...], served: tuple[str, ...]) -> st.SearchStrategy[Bookings]:
    maybe = texts(languages, optional=True)
    rules = st.lists(
        st.builds(
            OpeningRule,
            id=SLUGS,
            first=st.none() | st.just(time(0)),
            last=st.none() | st.just(time(23, 59)),
            lanes=st.none() | st.integers(0, 9),
            public_lanes=st.none() | st.integers(0, 9),
            **recurring(served),
        ),
        max_size=3,
        unique_by=lambda rule: rule.id,
    )
    return st.builds(
        Bookings,
        open=st.booleans(),
        slot=st.integers(5, 240),
        lead=LEADS,
        horizon_days=st.integers(0, 730),
        horizon_opens=st.sampled_from(("opening", "midnight")),
        walk_in_share=st.floats(0, 1),
        freed_until=st.integers(30, 90),
        contact=st.sampled_from((Contact(), Contact(phone="optional", either=True))),
        limits=LIMITS,
        check_in_by=st.sampled_from(((), ("code", "phone"))),
        reminders=st.lists(
            st.builds(Reminder, days=st.integers(0, 5), at=st.none() | TIMES), max_size=2
        ).map(tuple),
        reconfirm=st.none() | st.just(Reconfirm(days=9)),
        rules=maybe,
        privacy=maybe,
        nothing_free=maybe,
        opening=rules.map(tuple),
    )


@cache
def service_bookings(languages: tuple[str, ...]) -> st.SearchStrategy[ServiceBooking]:
    field = st.builds(ExtraField, id=SLUGS, names=texts(languages), required=st.booleans())
    return st.just(ServiceBooking()) | st.builds(
        ServiceBooking,
        open=st.sampled_from(("all", "staff", "none")),
        only=st.booleans(),
        slots=st.none() | st.integers(1, 96),
        lead=st.none() | LEADS,
        horizon_days=st.none() | st.integers(0, 730),
        question=texts(languages, optional=True),
        fields=st.lists(field, max_size=2, unique_by=lambda each: each.id).map(tuple),
    )


@cache
def boards(
    languages: tuple[str, ...], zones: tuple[str, ...], groups: tuple[str, ...], served: tuple[str, ...]
) -> st.SearchStrategy[Board]:
    panels = st.builds(Panel, text=texts(languages), seconds=st.integers(5, 600)) | st.builds(
        Panel,
        kind=st.sampled_from(("picture", "video")),
        text=texts(languages, optional=True),
        media=SLUGS,
    )
    return st.builds(
        Board,
        id=SLUGS,
        names=texts(languages),
        kind=st.sampled_from(("calls", "next")),
        halls=st.lists(SLUGS, max_size=2).map(tuple),
        zones=some_of(zones),
        groups=some_of(groups),
        hidden=some_of(served),
        zone=st.none() | (st.sampled_from(zones) if zones else st.none()),
        recent=st.integers(3, 12),
        queues=st.booleans(),
        panels=st.lists(panels, max_size=2).map(tuple),
        sound=st.builds(
            Sound,
            mode=st.sampled_from(("voice", "chime", "off")),
            languages=some_of(languages),
            repeat=st.integers(1, 3),
            volume=st.integers(0, 100),
        ),
        theme=st.sampled_from(("light", "dark", "contrast")),
        order=st.integers(0, 20),
    )


@cache
def kiosks(languages: tuple[str, ...], served: tuple[str, ...]) -> st.SearchStrategy[Kiosk]:
    button = st.builds(
        KioskButton,
        names=texts(languages),
        services=st.lists(st.sampled_from(served), min_size=1, max_size=3, unique=True).map(tuple)
        if served
        else st.just(()),
        hint=texts(languages, optional=True),
        icon=st.none() | SLUGS,
        colour=st.none() | st.just("#00ff9a"),
    )
    return st.builds(
        Kiosk,
        buttons=(st.lists(button, max_size=3).map(tuple) if served else st.just(())),
        paper=st.sampled_from(("always", "ask", "never")),
        copies=st.integers(1, 5),
        phone=st.booleans(),
        idle_seconds=st.integers(20, 600),
    )


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """Any hall that the model allows, with retired parts, odd texts and gaps in the order."""
    languages = tuple(draw(st.lists(st.sampled_from(("pl", "en", "uk", "de")), min_size=1, unique=True)))
    some, maybe = texts(languages), texts(languages, optional=True)
    order, retired = st.integers(0, 20), st.booleans()

    def ids(top: int, least: int = 0) -> list[str]:
        return draw(st.lists(SLUGS, min_size=least, max_size=top, unique=True))

    groups = [
        Group(
            id=id,
            names=draw(some),
            letter=letter,
            booked_letter=draw(st.none() | st.just("X" + letter)),
            first=first,
            last=first + draw(NUMBERS),
            digits=draw(st.integers(1, 5)),
            icon=draw(st.none() | SLUGS),
            colour=draw(st.none() | st.just("#00ff9a")),
            order=draw(order),
            retired=draw(retired) if n else False,
        )
        for n, (id, letter, first) in enumerate(
            zip(ids(3, 1), "ABC", draw(st.tuples(*[NUMBERS] * 3)), strict=False)
        )
    ]
    live = [g.id for g in groups if not g.retired]
    services = [
        Service(
            id=id,
            group=draw(st.sampled_from(live)),
            names=draw(some),
            minutes=draw(minutes(480)),
            documents=tuple(draw(st.lists(some, max_size=2))),
            standard=draw(st.none() | STANDARDS),
            daily_cap=draw(st.none() | NUMBERS),
            last_ticket=draw(LAST),
            open=draw(st.booleans()),
            notice=draw(maybe),
            from_home=draw(st.booleans()),
            paper=draw(maybe),
            colour=draw(st.none() | st.just("#00ff9a")),
            booking=draw(service_bookings(languages)),
            order=draw(order),
            retired=draw(retired),
        )
        for id in ids(4)
    ]
    served = tuple(s.id for s in services if not s.retired)
    zones = [
        Zone(id=id, names=draw(some), volume=draw(st.integers(0, 100)), heard=draw(SPANS)) for id in ids(2)
    ]
    located = tuple(zone.id for zone in zones)
    counters = [
        Counter(
            id=id,
            names=draw(some),
            zone=draw(st.none() | (st.sampled_from(located) if located else st.none())),
            services=draw(st.dictionaries(st.sampled_from(served), st.integers(1, 9))) if served else {},
            place=draw(maybe),
            direction=draw(st.none() | st.sampled_from(("left", "up"))),
            order=draw(order),
            retired=draw(retired),
        )
        for id in ids(3)
    ]
    needed = ["walk-in", "booked"]
    segments = [
        Segment(
            id=id,
            names=draw(some),
            target=draw(minutes(480)),
            head=draw(st.floats(0, 10)),
            standard=draw(st.none() | STANDARDS),
            offered=draw(st.sampled_from(("kiosk", "staff", "never"))),
            hint=draw(maybe),
            order=draw(order),
            retired=draw(retired) if id not in needed else False,
        )
        for id in draw(st.permutations(needed + [id for id in ids(2) if id not in needed]))
    ]
    shifts = []
    for counter in (each for each in counters if not each.retired and draw(st.booleans())):
        fields = draw(st.fixed_dictionaries(recurring(tuple(counter.services))))
        shifts.append(Shift(id=f"{counter.id}-x", counter=counter.id, **fields))
    off = [
        TimeOff(
            counter=shift.counter,
            span=draw(st.none() | SPANS.filter(bool).map(lambda s: s[0])),
            **draw(period()),
        )
        for shift in shifts
    ]
    closures = [
        Closure(id=id, services=draw(some_of(served)), reason=draw(maybe), **draw(period()))
        for id in ids(2)
    ]
    return Hall(
        id=draw(SLUGS),
        names=draw(some),
        office=Office(
            id=draw(SLUGS),
            names=draw(some),
            organisation=draw(SLUGS),
            accent=draw(st.none() | st.just("#8a1538")),
            logo=draw(st.none() | SLUGS),
        ),
        zone=draw(st.sampled_from(("Europe/Warsaw", "UTC"))),
        languages=languages,
        groups=tuple(groups),
        services=tuple(services),
        counters=tuple(counters),
        segments=tuple(segments),
        hours=Hours(
            week=draw(WEEKS),
            last_ticket=draw(LAST),
            dates=draw(st.dictionaries(DATES, SPANS, max_size=4)),
            tickets_before=draw(st.floats(0, 1440)),
        ),
        conduct=draw(CONDUCTS),
        bookings=draw(st.none() | bookings(languages, served)),
        roster=tuple(shifts),
        time_off=tuple(off),
        closures=tuple(closures),
        holidays=draw(st.none() | HOLIDAYS),
        zones=tuple(zones),
        boards=tuple(
            draw(
                st.lists(
                    boards(languages, located, tuple(live), served),
                    max_size=2,
                    unique_by=lambda board: board.id,
                )
            )
        ),
        kiosk=draw(kiosks(languages, served)),
        paper=draw(
            st.builds(
                Paper,
                parts=st.just(USUAL_PAPER) | st.permutations(("number", "qr", "rule")).map(tuple),
                head=maybe,
                foot=maybe,
            )
        ),
        notice=draw(maybe),
    )
