"""What the nights learn from days that are over: how long services take, and a correction of rolled waits.

Service times: from the start of a spell until its counter was ready to call again, cut at the 99 %
quantile (spells are left open over lunch), with what remains of them after so many minutes.

Correction: a ridge regression of what the roll missed on the features of a ticket (`features`),
standardised, with penalty 10, so that without evidence it leaves the roll as it is. It is kept only
where at least 500 tickets are there and it beats the roll on the latest 20 % of days, of which it
had seen nothing. Source: Hoerl and Kennard, "Ridge regression", Technometrics 1970; SCIENCE A2 (L2).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from qms.kernel.clock import minutes
from qms.queue.rules.features import corrected
from qms.queue.rules.fit import ELAPSED, Correction, Fit, Times

PENALTY = 10.0
LEAST_TICKETS = 500
HELD_BACK = 0.2
"""The share of days, the latest, on which a correction must beat the roll."""
CUT = 0.99
READY = 3.0
"""A counter that calls within so many minutes of an end went straight on: until then it was busy."""
PRIOR_CALLS, PRIOR_BEYOND = 30, 5
"""Weights of what is assumed, in observations: of a hall's no-show share for one service, and of what
remained a step earlier for what remains of a long service."""
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One ticket as it was at its issue (`features.features`), and its minutes from issue to first call."""

    day: date
    features: Mapping[str, float]
    waited: float


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a past day, as instants. `started` is None for somebody who did not come."""

    day: date
    service: str
    counter: str
    called: datetime
    started: datetime | None
    ended: datetime


def fit(learnt: date, calls: Iterable[Call], samples: Sequence[Sample]) -> Fit:
    """All that is learnt from days until `learnt`, that day among them; the caller leaves later ones out."""
    kept, gain = correction(samples)
    return Fit(learnt, len(samples), times(calls), kept, gain)


def times(calls: Iterable[Call]) -> tuple[Times, ...]:
    """How long each service takes that was given, in the order of their ids."""
    by_service: dict[str, list[float]] = defaultdict(list)
    called: dict[str, int] = defaultdict(int)
    for call, until in _busy(calls):
        called[call.service] += 1
        if call.started is not None:
            by_service[call.service].append(minutes(until - call.started))
    came = sum(len(spells) for spells in by_service.values())
    away = 1 - came / sum(called.values()) if called else 0.0
    return tuple(
        _times(service, np.array(spells), called[service], away)
        for service, spells in sorted(by_service.items())
    )


def _busy(calls: Iterable[Call]) -> Iterable[tuple[Call, datetime]]:
    """Each call with the instant at which its counter was ready for the next."""
    at_counter: dict[tuple[date, str], list[Call]] = defaultdict(list)
    for call in calls:
        at_counter[call.day, call.counter].append(call)
    for theirs in at_counter.values():
        theirs.sort(key=lambda call: call.called)
        for call, following in pairwise(theirs):
            idle = minutes(following.called - call.ended)
            yield call, following.called if 0 <= idle <= READY else call.ended
        yield theirs[-1], theirs[-1].ended


def _times(service: str, spells: Column, called: int, away: float) -> Times:
    spells = np.minimum(spells, np.quantile(spells, CUT))
    left = [float(spells.mean())]
    for elapsed in ELAPSED[1:]:
        beyond = spells[spells > elapsed] - elapsed
        left.append(float(beyond.sum() + PRIOR_BEYOND * left[-1]) / (len(beyond) + PRIOR_BEYOND))
    missed = (called - len(spells) + PRIOR_CALLS * away) / (called + PRIOR_CALLS)
    return Times(
        service, len(spells), round(left[0], 2), tuple(round(each, 2) for each in left), round(missed, 4)
    )


def correction(samples: Sequence[Sample]) -> tuple[Correction | None, float]:
    """The correction from all samples and the share by which it lowered the error (root mean square) on the
    latest days when it had not seen them; (None, 0) where it is not to be used."""
    days = sorted({sample.day for sample in samples})
    if len(samples) < LEAST_TICKETS or len(days) < 2:
        return None, 0.0
    first_held = days[-ceil(HELD_BACK * len(days))]
    early = [sample for sample in samples if sample.day < first_held]
    late = [sample for sample in samples if sample.day >= first_held]
    trial = ridge(early)
    before = _error([sample.features["roll"] - sample.waited for sample in late])
    after = _error([corrected(trial, sample.features) - sample.waited for sample in late])
    if after >= before:
        return None, 0.0
    return ridge(samples), round(1 - after / before, 4)


def ridge(samples: Sequence[Sample]) -> Correction:
    """The regression of waits, shrunk towards the rolled wait; features that never vary are left out.

    Raises ValueError without a sample.
    """
    if not samples:
        raise ValueError("there is nothing to learn from")
    names = sorted({name for sample in samples for name in sample.features})
    table = np.array([[sample.features.get(name, 0.0) for name in names] for sample in samples])
    varies = table.std(axis=0) > 1e-9
    table, names = table[:, varies], [name for name, does in zip(names, varies, strict=True) if does]
    means, scales = table.mean(axis=0), table.std(axis=0)
    rolled = np.array([sample.features["roll"] for sample in samples])
    missed = np.array([sample.waited for sample in samples]) - rolled
    standard = (table - means) / scales
    weights = np.linalg.solve(
        standard.T @ standard + PENALTY * np.eye(len(names)), standard.T @ (missed - missed.mean())
    )
    # The roll itself with weight 1, written in the same standardised form.
    weights += np.array(
        [scale if name == "roll" else 0.0 for name, scale in zip(names, scales, strict=True)]
    )
    return Correction(
        tuple(names), _plain(means), _plain(scales), _plain(weights), float(rolled.mean() + missed.mean())
    )


def _plain(column: Column) -> tuple[float, ...]:
    return tuple(float(value) for value in column)


def _error(misses: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(misses))))
