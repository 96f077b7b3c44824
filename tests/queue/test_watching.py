"""Who may watch which view, what an address names, and how far an event concerns a screen."""

from collections.abc import Mapping, Sequence

import pytest

from qms.live.protocol import NOT_ALLOWED, SIGN_IN, UNKNOWN
from qms.live.view import Concern, Subject, View
from qms.queue.rules import commands as c
from qms.queue.views.offered import is_urgent, offered
from qms.web.principal import ANYBODY, Principal, Right
from tests.queue.make import Room, changed, office


def watched() -> tuple[Room, Mapping[str, View]]:
    """A hall with one ticket, whose token is `token`, and its views by name."""
    room, other = Room(), Room(changed(office(), id="filia"))
    room.open()
    ticket = room.issue()
    states = {"ratusz": room, "filia": other}

    async def find(token: str) -> tuple[str, str] | None:
        return {"token": ("ratusz", ticket), "gone": ("ratusz", "yesterday")}.get(token)

    views = offered(lambda hall: states[hall].state if hall in states else None, find)
    return room, {view.name: view for view in views}


def holding(*rights: Right, at: str = "hall:ratusz") -> Principal:
    return Principal("staff", "staff-1", {at: frozenset(rights)})


QUERIES: dict[str, Mapping[str, Sequence[str]]] = {
    "board": {"hall": ["ratusz"]},
    "counter": {"hall": ["ratusz"], "counter": ["1"]},
    "queue": {"hall": ["ratusz"]},
    "ticket": {"token": ["token"]},
    "clerk": {"hall": ["ratusz"], "counter": ["1"]},
    "manager": {"hall": ["ratusz"]},
}
MAY: dict[str, tuple[Right, ...]] = {
    "board": ("view.board", "hall.watch", "counter.work"),
    "counter": ("view.board", "hall.watch", "counter.work"),
    "clerk": ("counter.work",),
    "manager": ("hall.run",),
}
EVERY_RIGHT: tuple[Right, ...] = (
    "view.board",
    "tickets.issue",
    "tickets.manage",
    "counter.work",
    "counter.pick",
    "hall.watch",
    "hall.run",
    "hall.configure",
    "devices.manage",
    "staff.manage",
)


async def subject(name: str, views: Mapping[str, View]) -> Subject:
    found = await views[name].keys(QUERIES[name])
    assert isinstance(found, Subject)
    return found


@pytest.mark.parametrize("name", QUERIES)
async def test_each_right_opens_just_its_own_views(name: str) -> None:
    _, views = watched()
    what = await subject(name, views)
    for right in EVERY_RIGHT:
        allowed = name not in MAY or right in MAY[name]
        assert views[name].allow(holding(right), what) == (None if allowed else NOT_ALLOWED)
        elsewhere = views[name].allow(holding(right, at="hall:filia"), what)
        assert elsewhere == (None if name not in MAY else NOT_ALLOWED)


@pytest.mark.parametrize("name", QUERIES)
async def test_anybody_may_watch_the_status_and_a_ticket_and_must_sign_in_for_the_rest(name: str) -> None:
    _, views = watched()
    what = await subject(name, views)
    assert views[name].allow(ANYBODY, what) == (SIGN_IN if name in MAY else None)


@pytest.mark.parametrize("scope", ["office:zalesie", "organisation:zalesie"])
async def test_a_grant_at_the_office_or_organisation_reaches_its_halls(scope: str) -> None:
    _, views = watched()
    what = await subject("clerk", views)
    assert views["clerk"].allow(holding("counter.work", at=scope), what) is None


async def test_a_board_of_two_halls_needs_the_right_at_both() -> None:
    _, views = watched()
    both = await views["board"].keys({"hall": ["ratusz", "filia", "ratusz"]})
    assert isinstance(both, Subject)
    assert both.halls == ("ratusz", "filia")
    assert views["board"].allow(holding("view.board"), both) == NOT_ALLOWED
    assert views["board"].allow(holding("view.board", at="office:zalesie"), both) is None


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("board", {}),
        ("board", {"hall": ["nowhere"]}),
        ("board", {"hall": ["ratusz", "nowhere"]}),
        ("queue", {"hall": ["nowhere"]}),
        ("counter", {"hall": ["ratusz"]}),
        ("counter", {"hall": ["ratusz"], "counter": ["9"]}),
        ("clerk", {"hall": ["ratusz", "filia"], "counter": ["1"]}),
        ("clerk", {"hall": ["nowhere"], "counter": ["1"]}),
        ("ticket", {}),
        ("ticket", {"token": ["wrong"]}),
        ("ticket", {"token": ["gone"]}),
    ],
)
async def test_what_there_is_not_is_unknown(name: str, query: Mapping[str, Sequence[str]]) -> None:
    _, views = watched()
    assert await views[name].keys(query) == UNKNOWN


async def test_what_is_computed_is_the_subjects_own() -> None:
    room, views = watched()
    states = {"ratusz": room.state}
    for name in QUERIES:
        assert views[name].compute(states, await subject(name, views), room.now)
    gone = Subject("ticket", ("ratusz",), "yesterday")
    assert views["ticket"].compute(states, gone, room.now) is None, "the phone keeps what it saw last"


async def test_a_call_is_urgent_and_concerns_its_own_screens_at_once() -> None:
    room, views = watched()
    room.open("2", "bob")
    before = len(room.log)
    room.call()
    events = room.log[before:]
    assert is_urgent(events)

    def concern(name: str, key: str) -> Concern:
        ask = views[name].concerns
        assert ask is not None
        return ask(Subject(name, ("ratusz",), key), events)

    assert (concern("ticket", "t1"), concern("ticket", "t2")) == (Concern.NOW, Concern.SOON)
    for name in ("counter", "clerk"):
        assert (concern(name, "1"), concern(name, "2")) == (Concern.NOW, Concern.SOON)
    assert concern("queue", "") == Concern.SOON
    before = len(room.log)
    room.do(c.Start("1", None, "t1"))
    assert not is_urgent(room.log[before:])
