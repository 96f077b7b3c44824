"""What may be shown on screens: which kinds of file, what they are called, how large they may be."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

from qms.settings import Settings

Kind = Literal["image/png", "image/jpeg", "image/webp", "video/mp4", "video/webm"]
PICTURES: Mapping[Kind, str] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
"""Pictures by the name under which Pillow knows them."""
HEAD = 16
"""Bytes by which a kind is told."""
MEGABYTE = 1_000_000
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 40
FOLDED = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d"})
"""Letters that Unicode does not take apart into a plain one and its mark."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be kept, in bytes: of one picture, of one video, of a hall in all."""

    picture: int
    video: int
    hall: int

    def of(self, kind: Kind) -> int:
        """The largest file of this kind."""
        return self.picture if kind in PICTURES else self.video


def room_of(settings: Settings) -> Room:
    """What the settings allow."""
    sizes = (settings.picture_megabytes, settings.video_megabytes, settings.media_megabytes)
    return Room(*(size * MEGABYTE for size in sizes))


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was looked at: what it is, where it can be read from, its size in dots and bytes."""

    kind: Kind
    file: BinaryIO
    size: int
    width: int
    height: int


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file by its first bytes, whatever it is called; None for one that is not shown."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if head.startswith(b"\x1a\x45\xdf\xa3") else None


def is_name(text: str) -> bool:
    """Whether a file may be called so: small letters, digits and hyphens, as all ids are."""
    return len(text) <= LONGEST_NAME and NAME.fullmatch(text) is not None


def name_for(filename: str) -> str:
    """A name made of the one that a file has on somebody's disk; empty where nothing is left of it."""
    stem = re.split(r"[/\\]", filename)[-1].rpartition(".")
    plain = unicodedata.normalize("NFKD", (stem[0] or stem[2]).translate(FOLDED))
    kept = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-")[:LONGEST_NAME].strip("-")
