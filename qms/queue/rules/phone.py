"""Telephone numbers at which somebody wants to be told of their turn."""

from functools import lru_cache

import phonenumbers
from babel.core import get_global

from qms.halls.rules.model import Hall

TURN_PHONE = "turn_phone"
"""The field of the person store that holds it: apart from the phone of a booking, for it is erased once used."""
LONGEST = 30
"""Characters that somebody may type."""


def country_of(hall: Hall) -> str:
    """Whose numbers are written without a country code in a hall (ISO 3166): its holidays' country, else its zone's."""
    if hall.holidays is not None:
        return hall.holidays.country
    found: str = get_global("zone_territories").get(hall.zone, "")
    return found


@lru_cache(maxsize=256)
def written(text: str, country: str) -> str | None:
    """A number as E.164 has it (+48601234567); None for what is no number of any country."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
