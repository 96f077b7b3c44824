"""What may be uploaded for screens: told by its content, drawn anew, and refused in plain words where it is not sound."""

import io
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from qms.devices.media.check import WIDEST, checked
from qms.devices.media.kinds import Checked, Room, is_name, kind_of, name_for
from qms.devices.media.pictures import LARGEST_SIDE, MOST_SIDE
from qms.web.problems import Problem

FILMS = Path(__file__).parent / "films"
ROOM = Room(picture=200_000, video=400_000, hall=1_000_000)
RED, SECRET = (200, 30, 30), b"<script>alert(1)</script>"


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **more: Any) -> bytes:
    """A picture, red on its left half."""
    image = Image.new("RGB", size, (240, 240, 240))
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def film(name: str) -> bytes:
    return (FILMS / name).read_bytes()


def look(content: bytes, room: Room = ROOM) -> Checked:
    return checked(io.BytesIO(content), room)


def refusal(content: bytes, room: Room = ROOM) -> str:
    with pytest.raises(Problem) as refused:
        look(content, room)
    return refused.value.code


def outcome(content: bytes) -> str:
    """The code of a refusal, or `kept` where what is kept can be read again."""
    try:
        found = look(content)
    except Problem as problem:
        return problem.code
    return f"kept {opened(found).load()}" if found.kind.startswith("image/") else "kept"


def opened(found: Checked) -> Image.Image:
    found.file.seek(0)
    return Image.open(found.file)


def near(one: Any, other: tuple[int, ...]) -> bool:
    """Whether two colours are alike but for what coding and palettes lose."""
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


def png_head(width: int, height: int) -> bytes:
    """A PNG file that says it is so large, and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_as_what_it_is(kind: str) -> None:
    found = look(picture(kind))
    assert (found.kind, found.width, found.height) == (f"image/{kind.lower()}", 40, 20)
    drawn = opened(found)
    assert drawn.format == kind
    assert found.size == len(found.file.getvalue())  # type: ignore[attr-defined]
    assert near(drawn.convert("RGB").getpixel((5, 10)), RED)
    assert near(drawn.convert("RGB").getpixel((35, 10)), (240, 240, 240))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "1"), ("PNG", "P"), ("PNG", "L"), ("PNG", "RGBA"), ("JPEG", "CMYK"), ("JPEG", "L")],
)
def test_every_way_of_colouring_is_read(kind: str, mode: str) -> None:
    drawn = opened(look(picture(kind, mode=mode))).convert("L")
    assert [drawn.getpixel((x, 10)) > 150 for x in (5, 35)] == [False, True]  # type: ignore[operator]


def test_a_picture_of_sixteen_bits_is_as_light_as_it_was() -> None:
    out = io.BytesIO()
    Image.new("I;16", (40, 20), 40_000).save(out, "PNG")
    assert opened(look(out.getvalue())).convert("L").getpixel((5, 10)) == 40_000 // 257


def test_what_is_clear_stays_clear() -> None:
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    out = io.BytesIO()
    image.quantize(4).save(out, "PNG", transparency=0)
    assert opened(look(out.getvalue())).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_picture_taken_sideways_is_kept_upright(kind: str, mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: its top is the picture's right
    found = look(picture(kind, mode=mode, quality=95, exif=exif))
    assert (found.width, found.height) == (20, 40)
    drawn = opened(found).convert("RGB")
    assert near(drawn.getpixel((10, 3)), RED)
    assert not drawn.getexif()


def hiding(kind: str) -> bytes:
    """A picture with words wherever a picture may have them, and after its end."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    more: Mapping[str, Any] = {"exif": exif, "icc_profile": SECRET}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET.decode())
        more = {**more, "pnginfo": info}
    elif kind == "JPEG":
        more = {**more, "comment": SECRET}
    else:
        more = {**more, "xmp": SECRET}
    return picture(kind, **more) + SECRET


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_hides_in_a_picture(kind: str) -> None:
    given = hiding(kind)
    assert SECRET in given
    found = look(given)
    found.file.seek(0)
    assert SECRET not in found.file.read()
    assert not set(opened(found).info) & {"exif", "icc_profile", "comment", "xmp", "Comment"}


def test_a_large_picture_is_made_to_fit_a_screen() -> None:
    found = look(picture("PNG", (LARGEST_SIDE + 1200, 100), mode="1"))
    assert found.width == LARGEST_SIDE
    assert 70 < found.height < 80


