"""Whether an uploaded file is one that screens can show; what it is says its content, never its name."""

import os
from typing import BinaryIO, Final

from qms.devices.media import mp4, webm
from qms.devices.media.kinds import HEAD, MEGABYTE, PICTURES, Checked, Kind, Room, kind_of
from qms.devices.media.mp4 import H264, Broken
from qms.devices.media.pictures import picture
from qms.web.problems import Problem

WIDEST: Final = 4096
"""Dots of a video's larger side: what televisions can decode."""


def checked(file: BinaryIO, room: Room) -> Checked:
    """The file as it is kept. Blocks; raises Problem.

    Refuses `media_empty`, `media_kind`, `media_too_large`, `media_broken`, `media_huge`, `media_coding`.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Problem("media_empty")
    file.seek(0)
    kind = kind_of(file.read(HEAD))
    if kind is None:
        raise Problem("media_kind")
    if size > room.of(kind):
        raise Problem("media_too_large", {"most": room.of(kind) // MEGABYTE})
    return picture(file, kind) if kind in PICTURES else _video(file, kind, size)


def _video(file: BinaryIO, kind: Kind, size: int) -> Checked:
    look, codings = (mp4.video_track, H264) if kind == "video/mp4" else (webm.video_track, webm.CODINGS)
    try:
        track = look(file)
    except Broken:
        raise Problem("media_broken") from None
    if track is None or track.coding not in codings:
        raise Problem("media_coding")
    if not (min(track.width, track.height) > 0 and max(track.width, track.height) <= WIDEST):
        raise Problem("media_huge", {"most": WIDEST * WIDEST * 9 // 16 // 1_000_000})
    file.seek(0)
    return Checked(kind, file, size, track.width, track.height)
