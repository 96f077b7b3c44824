"""The policy lab's work, as a process of its own does it: play the days, reckon, draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qms.halls.rules.model import Hall
from qms.planning.drawings import THEME, Drawing, Lines
from qms.planning.rules.lab import Compared, Variant, compared, days_as_they_were, staged
from qms.twin.rules.sim.past import Stay
from qms.twin.simulate import play


@dataclass(frozen=True, slots=True)
class Question:
    """A hall as it is set up (as JSON: what was worked out of it stays behind), who came, and what to compare."""

    hall: str
    stays: Sequence[Stay]
    variants: Sequence[Variant]


def answer(question: Question) -> Compared:
    """Play the days under every plan, one after the other."""
    hall = Hall.model_validate_json(question.hall)
    real = days_as_they_were(hall, question.stays)
    stages, undone = staged(real, question.variants)
    played = [play(each.scenes, [each.plan], workers=1)[0] for each in stages]
    return compared(real, played, undone)


def drawn(drawings: Mapping[str, Drawing]) -> dict[str, str]:
    """Charts as SVG, in the colours of the page that they will stand in."""
    from qms.planning.charts import svg  # heavy, and never wanted in the server itself

    return {name: svg(drawing, THEME) for name, drawing in drawings.items()}


def warm() -> None:
    """Whatever is slow the first time."""
    drawn({"first": Lines([{"x": 0.0, "y": 0.0, "plan": "a"}], ["a"], ("", ""))})
