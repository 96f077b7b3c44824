"""A booking as a file for the person's own calendar; the same entry that the messages bring."""

from datetime import datetime

from qms.booking.pages.say import Say
from qms.booking.views import BookingView
from qms.post.ics import Visit, calendar_file
from qms.web.catalogue import text


def visit_file(view: BookingView, say: Say, now: datetime) -> bytes:
    """The file of a booking that stands, as it is at `now`."""
    office, hall = say.name(view["hall"]["office"]), say.name(view["hall"]["names"])
    services = [say.name(one["names"]) for one in view["services"]]
    code = text(say.lang, "booking", "booking.file.code", code=view.get("code", ""))
    visit = Visit(
        uid=view["id"],
        sequence=view["sequence"],
        start=datetime.fromisoformat(view["start"]),
        end=datetime.fromisoformat(view["end"]),
        zone=view["hall"]["zone"],
        summary=text(say.lang, "booking", "booking.file.summary", office=office),
        location=office if office == hall else f"{office}, {hall}",
        description="\n".join(["; ".join(services), code]),
        url=view["url"],
        language=say.lang,
    )
    return calendar_file(visit, "PUBLISH", now)
