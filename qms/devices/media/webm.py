"""WebM files (RFC 8794, RFC 9559): elements of an id, a size and what they hold. The frame alone is looked at."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from qms.devices.media.mp4 import Broken, Track

EBML, DOC_TYPE, SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
TRACKS, TRACK, KIND, CODEC, VIDEO = 0x1654AE6B, 0xAE, 0x83, 0x86, 0xE0
WIDTH, HEIGHT, CLUSTER = 0xB0, 0xBA, 0x1F43B675
CODINGS = (b"V_VP8", b"V_VP9", b"V_AV1")
PICTURES = 1
"""The kind of a track that holds pictures."""
MOST_ELEMENTS = 100_000
LONGEST_TRACKS = 1_000_000


def video_track(file: BinaryIO) -> Track | None:
    """The first track of pictures; None where there is none. Raises Broken."""
    end = file.seek(0, os.SEEK_END)
    start, head_end = _element(file, 0, end, EBML)
    if _content(file, start, head_end, DOC_TYPE).rstrip(b"\0") != b"webm":
        raise Broken
    start, end = _element(file, head_end, end, SEGMENT)
    tracks: bytes | None = None
    films = False
    for count, (id, inner, after) in enumerate(_children(file, start, end)):
        if count > MOST_ELEMENTS:
            raise Broken
        films = films or id == CLUSTER
        if id == TRACKS:
            tracks = _read(file, inner, after)
    if tracks is None or not films:
        raise Broken
    found = [_track(body) for id, body in _within(tracks) if id == TRACK]
    return next((track for track in found if track is not None), None)


def _track(body: bytes) -> Track | None:
    parts = dict(_within(body))
    if int.from_bytes(parts.get(KIND, b"")) != PICTURES:
        return None
    size = dict(_within(parts.get(VIDEO, b"")))
    width, height = (int.from_bytes(size.get(id, b"")[:8]) for id in (WIDTH, HEIGHT))
    return Track(parts.get(CODEC, b"").rstrip(b"\0"), width, height)


def _element(file: BinaryIO, at: int, end: int, wanted: int) -> tuple[int, int]:
    """Start and end of what the element at a place holds, which must be the wanted one."""
    id, start, stop = _head(file, at, end)
    if id != wanted:
        raise Broken
    return start, stop


def _head(file: BinaryIO, at: int, end: int) -> tuple[int, int, int]:
    """Id, start and end of an element; one of unknown size goes on to the end."""
    file.seek(at)
    head = file.read(12)
    id, used = _number(head, keep_mark=True)
    size, more = _number(head[used:], keep_mark=False)
    start = at + used + more
    unknown = size == (1 << 7 * more) - 1
    stop = end if unknown else start + size
    if stop > end:
        raise Broken
    return id, start, stop


def _children(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    while at < end:
        id, start, stop = _head(file, at, end)
        yield id, start, stop
        at = stop


def _content(file: BinaryIO, start: int, end: int, wanted: int) -> bytes:
    return dict(_within(_read(file, start, end))).get(wanted, b"")


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    if end - start > LONGEST_TRACKS:
        raise Broken
    file.seek(start)
    return file.read(end - start)


def _within(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Id and content of each element within another one."""
    at = 0
    while at < len(body):
        id, used = _number(body[at : at + 4], keep_mark=True)
        size, more = _number(body[at + used : at + used + 8], keep_mark=False)
        at += used + more
        if at + size > len(body):
            raise Broken
        yield id, body[at : at + size]
        at += size


def _number(body: bytes, *, keep_mark: bool) -> tuple[int, int]:
    """A number whose first set bit says how many bytes it has, and those bytes; raises Broken."""
    length = 9 - body[0].bit_length() if body else 9
    if length > 8 or len(body) < length:
        raise Broken
    value = int.from_bytes(body[:length])
    return (value if keep_mark else value & ((1 << 7 * length) - 1)), length
