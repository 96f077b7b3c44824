"""Events to text and back, and the hash that chains them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from qms.kernel.event import Event, Recorded
from qms.ledger.aggregate import Upcaster
from qms.ledger.orders import ChainBroken, UnknownEvent

GENESIS = "0" * 64
"""`prev` of a hall's first event."""

Row = Mapping[str, Any]


def cut(at: datetime) -> datetime:
    """An instant in UTC as it goes on record: microseconds cut to milliseconds."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def instant_text(at: datetime) -> str:
    """A UTC instant as it goes on record: `2026-11-24T09:30:00.000Z`."""
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"


def row_hash(row: Row) -> str:
    """SHA-256 over the JSON array of every column but `hash`, in the order of the table, as UTF-8."""
    columns = (
        row["hall"], row["seq"], row["at"], row["day"], row["type"],
        row["version"], row["actor"], row["correlation"], row["body"], row["prev"],
    )  # fmt: skip
    return sha256(orjson.dumps(columns)).hexdigest()


class Codec:
    """Knows every event of an aggregate in every version.

    Raises ValueError where two events share a name or an old version lacks its upcaster.
    """

    def __init__(
        self, events: Sequence[type[Event]], upcasters: Mapping[tuple[str, int], Upcaster]
    ) -> None:
        self._classes: dict[str, type[Event]] = {cls.__name__: cls for cls in events}
        if len(self._classes) != len(events):
            raise ValueError("two events share a name")
        self._adapters: dict[str, TypeAdapter[Event]] = {cls.__name__: TypeAdapter(cls) for cls in events}
        self._upcasters = upcasters
        for name, cls in self._classes.items():
            missing = [v for v in range(1, cls.VERSION) if (name, v) not in upcasters]
            if missing:
                raise ValueError(f"{name}: no upcaster from version {missing[0]}")

    def row(self, event: Recorded, prev: str) -> dict[str, Any]:
        """The row of an event, with its hash; raises where the body is not what its class says."""
        name = type(event.body).__name__
        if type(event.body) is not self._classes.get(name):
            raise UnknownEvent(f"{name} is not an event of this aggregate")
        row = {
            "hall": event.hall,
            "seq": event.seq,
            "at": instant_text(event.at),
            "day": event.day.isoformat(),
            "type": name,
            "version": event.body.VERSION,
            "actor": event.actor,
            "correlation": event.correlation,
            "body": self._adapters[name].dump_json(event.body, warnings="error").decode(),
            "prev": prev,
        }
        row["hash"] = row_hash(row)
        return row

    def recorded(self, row: Row) -> Recorded:
        """The event of a row; raises ChainBroken or UnknownEvent."""
        if row_hash(row) != row["hash"]:
            raise ChainBroken(f"{row['hall']} {row['seq']}: the row is not the one that was written")
        return Recorded(
            hall=row["hall"],
            seq=row["seq"],
            at=datetime.fromisoformat(row["at"]),
            day=date.fromisoformat(row["day"]),
            actor=row["actor"],
            correlation=row["correlation"],
            body=self.event(row["type"], row["version"], row["body"]),
        )

    def event(self, name: str, version: int, text: str) -> Event:
        """The event behind a body, carried up to the version of today; raises UnknownEvent."""
        cls = self._classes.get(name)
        if cls is None or not 1 <= version <= cls.VERSION:
            raise UnknownEvent(f"{name} version {version} is not known here")
        if version < cls.VERSION:
            body = orjson.loads(text)
            for older in range(version, cls.VERSION):
                body = self._upcasters[name, older](body)
            text = orjson.dumps(body).decode()
        try:
            return self._adapters[name].validate_json(text)
        except ValidationError as error:
            raise UnknownEvent(
                f"{name} version {version}: {error.error_count()} faults in its body"
            ) from None
