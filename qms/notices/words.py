"""What the places of a message's text stand for, in words of its language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qms.booking.pages.frame import Ask
from qms.booking.pages.say import Say
from qms.booking.rules.model import Wanted
from qms.halls.rules.model import Hall
from qms.web.catalogue import LANGUAGES, text

DOMAIN = "mail"


@dataclass(frozen=True, slots=True)
class Facts:
    """A visit as a message tells of it. `until`: what must be done by then; links are whole addresses."""

    start: datetime
    end: datetime
    services: Sequence[Wanted]
    name: str
    code: str
    link: str
    proof_link: str
    book_link: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """A hall's messages in one language."""

    hall: Hall
    language: str

    @property
    def say(self) -> Say:
        return Say(self.language, self.hall.zone)

    @property
    def office(self) -> str:
        return self.say.name(self.hall.office.names)

    @property
    def place(self) -> str:
        """Office and hall, once where they are called the same."""
        hall = self.say.name(self.hall.names)
        return self.office if hall == self.office else f"{self.office}, {hall}"

    def t(self, key: str, n: int | None = None, **params: object) -> str:
        """A text of the catalogue."""
        return text(self.language, DOMAIN, f"{DOMAIN}.{key}", n, **params)

    def services(self, wanted: Sequence[Wanted]) -> str:
        """The services, and how many people come for one where it is more than one."""
        return "; ".join(self._service(one) for one in wanted)

    def _service(self, one: Wanted) -> str:
        service = self.hall.service(one.service)
        name = self.say.name(service.names) if service else one.service
        return name if one.count == 1 else self.t("people", one.count, service=name)

    def values(self, facts: Facts) -> Mapping[str, str]:
        """The value of every place."""
        say = self.say
        return {
            "office": self.office,
            "hall": say.name(self.hall.names),
            "place": self.place,
            "name": facts.name,
            "day": say.full_day(facts.start),
            "time": say.hour(facts.start),
            "services": self.services(facts.services),
            "code": facts.code,
            "check_in": self._check_in(facts),
            "documents": self._documents(facts.services),
            "link": facts.link,
            "proof_link": facts.proof_link,
            "book_link": facts.book_link,
            "until": "" if facts.until is None else say.moment(facts.until),
            "rebook": self._rebook(facts),
        }

    def _check_in(self, facts: Facts) -> str:
        settings = self.hall.bookings
        if settings is None:
            return ""
        opens = facts.start - timedelta(minutes=settings.check_in_opens)
        closes = facts.start + timedelta(minutes=settings.check_in_closes)
        sentences = [
            self.t("check_in", opens=self.say.hour(opens), closes=self.say.hour(closes)),
        ]
        if settings.arrive_before:
            sentences.insert(0, self.t("arrive", m=f"{settings.arrive_before:g}"))
        return " ".join(sentences)

    def _documents(self, wanted: Sequence[Wanted]) -> str:
        services = (self.hall.service(one.service) for one in wanted)
        lines = [self.say.name(words) for service in services if service for words in service.documents]
        items = "\n".join(f"- {line}" for line in dict.fromkeys(lines))
        return self.t("documents", items=items) if items else ""

    def _rebook(self, facts: Facts) -> str:
        """The office's own words, if it has some, and where to look for another time."""
        settings = self.hall.bookings
        own = self.say.name(settings.rebook) if settings else ""
        return f"{own}\n\n{self.t('rebook', book_link=facts.book_link)}".strip()


def book_link(base: str, hall: Hall, wanted: Sequence[Wanted]) -> str:
    """Where another time for the same is found; who has had one need not be asked again whether they may."""
    services = (hall.service(one.service) for one in wanted)
    asked = any(service is not None and service.booking.question for service in services)
    return f"{base}/book/{hall.id}/day?{Ask(tuple(wanted), asked).query()}"


def voice(hall: Hall, language: str) -> Voice:
    """In the language asked for, else in the hall's first one that there are texts in."""
    known = [one for one in (language, *hall.languages, "en") if one in LANGUAGES]
    return Voice(hall, known[0])
