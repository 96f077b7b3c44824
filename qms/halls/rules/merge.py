"""What becomes of a hall when a file is applied to it."""

from dataclasses import dataclass
from typing import TypeVar

from qms.halls.rules.files import HallFile
from qms.halls.rules.model import Counter, Group, Hall, Segment, Service
from qms.kernel.refusal import Refusal

P = TypeVar("P", Group, Service, Counter, Segment)


@dataclass(frozen=True, slots=True)
class Change:
    """A set-up to store as a new version; `based_on` is the version it replaces (None: forced, or first)."""

    hall: Hall
    based_on: int | None


def merge(previous: Hall | None, new: Hall) -> Hall:
    """The new set-up, with what it no longer names kept as retired, after what it names.

    A part that the new set-up names again is as the new one says. `ValueError`: another hall.
    """
    if previous is None:
        return new
    if previous.id != new.id:
        raise ValueError(f"{new.id} is not a new version of {previous.id}")
    kept = {
        "groups": _kept(previous.groups, new.groups),
        "services": _kept(previous.services, new.services),
        "counters": _kept(previous.counters, new.counters),
        "segments": _kept(previous.segments, new.segments),
    }
    return new.model_copy(update=kept)


def plan(
    current: Hall | None, version: int, file: HallFile, *, forced: bool = False
) -> Change | Refusal | None:
    """What applying a file to a hall at `version` (0: a new hall) comes to.

    None: the hall is already as the file says, so there is nothing to store. Refusals:
    `version_changed`: the hall has changed since the version that the file was exported from;
    `unknown_version`: the file names a version that this hall has not had. `forced` overrides both.
    """
    hall = merge(current, file.hall)
    if hall == current:
        return None
    if forced or current is None:
        return Change(hall, None)
    if file.version is not None and file.version != version:
        code = "version_changed" if file.version < version else "unknown_version"
        return Refusal(code, {"hall": hall.id, "version": version, "file": file.version})
    return Change(hall, version)


def _kept(previous: tuple[P, ...], new: tuple[P, ...]) -> tuple[P, ...]:
    named = {part.id for part in new}
    return new + tuple(
        part.model_copy(update={"retired": True}) for part in previous if part.id not in named
    )
