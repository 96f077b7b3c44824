"""How many to book for so many places where some do not come (binomial; each comes or not by himself).

Only where bookings take up most of the day: in a mixed hall people without an appointment fill
the gaps, and an overbooked hour only makes both wait.
"""

from qms.planning.rules.inputs import number

FULL = 0.85
"""Share of the capacity that is booked from which overbooking is worth a thought."""
RISK = 0.05


def overflow(booked: int, capacity: int, no_show: float) -> float:
    """The chance that more come than there are places."""
    if booked <= capacity:
        return 0.0
    comes = 1 - no_show
    chances = [1.0]  # of k people coming, after each further booking
    for _ in range(booked):
        chances = [
            (chances[k] * no_show if k < len(chances) else 0.0) + (chances[k - 1] * comes if k else 0.0)
            for k in range(len(chances) + 1)
        ]
    return sum(chances[capacity + 1 :])


def most(capacity: int, no_show: float, risk: float = RISK) -> int:
    """The most that may be booked so that more come than there are places with at most that chance.

    Raises ValueError.
    """
    number("capacity", capacity, 1, 1000)
    number("the share that does not come", no_show, 0, 0.9)
    number("the risk", risk, 0, 0.5)
    booked = capacity
    while overflow(booked + 1, capacity, no_show) <= risk and no_show > 0:
        booked += 1
    return booked


def advised(capacity: int, booked_share: float, no_show: float, risk: float = RISK) -> int:
    """How many to book for so many places; no more than there are unless bookings fill the day."""
    number("the share of the capacity that is booked", booked_share, 0, 10)
    return most(capacity, no_show, risk) if booked_share > FULL else capacity
