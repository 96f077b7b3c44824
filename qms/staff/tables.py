"""Accounts of staff, their grants, and their sessions. Times are machine time."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Account(SQLModel, table=True):
    """A member of staff; `id` is the pseudonym that goes on record. Identity is apart from the password."""

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=20)
    name: str = Field(unique=True, index=True, max_length=60)
    shown: str = Field(max_length=100)
    password: str | None = Field(default=None, max_length=200)
    """Argon2 hash; None where another system vouches for the person."""
    must_change: bool
    disabled: bool
    created: datetime = Field(sa_type=Instant)


class GrantRow(SQLModel, table=True):
    """A role of an account at a scope: `organisation:…`, `office:…`, `hall:…`."""

    __tablename__ = "staff_grant"

    account: str = Field(primary_key=True, foreign_key="account.id", max_length=20)
    role: str = Field(primary_key=True, max_length=12)
    scope: str = Field(primary_key=True, max_length=60)


class Session(SQLModel, table=True):
    """A signed-in browser; `id` is the hash of what its cookie holds."""

    __tablename__ = "session"

    id: str = Field(primary_key=True, max_length=64)
    account: str = Field(foreign_key="account.id", index=True, max_length=20)
    csrf: str = Field(max_length=40)
    agent: str = Field(max_length=120)
    begun: datetime = Field(sa_type=Instant)
    used: datetime = Field(sa_type=Instant)


class Reset(SQLModel, table=True):
    """A one-time code with which a forgotten password is set anew; `id` is its hash."""

    __tablename__ = "password_reset"

    id: str = Field(primary_key=True, max_length=64)
    account: str = Field(foreign_key="account.id", index=True, max_length=20)
    expires: datetime = Field(sa_type=Instant)
