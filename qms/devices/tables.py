"""Kiosks, boards and signs. Times are machine time."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Device(SQLModel, table=True):
    """A device of a hall; `pairing` and `token` are hashes of its one-time code and of what it holds."""

    __tablename__ = "device"

    id: str = Field(primary_key=True, max_length=20)
    kind: str = Field(max_length=8)
    hall: str = Field(index=True, max_length=40)
    counter: str | None = Field(default=None, max_length=40)
    name: str = Field(max_length=100)
    pairing: str | None = Field(default=None, unique=True, max_length=64)
    pairing_expires: datetime | None = Field(default=None, sa_type=Instant)
    token: str | None = Field(default=None, unique=True, index=True, max_length=64)
    paired: datetime | None = Field(default=None, sa_type=Instant)
    revoked: bool
    created: datetime = Field(sa_type=Instant)
    board: str | None = Field(default=None, max_length=40)
    """The board of the hall's set-up that a screen shows; none: all calls."""
    printer: str | None = Field(default=None, max_length=12)
    """How a kiosk's printer stood when it was last heard of (`queue.rules.model.Printing`)."""
    seen: datetime | None = Field(default=None, sa_type=Instant)
    unsent: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Numbers that it gave by itself and has still to hand in; `refused`: that cannot be handed in."""
    refused: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
