"""Rows that mirror the calendar: bookings, freed times, the waiting list; and the tasks that are spent."""

from datetime import date, datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Booking(SQLModel, table=True):
    """One booking through its whole life; `services` is JSON, `due` when time alone next changes it.

    `holder` is the hash of its token, `code` a keyed hash; contact data lie under `person`, which is
    emptied when they are erased.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("booking_by_day", "hall", "day", "state"),
        Index("booking_by_code", "hall", "day", "code"),
        Index("booking_by_due", "due"),
        Index("booking_by_person", "person"),
    )

    id: str = Field(primary_key=True, max_length=32)
    hall: str = Field(max_length=40)
    day: date
    starts: datetime = Field(sa_type=Instant)
    ends: datetime = Field(sa_type=Instant)
    services: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(max_length=12)
    via: str = Field(max_length=12)
    segment: str = Field(max_length=40)
    language: str = Field(max_length=2)
    holder: str = Field(index=True, unique=True, max_length=64)
    code: str = Field(max_length=64)
    code_n: int
    made: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    due: datetime | None = Field(default=None, sa_type=Instant)
    person: str | None = Field(default=None, max_length=64)
    proved: bool
    reconfirm: datetime | None = Field(default=None, sa_type=Instant)
    wish: str | None = Field(default=None, max_length=32)
    passed: str = Field(sa_column=Column(Text, nullable=False))
    ticket: str | None = Field(default=None, max_length=32)
    sequence: int
    touched: int
    ended_by: str | None = Field(default=None, max_length=12)
    """Who cancelled it: citizen, staff or office."""


class Freed(SQLModel, table=True):
    """A time given back and not yet shown again."""

    __tablename__ = "freed"
    __table_args__ = (Index("freed_by_day", "hall", "day"), Index("freed_by_until", "until"))

    id: str = Field(primary_key=True, max_length=48)
    hall: str = Field(max_length=40)
    day: date
    starts: datetime = Field(sa_type=Instant)
    ends: datetime = Field(sa_type=Instant)
    services: str = Field(sa_column=Column(Text, nullable=False))
    until: datetime = Field(sa_type=Instant)
    passed: str = Field(sa_column=Column(Text, nullable=False))


class Wish(SQLModel, table=True):
    """An entry of the waiting list, until it is met, withdrawn or over."""

    __tablename__ = "wish"
    __table_args__ = (Index("wish_by_hall", "hall", "seq"),)

    id: str = Field(primary_key=True, max_length=32)
    hall: str = Field(max_length=40)
    services: str = Field(sa_column=Column(Text, nullable=False))
    first: date
    last: date
    segment: str = Field(max_length=40)
    language: str = Field(max_length=2)
    holder: str = Field(index=True, unique=True, max_length=64)
    made: datetime = Field(sa_type=Instant)
    seq: int
    person: str = Field(max_length=64)
    booking: str | None = Field(default=None, max_length=32)
    booking_day: date | None = None
    offered: str | None = Field(default=None, max_length=32)


class SpentTask(SQLModel, table=True):
    """A task against robots whose solution was used; remembered until it would have expired, in machine time."""

    __tablename__ = "spent_task"

    task: str = Field(primary_key=True, max_length=64)
    until: datetime = Field(sa_type=Instant, index=True)
