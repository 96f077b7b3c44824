"""Adding, replacing and removing files of a hall: what the page and the command line have in common."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import BinaryIO

import structlog

from qms.devices.media import shelf
from qms.devices.media.check import checked
from qms.devices.media.kinds import Checked, is_name, room_of
from qms.devices.media.shelf import CHUNK_SIZE, File
from qms.devices.media.uses import uses
from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal
from qms.web.problems import Problem, refused
from qms.web.site import Site

log = structlog.get_logger("qms.media")
ONE_AT_A_TIME = asyncio.Lock()
"""Looking at a large picture takes memory, so they wait for each other."""


async def keep(here: Site, hall: Hall, name: str, file: BinaryIO, by: str, *, fresh: bool = False) -> File:
    """Keep a file of a hall under a name, in place of what stood there before; raises Problem.

    With `fresh` a name that is in use is refused. Refusals change nothing.
    """
    if not is_name(name):
        raise Problem("media_name")
    if fresh and await here.read(lambda conn: shelf.one(conn, hall.id, name)) is not None:
        raise Problem("media_taken", {"name": name})
    room = room_of(here.settings)
    async with ONE_AT_A_TIME:
        found = await asyncio.to_thread(checked, file, room)
    content = shelf.new_content()
    try:
        digest = await _put(here, content, found)
        kept = File(
            hall=hall.id,
            name=name,
            content=content,
            kind=found.kind,
            digest=digest,
            size=found.size,
            width=found.width,
            height=found.height,
            by=by,
            at=datetime.now(UTC),
        )
        refusal = await here.writer.aside(lambda conn: shelf.place(conn, kept, room.hall, fresh=fresh))
        if isinstance(refusal, Refusal):
            raise refused(refusal)
    except BaseException:
        await clear(here, content)
        raise
    log.info("file kept", hall=hall.id, name=name, kind=kept.kind, size=kept.size, by=by)
    return kept


async def _put(here: Site, content: str, found: Checked) -> str:
    """Write a file chunk by chunk; its digest."""
    hashed, n = sha256(), 0
    found.file.seek(0)
    while body := await asyncio.to_thread(found.file.read, CHUNK_SIZE):
        hashed.update(body)
        await here.writer.aside(partial(shelf.put_chunk, content=content, n=n, body=body))
        n += 1
    return hashed.hexdigest()


async def remove(here: Site, hall: Hall, name: str, by: str) -> None:
    """Forget a file; raises Problem: `media_in_use` for one that the set-up names, `not_found`."""
    if name in uses(hall):
        raise Problem("media_in_use", {"name": name})
    if not await here.writer.aside(lambda conn: shelf.take_down(conn, hall.id, name)):
        raise Problem("not_found")
    log.info("file removed", hall=hall.id, name=name, by=by)


async def clear(here: Site, content: str) -> None:
    """Clear a content away, a few chunks at a time."""
    while await here.writer.aside(lambda conn: shelf.clear(conn, content)):
        """More of them."""


async def tidy(here: Site) -> None:
    """Clear away contents that were replaced or removed, or whose upload was cut short.

    Not at once: a screen may be in the middle of one.
    """
    for content in await here.read(lambda conn: shelf.stale(conn, datetime.now(UTC))):
        await clear(here, content)
