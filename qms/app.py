"""Composition: the one file that knows every slice. `build` makes the server, `running` gives it life."""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from qms.admin.pages.routes import pages as opening_pages
from qms.booking.acts import Acts
from qms.booking.challenge import Challenges
from qms.booking.firsts import Firsts
from qms.booking.http.citizens import Bookings
from qms.booking.http.staff import Appointments
from qms.booking.pages.routes import BookingPages
from qms.booking.rules.search import GIVEN_UP
from qms.clients.http import KeyClients
from qms.clients.pages.routes import KeyClientPages
from qms.devices import theme
from qms.devices.http import Devices
from qms.devices.kiosks import Kiosks
from qms.devices.media.kinds import room_of
from qms.devices.pages import media
from qms.devices.pages.routes import DevicePages
from qms.devices.pages.slips import Slips
from qms.devices.voice import http as voice
from qms.devices.voice.speaker import Speaker
from qms.halls.rules.model import Hall
from qms.hooks.open_data.http import OpenData
from qms.kernel.clock import Clock, ScaledClock
from qms.ledger.engine import connect, is_sqlite
from qms.ledger.orders import LedgerUnavailable, Published
from qms.ledger.schema import is_current, upgrade
from qms.ledger.setups import Setups
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from qms.live.endpoint import Live
from qms.live.hub import Hub
from qms.notices.http import PushNotices
from qms.notices.pages.routes import pages as message_pages
from qms.planning.lab import warm
from qms.planning.pages.lab import LabPages
from qms.planning.workbench import Workbench
from qms.queue.advice import Advice
from qms.queue.balance import Balance
from qms.queue.forecasts import Forecasts, Glance, delay_of
from qms.queue.history import History
from qms.queue.http import counters, estimates, halls, standards
from qms.queue.http.away import release_numbers
from qms.queue.http.check_in import CheckIns
from qms.queue.http.holders import Holders
from qms.queue.http.lending import Lending
from qms.queue.http.tickets import Tickets
from qms.queue.jobs import Nights
from qms.queue.kept import Estimates
from qms.queue.pages.appointments.routes import pages as appointment_pages
from qms.queue.pages.format import FILTERS
from qms.queue.pages.join import JoinPages
from qms.queue.pages.offices import OfficePages
from qms.queue.pages.routes import Pages
from qms.queue.pages.supervisor import SupervisorPages
from qms.queue.project import QUEUE
from qms.queue.rules.state import Queue
from qms.queue.views.card import names_of
from qms.queue.views.offered import FORECAST, is_urgent, offered, place_of
from qms.schedule import scheduler
from qms.settings import ROOT, Settings
from qms.staff import http as staff_http
from qms.staff.pages.routes import pages as staff_pages
from qms.staff.passwords import Passwords
from qms.staff.sessions import Sessions
from qms.staff.sign_in import SignIn
from qms.web import openapi, operations
from qms.web.edge import reply
from qms.web.errors import Caught, told
from qms.web.files import Files
from qms.web.headers import origin_of
from qms.web.observed import Figures, Observed
from qms.web.principal import Place
from qms.web.problems import Problem
from qms.web.security import Security
from qms.web.site import HallNames, Site
from qms.web.templates import environment
from qms.web.throttle import Throttle, network

T = TypeVar("T")
QMS = Path(__file__).parent
log = structlog.get_logger("qms")


@dataclass(frozen=True, slots=True)
class Server:
    """A server put together. `setups` are the stored versions of halls' set-ups."""

    site: Site
    setups: Setups[Hall]
    holders: Holders
    sign_in: SignIn
    devices: Devices
    acts: Acts
    kiosks: Kiosks
    workbench: Workbench
    forecasts: Forecasts
    glance: Glance
    estimates: Estimates
    balance: Balance
    advice: Advice

    def setup_of(self, hall: str) -> Hall | None:
        """The set-up of a hall that acts; None for a hall that is not served."""
        state: Queue | None = self.site.writer.state(hall)
        return state.hall if state is not None else None


