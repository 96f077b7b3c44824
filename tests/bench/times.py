"""Free times of one service over 60 days and 20 halls with 100,000 bookings in the database."""

import gc
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Connection

from qms.booking.project import BOOKING, booking_row, fetch
from qms.booking.rules.decide import Needs
from qms.booking.rules.free import bookable, free
from qms.booking.rules.model import Booking, DayBook, Wanted
from qms.halls.rules.booking import Bookings, OpeningRule
from qms.halls.rules.model import Hall, Hours
from qms.halls.rules.parts import WEEKDAYS
from qms.ledger.engine import connect, put_rows, writing
from qms.ledger.schema import upgrade
from tests.booking.make import at, booking_hall, counter
from tests.halls.make import group, service, span

HALLS, DAYS, BOOKINGS = 20, 60, 100_000
NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
SKILLS = (
    ("id-card", "passport"),
    ("id-card", "passport"),
    ("id-card",),
    ("passport", "vehicle"),
    ("vehicle",),
    ("id-card", "vehicle"),
)


def measure(cold: int = 10, warm: int = 200) -> dict[str, float]:
    """Milliseconds (99th percentile) of one look at everything: again, with nothing worked out, and not yet read."""
    halls = [hall(n) for n in range(HALLS)]
    took_read, took_cold, took_warm, found = [], [], [], 0
    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/qms.db")
        upgrade(engine)
        with writing(engine).begin() as conn:
            for one in halls:
                book(one, NOW, BOOKINGS // HALLS, conn)
        for _ in range(cold):
            fresh, books = [one.model_copy() for one in halls], []
            gc.collect()
            began = perf_counter()
            for one in fresh:
                with engine.connect() as conn:
                    days = fetch(conn, one.id, Needs(ahead(NOW))).days
                books.append([days[day] for day in ahead(NOW)])
            read = perf_counter() - began
            seconds, found = look(fresh, books)
            took_cold.append(seconds)
            took_read.append(read + seconds)
        engine.dispose()
    for _ in range(warm):
        seconds, again = look(fresh, books)
        took_warm.append(seconds)
        if again != found:
            raise RuntimeError("a second look found other times")
    return {
        "warm_ms": p99(took_warm),
        "cold_ms": p99(took_cold),
        "unread_ms": p99(took_read),
        "times": found,
        "bookings": sum(len(one.bookings) for own in books for one in own),
    }


def look(halls: list[Hall], books: list[list[DayBook]]) -> tuple[float, int]:
    """Seconds for all free times of a service, and how many there are."""
    wanted, found, began = (Wanted("passport"),), 0, perf_counter()
    for one, own in zip(halls, books, strict=True):
        bookable(one, wanted, NOW, public=True)
        for book in own:
            found += len(free(one, book, wanted, NOW, public=True))
    return perf_counter() - began, found


def p99(seconds: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return 1000 * quantiles(seconds, n=100, method="inclusive")[98]


def hall(number: int) -> Hall:
    """A hall with six counters of mixed skills, open every day; five of them take bookings."""
    every = OpeningRule(
        id="all",
        first_day=date(2026, 1, 1),
        days=WEEKDAYS,
        spans=(span("08:00", "16:00"),),
        breaks=(span("12:00", "12:30"),) if number % 2 else (),
        public_lanes=5,
    )
    return booking_hall(
        id=f"bench-{number}",
        services=tuple(
            service(id, minutes=long) for id, long in (("id-card", 15), ("passport", 15), ("vehicle", 30))
        ),
        counters=tuple(counter(str(n), *skills) for n, skills in enumerate(SKILLS)),
        hours=Hours(week={day: (span("08:00", "16:00"),) for day in WEEKDAYS}),
        groups=(group("documents", "A", last=9999, digits=4),),
        bookings=Bookings(opening=(every,), horizon_days=90, challenge=False),
    )


def ahead(now: datetime) -> tuple[date, ...]:
    """The days that are looked at."""
    return tuple(now.date() + timedelta(days=n + 1) for n in range(DAYS))


def book(hall: Hall, now: datetime, count: int, conn: Connection) -> None:
    """So many bookings of a hall, spread over the days ahead."""
    random, days = Random(hall.id), ahead(now)
    some = [bookings(random, day, now, count // DAYS + (n < count % DAYS)) for n, day in enumerate(days)]
    rows = [booking_row(hall.id, one, hall) for own in some for one in own.values()]
    put_rows(conn, BOOKING, rows, replace=False)


def bookings(random: Random, day: date, now: datetime, count: int) -> dict[str, Booking]:
    """So many bookings that the counters can do."""
    opens, free_slots = at("08:00", day), {(n, slot) for n in range(len(SKILLS)) for slot in range(32)}
    made: dict[str, Booking] = {}
    while len(made) < count:
        lane, slot = random.choice(sorted(free_slots))
        wanted = random.choice(SKILLS[lane])
        slots = {(lane, slot), (lane, slot + 1)} if wanted == "vehicle" else {(lane, slot)}
        if not slots <= free_slots:
            continue
        free_slots -= slots
        start, id = opens + timedelta(minutes=15 * slot), f"{random.getrandbits(128):032x}"
        made[id] = Booking(
            id=id,
            day=day,
            start=start,
            end=start + timedelta(minutes=15 * len(slots)),
            services=(Wanted(wanted),),
            state="confirmed",
            via="web" if random.random() < 0.8 else "phone",
            segment="booked",
            language="pl",
            holder=id,
            code=id[:6],
            code_n=0,
            made=now,
        )
    return made
