"""Where files lie: a row for each, and its content in chunks that are put down one by one.

A video is hundreds of small writes and not one long one, so no clerk waits for it. A content is
visible from the moment in which its row names it, and never in part.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select
from uuid_utils import uuid7

from qms.devices.media.kinds import MEGABYTE
from qms.devices.media.tables import Media, MediaChunk
from qms.kernel.refusal import Refusal
from qms.ledger.engine import upsert
from qms.ledger.tables import table_of

MEDIA, CHUNK = table_of(Media), table_of(MediaChunk)
CHUNK_SIZE: Final = 256 * 1024
"""Bytes of a chunk."""
AT_ONCE: Final = 16
"""Chunks that are cleared away in one write."""
STALE: Final = timedelta(hours=1)
"""So long a content may wait for its row; one that waits longer was given up."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept; see the table."""

    hall: str
    name: str
    content: str
    kind: str
    digest: str
    size: int
    width: int
    height: int
    by: str
    at: datetime

    @property
    def is_video(self) -> bool:
        """Whether it moves."""
        return self.kind.startswith("video/")


def new_content() -> str:
    """A name for chunks, which says when it was made."""
    return uuid7().hex


def put_chunk(conn: Connection, content: str, n: int, body: bytes) -> None:
    """Put a piece down."""
    conn.execute(insert(CHUNK), {"content": content, "n": n, "body": body})


def place(conn: Connection, file: File, most: int, *, fresh: bool) -> Refusal | None:
    """Have a content be what stands under a name, in place of what stood there before.

    Refuses `media_full` past `most` bytes of the hall in all, and `media_taken` where the file is to be
    a `fresh` one and the name is in use.
    """
    mine = MEDIA.c.hall == file.hall
    others = select(func.coalesce(func.sum(MEDIA.c.size), 0)).where(mine, MEDIA.c.name != file.name)
    if conn.execute(others).scalar_one() + file.size > most:
        return Refusal("media_full", {"most": most // MEGABYTE})
    if fresh and one(conn, file.hall, file.name) is not None:
        return Refusal("media_taken", {"name": file.name})
    row = asdict(file)
    conn.execute(upsert(conn.dialect.name, MEDIA), row)
    return None


def take_down(conn: Connection, hall: str, name: str) -> bool:
    """Forget a file; False for one that is not there."""
    gone = conn.execute(delete(MEDIA).where(MEDIA.c.hall == hall, MEDIA.c.name == name))
    return gone.rowcount == 1


def clear(conn: Connection, content: str) -> bool:
    """Clear some chunks of a content away; whether there were any."""
    some = select(CHUNK.c.n).where(CHUNK.c.content == content).limit(AT_ONCE)
    gone = conn.execute(delete(CHUNK).where(CHUNK.c.content == content, CHUNK.c.n.in_(some)))
    return gone.rowcount > 0


def stale(conn: Connection, now: datetime) -> list[str]:
    """Contents that no file names any more, and none will."""
    # A name that uuid7 made begins with its milliseconds since 1970, as 12 hexadecimal digits.
    made_by = f"{int((now - STALE).timestamp() * 1000):012x}"
    named = select(MEDIA.c.content)
    query = select(CHUNK.c.content).where(CHUNK.c.content < made_by, CHUNK.c.content.not_in(named))
    return list(conn.execute(query.distinct()).scalars())


def one(conn: Connection, hall: str, name: str) -> File | None:
    """A file; None where there is none of this name."""
    row = conn.execute(select(MEDIA).where(MEDIA.c.hall == hall, MEDIA.c.name == name)).mappings().first()
    return File(**row) if row is not None else None


def listed(conn: Connection, hall: str) -> list[File]:
    """A hall's files by name."""
    rows = conn.execute(select(MEDIA).where(MEDIA.c.hall == hall).order_by(MEDIA.c.name)).mappings()
    return [File(**row) for row in rows]


def chunk(conn: Connection, content: str, n: int) -> bytes | None:
    """A piece of a content; None where it is gone."""
    query = select(CHUNK.c.body).where(CHUNK.c.content == content, CHUNK.c.n == n)
    body = conn.execute(query).scalar_one_or_none()
    return bytes(body) if body is not None else None