def assemble(settings: Settings, clock: Clock | None = None) -> Server:
    """Put the parts together. Nothing is opened or begun yet; see `running`."""
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = clock or ScaledClock(datetime.now(UTC), settings.speed, time.monotonic)
    engine, vault = connect(settings.database_url), Vault(secret_keys(settings))
    setups = Setups(engine, Hall.model_validate_json)
    writer: Writer[Queue] = Writer(engine, QUEUE, clock, vault, setups)
    hub = Hub(clock, speed=settings.speed, version=version("qms"))
    passwords, sessions, devices = Passwords(), Sessions(settings), Devices(settings, release_numbers)

    def read(question: Callable[[Connection], T]) -> Awaitable[T]:
        return asyncio.to_thread(_ask, engine, question)

    def place(hall: str) -> Place | None:
        state = writer.state(hall)
        return place_of(state) if state is not None and state.hall is not None else None

    def names(hall: str) -> HallNames | None:
        state = writer.state(hall)
        return names_of(state.setup) if state is not None and state.hall is not None else None

    site = Site(
        settings=settings,
        clock=clock,
        engine=engine,
        writer=writer,
        vault=vault,
        hub=hub,
        templates=environment(
            [
                QMS / slice / "pages"
                for slice in (
                    "queue",
                    "booking",
                    "staff",
                    "devices",
                    "notices",
                    "admin",
                    "clients",
                    "planning",
                )
            ],
            FILTERS,
        ),
        throttle=Throttle(
            {
                "sign_in": settings.sign_in_limit,
                "sign_in_account": settings.sign_in_account_limit,
                "code": settings.code_limit,
                "check_in": settings.check_in_limit,
                "public": settings.public_limit,
                "hold": settings.hold_limit,
                "join": settings.join_limit,
                "speech": settings.speech_limit,
            }
        ),
        place_of=place,
        authenticators=(sessions.authenticate, devices.authenticate),
        read=read,
        names_of=names,
    )
    holders = Holders(read)
    forecasts = Forecasts(writer.state, clock, settings.speed)
    glance = Glance(forecasts.of)
    advice = Advice(writer.state, clock, partial(_run_by, hub), lambda hall: hub.renew(hall, {"manager"}))
    balance = Balance(writer, clock)
    _watch(site, holders, forecasts, glance, advice)
    forecasts.follow(balance.rolled)
    acts = Acts(
        lambda hall: site.writer.state(hall) if site.place_of(hall) is not None else None,
        lambda hall, booking: delay_of(forecasts.of(hall), booking),
    )
    return Server(
        site=site,
        setups=setups,
        holders=holders,
        sign_in=SignIn(passwords, sessions),
        devices=devices,
        acts=acts,
        kiosks=Kiosks(),
        workbench=Workbench(warm),
        forecasts=forecasts,
        glance=glance,
        estimates=Estimates(read),
        balance=balance,
        advice=advice,
    )


