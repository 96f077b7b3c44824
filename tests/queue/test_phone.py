"""Telephone numbers as people type them, and as the world writes them."""

import pytest

from qms.halls.rules.booking import Holidays
from qms.queue.rules.phone import country_of, written
from tests.queue.make import changed, office


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("601 234 567", "PL", "+48601234567"),
        ("601-234-567", "PL", "+48601234567"),
        ("0048 601 234 567", "PL", "+48601234567"),
        ("+49 151 23456789", "PL", "+4915123456789"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("067 123 45 67", "UA", "+380671234567"),
        ("+48601234567", "", "+48601234567"),
    ],
)
def test_a_number_is_kept_as_the_world_writes_it(typed: str, country: str, number: str) -> None:
    assert written(typed, country) == number


@pytest.mark.parametrize(
    "typed",
    ["", "12", "112", "601 234", "601 234 567 ext. 3", "anna", "+48 601 234 567 8", "٦٠١٢٣٤٥٦٧", "6" * 31],
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert written(typed, "PL") is None


def test_a_number_without_a_country_is_of_the_halls() -> None:
    assert country_of(office()) == "PL"
    assert country_of(changed(office(), zone="Europe/Berlin")) == "DE"
    assert country_of(changed(office(), holidays=Holidays(country="UA"))) == "UA"
    assert country_of(changed(office(), zone="UTC")) == ""
    assert written("601 234 567", "") is None
