"""Messages to people: what is to be sent, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Message(SQLModel, table=True):
    """One message to one person; the log of what was sent as much as the queue.

    `seq` is the event that it tells of, `part` counts messages of one template that one event brings.
    `person` is an id, never an address; empty: the office. `about` names what it is about, `version`
    which state of that. `due` is business time, `next_at` (when it may be tried next; while sending:
    when its sender counts as lost) and `at` machine time. `error` holds a code and the kind of fault.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_once", "hall", "seq", "template", "part", "person", unique=True),
        Index("message_by_state", "state", "due"),
        Index("message_by_about", "about"),
    )

    id: str = Field(primary_key=True, max_length=32)
    hall: str = Field(max_length=40)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    template: str = Field(max_length=40)
    part: int
    person: str = Field(max_length=64)
    about: str = Field(max_length=32)
    version: int
    language: str = Field(max_length=2)
    channel: str = Field(max_length=12)
    due: datetime = Field(sa_type=Instant)
    state: str = Field(max_length=12)
    attempts: int
    next_at: datetime = Field(sa_type=Instant)
    error: str = Field(max_length=80)
    message_id: str = Field(max_length=300)
    at: datetime = Field(sa_type=Instant)
