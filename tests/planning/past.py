"""A hall with a past: days drawn, played by the simulator, and kept as the rows that a served hall keeps."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert

from qms.halls.rules.model import Hall
from qms.twin.history import SPELL, VISIT
from qms.twin.rules.sim.habits import scene
from qms.twin.rules.sim.model import Outcome, Scene
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.run import run
from qms.twin.rules.sim.usual import usual

STATES = {"served": "finished", "missed": "missed", "left": "cancelled", "waiting": "lapsed"}


def lived(conn: Connection, hall: Hall, days: Sequence[date], seed: int = 1) -> int:
    """The hall has lived through these days, as its usual habits make them; how many people came."""
    people = 0
    for day in days:
        played = scene(usual(hall, day), hall, day, Random(f"{seed} {day}"))
        came = [one for one in run(played) if one.outcome in STATES]
        for n, one in enumerate(came):
            _keep(conn, played, day, f"{day:%y%m%d}{n:05}", one)
        people += len(came)
    return people


def _keep(conn: Connection, played: Scene, day: date, id: str, one: Outcome) -> None:
    def at(minute: float | None) -> object:
        return None if minute is None else played.opens + timedelta(minutes=minute)

    arrival = one.arrival
    started = one.called + played.hall.conduct.walk if one.called is not None else None
    wait = (one.called - (arrival.arrives or 0)) * 60 if one.called is not None else None
    conn.execute(
        insert(VISIT).values(
            id=id,
            hall=played.hall.id,
            day=day,
            hour=10,
            holder=f"holder-{id}",
            number=f"A{id[-3:]}",
            service=arrival.service,
            service_group="g",
            segment=one.segment,
            channel="kiosk",
            language="pl",
            state=STATES[one.outcome],
            booked=at(arrival.booked),
            issued=at(arrival.arrives),
            reference=at(one.ref),
            first_called=at(one.called),
            ended=at(one.finished),
            calls=1,
            wait=wait,
            total_wait=wait or 0,
            served=0,
            accurate=True,
            counter=one.counter,
            removed_by_staff=False,
        )
    )
    if one.called is not None:
        conn.execute(
            insert(SPELL).values(
                visit=id,
                n=1,
                hall=played.hall.id,
                day=day,
                counter=one.counter,
                clerk="c",
                service=arrival.service,
                since=at(arrival.arrives),
                called=at(one.called),
                started=at(started) if one.outcome == "served" else None,
                ended=at(one.finished),
                outcome=one.outcome,
                accurate=True,
            )
        )


def stays_of(played: Scene) -> list[Stay]:
    """What a day that was played leaves on record."""

    def at(minute: float | None) -> datetime | None:
        return None if minute is None else played.opens + timedelta(minutes=minute)

    return [
        Stay(
            id=one.arrival.id,
            day=date.fromisoformat(played.day),
            service=one.arrival.service,
            segment=one.segment,
            since=played.opens + timedelta(minutes=one.arrival.arrives or 0.0),
            booked=at(one.arrival.booked),
            called=at(one.called),
            ended=at(one.finished),
            counter=one.counter,
            outcome=one.outcome,
        )
        for one in run(played)
        if one.outcome in STATES
    ]
