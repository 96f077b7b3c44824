"""What a person who books must say of themselves, and how it is found again."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from qms.booking.rules.model import Wanted
from qms.halls.rules.booking import Contact
from qms.halls.rules.model import Hall

_ATOM = r"[^@\s.,:;<>()\[\]\\\"]"
EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}+(?:\.{_ATOM}+)*@(?:{_ATOM}+\.)+{_ATOM}{{2,}}")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,22}[0-9]")
DOCUMENT = re.compile(r"[^\W_](?:[ /-]?[^\W_]){4,15}")
PHONE_DIGITS, DOCUMENT_LETTERS = 9, 5
"""So many are needed to know somebody by a telephone or document number."""
_LOOKS = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")
SHORTEST = 3
"""A name is found from so many letters on."""
LONGEST = 200
NEEDS = ("wheelchair", "interpreter", "quiet")
"""What the office can prepare for; kept as these words, with commas."""
EXTRA = "x-"
"""Before the id of a service's own field."""
CLIENT = "client"
"""The code of a key client: looked at, and never kept."""
MESSAGES = "messages"
"""Which messages a person wants; not given: those that the office sends."""
REMINDED = ("60", "120", "1440", "2880", "4320")
"""… a reminder so many minutes before the visit, in place of the office's own,"""
UNREMINDED, SILENT = "confirm", "none"
"""… no reminder, or nothing but what must be answered and what the office changes."""
OTHERS = ("note", "consent", "need", MESSAGES, CLIENT)
"""What may be given besides: a remark, a consent, a need (a wheelchair, an interpreter, a quiet hour)."""


def faults(hall: Hall, wanted: Sequence[Wanted], fields: Mapping[str, str], staff: bool) -> list[str]:
    """The fields that are missing or cannot be what they should be; none where all is well.

    Staff may book for somebody who has neither e-mail nor telephone.
    """
    contact = hall.bookings.contact if hall.bookings else Contact()
    given = {name: value for name, value in fields.items() if value}
    wrong = [] if staff else [name for name in _needed(contact) if name not in given]
    if staff and "name" not in given:
        wrong.append("name")
    if contact.either and not staff and not {"email", "phone"} & given.keys():
        wrong.append("email")
    if "email" in given and not _is_address(given["email"]):
        wrong.append("email")
    if "phone" in given and not PHONE.fullmatch(given["phone"]):
        wrong.append("phone")
    if not set(given.get("need", NEEDS[0]).split(",")) <= set(NEEDS):
        wrong.append("need")
    if given.get(MESSAGES, SILENT) not in (*REMINDED, UNREMINDED, SILENT):
        wrong.append(MESSAGES)
    for field, required in extra(hall, wanted).items():
        if required and field not in given:
            wrong.append(field)
    if "document" in given and not DOCUMENT.fullmatch(given["document"]):
        wrong.append("document")
    known = {"name", "email", "phone", "document", *OTHERS, *extra(hall, wanted)}
    wrong += [name for name in given if name not in known or len(given[name]) > LONGEST]
    return sorted(set(wrong))


def extra(hall: Hall, wanted: Sequence[Wanted]) -> dict[str, bool]:
    """The further fields of the services wanted, and whether each must be filled in."""
    services = (hall.service(one.service) for one in wanted)
    return {f"{EXTRA}{f.id}": f.required for s in services if s is not None for f in s.booking.fields}


def kept(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields as they are kept: trimmed, and only those with something in them."""
    return {name: value.strip() for name, value in fields.items() if value.strip()}


def email_key(text: str) -> str:
    """By which an e-mail address counts as the same, in whatever case or script its domain is written."""
    local, _, domain = unicodedata.normalize("NFKC", text.strip()).casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"email:{local}@{domain}"


def phone_key(text: str) -> str:
    """By which a telephone number counts as the same: its last nine digits."""
    return f"phone:{''.join(filter(str.isdigit, text))[-PHONE_DIGITS:]}"


def document_key(text: str) -> str:
    """By which the number of a document counts as the same: its letters and digits, Cyrillic ones as they look."""
    return f"document:{''.join(filter(str.isalnum, text.upper().translate(_LOOKS)))}"


def name_keys(text: str) -> Iterable[str]:
    """Every beginning, of three letters or more, of every part of a name, without accents."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    for part in re.findall(r"\w+", plain.replace("ł", "l")):
        for end in range(min(SHORTEST, len(part)), min(len(part), 24) + 1):
            yield f"name:{part[:end]}"


def keys(fields: Mapping[str, str]) -> set[str]:
    """Everything by which a person is found again."""
    found = set(name_keys(fields.get("name", "")))
    if fields.get("email"):
        found.add(email_key(fields["email"]))
    if fields.get("phone"):
        found.add(phone_key(fields["phone"]))
    if fields.get("document"):
        found.add(document_key(fields["document"]))
    return found


def _is_address(text: str) -> bool:
    """Whether a mail server could know such an address: a slip of the finger is told at once, not by silence."""
    try:
        text.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return len(text) <= 254 and text.isprintable() and EMAIL.fullmatch(text) is not None


def reached_by(fields: Mapping[str, str]) -> set[str]:
    """Of those, the keys that mean one person, which a name does not."""
    return {key for key in keys(fields) if not key.startswith("name:")}


def _needed(contact: Contact) -> list[str]:
    asked = {name: getattr(contact, name) for name in ("name", "email", "phone", "document")}
    free = ("email", "phone") if contact.either else ()
    return [name for name, ask in asked.items() if ask == "required" and name not in free]
