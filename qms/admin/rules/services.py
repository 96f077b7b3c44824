"""The form about one service: who books it, how long it takes, what is asked, what is to be brought."""

from typing import Any

from qms.admin.rules.fields import Fields
from qms.admin.rules.holidays import read_last, shown_last
from qms.admin.rules.outcome import free_id, in_use, whole, with_part
from qms.admin.rules.settings import ON, read_lead, shown_lead
from qms.halls.rules.booking import ExtraField, Lead
from qms.halls.rules.model import Hall, Service

OPEN = ("all", "staff", "none")
FURTHER = 2
"""So many further questions a form may ask."""
DOCUMENTS = 20
"""So many documents a form may name."""


def change_service(hall: Hall, form: Fields) -> Hall:
    """What is so for one service."""
    id = form.choice("id", in_use(hall))
    form.sound()
    old = hall.service(id)
    assert old is not None
    booking = {
        "open": form.choice("open", OPEN),
        "only": form.has("only"),
        "slots": form.maybe_whole("slots", 1, 96),
        "horizon_days": form.maybe_whole("horizon_days", 0, 730),
        "lead": read_lead(form) if form.has("own_lead") else None,
        "question": form.words_again(old.booking.question, "question", hall.languages),
        "fields": _further(hall, form, old),
    }
    changes: dict[str, Any] = {
        "minutes": old.minutes
        if form.text("minutes") == f"{old.minutes:g}"
        else form.amount("minutes", 480),
        "documents": _documents(hall, form, old),
        "last_ticket": read_last(form),
    }
    form.sound()
    new = with_part(old, {**changes, "booking": with_part(old.booking, booking)}, ("services", id))
    return whole(hall, services=tuple(new if each is old else each for each in hall.services))


def shown_service(hall: Hall, id: str) -> dict[str, str]:
    """The fields of the form; nothing for a service that there is not."""
    now = hall.service(id)
    if now is None:
        return {}
    own = now.booking
    return {
        "open": own.open,
        "only": ON if own.only else "",
        "slots": "" if own.slots is None else str(own.slots),
        "horizon_days": "" if own.horizon_days is None else str(own.horizon_days),
        "own_lead": ON if own.lead is not None else "",
        **shown_lead(own.lead or Lead()),
        "minutes": f"{now.minutes:g}",
        **shown_last(now.last_ticket),
        **{f"question-{lang}": words for lang, words in own.question.items()},
        **{
            f"field-{n}-{lang}": words
            for n, one in enumerate(own.fields)
            for lang, words in one.names.items()
        },
        **{f"field-{n}-required": ON for n, one in enumerate(own.fields) if one.required},
        **{
            f"document-{n}-{lang}": words
            for n, one in enumerate(now.documents)
            for lang, words in one.items()
        },
    }


def rows(hall: Hall, id: str) -> int:
    """How many rows the form has for documents: some are free."""
    now = hall.service(id)
    return min(DOCUMENTS, (len(now.documents) if now is not None else 0) + 3)


def _further(hall: Hall, form: Fields, old: Service) -> tuple[ExtraField, ...]:
    """Further questions: one whose words are taken away is gone; one that stays keeps its id."""
    taken, found = {each.id for each in old.booking.fields}, []
    for n in range(FURTHER):
        known = old.booking.fields[n] if n < len(old.booking.fields) else None
        names = form.words_again(known.names if known else {}, f"field-{n}", hall.languages)
        if names:
            id = known.id if known is not None else free_id("question", taken)
            taken.add(id)
            found.append({"id": id, "names": names, "required": form.has(f"field-{n}-required")})
    return () if form.faults else tuple(ExtraField.model_validate(each) for each in found)


def _documents(hall: Hall, form: Fields, old: Service) -> tuple[dict[str, str], ...]:
    """What is to be brought, a text each; rows without one are left out."""
    found = []
    for n in range(max(DOCUMENTS, len(old.documents))):
        known = old.documents[n] if n < len(old.documents) else {}
        words = form.words_again(known, f"document-{n}", hall.languages)
        if words:
            found.append(words)
    return tuple(found)
