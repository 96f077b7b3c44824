"""Whatever is asked of a hall in whatever order, some things are always so (see `machine`)."""

import pytest

from tests.queue.machine import hunt, walk


@pytest.mark.slow
def test_no_sequence_of_acts_breaks_an_invariant() -> None:
    hunt(2026, examples=150)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_nor_does_a_long_way_through_many_days(seed: int) -> None:
    met = walk(seed, steps=1100)
    assert met["TicketCalled"] > 50
    assert met["DayClosed"] > 0
