"""Habits learnt from days that were: arrivals, service times, patience, absence, punctuality, staffing.

Service times are the measured ones, cut at the 99 % quantile; patience is the product-limit
estimate (Kaplan and Meier, "Nonparametric estimation from incomplete observations", J. Amer.
Statist. Assoc. 53, 1958), for of somebody who was served it is known only that it lasted so long.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median
from zoneinfo import ZoneInfo

from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.kernel.clock import day_start, minutes
from qms.twin.rules.sim import roster
from qms.twin.rules.sim.habits import HALF_HOUR, POINTS, Flow, Habits, Quantiles, quantiles
from qms.twin.rules.sim.model import Stand
from qms.twin.rules.sim.past import Stay, as_it_was, capped

FEW = 20
"""With fewer measured services of a kind than that, all of them stand in, stretched to its set-up's minutes."""
HALF_HOURS = 48


def fit(hall: Hall, stays: Sequence[Stay], not_shown: int = 0) -> Habits:
    """Habits of a hall from at least one stay; `not_shown`: bookings in that time that never came."""
    days: dict[date, list[Stay]] = {}
    for stay in stays:
        days.setdefault(stay.day, []).append(stay)
    booked = [stay for stay in stays if stay.booked is not None]
    shows = len(booked) / (len(booked) + not_shown) if booked else 1.0
    patience, stays_on = patience_of(stays)
    ends = Counter(stay.outcome for stay in stays)
    called = ends["served"] + ends["missed"]
    return Habits(
        flows=_flows(hall, days, shows),
        minutes=_minutes(hall, stays),
        patience=patience,
        stays=stays_on,
        absent=ends["missed"] / called if called else 0.0,
        shows=shows,
        punctual=quantiles([minutes(s.since - s.booked) for s in booked if s.booked]) or (0.0,),
        slot=float(hall.bookings.slot if hall.bookings else 5),
        staff=_staff(hall, days),
    )


def _flows(hall: Hall, days: Mapping[date, Sequence[Stay]], shows: float) -> dict[str, tuple[Flow, ...]]:
    """Mean numbers by weekday and half hour: of arrivals, and of bookings by the hour that was booked."""
    weekdays = Counter(hours.weekday(day) for day in days)
    found: dict[str, dict[tuple[str, str, bool], list[float]]] = {}
    for day, stays in days.items():
        start = day_start(day, ZoneInfo(hall.zone), hall.conduct.day_begins)
        own = found.setdefault(hours.weekday(day), {})
        for stay in stays:
            booked = stay.booked is not None
            place = int(minutes((stay.booked or stay.since) - start) // HALF_HOUR)
            row = own.setdefault((stay.service, stay.segment, booked), [0.0] * HALF_HOURS)
            row[min(HALF_HOURS - 1, max(0, place))] += (
                1 / weekdays[hours.weekday(day)] / (shows if booked else 1)
            )
    return {
        name: tuple(Flow(*key, tuple(row)) for key, row in sorted(own.items()))
        for name, own in found.items()
    }


def _minutes(hall: Hall, stays: Sequence[Stay]) -> dict[str, Quantiles]:
    measured: dict[str, list[float]] = {}
    for stay in stays:
        if (minutes := stay.minutes) is not None:
            measured.setdefault(stay.service, []).append(minutes)
    capped_all = {service: capped(values) for service, values in measured.items()}
    shape = quantiles([value for values in capped_all.values() for value in values]) or (1.0,)
    mean = sum(shape) / len(shape) or 1.0
    return {
        part.id: quantiles(own)
        if len(own := capped_all.get(part.id, [])) >= FEW
        else tuple(value * part.minutes / mean for value in shape)
        for part in hall.services
    }


def patience_of(stays: Sequence[Stay]) -> tuple[Quantiles, float]:
    """Quantiles of the patience of those who would give up within the longest wait seen, and the share of the others."""
    waits = sorted(
        (max(0.0, minutes(end - stay.since)), stay.outcome == "left")
        for stay in stays
        if (end := stay.ended if stay.outcome == "left" else stay.called) is not None
    )
    remain, risk, steps = 1.0, len(waits), list[tuple[float, float]]()
    for wait, left in waits:
        if left:
            remain *= 1 - 1 / risk
            steps.append((wait, 1 - remain))
        risk -= 1
    if not steps:
        return (), 1.0
    places = ((n + 0.5) / POINTS * (1 - remain) for n in range(POINTS))
    return tuple(next(wait for wait, share in steps if share >= place) for place in places), remain


def _staff(hall: Hall, days: Mapping[date, Sequence[Stay]]) -> dict[str, tuple[Stand, ...]]:
    """By weekday, the counters that were staffed on at least half of such days, at their median times."""
    found: dict[str, dict[str, list[Stand]]] = {}
    count = Counter[str](hours.weekday(day) for day in days if roster.opening_of(hall, day))
    for day, stays in days.items():
        if roster.opening_of(hall, day):
            for stand in as_it_was(hall, day, stays)[0].roster:
                found.setdefault(hours.weekday(day), {}).setdefault(stand.counter, []).append(stand)
    return {
        name: tuple(
            Stand(counter, median(s.opens for s in own), median(s.closes for s in own))
            for counter, own in counters.items()
            if 2 * len(own) >= count[name]
        )
        for name, counters in found.items()
    }
