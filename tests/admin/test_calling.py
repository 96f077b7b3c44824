"""The rules of calling in the browser: what is promised to those who wait is seen before anything is saved."""

from typing import Any

import pytest

from qms.admin.pages.calling import promised
from qms.admin.rules.calling import SEGMENT
from qms.admin.rules.changes import changed
from qms.admin.rules.differences import entries
from qms.admin.rules.fields import Unfit
from qms.admin.rules.initial import initial
from qms.halls.rules.model import Hall, Overflow, Standard
from qms.web.catalogue import LANGUAGES
from tests.admin.make import Office, Person
from tests.booking.make import TUESDAY, booking_hall
from tests.halls.make import segment


def hall(**changes: Any) -> Hall:
    kinds = (
        segment("walk-in", target=30, standard=Standard(minutes=20, share=0.8)),
        segment("booked", target=10, head=0.5, offered="never"),
    )
    return booking_hall(segments=kinds, **changes)


def made(setup: Hall, what: str, id: str = "", **typed: str) -> Hall:
    """The hall with a form sent as it is shown, but for what is typed."""
    shown = initial(setup, what, {"id": id} if id else {}, TUESDAY)
    return changed(setup, what, shown | typed)


def faults(setup: Hall, what: str, id: str = "", **typed: str) -> dict[str, str]:
    with pytest.raises(Unfit) as unfit:
        made(setup, what, id, **typed)
    return unfit.value.faults


# -- pure


def test_the_form_changes_what_is_typed_and_nothing_else() -> None:
    before = hall()
    after = made(before, "rules", guard="45", alpha="50", auto_call="on", rule="strict_ageing")
    conduct = before.conduct.model_copy(
        update={"guard": 45, "alpha": 0.5, "auto_call": True, "rule": "strict_ageing"}
    )
    assert after == before.model_copy(update={"conduct": conduct})


def test_a_form_that_is_sent_as_it_is_shown_changes_nothing() -> None:
    setup = hall(
        conduct=hall().conduct.model_copy(
            update={"guard": 62.4, "alpha": 0.123, "overflow": Overflow(above=31.2)}
        )
    )
    assert faults(setup, "rules") == {"": "nothing_changed"}
    odd = segment("walk-in", target=12.3, head=0.123, standard=Standard(minutes=7.7, share=0.333))
    setup = setup.model_copy(update={"segments": (odd, setup.segments[1])})
    assert faults(setup, "segment", "walk-in") == {"": "nothing_changed"}


def test_helping_is_switched_on_with_its_numbers_and_off_again() -> None:
    on = made(hall(), "rules", overflow="on", overflow_above="25")
    assert on.conduct.overflow == Overflow(above=25)
    assert made(on, "rules", overflow="").conduct.overflow is None


def test_faults_are_told_at_their_fields() -> None:
    assert faults(hall(), "rules", guard="0", alpha="101", let_pass="x", rule="lottery") == {
        "guard": "number",
        "alpha": "number",
        "let_pass": "number",
        "rule": "choose",
    }
    assert faults(hall(), "rules", overflow="on", overflow_below="40") == {
        "overflow_below": "overflow_order"
    }
    assert faults(hall(), "rules", overflow="on", overflow_least="0") == {"overflow_least": "number"}
    assert faults(hall(), "segment", "walk-in", target="0", head="301", standard_share="0") == {
        "target": "number",
        "head": "number",
        "standard_share": "number",
    }
    assert faults(hall(), "segment", "vip", target="9") == {"id": "choose"}


def test_a_head_start_is_typed_in_minutes_of_a_walk_in() -> None:
    after = made(hall(), "segment", "booked", head="30", target="15")
    assert (after.segments[1].head, after.segments[1].target) == (1, 15)
    assert initial(after, "segment", {"id": "booked"}, TUESDAY)["head"] == "30"


def test_a_promise_of_the_office_comes_and_goes() -> None:
    promised_ = made(hall(), "segment", "booked", standard="on", standard_minutes="5", standard_share="95")
    assert promised_.segments[1].standard == Standard(minutes=5, share=0.95)
    assert made(hall(), "segment", "walk-in", standard="").segments[0].standard is None


def test_what_differs_is_named_by_field() -> None:
    before = hall()
    after = made(made(before, "rules", guard="45"), "segment", "booked", target="15")
    assert [(one.about, one.id, one.before, one.after) for one in entries(before, after)] == [
        ("segment", "booked.target", 10, 15),
        ("setting", "guard", 60, 45),
    ]


def test_a_change_that_leaves_the_promises_alone_says_so_at_its_own_form_only() -> None:
    before = hall()
    after = made(before, "segment", "walk-in", standard="")
    told = promised(before, after, "en", SEGMENT)
    assert told is not None
    assert (bool(told.now), told.then) == (True, ())
    assert promised(before, after, "en", "closure") is None
    shorter = made(before, "rules", guard="45")
    assert promised(before, shorter, "en", "undo") is not None, "an undo is told as well"


# -- pages


async def test_a_shorter_guard_is_previewed_with_its_promises_then_saved_then_undone(
    office: Office, boss: Person
) -> None:
    boss.answer = await boss.client.get("/rules/town")
    assert "Before everybody else after 1 h" in boss.text
    assert "After 60 min of waiting nobody who came later is called first by the rule." in boss.text
    text = await boss.change("rules", guard="45")
    assert "Before everybody else after was 1 h will be 45 min" in text
    assert text.index("After 60 min of waiting") < text.index("After 45 min of waiting")
    assert "Nothing is saved yet." in text
    assert office.version == 1
    assert "The change is saved and in force." in await boss.save()
    assert office.setup.conduct.guard == 45
    assert "Before everybody else after 45 min" in boss.text, "back where it is shown"
    await boss.open("/history")
    assert "Before everybody else after was 1 h is now 45 min" in boss.text
    assert "After 45 min of waiting" in await boss.send("/change/undo")
    await boss.save()
    assert office.setup.conduct.guard == 60


async def test_a_category_has_its_form(office: Office, boss: Person) -> None:
    text = await boss.change("segment", "?id=walk-in", target="20")
    assert "Target wait was 30 min will be 20 min" in text
    await boss.save()
    found = office.setup.segment("walk-in")
    assert found is not None
    assert found.target == 20
    await boss.open("/change/segment?id=nobody", 404)


async def test_a_fault_comes_back_with_the_form_and_what_was_typed(office: Office, boss: Person) -> None:
    await boss.open("/change/rules")
    text = await boss.send("/change/rules", 422, guard="9999", overflow="on", overflow_below="90")
    assert "Before everybody else after: Please give a whole number from 1 to 1440." in text
    assert 'value="9999"' in boss.answer.text
    text = await boss.send("/change/rules", 422, guard="60")
    assert "Own lines must wait less than the line that is helped." in text


async def test_every_word_is_there_in_every_language(office: Office, boss: Person) -> None:
    for language in LANGUAGES:
        for path in ("/rules/town", "/opening/town/change/rules", "/opening/town/change/segment?id=booked"):
            boss.answer = await boss.client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert boss.answer.status_code == 200
            assert "opening." not in boss.text
            assert "fairness." not in boss.text