def build(server: Server, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The web application of a server that is `running` while it serves. `more`: the demo's own routes, which go first."""
    site = server.site
    figures = Figures(
        {
            "qms_sockets": ("Open live sockets.", lambda: len(site.hub.watchers)),
            "qms_topics": ("Views being watched.", lambda: len(site.hub.topics())),
            "qms_halls": ("Halls served.", lambda: len(site.writer.halls())),
            "qms_times_given_up": (
                "Searches for room that were given up: times perhaps not offered that were free.",
                lambda: float(GIVEN_UP.count),
            ),
            "qms_ready": ("1 while every hall can be served.", lambda: float(site.writer.health().ready)),
        }
    )
    routes = _routes(server, figures)
    app = Starlette(
        routes=[*more, *routes],
        middleware=[
            Middleware(Observed, figures=figures),
            Middleware(Security, site=site, wider=[media.wider(room_of(site.settings))]),
            Middleware(Caught),
        ],
        exception_handlers={HTTPException: told, Problem: told, LedgerUnavailable: told},
    )
    app.state.site = site
    return app


def _routes(server: Server, figures: Figures) -> list[BaseRoute]:
    site, firsts = server.site, Firsts(server.acts)
    history = History(site.read)
    pages = Pages(server.holders, firsts, history, server.glance)
    challenges = Challenges(site.vault)
    tickets = Tickets(server.holders, challenges.proved, server.glance)
    check_ins = CheckIns(server.acts, tickets, server.glance)
    booking = BookingPages(
        server.acts, site.writer.halls, challenges.proved, pages.best_said, check_ins.enter
    )
    interface = [
        *tickets.routes(),
        *check_ins.routes(),
        *Bookings(server.acts, challenges.proved, firsts).routes(),
        *challenges.routes(),
        *Appointments(server.acts).routes(),
        *KeyClients(server.setup_of).routes(),
        *counters.routes(),
        *Lending(server.forecasts.of, server.advice.of).routes(),
        *halls.routes(server.glance),
        *standards.routes(history),
        *estimates.routes(server.estimates),
        *PushNotices(server.holders).routes(),
        *staff_http.routes(server.sign_in),
        *server.devices.routes(),
        *server.kiosks.routes(),
        *voice.routes(Speaker()),
    ]

    @cache
    def document() -> dict[str, Any]:
        return openapi.document(interface, version("qms"))

    async def icon(_request: Any) -> Response:
        return FileResponse(QMS / "web" / "shared" / "icon.svg", media_type="image/svg+xml")

    async def described(_request: Any) -> Response:
        return reply(document())

    origin = origin_of(site.settings.public_url)
    live = Live(site.hub, site.identify, origins=[origin], network=network)
    return [
        *interface,
        WebSocketRoute("/live", live, name="WS /live"),
        *pages.routes(),
        *SupervisorPages(server.estimates).routes(),
        *OfficePages(firsts, history, server.glance).routes(),
        *JoinPages(server.holders, tickets.issue, firsts, server.glance).routes(),
        *OpenData(history, server.glance).routes(),
        *booking.routes(),
        *appointment_pages(server.acts, check_ins.enter, tickets.issue),
        *staff_pages(server.sign_in),
        *DevicePages(server.devices).routes(),
        *Slips(server.holders, server.glance).routes(),
        *media.routes(),
        *theme.routes(),
        *opening_pages(server.acts, server.setups),
        *message_pages(),
        *KeyClientPages().routes(),
        *LabPages(server.workbench).routes(),
        *operations.routes(figures, lambda conn: is_current(conn.engine)),
        Route("/api/v1/openapi.json", described, name="GET /api/v1/openapi.json"),
        Route("/favicon.ico", icon, name="GET /favicon.ico"),
        Mount("/shared", Files(QMS / "web" / "shared")),
        Mount("/book-assets", Files(QMS / "booking" / "pages" / "assets")),
        Mount("/desk-assets", Files(QMS / "queue" / "pages" / "assets")),
        Mount("/kiosk", Files(ROOT / "kiosk_ui")),
        Mount("/board", Files(ROOT / "display_board")),
    ]


@asynccontextmanager
async def running(server: Server, *, jobs: bool = True) -> AsyncIterator[Site]:
    """The server's life: database up to date, log read, views fed, jobs awake; all in order again at the end.

    Raises LedgerUnavailable, AlreadyServed, OutOfDate. Without `jobs` it only takes orders, as a
    command-line tool does.
    """
    site = server.site
    prepare(site.engine)
    async with AsyncExitStack() as stack:
        stack.callback(site.engine.dispose)
        stack.callback(server.workbench.stop)
        await site.writer.start()
        stack.push_async_callback(site.writer.stop)
        for hall in site.writer.halls():
            state = site.writer.state(hall)
            site.hub.publish(hall, state, seq=state.seq if state else 0)
        if jobs:
            site.hub.start()
            stack.push_async_callback(site.hub.stop)
            server.forecasts.start(site.writer.halls())
            stack.push_async_callback(server.balance.stop)
            stack.push_async_callback(server.forecasts.stop)
            server.advice.start()
            stack.push_async_callback(server.advice.stop)
            nights = Nights(site)
            stack.push_async_callback(nights.stop)
            woken = scheduler(site, server.setup_of, server.glance, nights)
            woken.start()
            stack.callback(woken.shutdown, wait=False)
        yield site


class OutOfDate(Exception):  # noqa: N818
    """The database lacks migrations."""


def prepare(engine: Engine) -> None:
    """Bring an embedded database up to date; raises OutOfDate for another that is not."""
    if is_sqlite(engine):
        upgrade(engine)
    elif not is_current(engine):
        raise OutOfDate("the database is not up to date: run `qms upgrade`")


def secret_keys(settings: Settings) -> list[bytes]:
    """The secret keys, newest first; a file in the data folder is made where there is none."""
    path = settings.secret_file or settings.data / "secret.key"
    if not path.exists() and settings.secret_file is None:
        with (
            suppress(FileExistsError),
            open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file,
        ):
            file.write(secrets.token_hex(32) + "\n")
    return [line.strip().encode() for line in path.read_text().splitlines() if line.strip()]


def _run_by(hub: Hub) -> list[str]:
    """The halls at which somebody who runs them looks now."""
    return [subject.halls[0] for subject in hub.topics() if subject.view == "manager"]


def _watch(site: Site, holders: Holders, forecasts: Forecasts, glance: Glance, advice: Advice) -> None:
    async def find_ticket(token: str) -> tuple[str, str] | None:
        held = await holders.find(token)
        return (held.hall, held.ticket) if held is not None else None

    def follow(published: Published[Queue]) -> None:
        site.hub.publish(
            published.hall,
            published.state,
            published.events,
            is_urgent(published.events),
            published.state.seq,
        )
        forecasts.published(published)

    for view in offered(site.writer.state, find_ticket, glance.of, forecasts.of, advice.of):
        site.hub.register(view)
    forecasts.follow(lambda hall, _: site.hub.renew(hall, FORECAST))
    site.writer.watch(follow)


def _ask(engine: Engine, question: Callable[[Connection], T]) -> T:
    with engine.connect() as conn:
        return question(conn)
