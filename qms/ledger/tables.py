"""The ledger's tables. Instants and days are text, so that an event hashes alike on every database."""

from typing import cast

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a SQLModel class."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


class EventRow(SQLModel, table=True):
    """One event: `hash` covers every other column, `prev` is the hash of the event before."""

    __tablename__ = "event"

    hall: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: str
    day: str
    type: str
    version: int
    actor: str
    correlation: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    prev: str
    hash: str


class HeadRow(SQLModel, table=True):
    """Where a hall's log ends; its lock is the hall's lock. A fold of the state begins at `fold_from`."""

    __tablename__ = "head"
    __table_args__ = {"sqlite_with_rowid": False}

    hall: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: str
    fold_from: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: str


class DayHeadRow(SQLModel, table=True):
    """The last event of a business day; kept when the day's events are pruned."""

    __tablename__ = "day_head"
    __table_args__ = {"sqlite_with_rowid": False}

    hall: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: str


class AnswerRow(SQLModel, table=True):
    """What was answered to an idempotency key; `at` is machine time."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_at", "at"),)

    key: str = Field(primary_key=True)
    """First in the primary key, so that all keys of a batch are found in one question."""
    scope: str = Field(primary_key=True)
    hall: str
    digest: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: str


class PersonRow(SQLModel, table=True):
    """Private data of one visit or booking, encrypted; erasing the row breaks nothing."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    hall: str
    cipher: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: str


class PersonKeyRow(SQLModel, table=True):
    """A keyed hash (of a phone number, an address, a name) by which a person's row is found again."""

    __tablename__ = "person_key"
    __table_args__ = (Index("ix_person_key_person", "person"), {"sqlite_with_rowid": False})

    hash: str = Field(primary_key=True)
    person: str = Field(primary_key=True)


class TailRow(SQLModel, table=True):
    """How far a reader that follows the log has come: its work is done up to and with `seq`."""

    __tablename__ = "tail"
    __table_args__ = {"sqlite_with_rowid": False}

    name: str = Field(primary_key=True)
    hall: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class SetupRow(SQLModel, table=True):
    """One version of a hall's set-up, never changed; `at` is machine time."""

    __tablename__ = "setup"

    hall: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    body: str = Field(sa_column=Column(Text, nullable=False))
    digest: str
    at: str
    by: str
