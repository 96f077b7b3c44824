"""The list of a hall's key clients, for those who run it: enter, renew a code, remove."""

import re
from base64 import b64encode
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from uuid_utils import uuid7

from qms.clients import register
from qms.clients.http import knows_clients
from qms.clients.register import Known
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal
from qms.staff.pages.frame import go, named, names, sentence
from qms.staff.pages.hall import at_hall
from qms.web.edge import Call
from qms.web.files import Files
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem, refused, status_of
from qms.web.qr import qr_svg
from qms.web.templates import page

LIST = "/key-clients/{hall}"
ONE = LIST + "/{client}"
LONGEST = 100
ENTRY = re.compile(r"[0-9a-f]{32}")
"""A name that each form has of its own, so that one sent twice enters somebody once."""


class KeyClientPages:
    """The pages."""

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", LIST, self.overview, "hall.run"),
            at_hall("POST", LIST, self.add, "hall.run"),
            at_hall("GET", ONE + "/remove", self.ask, "hall.run"),
            at_hall("POST", ONE + "/remove", self.remove, "hall.run"),
            at_hall("POST", ONE + "/renew", self.renew, "hall.run"),
            Mount(
                "/key-clients-assets", Files(Path(__file__).parent / "assets"), name="/key-clients-assets"
            ),
        ]

    async def overview(self, call: Call, hall: Hall) -> Response:
        """The list, and a form for one more."""
        return await self._list(call, hall)

    async def add(self, call: Call, hall: Hall) -> Response:
        """Enter somebody, and show their code, this once."""
        typed = await filled(call.request)
        fields = {name: " ".join(typed.get(name, "").split()) for name in ("name", "note")}
        last = typed.get("until", "").strip()
        until = _day(last)
        today = hours.day_of(hall, call.site.clock.now())
        too_long = any(len(text) > LONGEST or not text.isprintable() for text in fields.values())
        wrong_day = bool(last) and (until is None or until < today)
        if wrong_day or too_long or not fields["name"]:
            return await self._list(call, hall, typed, Problem("invalid"), wrong=True)
        vault, now, entry = call.site.vault, datetime.now(UTC), typed.get("entry", "")
        if not ENTRY.fullmatch(entry):
            raise Problem("invalid")
        code: str | Refusal = await call.site.writer.aside(
            lambda conn: register.add(conn, vault, hall.id, fields, until, call.principal.id, now, entry)
        )
        if isinstance(code, Refusal) and code.code == "client_entered":  # the form was sent twice
            return go(call.request, LIST.format(hall=hall.id))
        if isinstance(code, Refusal):
            return await self._list(call, hall, typed, refused(code))
        return self._card(call, hall, fields["name"], code)

    async def renew(self, call: Call, hall: Hall) -> Response:
        """Another code for somebody on the list, shown this once."""
        await filled(call.request)
        vault, known = call.site.vault, await self._one(call, hall)
        code: str | Refusal = await call.site.writer.aside(
            lambda conn: register.renew(conn, vault, hall.id, known.id)
        )
        if isinstance(code, Refusal):
            raise Problem("not_found")
        return self._card(call, hall, known.name, code)

    async def ask(self, call: Call, hall: Hall) -> Response:
        """Whether somebody is really to be removed."""
        return self._show(call, hall, "key_client_remove.html", client=await self._one(call, hall))

    async def remove(self, call: Call, hall: Hall) -> Response:
        """Remove them."""
        await filled(call.request)
        client = call.param("client")
        await call.site.writer.aside(lambda conn: register.remove(conn, hall.id, client))
        return go(call.request, LIST.format(hall=hall.id), said="removed")

    async def _list(
        self,
        call: Call,
        hall: Hall,
        typed: dict[str, str] | None = None,
        fault: Problem | None = None,
        *,
        wrong: bool = False,
    ) -> Response:
        clients = await self._known(call, hall)
        return self._show(
            call,
            hall,
            "key_clients.html",
            status=200 if fault is None else status_of(fault.code),
            clients=clients,
            knows=knows_clients(hall),
            today=hours.day_of(hall, call.site.clock.now()),
            typed=typed or {},
            entry=uuid7().hex,
            wrong=wrong,
            fault=sentence(call.request, fault) if fault is not None and not wrong else "",
            removed=call.request.query_params.get("said") == "removed",
        )

    def _card(self, call: Call, hall: Hall, name: str, code: str) -> Response:
        picture = b64encode(qr_svg(code)).decode()
        return self._show(
            call, hall, "key_client_card.html", name=name, code=register.grouped(code), picture=picture
        )

    def _show(self, call: Call, hall: Hall, template: str, status: int = 200, **values: Any) -> Response:
        base, language = call.request.scope.get("root_path", ""), language_of(call.request)
        known = names(call.request, hall.id)
        return page(
            call.request,
            template,
            "clients",
            status=status,
            hall=named(known.hall, language, hall.id),
            office=named(known.office, language),
            list=base + LIST.format(hall=hall.id),
            address=base + LIST.format(hall=hall.id),
            day=lambda day: format_date(day, "d MMMM y", language),
            **values,
        )

    async def _known(self, call: Call, hall: Hall) -> list[Known]:
        vault = call.site.vault
        known: list[Known] = await call.site.read(lambda conn: register.listed(conn, vault, hall.id))
        return known

    async def _one(self, call: Call, hall: Hall) -> Known:
        id = call.param("client")
        found = next((one for one in await self._known(call, hall) if one.id == id), None)
        if found is None:
            raise Problem("not_found")
        return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
