"""How long it takes to tell a ticket of a log its wait, and what the days around it take."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from qms.twin.estimate import read
from qms.twin.rules.waits.floor import Floor
from qms.twin.rules.waits.forecast import Asked, Forecast, by_day
from qms.twin.rules.waits.log import Stage
from tests.twin.made_clinic import clinic, write

DAYS, TICKETS, ROUNDS = 20, 60, 3


class Timed(Forecast):
    """Keeps the seconds of the processor that each answer took."""

    def __init__(self) -> None:
        super().__init__()
        self.took: list[float] = []

    def ask(self, floor: Floor, stage: Stage, now: int) -> Asked:
        """As told, with its time."""
        begun = process_time()
        asked = super().ask(floor, stage, now)
        self.took.append(process_time() - begun)
        return asked


def measure() -> dict[str, float]:
    """Milliseconds of the processor for one answer, and of one ticket with the day's fold and the night's learning."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        write(path, clinic(1, DAYS, TICKETS))
        days = list(by_day(read(path)))
    took, whole = [], []
    for _ in range(ROUNDS):
        forecast = Timed()
        begun = process_time()
        for day, stages in days:
            forecast.day(day, stages)
        whole.append((process_time() - begun) / len(forecast.took))
        took += forecast.took
    return {
        "legs": len(took) / ROUNDS,
        "mean_ms": 1000 * sum(took) / len(took),
        "p50_ms": 1000 * median(took),
        "all_in_ms": 1000 * median(whole),
    }
