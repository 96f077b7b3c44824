"""Key clients of a hall. Times are machine time."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class KeyClient(SQLModel, table=True):
    """Somebody who comes for many people, such as a notary or a driving school.

    `code` is a keyed hash of their code; name and remark are encrypted in `cipher`. `until` is the last day on
    which they are recognised.
    """

    __tablename__ = "key_client"
    __table_args__ = (Index("key_client_by_code", "hall", "code", unique=True),)

    id: str = Field(primary_key=True, max_length=32)
    hall: str = Field(max_length=40)
    code: str = Field(max_length=64)
    cipher: bytes
    until: date | None = None
    by: str
    at: datetime = Field(sa_type=Instant)
