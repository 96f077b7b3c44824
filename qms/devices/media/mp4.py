"""MP4 files (ISO/IEC 14496-12): boxes of a size, a type and what they hold.

A look at the frame, not at the pictures: whether every box ends where the file does, and which track is video.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

H264 = (b"avc1", b"avc3")
"""Sample entries of H.264 (ISO/IEC 14496-15)."""
MOST_BOXES = 20_000
"""Of the outermost ones: a film in fragments has two a second."""
LONGEST_INDEX = 16_000_000


class Broken(Exception):  # noqa: N818
    """The file ends too soon, or holds what no such file holds."""


class Track(NamedTuple):
    """A track of pictures: the type of its sample entry, and its size in dots."""

    coding: bytes
    width: int
    height: int


def video_track(file: BinaryIO) -> Track | None:
    """The first track of pictures; None where there is none. Raises Broken."""
    end = file.seek(0, os.SEEK_END)
    index = b""
    types: set[bytes] = set()
    for count, (type, start, length) in enumerate(_outer(file, end)):
        if (count == 0 and type != b"ftyp") or count > MOST_BOXES:
            raise Broken
        types.add(type)
        if type == b"moov":
            if length > LONGEST_INDEX:
                raise Broken
            file.seek(start)
            index = file.read(length)
    if not index or b"mdat" not in types:
        raise Broken
    tracks = [_track(body) for type, body in _boxes(index) if type == b"trak"]
    return next((track for track in tracks if track is not None), None)


def _outer(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and length of what each outermost box holds."""
    at = 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise Broken
        size, type = struct.unpack(">I4s", head[:8])
        inner = 8
        if size == 1 and len(head) == 16:
            size, inner = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:  # to the end of the file
            size = end - at
        if size < inner or at + size > end:
            raise Broken
        yield type, at + inner, size - inner
        at += size


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of each box within another one."""
    at = 0
    while at + 8 <= len(body):
        size, type = struct.unpack_from(">I4s", body, at)
        if size < 8 or at + size > len(body):
            raise Broken
        yield type, body[at + 8 : at + size]
        at += size


def _inside(body: bytes, *path: bytes) -> bytes:
    """What the first box along a path holds; nothing where there is none."""
    for step in path:
        body = next((inner for type, inner in _boxes(body) if type == step), b"")
    return body


def _track(body: bytes) -> Track | None:
    """A track of pictures, from its `trak` box; None for sound, subtitles and the like."""
    media = _inside(body, b"mdia")
    if _inside(media, b"hdlr")[8:12] != b"vide":
        return None
    entries = _inside(media, b"minf", b"stbl", b"stsd")
    if len(entries) < 8 + 36:
        raise Broken
    coding = entries[12:16]  # past version, count, and the size of the first entry
    width, height = struct.unpack_from(">HH", entries, 8 + 8 + 24)
    return Track(coding, width, height)
