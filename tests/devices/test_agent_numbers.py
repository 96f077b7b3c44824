"""Which numbers a kiosk may give by itself: each once a day, good again the next, within the hall's hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qms.devices.agent import rules
from qms.devices.agent.clock import HeardClock
from qms.devices.agent.numbers import day_of, free, renewed
from qms.devices.kiosks import issuing_spans
from qms.halls.rules import hours
from qms.halls.rules.model import Hall, Hours
from qms.halls.rules.parts import Span, Weekday
from qms.kernel.refusal import Refusal
from tests.devices.office import CARD, TEN, spans
from tests.halls.make import service
from tests.queue.make import changed, office

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


def told(*numbers: int, day: date = TODAY, ends: str = "2026-11-24T23:00:00.000Z") -> dict[str, Any]:
    run = [{"number": n, "written": f"A{n}"} for n in numbers]
    return {"day": day.isoformat(), "ends": ends, "numbers": {"papers": run}}


def ours(lease: Any, day: date, *used: int) -> list[int]:
    return [number for number, _ in free(lease, day, {"papers": frozenset(used)})["papers"]]


def test_a_number_is_good_once_today_and_again_tomorrow() -> None:
    lease = renewed(None, told(950, 951, 952), {})
    assert ours(lease, TODAY) == [950, 951, 952]
    assert ours(lease, TODAY, 950, 952) == [951]
    assert ours(lease, TOMORROW) == [950, 951, 952]


def test_what_was_used_before_the_server_told_anew_is_good_again_tomorrow() -> None:
    """The server tells only what is not used today; what we used of it is still ours."""
    lease = renewed(None, told(950, 951, 952), {})
    lease = renewed(lease, told(952), {"papers": frozenset({950, 951})})
    assert ours(lease, TODAY, 950, 951) == [952]
    assert ours(lease, TOMORROW) == [950, 951, 952]


def test_what_the_server_takes_back_is_not_given_any_more() -> None:
    lease = renewed(None, told(950, 951), {})
    lease = renewed(lease, told(951, 952), {})
    assert ours(lease, TODAY) == [951, 952] == ours(lease, TOMORROW)
    assert free(renewed(lease, {**told(), "numbers": {}}, {}), TOMORROW, {}) == {}


def test_numbers_that_another_folder_of_this_kiosk_used_today_are_not_used_twice() -> None:
    """A folder that was lost at noon: the server still tells what is free today."""
    lease = renewed(None, told(952), {})
    assert ours(lease, TODAY) == [952]
    lease = renewed(lease, told(950, 951, 952, day=TOMORROW), {})
    assert ours(lease, TOMORROW) == [950, 951, 952]


def test_the_day_turns_at_the_hour_at_which_the_server_says_it_ends() -> None:
    lease = renewed(None, told(950, ends="2026-11-25T03:00:00.000Z"), {})  # four in Warsaw
    for hour, day in (
        ("2026-11-24T23:30", TODAY),
        ("2026-11-25T02:59", TODAY),
        ("2026-11-25T03:00", TOMORROW),
    ):
        assert day_of(lease, "Europe/Warsaw", datetime.fromisoformat(f"{hour}:00+00:00")) == day
    summer = datetime(2027, 7, 1, 1, 59, tzinfo=UTC)
    assert day_of(lease, "Europe/Warsaw", summer) == date(2027, 6, 30)
    assert day_of(lease, "Europe/Warsaw", summer + timedelta(minutes=1)) == date(2027, 7, 1)


def away(**line: Any) -> dict[str, Any]:
    services = {"id-card": {"group": "papers", "spans": spans(), **line}}
    return {"at": "", "day": TODAY.isoformat(), "tickets": "", "services": services}


def asked(document: Any, now: datetime = TEN, given: int = 0, day: date = TODAY) -> Refusal | None:
    return rules.refusal(document, "id-card", day, now, given)


def test_a_number_is_given_within_the_hours_that_the_server_told() -> None:
    assert asked(away()) is None
    assert asked(away(), TEN.replace(hour=6)) == Refusal("before_opening")
    assert asked(away(), TEN.replace(hour=15)) == Refusal("hall_closed")
    assert asked(away(), TEN + timedelta(days=1), day=TOMORROW) is None
    assert asked(away(), TEN + timedelta(days=30), day=TODAY + timedelta(days=30)) == Refusal("hall_closed")
    assert rules.refusal(away(), "other", TODAY, TEN, 0) == Refusal("unknown_service")


def test_what_somebody_closed_stays_closed() -> None:
    assert asked(away(closed="hall_suspended")) == Refusal("hall_suspended")
    assert asked(away(closed="hall_suspended"), TEN + timedelta(days=1), day=TOMORROW) == Refusal(
        "hall_suspended"
    )


def test_a_cap_counts_what_the_server_gave_and_what_we_did_and_is_fresh_tomorrow() -> None:
    full = away(cap=10, issued=8)
    assert asked(full, given=1) is None
    assert asked(full, given=2) == Refusal("daily_cap", {"cap": 10})
    assert asked(full, TEN + timedelta(days=1), given=9, day=TOMORROW) is None
    assert asked(full, TEN + timedelta(days=1), given=10, day=TOMORROW) == Refusal("daily_cap", {"cap": 10})


def test_the_document_of_the_hall_says_what_is_taken_now() -> None:
    before = {
        **CARD,
        "services": {**CARD["services"], "passport": CARD["services"]["passport"] | {"accepting": False}},
    }
    card = rules.card_of(before, {"id-card": "before_opening"})
    assert card["services"]["id-card"]["closed_code"] == "before_opening"
    assert not card["services"]["id-card"]["accepting"]
    assert card["services"]["passport"]["accepting"]
    assert (card["open"], card["accepting"]) == (True, True)
    shut = rules.card_of(card, {"id-card": "hall_closed", "passport": "hall_closed"})
    assert (shut["open"], shut["accepting"]) == (False, False)


HALF_HOURS = st.integers(0, 47).map(lambda n: time.fromisoformat(f"{n // 2:02}:{n % 2 * 30:02}"))


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    week: dict[Weekday, tuple[Span, ...]] = {}
    days: tuple[Weekday, ...] = ("mon", "tue")
    for day in days:
        edges = sorted(draw(st.sets(HALF_HOURS, min_size=0, max_size=4)))
        week[day] = tuple(Span(opens=a, closes=b) for a, b in zip(edges[::2], edges[1::2], strict=False))
    last: dict[Weekday, time] = {"mon": draw(HALF_HOURS)} if draw(st.booleans()) else {}
    setup = office(
        day_begins=draw(st.sampled_from([time.fromisoformat("00:00"), time.fromisoformat("04:00")]))
    )
    hours_ = Hours(week=week, last_ticket=last, tickets_before=draw(st.sampled_from([0, 30, 120])))
    return changed(setup, hours=hours_)


@given(halls(), st.integers(0, 2 * 48))
def test_the_hours_told_to_a_kiosk_are_those_by_which_the_server_gives_numbers(
    setup: Hall, halves: int
) -> None:
    now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC) + timedelta(minutes=30 * halves)
    day, part = hours.day_of(setup, now), setup.services[0]
    told_now = any(begins <= now < ends for begins, ends in issuing_spans(setup, part, day))
    assert told_now == (hours.issuing(setup, now, part) is None)


class Machine:
    def __init__(self) -> None:
        self.at = TEN

    def __call__(self) -> datetime:
        return self.at


def test_business_time_goes_on_as_the_server_told_it() -> None:
    machine = Machine()
    clock = HeardClock(machine)
    clock.hear(TEN + timedelta(hours=1), 20)
    machine.at += timedelta(seconds=3)
    assert clock.now() == TEN + timedelta(hours=1, minutes=1)
    kept = clock.kept()
    machine.at += timedelta(seconds=3)
    again = HeardClock(machine)
    again.resume(kept)
    assert again.now() == TEN + timedelta(hours=1, minutes=2)


def test_a_machine_whose_clock_fell_back_dates_no_paper_before_the_last() -> None:
    machine = Machine()
    clock = HeardClock(machine)
    clock.hear(TEN)
    kept, last = clock.kept(), TEN + timedelta(minutes=10)
    machine.at = datetime(1970, 1, 1, tzinfo=UTC)
    again = HeardClock(machine, last)
    again.resume(kept)
    assert again.now() == last
    again.not_before(last + timedelta(minutes=1))
    assert again.now() == last + timedelta(minutes=1)
    again.hear(TEN)
    assert again.now() == TEN


def test_what_cannot_be_read_leaves_the_time_of_the_machine() -> None:
    clock = HeardClock(Machine())
    clock.resume({"at": "yesterday", "heard": 5})
    assert clock.now() == TEN


def test_a_service_may_end_before_the_hall() -> None:
    setup = office()
    part = service("quick", setup.groups[0].id, last_ticket={"mon": time.fromisoformat("10:00")})
    setup = changed(setup, services=(*setup.services, part))
    ((_, ends), *_) = list(issuing_spans(setup, setup.services[-1], date(2026, 11, 23)))
    assert ends == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
