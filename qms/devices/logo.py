"""The office's logo as it was uploaded, for paper."""

from sqlalchemy import Connection

from qms.devices.media import shelf
from qms.devices.media.shelf import CHUNK_SIZE
from qms.halls.rules.model import Hall
from qms.web.site import Site

LARGEST = 8 * 1024 * 1024
"""Bytes of a picture that is read whole."""


async def logo_of(here: Site, hall: Hall) -> bytes | None:
    """The picture; None where the office has none, or the file is none that can be printed."""
    name = hall.office.logo
    if name is None:
        return None

    def whole(conn: Connection) -> bytes | None:
        file = shelf.one(conn, hall.id, name)
        if file is None or file.is_video or file.size > LARGEST:
            return None
        pieces = [shelf.chunk(conn, file.content, n) for n in range(-(-file.size // CHUNK_SIZE))]
        return b"".join(piece or b"" for piece in pieces)

    found: bytes | None = await here.read(whole)
    return found
