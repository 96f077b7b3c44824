"""Changes to a set-up: from a day on, for one day, to the end; and what they come to on each day."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.halls.rules import amend
from qms.halls.rules.amend import Difference
from qms.halls.rules.booking import Bookings, Closure, OpeningRule, Shift, TimeOff
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.halls.rules.writing import dump
from qms.kernel.refusal import Refusal
from tests.halls.make import hall, halls, span

FIRST, DAY = date(2026, 1, 5), date(2026, 3, 2)
EIGHT, NINE = (span("08:00", "12:00"),), (span("09:00", "11:00"),)


def rule(id: str = "mornings", **more: Any) -> OpeningRule:
    fields: dict[str, Any] = {"id": id, "first_day": FIRST, "spans": EIGHT}
    return OpeningRule(**(fields | more))


def shift(id: str = "one", **more: Any) -> Shift:
    fields: dict[str, Any] = {"id": id, "counter": "1", "first_day": FIRST, "spans": EIGHT}
    return Shift(**(fields | more))


def with_rules(*rules: OpeningRule) -> Hall:
    return hall(bookings=Bookings(opening=rules), roster=(shift(),))


def done(result: Hall | Refusal) -> Hall:
    assert isinstance(result, Hall), result
    return result


def rules_of(result: Hall | Refusal) -> tuple[OpeningRule, ...]:
    bookings = done(result).bookings
    assert bookings is not None
    return bookings.opening


def code(result: Hall | Refusal) -> str:
    assert isinstance(result, Refusal)
    return result.code


def spans_on(rules: tuple[OpeningRule, ...], day: date) -> list[tuple[Span, ...]]:
    """What rules say of a day, told apart from the code: exceptions, then weekdays and weeks."""
    found = []
    for each in rules:
        if day < each.first_day or (each.last_day is not None and day > each.last_day):
            continue
        weeks = (day - (each.first_day - timedelta(days=each.first_day.weekday()))).days // 7
        if day in each.exceptions:
            found.append(each.exceptions[day])
        elif WEEKDAYS[day.weekday()] in each.days and weeks % each.every == 0:
            found.append(each.spans)
    return [spans for spans in found if spans]


def test_a_change_from_a_day_on_splits_the_series_there() -> None:
    old, new = rules_of(amend.change_from(with_rules(rule()), rule(spans=NINE, lanes=2), DAY))
    assert old == rule(last_day=date(2026, 3, 1))
    assert new == rule("mornings-2", first_day=DAY, spans=NINE, lanes=2)


def test_a_shift_is_changed_the_same_way() -> None:
    one = done(amend.change_from(with_rules(), shift(spans=NINE), DAY))
    assert one.roster == (shift(last_day=date(2026, 3, 1)), shift("one-2", first_day=DAY, spans=NINE))


def test_a_series_that_has_not_begun_is_changed_as_a_whole() -> None:
    for day in (FIRST, date(2025, 12, 1)):
        assert rules_of(amend.change_from(with_rules(rule()), rule(spans=NINE), day)) == (rule(spans=NINE),)


def test_a_second_change_gets_the_next_number() -> None:
    one = done(amend.change_from(with_rules(rule()), rule(spans=NINE), DAY))
    two = amend.change_from(one, rule("mornings-2", spans=EIGHT), date(2026, 4, 6))
    assert [each.id for each in rules_of(two)] == ["mornings", "mornings-2", "mornings-3"]


def test_every_second_week_stays_in_step() -> None:
    """5 January is in the first week; 2 March in the ninth, which counts; 9 March does not."""
    one = with_rules(rule(every=2))
    assert rules_of(amend.change_from(one, rule(every=2, spans=NINE), DAY))[1].first_day == DAY
    old, new = rules_of(amend.change_from(one, rule(every=2, spans=NINE), date(2026, 3, 11)))
    assert (old.last_day, new.first_day) == (date(2026, 3, 15), date(2026, 3, 16))


def test_a_new_rhythm_counts_from_the_week_of_the_change() -> None:
    old, new = rules_of(amend.change_from(with_rules(rule(every=2)), rule(every=3), date(2026, 3, 11)))
    assert (old.last_day, new.first_day, new.every) == (date(2026, 3, 10), date(2026, 3, 11), 3)


def test_exceptions_stay_with_the_part_that_their_day_falls_into() -> None:
    before, after = date(2026, 2, 2), date(2026, 4, 6)
    one = with_rules(rule(exceptions={before: (), after: NINE}))
    old, new = rules_of(amend.change_from(one, rule(spans=NINE), DAY))
    assert (old.exceptions, new.exceptions) == ({before: ()}, {after: NINE})


def test_a_change_that_makes_no_sense_is_refused() -> None:
    one = with_rules(rule(last_day=date(2026, 6, 30)))
    assert code(amend.change_from(one, rule("other"), DAY)) == "unknown_series"
    assert code(amend.change_from(one, rule(), date(2026, 7, 1))) == "series_over"
    assert code(amend.change_from(one, rule(last_day=date(2026, 6, 30)), DAY)) == "nothing_changed"
    early = rule(last_day=date(2026, 2, 1), spans=NINE)
    assert code(amend.change_from(one, early, DAY)) == "ends_too_soon"
    fortnight = with_rules(rule(every=2, last_day=date(2026, 3, 13)))
    assert code(amend.change_from(fortnight, rule(every=2, spans=NINE), date(2026, 3, 11))) == "series_over"


def test_a_change_that_contradicts_the_rest_is_refused_with_its_place() -> None:
    refused = amend.change_from(with_rules(rule()), rule(services=("visa",)), DAY)
    assert refused == Refusal(
        "set_up_invalid",
        {"field": "bookings.opening.mornings-2.services.0", "fault": "there is no service visa"},
    )


def test_one_day_can_have_other_times_or_none_or_the_usual_again() -> None:
    other = done(amend.change_on(with_rules(rule()), "opening", "mornings", DAY, NINE))
    assert rules_of(other)[0].exceptions == {DAY: NINE}
    none = done(amend.change_on(other, "opening", "mornings", DAY, ()))
    assert rules_of(none)[0].exceptions == {DAY: ()}
    assert amend.change_on(none, "opening", "mornings", DAY, None) == with_rules(rule())


def test_one_day_outside_the_series_or_with_times_that_overlap_is_refused() -> None:
    one = with_rules(rule())
    assert code(amend.change_on(one, "opening", "mornings", date(2026, 1, 4), NINE)) == "outside_series"
    assert code(amend.change_on(one, "roster", "mornings", DAY, NINE)) == "unknown_series"
    assert code(amend.change_on(one, "opening", "mornings", DAY, None)) == "nothing_changed"
    assert code(amend.change_on(one, "opening", "mornings", DAY, EIGHT + NINE)) == "set_up_invalid"


def test_a_series_ends_before_the_day_or_is_gone_if_it_never_began() -> None:
    one = with_rules(rule(exceptions={DAY: ()}))
    assert rules_of(amend.end(one, "opening", "mornings", DAY)) == (rule(last_day=date(2026, 3, 1)),)
    assert rules_of(amend.end(one, "opening", "mornings", FIRST)) == ()
    ended = done(amend.end(one, "opening", "mornings", DAY))
    assert code(amend.end(ended, "opening", "mornings", DAY)) == "series_over"
    assert code(amend.end(one, "roster", "two", DAY)) == "unknown_series"
    assert done(amend.end(one, "roster", "one", FIRST)).roster == ()


def test_a_new_series_needs_an_id_of_its_own_and_a_hall_that_takes_bookings() -> None:
    one = with_rules(rule())
    assert [each.id for each in rules_of(amend.begin(one, rule("evenings")))] == ["mornings", "evenings"]
    assert done(amend.begin(one, shift("two"))).roster == (shift(), shift("two"))
    assert code(amend.begin(one, rule())) == "id_taken"
    assert code(amend.begin(hall(), rule())) == "booking_closed"
    assert code(amend.begin(one, shift("two", counter="9"))) == "set_up_invalid"


def test_a_closure_comes_and_goes() -> None:
    closure = Closure(id="move", first_day=DAY, last_day=DAY)
    one = done(amend.close(hall(), closure))
    assert one.closures == (closure,)
    assert code(amend.close(one, closure)) == "id_taken"
    assert amend.reopen(one, "move") == hall()
    assert code(amend.reopen(one, "other")) == "unknown_closure"
    other = closure.model_copy(update={"services": ("visa",)})
    assert code(amend.close(hall(), other)) == "set_up_invalid"


def test_time_off_comes_and_goes() -> None:
    off = TimeOff(counter="1", first_day=DAY, last_day=DAY)
    one = done(amend.take_off(hall(), off))
    assert one.time_off == (off,)
    assert code(amend.take_off(one, off)) == "nothing_changed"
    assert amend.put_back(one, off) == hall()
    assert code(amend.put_back(hall(), off)) == "unknown_time_off"
    assert code(amend.take_off(hall(), off.model_copy(update={"counter": "9"}))) == "set_up_invalid"


def test_a_difference_names_what_changed_and_nothing_else() -> None:
    before = with_rules(rule())
    after = done(amend.change_on(before, "opening", "mornings", DAY, NINE))
    after = done(amend.close(after, Closure(id="move", first_day=DAY, last_day=DAY)))
    assert amend.difference(before, before) == ()
    first, second = amend.difference(before, after)
    assert first == Difference(
        ("bookings", "opening", "mornings", "exceptions", "2026-03-02"), None, ["09:00-11:00"]
    )
    assert second.path == ("closures", "move")
    assert second.before is None
    assert second.after["first_day"] == "2026-03-02"


def test_a_difference_has_plain_times_and_numbers() -> None:
    before = with_rules(rule(last=time(11)))
    after = with_rules(rule(last=time(11, 30), lanes=2))
    assert amend.difference(before, after) == (
        Difference(("bookings", "opening", "mornings", "last"), "11:00", "11:30"),
        Difference(("bookings", "opening", "mornings", "lanes"), None, 2),
    )


DAYS = st.integers(-10, 200).map(lambda n: FIRST + timedelta(days=n))


@given(
    st.integers(1, 4),
    st.none() | st.integers(0, 150),
    st.dictionaries(DAYS, st.sampled_from(((), NINE)), max_size=4),
    DAYS,
)
@settings(deadline=None)
def test_before_the_day_nothing_changes_and_after_it_only_what_is_meant(
    every: int, length: int | None, exceptions: dict[date, tuple[Span, ...]], day: date
) -> None:
    last = None if length is None else FIRST + timedelta(days=length)
    old = rule(every=every, last_day=last, exceptions=exceptions)
    meant = old.model_copy(update={"spans": (span("07:00", "07:30"),)})
    result = amend.change_from(with_rules(old), meant, day)
    if isinstance(result, Refusal):
        assert result.code == "series_over"
        return
    for n in range(-20, 260):
        on = FIRST + timedelta(days=n)
        expected = spans_on((old,) if on < day else (meant,), on)
        assert spans_on(rules_of(result), on) == expected, on


@pytest.mark.slow
@given(halls(), halls())
@settings(max_examples=25, deadline=None)
def test_there_is_no_difference_only_between_halls_that_are_equal(one: Hall, other: Hall) -> None:
    assert amend.difference(one, one) == ()
    assert (amend.difference(one, other) == ()) == (one == other)


def test_what_was_changed_can_be_written_as_a_file() -> None:
    one = done(amend.change_from(with_rules(rule()), rule(spans=NINE), DAY))
    found = parse(dump(one))
    assert isinstance(found, HallFile)
    assert found.hall == one


@pytest.mark.parametrize("id", ["a" * 40, "2026", "a-2"])
def test_the_id_of_the_new_part_is_a_slug_however_long_the_old_one(id: str) -> None:
    for each in rules_of(amend.change_from(with_rules(rule(id)), rule(id, spans=NINE), DAY)):
        assert OpeningRule.model_validate(each.model_dump()) == each
