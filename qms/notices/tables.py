"""Texts of messages that an office words for itself."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Template(SQLModel, table=True):
    """A hall's own text of one message in one language; without it the catalogue's is used."""

    __tablename__ = "template"

    hall: str = Field(primary_key=True, max_length=40)
    name: str = Field(primary_key=True, max_length=40)
    language: str = Field(primary_key=True, max_length=2)
    subject: str = Field(max_length=200)
    body: str = Field(sa_column=Column(Text, nullable=False))
    by: str
    at: datetime = Field(sa_type=Instant)


class Push(SQLModel, table=True):
    """A browser that wants to be told when the turn of a ticket is near; its address is sealed.

    Erased once it was told, or once the visit is over.
    """

    __tablename__ = "push"

    ticket: str = Field(primary_key=True, max_length=32)
    hall: str = Field(index=True, max_length=40)
    cipher: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_type=Instant)
