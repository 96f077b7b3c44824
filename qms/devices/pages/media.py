"""The page by which administrators keep a hall's pictures and videos; a file itself is for everybody."""

from pathlib import Path
from typing import Any

from babel.units import format_unit
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from qms.devices.media import shelf
from qms.devices.media.keep import keep, remove
from qms.devices.media.kinds import MEGABYTE, Room, name_for, room_of
from qms.devices.media.serve import show
from qms.devices.media.shelf import File
from qms.devices.media.uses import Use, uses
from qms.halls.rules.model import Hall
from qms.staff.pages.frame import go, named, names, sentence
from qms.staff.pages.hall import at_hall
from qms.web.edge import Call
from qms.web.files import Files
from qms.web.forms import filled, uploaded
from qms.web.language import language_of
from qms.web.limit import CLOSE, Wider
from qms.web.problems import Problem, status_of
from qms.web.templates import page

LIST = "/media/{hall}"
ONE = LIST + "/{name}"
ENVELOPE = 100_000
"""Bytes of a form beside the file in it."""
SAID = ("added", "replaced", "removed")


def wider(room: Room) -> Wider:
    """The addresses to which files are sent, and how much of them."""
    most = max(room.picture, room.video) + ENVELOPE
    return Wider("POST", r"/media/[^/]+(/[^/]+)?", most)


def routes() -> list[BaseRoute]:
    """The pages, and the files that they keep."""
    return [
        at_hall("GET", LIST, overview, "devices.manage"),
        at_hall("POST", LIST, add, "devices.manage"),
        Route(ONE, show, methods=["GET"], name=f"GET {ONE}"),
        at_hall("POST", ONE, replace, "devices.manage"),
        at_hall("POST", ONE + "/remove", take_away, "devices.manage"),
        Mount("/devices-assets", Files(Path(__file__).parent / "assets"), name="/devices-assets"),
    ]


async def overview(call: Call, hall: Hall) -> Response:
    """The hall's files, where each is used, and a form for one more."""
    return await _list(call, hall)


async def add(call: Call, hall: Hall) -> Response:
    """Keep a further file; without a name it is named after what it is called on its owner's disk."""
    return await _keep(call, hall, "")


async def replace(call: Call, hall: Hall) -> Response:
    """Put another file in the place of one."""
    return await _keep(call, hall, call.param("name"))


async def _keep(call: Call, hall: Hall, name: str) -> Response:
    """Keep the file of a form as `name`; without one as a new file, which the form may name."""
    typed: dict[str, str] = {}
    try:
        async with uploaded(call.request) as (typed, file):
            if file is None or not file.filename:
                raise Problem("media_empty")
            wanted = name or typed.get("name", "").strip() or name_for(file.filename)
            await keep(call.site, hall, wanted, file.file, call.principal.id, fresh=not name)
    except Problem as problem:
        if problem.code == "cross_site":
            raise
        return await _list(call, hall, typed, problem)
    return go(call.request, LIST.format(hall=hall.id), said="replaced" if name else "added")


async def take_away(call: Call, hall: Hall) -> Response:
    """Remove a file that nothing names."""
    await filled(call.request)
    try:
        await remove(call.site, hall, call.param("name"), call.principal.id)
    except Problem as problem:
        if problem.code != "media_in_use":
            raise
        return await _list(call, hall, fault=problem)
    return go(call.request, LIST.format(hall=hall.id), said="removed")


async def _list(
    call: Call, hall: Hall, typed: dict[str, str] | None = None, fault: Problem | None = None
) -> Response:
    language, room = language_of(call.request), room_of(call.site.settings)
    files: list[File] = await call.site.read(lambda conn: shelf.listed(conn, hall.id))
    used, known = uses(hall), names(call.request, hall.id)
    address = call.request.scope.get("root_path", "") + LIST.format(hall=hall.id)
    said = call.request.query_params.get("said", "")
    shown = page(
        call.request,
        "media.html",
        "media",
        status=200 if fault is None else status_of(fault.code),
        hall_name=named(known.hall, language, hall.id),
        address=address,
        files=[_told(file, used.get(file.name, ()), language) for file in files],
        missing=sorted(used.keys() - {file.name for file in files}),
        taken=_written(sum(file.size for file in files), language),
        most=_written(room.hall, language),
        most_picture=room.picture // MEGABYTE,
        most_video=room.video // MEGABYTE,
        typed=typed or {},
        fault=_sentence(call, fault, room) if fault is not None else "",
        said=said if said in SAID and fault is None else "",
    )
    if fault is not None and fault.code == "too_large":
        shown.headers.update(CLOSE)
    return shown


def _sentence(call: Call, fault: Problem, room: Room) -> str:
    """Why a file was not kept; one that was cut off while it came in was too large."""
    if fault.code == "too_large":
        fault = Problem("media_too_large", {"most": room.video // MEGABYTE})
    return sentence(call.request, fault)


def _told(file: File, used: Any, language: str) -> dict[str, Any]:
    """A file as the page shows it."""
    return {
        "name": file.name,
        "video": file.is_video,
        "kind": file.kind.partition("/")[2].upper(),
        "width": file.width,
        "height": file.height,
        "size": _written(file.size, language),
        "mark": file.digest[:12],
        "uses": [_place(use, file, language) for use in used],
    }


def _place(use: Use, file: File, language: str) -> dict[str, Any]:
    """Where a file is named, and whether it is what is wanted there: a logo is no video."""
    board = named(use.board, language) if use.board is not None else ""
    return {"board": board, "panel": use.panel, "fits": use.video == file.is_video}


def _written(size: int, language: str) -> str:
    """Bytes as a person reads them: kilobytes while they are few, else megabytes."""
    large = size >= MEGABYTE // 10
    unit, of = ("megabyte", MEGABYTE) if large else ("kilobyte", 1000)
    return format_unit(size / of, f"digital-{unit}", "short", "0.#", locale=language)
