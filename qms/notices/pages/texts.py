"""The texts of an office's messages: which are its own, changing one after a preview, going back."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.halls.rules.model import Hall
from qms.notices.jobs import link_base
from qms.notices.pages.frame import OVERVIEW, TEXT, said, show, to
from qms.notices.rules.templates import NEEDED, PLACES, Fault
from qms.notices.texts import (
    Text,
    TextRefused,
    default_text,
    drop_text,
    keep_text,
    own_texts,
    preview,
    sample,
    text_of,
)
from qms.notices.words import voice
from qms.staff.pages.hall import at_hall
from qms.staff.reads import accounts
from qms.web.catalogue import LANGUAGES
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.problems import Problem

ORDER = (
    "name", "office", "hall", "place", "day", "time", "services", "code", "check_in", "documents",
    "until", "proof_link", "link", "rebook", "book_link",
)  # fmt: skip
"""Places in the order in which they are explained."""
SAVED, BACK = "saved", "back"
DONE = frozenset({SAVED, BACK})
FIELDS = ("subject", "body")


class TextPages:
    """The pages."""

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", OVERVIEW, self.overview, "hall.run"),
            at_hall("GET", TEXT, self.form, "hall.configure"),
            at_hall("POST", TEXT, self.preview, "hall.configure"),
            at_hall("POST", TEXT + "/save", self.save, "hall.configure"),
            at_hall("POST", TEXT + "/default", self.default, "hall.configure"),
        ]

    async def overview(self, call: Call, hall: Hall) -> Response:
        """Every message, and in which languages the office has a text of its own."""
        own = await call.site.read(lambda conn: own_texts(conn, hall.id))
        return show(
            call,
            hall,
            "messages.html",
            path=OVERVIEW.format(hall=hall.id),
            messages=list(PLACES),
            own=own,
            said=said(call, DONE),
        )

    async def form(self, call: Call, hall: Hall) -> Response:
        """The text that is sent, to be changed."""
        name, language = _which(call)
        text = await call.site.read(lambda conn: text_of(conn, hall.id, name, language))
        return await self._form(call, hall, text, digest(text))

    async def preview(self, call: Call, hall: Hall) -> Response:
        """The text as somebody would get it; one that cannot be kept comes back with what is wrong."""
        fields = await filled(call.request)
        text, seen = _typed(fields), fields.get("seen", "")
        if "edit" in fields:
            return await self._form(call, hall, text, seen)
        return await self._preview(call, hall, text, seen)

    async def save(self, call: Call, hall: Hall) -> Response:
        """Keep the text, unless somebody else changed it meanwhile: that is said, with a fresh preview."""
        name, language = _which(call)
        fields = await filled(call.request)
        text, seen = _typed(fields), fields.get("seen", "")
        by, at = call.principal.id, call.site.clock.now()

        def keep(conn: Connection) -> Text | None:
            now = text_of(conn, hall.id, name, language)
            if digest(now) != seen:
                return now
            if text == default_text(name, language):
                drop_text(conn, hall.id, name, language)
            else:
                keep_text(conn, hall.id, name, language, text, by, at)
            return None

        try:
            changed = await call.site.writer.aside(keep)
        except TextRefused as refused:
            return await self._form(call, hall, text, seen, refused.faults)
        if changed is not None:
            return await self._preview(call, hall, text, digest(changed), other=changed)
        return to(call, OVERVIEW.format(hall=hall.id), said=SAVED)

    async def default(self, call: Call, hall: Hall) -> Response:
        """Back to the text that came with the system."""
        name, language = _which(call)
        await filled(call.request)
        await call.site.writer.aside(lambda conn: drop_text(conn, hall.id, name, language))
        return to(call, OVERVIEW.format(hall=hall.id), said=BACK)

    async def _preview(
        self, call: Call, hall: Hall, text: Text, seen: str, other: Text | None = None
    ) -> Response:
        name, language = _which(call)
        now, base = call.site.clock.now(), link_base(call.site.settings)
        try:
            shown = preview(hall, name, language, text, now, base)
        except TextRefused as refused:
            return await self._form(call, hall, text, seen, refused.faults)
        values: dict[str, Any] = {"shown": shown, "typed": text, "seen": seen, "other": other}
        status = 200 if other is None else 409
        return _show(call, hall, "messages_preview.html", status=status, **values)

    async def _form(
        self, call: Call, hall: Hall, text: Text, seen: str, faults: Sequence[Fault] = ()
    ) -> Response:
        name, language = _which(call)
        speaking = voice(hall, language)
        values = speaking.values(sample(speaking, call.site.clock.now(), link_base(call.site.settings)))

        def look(conn: Connection) -> tuple[Any, Mapping[str, str]]:
            found = own_texts(conn, hall.id).get((name, language))
            return found, {each.id: each.shown for each in accounts(conn)}

        kept, names = await call.site.read(look)
        return _show(
            call,
            hall,
            "messages_text.html",
            status=422 if faults else 200,
            typed=text,
            seen=seen,
            faults={field: [each for each in faults if each.field == field] for field in FIELDS},
            places=[(place, values[place]) for place in ORDER if place in PLACES[name]],
            needed=NEEDED.get(name, frozenset()),
            kept=kept,
            by=names.get(kept.by, kept.by) if kept is not None else "",
            default=default_text(name, language),
        )


def _show(call: Call, hall: Hall, template: str, **values: Any) -> Response:
    name, language = _which(call)
    path = TEXT.format(hall=hall.id, message=name, language=language)
    return show(call, hall, template, path=path, message=name, language=language, **values)


def digest(text: Text) -> str:
    """By which it is told whether a text was changed while somebody was at it."""
    return sha256(f"{text.subject}\0{text.body}".encode()).hexdigest()[:16]


def _which(call: Call) -> tuple[str, str]:
    """The message and the language that the address names; raises Problem."""
    name, language = call.param("message"), call.param("language")
    if name not in PLACES or language not in LANGUAGES:
        raise Problem("not_found")
    return name, language


def _typed(fields: Mapping[str, str]) -> Text:
    """What was typed; browsers send lines their own way."""
    return Text(fields.get("subject", "").strip(), fields.get("body", "").replace("\r\n", "\n").strip())
