"""How people are called, and what that promises to those who wait: the page, and its part of a preview."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.admin.pages.frame import RULES_PAGE, said, show, tell
from qms.admin.rules.calling import CALLING, CONDUCT, OF_SEGMENT, RULES, SEGMENT
from qms.halls.rules.model import Hall
from qms.queue.pages.contract import Clause, clauses, outside
from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.language import language_of


@dataclass(frozen=True, slots=True)
class Promises:
    """What is promised at present and with a change; `then` empty: it stays the same."""

    now: Sequence[Clause]
    then: Sequence[Clause]

    def fresh(self, clause: Clause, sentence: str) -> bool:
        """Whether a sentence of `then` is not said to the same people at present."""
        return all(sentence not in each.sentences for each in self.now if each.title == clause.title)


class CallingPages:
    """The page; changes are made as all changes of the set-up are."""

    def routes(self) -> list[BaseRoute]:
        return [at_state("GET", RULES_PAGE, self.overview, "hall.run")]

    async def overview(self, call: Call, state: Queue) -> Response:
        """The rule with its numbers, the categories, and the promises that follow from them."""
        setup, lang = state.setup, language_of(call.request)
        voice = tell(call, setup)
        kinds = [each for each in setup.segments if not each.retired]
        return show(
            call,
            setup,
            "rules.html",
            address=call.request.scope.get("root_path", "") + RULES_PAGE.replace("{hall}", setup.id),
            said=said(call),
            conduct=[
                (voice.t(f"set.{name}"), voice.setting(name, getattr(setup.conduct, name)))
                for name in CONDUCT
            ],
            segments=[
                (each, [voice.of_segment(field, getattr(each, field)) for field in OF_SEGMENT])
                for each in kinds
            ],
            promises=await asyncio.to_thread(clauses, setup, lang),
            outside=outside(lang),
        )


def promised(now: Hall, then: Hall, lang: str, what: str) -> Promises | None:
    """What a change makes of the promises; None where it is not about them and leaves them alone."""
    before, after = clauses(now, lang), clauses(then, lang)
    if before == after:
        return Promises(before, ()) if what in (CALLING, SEGMENT) else None
    return Promises(before, after)


def choices(what: str) -> Mapping[str, Sequence[str]]:
    """What the form of the rule needs besides."""
    return {"rules": RULES} if what == CALLING else {}
