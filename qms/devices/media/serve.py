"""A file for screens: anybody may see it, a browser keeps it, and a video can be sought in."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from qms.devices.media import shelf
from qms.devices.media.kinds import is_name
from qms.devices.media.ranges import Part, part_of
from qms.devices.media.shelf import CHUNK_SIZE, File
from qms.web.etag import lists
from qms.web.problems import Problem
from qms.web.site import Site, site

KEPT: Final = "public, max-age=60"
"""A board shows a replaced picture within a minute, and asks no more often than that."""


class Gone(Exception):  # noqa: N818
    """The file was replaced while it was sent; the browser notices that the rest is missing, and asks anew."""


async def show(request: Request) -> Response:
    """A hall's file by name; raises Problem `not_found`."""
    here, hall, name = site(request), request.path_params["hall"], request.path_params["name"]
    if not is_name(hall) or not is_name(name):
        raise Problem("not_found")
    file: File | None = await here.read(lambda conn: shelf.one(conn, hall, name))
    if file is None:
        raise Problem("not_found")
    tag = f'"{file.digest[:32]}"'
    headers = {"ETag": tag, "Cache-Control": KEPT, "Accept-Ranges": "bytes"}
    if lists(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    part = part_of(_range(request, tag), file.size)
    if part == "beyond":
        return Response(status_code=416, headers={"Content-Range": f"bytes */{file.size}"})
    first, end = part or Part(0, file.size)
    headers |= {"Content-Length": str(end - first), "Content-Type": file.kind}
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{file.size}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_pieces(here, file, first, end), status, headers)


def _range(request: Request, tag: str) -> str | None:
    """The part that counts: of another content than the one it was begun with, none (`If-Range`)."""
    known = request.headers.get("if-range")
    return request.headers.get("range") if request.method == "GET" and known in (None, tag) else None


async def _pieces(here: Site, file: File, first: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a part, never more than a chunk of them in memory."""
    for n in range(first // CHUNK_SIZE, -(-end // CHUNK_SIZE)):
        body: bytes | None = await here.read(partial(shelf.chunk, content=file.content, n=n))
        if body is None:
            raise Gone
        start = n * CHUNK_SIZE
        yield body[max(0, first - start) : end - start]
