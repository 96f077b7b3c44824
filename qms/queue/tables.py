"""Two rows for statistics, written with the events that make them: the visit, and each spell of it."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from qms.ledger.tables import EventRow, table_of
from qms.ledger.types import Instant

EVENT = table_of(EventRow)
CONFIGURED = text("type = 'HallConfigured'")
"""Picks the events of the index below; as a literal, for a parameter would not tell a database to use it."""
Index("event_configured", EVENT.c.hall, EVENT.c.seq, sqlite_where=CONFIGURED, postgresql_where=CONFIGURED)


class Visit(SQLModel, table=True):
    """One person's whole stay: from ticket or check-in to the end.

    `wait` runs from issue to the first call, `total_wait` adds the waits before later calls,
    `served` every spell at a counter; all in seconds. `hour` is that of issue in the hall's zone.
    The expected wait is what was on record when the number was given, in minutes.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("visit_by_hour", "hall", "day", "hour", "wait"),
        Index("visit_by_service", "hall", "service", "day"),
    )

    id: str = Field(primary_key=True, max_length=32)
    hall: str = Field(max_length=40)
    day: date
    hour: int
    holder: str = Field(index=True, unique=True, max_length=64)
    number: str = Field(max_length=12)
    service: str = Field(max_length=40)
    service_group: str = Field(max_length=40)
    segment: str = Field(max_length=40)
    channel: str = Field(max_length=12)
    language: str = Field(max_length=2)
    state: str = Field(max_length=12)
    booked: datetime | None = Field(default=None, sa_type=Instant)
    issued: datetime = Field(sa_type=Instant)
    reference: datetime = Field(sa_type=Instant)
    first_called: datetime | None = Field(default=None, sa_type=Instant)
    first_started: datetime | None = Field(default=None, sa_type=Instant)
    ended: datetime | None = Field(default=None, sa_type=Instant)
    calls: int
    wait: float | None = None
    total_wait: float
    served: float
    accurate: bool
    counter: str | None = Field(default=None, max_length=40)
    removed_by_staff: bool
    person: str | None = Field(default=None, max_length=64)
    expected_low: float | None = None
    expected_mid: float | None = None
    expected_high: float | None = None


class Spell(SQLModel, table=True):
    """One time at one counter within a visit; `n` counts from 1."""

    __tablename__ = "spell"
    __table_args__ = (Index("spell_by_counter", "hall", "day", "counter"),)

    visit: str = Field(primary_key=True, max_length=32)
    n: int = Field(primary_key=True)
    hall: str = Field(max_length=40)
    day: date
    counter: str = Field(max_length=40)
    clerk: str = Field(max_length=64)
    service: str = Field(max_length=40)
    given: str | None = Field(default=None, max_length=40)
    since: datetime = Field(sa_type=Instant)
    called: datetime = Field(sa_type=Instant)
    started: datetime | None = Field(default=None, sa_type=Instant)
    ended: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = Field(default=None, max_length=16)
    accurate: bool
