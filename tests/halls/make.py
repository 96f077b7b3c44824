"""Halls for tests: a small one to vary, and any hall that the model allows."""

from datetime import time
from typing import Any

from hypothesis import strategies as st

from qms.halls.rules.model import (
    Conduct,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
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


def span(opens: str, closes: str) -> Span:
    return Span(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from('\n\t"\\{}#=')
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda words: words.strip() != "")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
LAST = st.dictionaries(st.sampled_from(WEEKDAYS), TIMES, max_size=3)
NUMBERS = st.integers(0, 600)


def texts(languages: tuple[str, ...], *, optional: bool = False) -> st.SearchStrategy[dict[str, str]]:
    full = st.fixed_dictionaries({languages[0]: WORDS}, optional=dict.fromkeys(languages[1:], WORDS))
    return st.just({}) | full if optional else full


def minutes(top: int, above: float = 0) -> st.SearchStrategy[float]:
    return st.floats(above, top, exclude_min=True, allow_subnormal=False) | st.integers(1, top).map(float)


STANDARDS = st.builds(Standard, minutes=minutes(100), share=minutes(1))
WEEKS = st.dictionaries(
    st.sampled_from(WEEKDAYS),
    st.lists(TIMES, max_size=6, unique=True).map(
        lambda ends: tuple(
            Span(opens=a, closes=b) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)
        )
    ),
)
CONDUCTS = st.builds(
    Conduct,
    day_begins=st.integers(0, 6).map(time),
    guard=minutes(1440),
    alpha=st.floats(0, 1),
    walk=st.floats(0, 1440),
    max_calls=st.integers(1, 9),
    stop_at_closing=st.booleans(),
    hand_pick=st.sampled_from(("clerk", "supervisor")),
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
            order=draw(order),
            retired=draw(retired),
        )
        for id in ids(4)
    ]
    served = [s.id for s in services if not s.retired]
    counters = [
        Counter(
            id=id,
            names=draw(some),
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
            standard=draw(STANDARDS),
            offered=draw(st.sampled_from(("kiosk", "staff", "never"))),
            hint=draw(maybe),
            order=draw(order),
            retired=draw(retired) if id not in needed else False,
        )
        for id in draw(st.permutations(needed + [id for id in ids(2) if id not in needed]))
    ]
    return Hall(
        id=draw(SLUGS),
        names=draw(some),
        office=Office(id=draw(SLUGS), names=draw(some), organisation=draw(SLUGS)),
        zone=draw(st.sampled_from(("Europe/Warsaw", "UTC"))),
        languages=languages,
        groups=tuple(groups),
        services=tuple(services),
        counters=tuple(counters),
        segments=tuple(segments),
        hours=Hours(week=draw(WEEKS), last_ticket=draw(LAST), tickets_before=draw(st.floats(0, 1440))),
        conduct=draw(CONDUCTS),
        notice=draw(maybe),
    )
