"""`qms demo`: a hall that lives, on this machine only."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qms.app import QMS, Server, assemble, prepare
from qms.cli.demo_kiosk import demo_kiosk, end_former, free_port, newest_paper
from qms.cli.known import Refused
from qms.cli.serving import serve
from qms.cli.work import hall_apply, staff_add
from qms.devices import writes as devices
from qms.halls.rules import hours
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Hall
from qms.kernel.clock import ScaledClock
from qms.ledger.engine import connect
from qms.ledger.reader import heads
from qms.queue.rules.state import Queue
from qms.settings import ROOT, Settings
from qms.twin.past import live
from qms.web.problems import Problem

HALLS = ("ratusz", "gmina")
BEGINS = wall(9, 30)
VISITOR = "demo"
PAPER = "demo-paper"
"""The name of the kiosk that prints."""
RUNS = "runs"
"""A file that is there while the demo runs, and stays where it was killed."""
RIBBON = """
body::before { content: "DEMO"; position: fixed; right: 0; top: 50%; z-index: 9; transform: translateY(-50%);
  writing-mode: vertical-rl; padding: .4rem .05rem; font: 700 .7rem/1.2 system-ui, sans-serif;
  letter-spacing: .1em; color: #000; background: #ffd54a; pointer-events: none; }
"""


@dataclass(slots=True)
class Cast:
    """Who and what takes part: kiosk tokens by hall, and the sign-ins of simulated clerks."""

    password: str
    kiosks: dict[str, str] = field(default_factory=dict)
    paper: str = ""
    """The token of the kiosk that prints, in the first hall;"""
    port: int = 0
    """and where its page is served."""
    clerks: list[dict[str, str]] = field(default_factory=list)


async def run(settings: Settings, *, people: bool, weeks: int = 0) -> None:
    """Serve the demo until it is told to stop. New halls are given a past of so many weeks."""
    halls = [_hall(name) for name in HALLS]
    present, past = begin(halls[0], settings, weeks)
    clock = ScaledClock(past or present, settings.speed, time.monotonic)
    server = assemble(settings, clock)
    cast = Cast(_password(server))

    @asynccontextmanager
    async def life(_server: Server) -> AsyncIterator[None]:
        _tell(settings, cast, visitors_counter(halls[0]) if people else None)
        nights = asyncio.create_task(_skip_nights(server, clock))
        base = f"http://127.0.0.1:{settings.port}"
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(
                    demo_kiosk(settings.data, base, HALLS[0], cast.paper, cast.port)
                )
                if people:
                    await stack.enter_async_context(_people(settings, cast))
                yield
        finally:
            nights.cancel()

    async def set_the_stage(_server: Server) -> None:
        for name in HALLS:
            await hall_apply(server, (ROOT / "config" / "halls" / f"{name}.toml").read_text(), force=True)
        if past is not None:
            print("  The halls are given a past; this is done once.", flush=True)
            for hall in halls:
                await live(server.site.writer, hall, _days(hall, past, present))
            clock.set_forward(present)
        await _hire(server, halls, cast, people=people)
        await _install(server, cast)
        end_former(settings.data)
        cast.port = free_port(settings.port + 100)

    (settings.data / RUNS).touch()
    await serve(server, more=_routes(server, cast), before=set_the_stage, also=life)
    (settings.data / RUNS).unlink()


def begin(hall: Hall, settings: Settings, weeks: int) -> tuple[datetime, datetime | None]:
    """Half past nine of a working day: today's or the next; after an earlier run, the next after its last.

    One that was killed goes on where it was. Before the first run, also where its past begins.
    """
    zone, today = ZoneInfo(hall.zone), datetime.now(ZoneInfo(hall.zone)).date()
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = connect(settings.database_url)
    prepare(engine)
    with engine.connect() as conn:
        last = max((head.at for head in heads(conn).values()), default=None)
    engine.dispose()
    if last is not None and (settings.data / RUNS).exists():
        return last, None
    if last is not None:
        today = max(today, last.astimezone(zone).date() + timedelta(days=1))
    present = datetime.combine(_working_day(hall, today), BEGINS, zone)
    past = present - timedelta(weeks=weeks) if weeks and last is None else None
    return present.astimezone(UTC), past.astimezone(UTC) if past is not None else None


def _days(hall: Hall, past: datetime, present: datetime) -> list[date]:
    """The days of the past, from the one after it begins to the one before the present."""
    first, last = (hours.day_of(hall, at) for at in (past, present))
    return [first + timedelta(days=n) for n in range(1, (last - first).days)]


def _working_day(hall: Hall, day: date) -> date:
    while not hours.openings(hall, day):
        day += timedelta(days=1)
    return day


def _hall(name: str) -> Hall:
    file = parse((ROOT / "config" / "halls" / f"{name}.toml").read_bytes())
    if not isinstance(file, HallFile):
        raise Refused(f"{name}.toml: {file[0]}")
    return file.hall


def _password(server: Server) -> str:
    """The demo's password: the same at each run in one folder, and not to be guessed from outside."""
    token = server.site.vault.token("demo", "password")
    return "-".join(token[n : n + 4] for n in (0, 4, 8))


async def _hire(server: Server, halls: list[Hall], cast: Cast, *, people: bool) -> None:
    """A visitor's account that may do all, and a clerk for every counter but the visitor's."""
    for hall in halls:
        for role in ("admin", "clerk"):
            await staff_add(server, VISITOR, role, f"hall:{hall.id}", "Demo", cast.password)
        free = visitors_counter(hall)
        staffed = [c.id for c in hall.counters if not c.retired and c.id != free]
        for counter in staffed if people else []:
            name = f"{hall.id}-{counter}"
            await staff_add(server, name, "clerk", f"hall:{hall.id}", f"Demo {counter}", cast.password)
            cast.clerks.append(
                {"name": name, "password": cast.password, "hall": hall.id, "counter": counter}
            )


def visitors_counter(hall: Hall) -> str | None:
    """The last counter that can be left to a visitor: others take all that it takes."""
    for counter in reversed(hall.counters):
        others = {s for c in hall.counters if c.id != counter.id and not c.retired for s in c.services}
        if not counter.retired and counter.services.keys() <= others:
            return counter.id
    return None


async def _install(server: Server, cast: Cast) -> None:
    """One kiosk a hall, paired here, and one that prints; browsers get a token at `/demo/…`."""
    now, minute = datetime.now(UTC), timedelta(minutes=1)

    def pair(conn: Any, hall: str, name: str = VISITOR) -> str:
        known = [row["id"] for row in devices.devices_of(conn, hall) if row["name"] == name]
        if known:
            code = devices.renew_code(conn, known[0], now, minute)
        else:
            _, code = devices.add_device(conn, "kiosk", hall, None, name, now, minute)
        token = server.site.vault.token(
            "demo", f"{hall} {name}"
        )  # the same at each run: open screens go on
        paired = devices.pair(conn, code, now, token)
        assert paired is not None  # the code was made in this very transaction
        return token

    for hall in HALLS:
        cast.kiosks[hall] = await server.site.writer.aside(partial(pair, hall=hall))
    cast.paper = await server.site.writer.aside(partial(pair, hall=HALLS[0], name=PAPER))


def _routes(server: Server, cast: Cast) -> list[BaseRoute]:
    """Ways in that only the demo has: they make the browser the hall's kiosk, and mark every page."""

    async def enter(request: Request) -> Response:
        hall, screen = request.path_params["hall"], request.path_params["screen"]
        if hall not in cast.kiosks:
            raise Problem("not_found")
        response = RedirectResponse(_screen(server, hall, screen), 303)
        response.set_cookie(
            server.devices.cookie, cast.kiosks[hall], httponly=True, samesite="lax", path="/"
        )
        return response

    css = (QMS / "web" / "shared" / "design.css").read_bytes() + RIBBON.encode()
    server.kiosks.changed["shared/design.css"] = css

    async def design(_request: Request) -> Response:
        return Response(css, 200, {"Cache-Control": "no-cache"}, "text/css")

    async def paper(_request: Request) -> Response:
        found = await asyncio.to_thread(newest_paper, server.site.settings.data)
        if found is None:
            raise Problem("not_found")
        return FileResponse(found, headers={"Cache-Control": "no-store"})

    return [
        Route("/demo/paper.png", paper, name="GET /demo/paper.png"),
        Route("/demo/{hall}/{screen}", enter, name="GET /demo/{hall}/{screen}"),
        Route("/shared/design.css", design, name="GET /shared/design.css"),
    ]


def _screen(server: Server, hall: str, screen: str) -> str:
    state: Queue | None = server.site.writer.state(hall)
    if state is None:
        raise Problem("not_found")
    counter = state.setup.counters[0].id
    places: dict[str, Callable[[], str]] = {
        "kiosk": lambda: f"/kiosk/?hall={hall}",
        "board": lambda: f"/board/?hall={hall}",
        "sign": lambda: f"/board/counter.html?hall={hall}&counter={counter}",
        "ticket": lambda: f"/t/{server.site.vault.token('ticket', _newest(state))}",
    }
    if screen not in places:
        raise Problem("not_found")
    return places[screen]()


def _newest(state: Queue) -> str:
    known = sorted(state.tickets.values(), key=lambda ticket: (ticket.live, ticket.seq))
    if not known:
        raise Problem("unknown_ticket")
    return known[-1].id


async def _skip_nights(server: Server, clock: ScaledClock) -> None:
    """When all halls have closed and everybody has gone, on to the next morning."""
    while True:
        await asyncio.sleep(0.5)
        now = clock.now()
        states = [s for hall in HALLS if (s := server.site.writer.state(hall)) is not None]
        openings = [o for s in states if (o := hours.next_opening(s.setup, now)) is not None]
        if openings and not any(_busy(state, now) for state in states):
            clock.set_forward(min(openings) - timedelta(minutes=10))


def _busy(state: Queue, now: datetime) -> bool:
    """Open, about to open, or with people at its counters within the hour after closing."""
    if hours.is_open(state.setup, now + timedelta(minutes=15)) or hours.is_open(state.setup, now):
        return True
    closed = hours.closing(state.setup, now)
    working = any(desk.state != "closed" for desk in state.desks.values())
    return working and closed is not None and closed <= now < closed + timedelta(hours=1)


@asynccontextmanager
async def _people(settings: Settings, cast: Cast) -> AsyncIterator[None]:
    """Simulated people in a process of their own; they end when their input does."""
    job = {
        "base_url": f"http://localhost:{settings.port}",
        "speed": settings.speed,
        "clerks": cast.clerks,
        "kiosks": cast.kiosks,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "qms.twin.people", stdin=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    try:
        await process.stdin.drain()
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _tell(settings: Settings, cast: Cast, free: str | None) -> None:
    base, hall = f"http://localhost:{settings.port}", HALLS[0]
    pace = f"one second shows {settings.speed:g} seconds" if settings.speed != 1 else "in real time"
    lines = [
        "",
        f"  A hall lives at {base} ({pace}). Ctrl-C stops it.",
        "",
        f"  Kiosk           http://localhost:{cast.port}/kiosk/",
        f"  Its last paper  {base}/demo/paper.png",
        f"  Hall board      {base}/demo/{hall}/board",
        f"  Counter sign    {base}/demo/{hall}/sign",
        f"  Clerk terminal  {base}/desk/{hall}",
        f"  Ticket page     {base}/demo/{hall}/ticket   (the newest number)",
        f"  Queue status    {base}/queues/{hall}",
        f"  Book a visit    {base}/book",
        f"  Appointments    {base}/appointments/{hall}",
        f"  Opening rules   {base}/opening/{hall}",
        f"  The hall live   {base}/supervisor/{hall}",
        f"  Policy lab      {base}/lab/{hall}",
        f"  A small office  {base}/demo/{HALLS[1]}/kiosk",
        "",
        f"  Sign in as      {VISITOR}   password  {cast.password}",
    ]
    if free is not None:
        lines.append(f"  Clerks work at every counter but {free}, which is yours.")
        lines.append(f"  Their sign-ins: {hall}-1, {hall}-2, …   with the same password")
    print("\n".join(lines) + "\n", flush=True)
