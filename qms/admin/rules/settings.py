"""How bookings are taken: every setting of a hall by its name, the kind of its value, and the form it stands in.

A setting's *name* is its path in `Bookings` with underscores: `hold`, `limits_per_contact`. It is
also the name of its field in a form. Bounds and choices are the model's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from qms.admin.rules import reminders
from qms.admin.rules.fields import Fields, unless_same
from qms.admin.rules.outcome import with_bookings
from qms.halls.rules.booking import Bookings, Contact, Lead, Limits
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Part

Kind: TypeAlias = Literal[
    "number", "share", "switch", "choice", "ticks", "lead", "emails", "reminders", "reconfirm"
]
Unit: TypeAlias = Literal["", "minutes", "days", "percent"]
ON = "on"
NESTED: Mapping[str, type[Part]] = {"contact": Contact, "limits": Limits}
ASKED = tuple(f"contact.{name}" for name in Contact.model_fields if name != "either")
"""The contact fields that may be asked for."""
PROSE = ("nothing_free", "rules", "privacy", "consent", "rebook")
"""Texts of the office, each in a form of its own; they may be long."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `words` is where the words for its choices lie; `zero` is the word for 0, where that is no number."""

    path: str
    kind: Kind
    unit: Unit = ""
    words: str = ""
    zero: str = ""

    @property
    def name(self) -> str:
        """The name of its field, and of its words."""
        return self.path.replace(".", "_")

    @property
    def schema(self) -> Mapping[str, Any]:
        """What the model says of its value."""
        above, _, last = self.path.rpartition(".")
        found: Mapping[str, Any] = _schema(NESTED[above] if above else Bookings)[last]
        return found

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that it may have, where these are words."""
        schema = self.schema
        return tuple(schema.get("enum") or schema["items"]["enum"])

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest number."""
        return int(self.schema["minimum"]), int(self.schema["maximum"])

    def of(self, bookings: Bookings) -> Any:
        """Its value."""
        value: Any = bookings
        for part in self.path.split("."):
            value = getattr(value, part)
        return value


def _minutes(path: str, zero: str = "") -> Setting:
    return Setting(path, "number", "minutes", zero=zero)


GROUPS: Mapping[str, tuple[Setting, ...]] = {
    "settings": (
        _minutes("slot"),
        Setting("lead", "lead"),
        Setting("horizon_days", "number", "days"),
        Setting("horizon_opens", "choice", words="horizon_opens"),
        Setting("walk_in_share", "share", "percent"),
        Setting("several_services", "switch"),
        Setting("several_people", "number"),
    ),
    "hold": (
        _minutes("hold"),
        Setting("confirm_by_link", "switch"),
        _minutes("confirm_within"),
        Setting("challenge", "switch"),
        _minutes("unproved_hold"),
        Setting("unproved_share", "share", "percent"),
    ),
    "contact": (
        *(Setting(path, "choice", words="ask") for path in ASKED),
        Setting("contact.either", "switch"),
        Setting("erase_after_days", "number", "days"),
    ),
    "limits": (
        Setting("limits.visits_per_day", "number", zero="no_limit"),
        Setting("limits.per_contact", "number", zero="no_limit"),
        Setting("limits.made_per_day", "number", zero="no_limit"),
        Setting("limits.exempt", "emails"),
    ),
    "check-in": (
        Setting("check_in_by", "ticks", words="check_in_by"),
        _minutes("check_in_opens"),
        _minutes("check_in_closes"),
        _minutes("arrive_before"),
    ),
    "freed": (
        _minutes("freed_after", "at_once"),
        _minutes("freed_until", "at_once"),
        Setting("waiting_list", "switch"),
        _minutes("offer"),
        _minutes("offer_when_wait", "never"),
    ),
    "reminders": (Setting("reminders", "reminders"), Setting("reconfirm", "reconfirm")),
}
"""Every setting but the texts, by the form in which it stands."""
SETTINGS: Mapping[str, Setting] = {one.name: one for group in GROUPS.values() for one in group}


def change_group(group: str) -> Callable[[Hall, Fields], Hall]:
    """The change that a form of settings makes."""

    def change(hall: Hall, form: Fields) -> Hall:
        now = hall.bookings or Bookings(open=False)
        values = {one.path: READ[one.kind](one, form, one.of(now)) for one in GROUPS[group]}
        form.sound()
        return with_bookings(hall, values)

    return change


def shown_group(group: str, now: Bookings) -> dict[str, str]:
    """The fields of a form of settings, filled with what is so at present."""
    fields: dict[str, str] = {}
    for one in GROUPS[group]:
        fields |= SHOWN[one.kind](one, one.of(now))
    return fields


def change_words(hall: Hall, form: Fields) -> Hall:
    """A text of the office in its languages; `id` says which."""
    id = form.choice("id", PROSE)
    form.sound()
    old = getattr(hall.bookings or Bookings(), id)
    new = form.words_again(old, "words", hall.languages, most=8000)
    form.sound()
    return with_bookings(hall, {id: new})


def shown_words(hall: Hall, id: str) -> dict[str, str]:
    """The fields of the form of a text; nothing for one that there is not."""
    now = getattr(hall.bookings, id) if hall.bookings is not None and id in PROSE else {}
    return {f"words-{lang}": words for lang, words in now.items()}


def read_lead(form: Fields) -> Lead:
    """How long beforehand: three numbers, of which any may be left out."""
    return Lead(
        minutes=form.maybe_whole("lead_minutes", 0, 525_600) or 0,
        days=form.maybe_whole("lead_days", 0, 730) or 0,
        working_days=form.maybe_whole("lead_working", 0, 730) or 0,
    )


def shown_lead(lead: Lead) -> dict[str, str]:
    """Its three fields."""
    values = {"lead_minutes": lead.minutes, "lead_days": lead.days, "lead_working": lead.working_days}
    return {name: str(value) if value else "" for name, value in values.items()}


@cache
def _schema(part: type[Part]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = part.model_json_schema()["properties"]
    return found


READ: Mapping[Kind, Callable[[Setting, Fields, Any], Any]] = {
    "number": lambda one, form, old: unless_same(old, form.whole(one.name, *one.bounds)),
    "share": lambda one, form, old: unless_same(old, form.whole(one.name, 0, 100), 100),
    "switch": lambda one, form, _: form.has(one.name),
    "choice": lambda one, form, _: form.choice(one.name, one.choices),
    "ticks": lambda one, form, _: form.ticked(one.name, one.choices),
    "lead": lambda _one, form, _: read_lead(form),
    "emails": lambda one, form, _: form.emails(one.name),
    "reminders": lambda _, form, old: reminders.read(form, old),
    "reconfirm": lambda _one, form, _: reminders.read_reconfirm(form),
}
"""A value from a form; a setting, the form and the value before it in."""
SHOWN: Mapping[Kind, Callable[[Setting, Any], dict[str, str]]] = {
    "number": lambda one, value: {one.name: f"{value:.0f}"},
    "share": lambda one, value: {one.name: f"{value * 100:.0f}"},
    "switch": lambda one, value: {one.name: ON if value else ""},
    "choice": lambda one, value: {one.name: value},
    "ticks": lambda one, value: {f"{one.name}-{each}": ON for each in value},
    "lead": lambda _, value: shown_lead(value),
    "emails": lambda one, value: {one.name: "\n".join(value)},
    "reminders": lambda _, value: reminders.shown(value),
    "reconfirm": lambda _, value: reminders.shown_reconfirm(value),
}
"""A value as the fields of a form."""