@pytest.mark.parametrize(
    "size", [(8000, 8000), (100_000, 100_000), (MOST_SIDE + 1, 1), (2**31 - 1, 2**31 - 1)]
)
def test_a_picture_that_would_fill_the_memory_is_not_opened(size: tuple[int, int]) -> None:
    assert refusal(png_head(*size)) in ("media_huge", "media_broken")


def test_a_picture_that_is_said_to_be_huge_is_refused_as_such() -> None:
    assert refusal(png_head(8000, 8000)) == "media_huge"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_picture_is_none(kind: str, share: float) -> None:
    whole = picture(kind, (300, 200))
    assert refusal(whole[: int(len(whole) * share)]) == "media_broken"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("h264.mp4", "video/mp4"),
        ("fragments.mp4", "video/mp4"),
        ("vp9.webm", "video/webm"),
        ("vp8-live.webm", "video/webm"),
    ],
)
def test_a_video_is_kept_as_it_is(name: str, kind: str) -> None:
    found = look(film(name))
    assert (found.kind, found.width, found.height) == (kind, 64, 36)
    found.file.seek(0)
    assert found.file.read() == film(name)
    assert found.size == len(film(name))


@pytest.mark.parametrize("name", ["mpeg4.mp4", "sound.mp4"])
def test_a_video_that_screens_may_not_play_is_refused(name: str) -> None:
    assert refusal(film(name)) == "media_coding"


@pytest.mark.parametrize("name", ["h264.mp4", "vp9.webm"])
def test_a_video_that_ends_too_soon_is_refused_wherever_it_was_cut(name: str) -> None:
    whole = film(name)
    for end in range(40, len(whole), 7):
        assert refusal(whole[:end]) == "media_broken", end


def test_a_video_of_no_size_or_too_much_is_refused() -> None:
    whole = film("h264.mp4")
    at = whole.index(b"avc1", whole.index(b"stsd")) + 4 + 24
    assert struct.unpack_from(">HH", whole, at) == (64, 36)
    for size in ((0, 36), (64, 0), (WIDEST + 1, 36)):
        assert refusal(whole[:at] + struct.pack(">HH", *size) + whole[at + 4 :]) == "media_huge"


@given(st.data(), st.sampled_from(["h264.mp4", "fragments.mp4", "vp9.webm", "vp8-live.webm"]))
def test_a_damaged_video_is_refused_or_kept_and_nothing_else(data: st.DataObject, name: str) -> None:
    content = bytearray(film(name))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(content)).startswith(("kept", "media_"))


@given(st.data(), st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_a_damaged_picture_is_refused_or_drawn_anew_and_nothing_else(
    data: st.DataObject, kind: str
) -> None:
    content = bytearray(picture(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(content)).startswith(("kept", "media_"))


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MZ",
        b"RIFF\0\0\0\0WAVE",
        b"x",
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
    ],
)
def test_what_is_neither_picture_nor_video_is_refused(content: bytes) -> None:
    assert refusal(content) == "media_kind"


def test_a_container_of_another_kind_is_refused() -> None:
    assert kind_of(film("h264.mkv")[:16]) == "video/webm"
    assert refusal(film("h264.mkv")) == "media_broken"


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "media_empty"


def test_a_file_may_be_as_large_as_its_kind_may_be() -> None:
    small, large = picture("PNG"), film("h264.mp4")
    assert refusal(small, Room(len(small) - 1, 10**6, 10**6)) == "media_too_large"
    assert look(small, Room(len(small), 1, 10**6)).kind == "image/png"
    assert refusal(large, Room(10**6, len(large) - 1, 10**6)) == "media_too_large"
    assert look(large, Room(1, len(large), 10**6)).kind == "video/mp4"


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Logo Urzędu Łódź.PNG", "logo-urzedu-lodz"),
        ("C:\\Users\\anna\\Straße (1).jpeg", "strasse-1"),
        ("/tmp/../film.final.mp4", "film-final"),
        (".htaccess", "htaccess"),
        ("Фільм.mp4", ""),
        ("a" * 60 + ".png", "a" * 40),
        ("x" * 39 + "-y.png", "x" * 39),
        ("", ""),
    ],
)
def test_a_name_is_made_of_the_files_own(filename: str, name: str) -> None:
    assert name_for(filename) == name
    assert name == "" or is_name(name)


@pytest.mark.parametrize(
    "name", ["", "Logo", "logo.png", "-logo", "a--b", "a b", "../x", "ł", "a" * 41, "a\n"]
)
def test_what_is_no_name_is_none(name: str) -> None:
    assert not is_name(name)
