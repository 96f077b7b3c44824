"""Pictures and videos of halls. They lie in the database: every server has them, and so has every backup."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from qms.ledger.types import Instant


class Media(SQLModel, table=True):
    """A file by hall and name. `content` names its chunks: another content under the same name is another one.

    Sizes in bytes and dots; `at` is machine time.
    """

    __tablename__ = "media"

    hall: str = Field(primary_key=True, max_length=40)
    name: str = Field(primary_key=True, max_length=40)
    content: str = Field(max_length=32)
    kind: str = Field(max_length=40)
    digest: str = Field(max_length=64)
    size: int
    width: int
    height: int
    by: str
    at: datetime = Field(sa_type=Instant)


class MediaChunk(SQLModel, table=True):
    """A piece of a content, in order from 0; all but the last have the same length."""

    __tablename__ = "media_chunk"

    content: str = Field(primary_key=True, max_length=32)
    n: int = Field(primary_key=True)
    body: bytes
