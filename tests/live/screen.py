"""A client by the book: RFC 7396 of another author's making, and revisions as the protocol tells them."""

import copy
from typing import Any

from hypothesis import strategies as st
from json_merge_patch import merge  # type: ignore[import-untyped]


def patched(state: Any, patch: Any) -> Any:
    """`state` with `patch` merged in, by the json-merge-patch package; neither is changed."""
    return merge(copy.deepcopy(state), copy.deepcopy(patch))


class Screen:
    """What one client knows. `take` gives False where it has to ask for the full state."""

    def __init__(self) -> None:
        self.stream = ""
        self.rev = 0
        self.state: Any = None
        self.halls: dict[str, int] = {}
        self.asked = False
        self.kinds: list[str] = []

    def take(self, message: dict[str, Any]) -> bool:
        self.kinds.append(message["type"])
        match message["type"]:
            case "state":
                self.stream, self.rev, self.state = message["stream"], message["rev"], message["state"]
                self.halls = message["halls"]
                self.asked = False
            case _ if message["stream"] != self.stream:
                return False
            case "patch":
                if message["rev"] != self.rev + 1:
                    return False
                self.rev, self.halls = message["rev"], message["halls"]
                self.state = patched(self.state, message["patch"])
            case "beat":
                return bool(message["rev"] == self.rev)
            case other:
                raise ValueError(other)
        return True


KEYS = st.text(max_size=3) | st.sampled_from(["a", "b", "ratusz:7", "__proto__", "order"])
LEAVES = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
STATES = st.dictionaries(KEYS, VALUES, max_size=5)
"""States of a view: maps of anything that JSON can say but null."""


@st.composite
def successions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two states of which the second has much of the first, as in life."""
    before = draw(STATES)
    return before, draw(changed(before))


@st.composite
def changed(draw: st.DrawFn, state: dict[str, Any]) -> dict[str, Any]:
    """A state that came of another one: things put in, taken out, and changed deep down."""
    after = copy.deepcopy(state)
    for _ in range(draw(st.integers(0, 3))):
        where = after
        while inner := [key for key, value in where.items() if isinstance(value, dict)]:
            if draw(st.booleans()):
                break
            where = where[draw(st.sampled_from(inner))]
        if draw(st.booleans()) and where:
            del where[draw(st.sampled_from(list(where)))]
        else:
            where[draw(KEYS | st.sampled_from(list(where) or ["a"]))] = draw(VALUES)
    return after
