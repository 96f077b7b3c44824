"""Bookings matched to lanes, against a search that tries everything and shares no code."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.booking.rules import search
from qms.booking.rules.fit import NO, UNKNOWN, YES, one_more, place
from qms.booking.rules.piece import Piece

Stretch = tuple[int, int, frozenset[int]]


def piece(start: int, end: int, *lanes: int) -> Piece:
    bits = sum(1 << lane for lane in lanes)
    return Piece(start, end, bits, (1 << end) - (1 << start), (), (start * 100 + end) << 8 | bits)


def fits(stretches: Sequence[Stretch]) -> bool:
    """Whether every stretch gets a lane of its own for its time: by trying everything."""
    taken: list[Stretch] = []

    def put(rest: Sequence[Stretch]) -> bool:
        if not rest:
            return True
        start, end, lanes = rest[0]
        for lane in lanes:
            if all(lane not in used or end <= a or b <= start for a, b, used in taken):
                taken.append((start, end, frozenset({lane})))
                if put(rest[1:]):
                    return True
                taken.pop()
        return False

    return put(stretches)


def lanes(count: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(0, count - 1), min_size=1)


@given(st.lists(st.tuples(st.integers(0, 2), lanes(4)), max_size=9))
def test_single_slots_are_matched_exactly(slots: list[tuple[int, frozenset[int]]]) -> None:
    held: list[Stretch] = []
    for slot, able in slots:
        new = (slot, slot + 1, able)
        placed = place([piece(a, b, *some) for a, b, some in held], range(4))
        assert not placed.over
        verdict = one_more(placed, [piece(slot, slot + 1, *able)])
        assert verdict == (YES if fits([*held, new]) else NO)
        if verdict.fits:
            held.append(new)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(1, 4), lanes(3)), max_size=9),
    st.sampled_from([(0, 1, 2), (0, 0, 1), (0, 0, 0)]),
)
def test_long_ones_are_matched_exactly(
    some: list[tuple[int, int, frozenset[int]]], kinds: tuple[int, ...]
) -> None:
    held: list[Stretch] = []
    for start, length, able in some:
        # Lanes of a kind can do the same, so who can use one of them can use them all.
        able = frozenset(lane for lane in range(3) if any(kinds[lane] == kinds[one] for one in able))
        new = (start, start + length, able)
        placed = place([piece(a, b, *lanes) for a, b, lanes in held], kinds)
        assert not placed.over
        verdict = one_more(placed, [piece(start, start + length, *able)])
        assert verdict == (YES if fits([*held, new]) else NO)
        if verdict.fits:
            held.append(new)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 4), lanes(3)), max_size=8), st.randoms())
def test_the_order_of_bookings_does_not_matter(
    some: list[tuple[int, int, frozenset[int]]], random: Random
) -> None:
    pieces = [piece(start, start + length, *able) for start, length, able in some]
    mixed = list(pieces)
    random.shuffle(mixed)
    one, two = place(pieces, range(3)), place(mixed, range(3))
    assert one.busy == two.busy
    assert [each.rank for each in one.over] == [each.rank for each in two.over]


def test_what_is_placed_lies_on_lanes_that_can_serve_it() -> None:
    pieces = [piece(0, 2, 0), piece(1, 3, 0, 1), piece(2, 4, 0, 1, 2), piece(0, 4, 2)]
    placed = place(pieces, range(3))
    assert not placed.over
    for lane, row in enumerate(placed.rows):
        assert all(each.lanes >> lane & 1 for each in row)
        assert placed.busy[lane] == sum(each.minutes for each in row)


def test_three_make_room_for_a_fourth() -> None:
    placed = place([piece(0, 1, 0, 1), piece(0, 1, 1, 2), piece(0, 1, 2, 3)], range(4))
    before = [list(row) for row in placed.rows]
    assert one_more(placed, [piece(0, 1, 0)]) == YES
    assert placed.rows == before


def test_two_pieces_of_one_booking_are_looked_at_together() -> None:
    placed = place([piece(0, 1, 0, 1)], range(2))
    assert one_more(placed, [piece(0, 1, 0), piece(1, 2, 1)]) == YES
    assert one_more(placed, [piece(0, 1, 0), piece(1, 2)]) == NO


def test_nothing_more_fits_where_too_much_is_booked() -> None:
    placed = place([piece(0, 4, 0), piece(2, 6, 0), piece(9, 10)], range(2))
    assert len(placed.over) == 2
    assert one_more(placed, [piece(4, 6, 0)]) == NO
    assert one_more(placed, [piece(4, 6, 1)]) == YES
    assert one_more(placed, [piece(9, 10, 0)]) == YES


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [piece(0, 4, 0, 1, 2), piece(1, 3, 0, 1, 2), piece(2, 5, 0, 1, 2)]
    placed = place(held, range(3))
    assert one_more(placed, [piece(3, 7, 2)]) == YES
    monkeypatch.setattr(search, "LIMIT", 0)
    before = search.GIVEN_UP.count
    assert one_more(placed, [piece(3, 7, 2)]) == UNKNOWN
    assert search.GIVEN_UP.count == before + 1
