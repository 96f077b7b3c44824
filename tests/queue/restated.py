"""The rule of calling, restated from its words in exact fractions, to hold the project's code against."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hypothesis import strategies as st

from tests.queue.make import Person

Levels = Mapping[str, Mapping[str, int]]
NOW = 100
TARGET = {"walk-in": (30, Fraction(0)), "booked": (10, Fraction(1, 2)), "disabled": (10, Fraction(1, 2))}
PEOPLE = st.lists(
    st.builds(
        Person,
        service=st.sampled_from(["id-card", "passport", "vehicle"]),
        segment=st.sampled_from(sorted(TARGET)),
        ref=st.integers(20, 115),
        seq=st.integers(1, 10_000),
        only=st.sampled_from(["", "", "", "1", "2"]),
        away=st.sampled_from([0, 0, 0, 99, 100, 101]),
    ),
    max_size=25,
    unique_by=lambda person: person.seq,
)


def restated(people: Sequence[Person], counter: str, levels: Levels) -> list[str]:
    """The order of calls, straight from the rule's words, in exact fractions."""
    able = [
        p
        for p in people
        if p.away <= NOW and (p.only == counter if p.only else p.service in levels[counter])
    ]

    def place(p: Person) -> tuple[int, int, Fraction, int, int]:
        waited = NOW - p.ref
        level = 1 if p.only else levels[counter][p.service]
        target, head = TARGET[p.segment]
        if waited > 60:
            return (0, 0, Fraction(0), p.ref, p.seq)
        if waited < 0:
            return (2, 0, Fraction(0), p.ref, p.seq)
        return (1, level, -30 * (Fraction(waited, target) + head), p.ref, p.seq)

    return [p.id for p in sorted(able, key=place)]
