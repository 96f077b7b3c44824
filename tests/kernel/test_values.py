"""Changed copies of frozen values."""

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from qms.kernel.values import changed


@dataclass(frozen=True)
class Pair:
    left: int
    right: tuple[int, ...] = ()


def test_a_changed_copy_is_what_replace_makes_and_the_value_stays() -> None:
    value = Pair(1, (2,))
    copy = changed(value, left=3)
    assert copy == replace(value, left=3)
    assert (copy.left, copy.right, value.left) == (3, (2,), 1)
    assert hash(copy) == hash(Pair(3, (2,)))


def test_a_changed_copy_is_as_frozen_as_the_value() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(Pair(1), left=2).left = 3  # type: ignore[misc]
