"""Pictures and videos: kept by staff through pages without JavaScript, shown to everybody, in both databases."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from PIL import Image
from sqlalchemy import Engine, func, select

from qms.devices.media import keep, shelf
from qms.devices.media.ranges import Part, part_of
from qms.devices.media.shelf import CHUNK_SIZE
from qms.halls.rules.equipment import Board, Panel
from qms.staff.rules.roles import Grant
from tests.app.inside import SMALL, Inside, inside, small
from tests.app.make import SAME, session
from tests.queue.make import changed

LIST = f"/media/{SMALL}"
FILMS = Path(__file__).parent / "films"
FILM = (FILMS / "h264.mp4").read_bytes()
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def picture(colour: str = "red", size: tuple[int, int] = (40, 20)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def long_film(length: int) -> bytes:
    """A film with much that is skipped: as long as some, and as sound."""
    return FILM + length.to_bytes(4) + b"free" + bytes(length - 8)


@dataclass
class Keeper:
    """An administrator of the hall, at a browser without scripts."""

    house: Inside
    client: AsyncClient

    async def page(self, said: str = "") -> str:
        return (await self.client.get(LIST + said)).text

    async def token(self) -> str:
        found = CSRF.search(await self.page())
        assert found is not None
        return found[1]

    async def send(
        self, content: bytes, name: str = "", filename: str = "logo.png", to: str = LIST, **more: Any
    ) -> Response:
        """Send the form of the page with a file."""
        fields = {"csrf": await self.token(), "name": name} | more.pop("fields", {})
        file = {"file": (filename, content, "application/octet-stream")}
        return await self.client.post(to, data=fields, files=file, **more)

    async def keeps(self, content: bytes, name: str, **more: Any) -> None:
        answer = await self.send(content, name, **more)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}?said=added"), answer.text

    async def remove(self, name: str) -> Response:
        return await self.client.post(f"{LIST}/{name}/remove", data={"csrf": await self.token()})

    async def show(self, name: str, **headers: str) -> Response:
        """The file as anybody sees it."""
        return await self.house.ask("anonymous", "GET", f"{LIST}/{name}", headers=headers)

    def rows(self) -> tuple[int, int]:
        """How many files and chunks there are in all."""
        with self.house.server.site.engine.connect() as conn:
            counts = [conn.execute(select(func.count()).select_from(t)) for t in (shelf.MEDIA, shelf.CHUNK)]
            files, chunks = (count.scalar_one() for count in counts)
            return files, chunks


@asynccontextmanager
async def kept_at(folder: Path, **settings: Any) -> AsyncIterator[Keeper]:
    """A house with its keeper."""
    async with inside(folder, **settings) as house:
        token = await house.server.site.writer.aside(
            lambda conn: session(conn, "keeper", Grant("admin", f"hall:{SMALL}"))
        )
        house.headers["keeper"] = {
            "Cookie": f"qms_session={token}; qms_language=en",
            "Accept": "text/html",
            **SAME,
        }
        async with house.client("keeper") as client:
            yield Keeper(house, client)


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Keeper]:
    """Where it makes no difference which database there is."""
    async with kept_at(tmp_path / "var") as keeper:
        yield keeper


@pytest.fixture
async def keeper(url: str, tmp_path: Path) -> AsyncIterator[Keeper]:
    """On each kind of database in turn."""
    async with kept_at(tmp_path / "var", database=url) as keeper:
        yield keeper


async def test_a_file_is_kept_and_shown_to_everybody(keeper: Keeper) -> None:
    assert "There are no files yet." in await keeper.page()
    await keeper.keeps(picture(), "logo")
    page = await keeper.page("?said=added")
    assert "The file was added." in page
    assert "PNG picture, 40 × 20, 0.1 kB" in page
    shown = await keeper.show("logo")
    assert shown.status_code == 200
    assert Image.open(io.BytesIO(shown.content)).size == (40, 20)
    expected = {
        "content-type": "image/png",
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
        "content-length": str(len(shown.content)),
    }
    assert {name: shown.headers[name] for name in expected} == expected
    assert "max-age=60" in shown.headers["cache-control"]


async def test_a_long_video_goes_through_in_chunks_and_comes_out_as_it_was(keeper: Keeper) -> None:
    film = long_film(3 * CHUNK_SIZE)
    await keeper.keeps(film, "film", filename="film.mp4")
    assert keeper.rows() == (1, len(film) // CHUNK_SIZE + 1)
    shown = await keeper.show("film")
    assert shown.headers["content-type"] == "video/mp4"
    assert shown.content == film
    for first, last in ((0, 0), (10, 99), (CHUNK_SIZE - 5, CHUNK_SIZE + 4), (5, 3 * CHUNK_SIZE)):
        part = await keeper.show("film", Range=f"bytes={first}-{last}")
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(film)}"
        assert part.headers["content-length"] == str(last + 1 - first)
        assert part.content == film[first : last + 1]
    end = await keeper.show("film", Range="bytes=-7")
    assert (end.status_code, end.content) == (206, film[-7:])


async def test_a_part_beyond_the_end_is_refused_and_one_of_another_content_is_the_whole(
    embedded: Keeper,
) -> None:
    await embedded.keeps(FILM, "film")
    beyond = await embedded.show("film", Range=f"bytes={len(FILM)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(FILM)}")
    tag = (await embedded.show("film")).headers["etag"]
    mine = await embedded.show("film", Range="bytes=0-9", **{"If-Range": tag})
    other = await embedded.show("film", Range="bytes=0-9", **{"If-Range": '"other"'})
    assert (mine.status_code, other.status_code) == (206, 200)
    assert other.content == FILM


async def test_a_browser_that_has_a_file_is_not_sent_it_again(keeper: Keeper) -> None:
    await keeper.keeps(picture("red"), "logo")
    tag = (await keeper.show("logo")).headers["etag"]
    for known in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        same = await keeper.show("logo", **{"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    answer = await keeper.send(picture("blue"), to=f"{LIST}/logo")
    assert answer.headers["location"] == f"{LIST}?said=replaced"
    fresh = await keeper.show("logo", **{"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != tag


async def test_what_a_file_is_called_says_nothing_of_what_it_is(embedded: Keeper) -> None:
    await embedded.keeps(picture(), "film", filename="film.mp4")
    assert (await embedded.show("film")).headers["content-type"] == "image/png"


async def test_only_the_head_of_a_file_may_be_asked_for(embedded: Keeper) -> None:
    await embedded.keeps(FILM, "film")
    head = await embedded.house.ask("anonymous", "HEAD", f"{LIST}/film", headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(FILM))


WRONG: list[tuple[bytes, str, str, int, str]] = [
    (b"", "logo", "logo.png", 422, "No file was chosen"),
    (picture(), "logo", "", 422, "No file was chosen"),
    (b"<svg/>", "logo", "logo.png", 415, "Screens do not show files of this kind"),
    (picture()[:-30], "logo", "logo.png", 422, "damaged or incomplete"),
    (FILM[:-9], "film", "film.mp4", 422, "damaged or incomplete"),
    ((FILMS / "mpeg4.mp4").read_bytes(), "film", "film.mp4", 422, "MP4 with H.264"),
    (picture(), "Logo Ł", "logo.png", 422, "A name may have small letters"),
    (picture(), "", "Лого.png", 422, "A name may have small letters"),
    (picture(), "there", "logo.png", 409, "There is a file named “there” already"),
    (picture(size=(2000, 2000)) + bytes(1_000_000), "big", "big.png", 413, "may have 1 MB at most"),
]


async def test_what_is_refused_is_said_why_and_changes_nothing(url: str, tmp_path: Path) -> None:
    async with kept_at(tmp_path, database=url, picture_megabytes=1) as keeper:
        await keeper.keeps(picture(), "there")
        before, rows = (await keeper.show("there")).content, keeper.rows()
        for content, name, filename, status, words in WRONG:
            answer = await keeper.send(content, name, filename=filename)
            assert (answer.status_code, words in answer.text) == (status, True), (
                name,
                filename,
                answer.text,
            )
            assert answer.text.count('role="alert"') == 1
        assert keeper.rows() == rows
        assert (await keeper.show("there")).content == before
        assert 'value="Logo Ł"' in (await keeper.send(picture(), "Logo Ł")).text


async def test_a_hall_has_room_for_so_much_and_what_is_replaced_makes_room(
    url: str, tmp_path: Path
) -> None:
    film = long_film(600_000)
    async with kept_at(tmp_path, database=url, media_megabytes=1) as keeper:
        await keeper.keeps(film, "film")
        full = await keeper.send(film, "other")
        assert full.status_code == 409
        assert "together they may take 1 MB" in full.text
        assert keeper.rows() == (1, 3)
        assert (await keeper.send(film, to=f"{LIST}/film")).status_code == 303
        assert (await keeper.remove("film")).status_code == 303
        await keeper.keeps(film, "other")


async def test_a_larger_body_is_taken_here_and_nowhere_else(tmp_path: Path) -> None:
    async with kept_at(tmp_path, max_body=2_000, video_megabytes=1, picture_megabytes=1) as keeper:
        await keeper.keeps(long_film(500_000), "film")
        token = await keeper.token()
        for path in (f"{LIST}/film/remove", "/sign-in", "/media", f"{LIST}/a/b"):
            answer = await keeper.client.post(path, data={"csrf": token, "x": "y" * 3_000})
            assert answer.status_code == 413, path
        announced = await keeper.send(bytes(1_200_000), "more")
        assert announced.status_code == 413

        async def pieces() -> AsyncIterator[bytes]:
            head = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
            yield head.encode()
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            for _ in range(120):
                yield bytes(10_000)

        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        unannounced = await keeper.client.post(LIST, content=pieces(), headers=headers)
        assert unannounced.status_code == 413
        assert "may have 1 MB at most" in unannounced.text
        assert unannounced.headers["connection"] == "close"
        assert keeper.rows()[0] == 1


async def test_a_form_of_another_site_or_without_its_token_is_not_heeded(embedded: Keeper) -> None:
    cross = {"Origin": "http://evil.test", "Sec-Fetch-Site": "cross-site"}
    assert (await embedded.send(picture(), "logo", headers=cross)).status_code == 403
    assert (await embedded.send(picture(), "logo", fields={"csrf": "x" * 30})).status_code == 403
    plain = await embedded.client.post(LIST, data={"csrf": await embedded.token(), "name": "logo"})
    assert plain.status_code == 415
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await embedded.client.post(LIST, content=b"--y", headers=broken)).status_code == 400
    assert embedded.rows() == (0, 0)


async def test_a_file_that_is_in_use_says_where_and_stays(keeper: Keeper) -> None:
    panels = (Panel(kind="picture", media="map"), Panel(kind="video", media="film"))
    board = Board(id="main", names={"pl": "Przy drzwiach", "en": "By the <door>"}, panels=panels)
    setup = small()
    dressed = setup.office.model_copy(update={"logo": "map"})
    await keeper.keeps(picture(), "map")
    await keeper.house.apply(changed(setup, boards=(board,), office=dressed))
    page = await keeper.page()
    assert "logo of the office" in page
    assert "board “By the &lt;door&gt;”, panel 1" in page
    assert "names files that are not here" in page
    assert "<code>film</code>" in page
    assert f"{LIST}/map/remove" not in page
    kept = await keeper.remove("map")
    assert (kept.status_code, "is in use, so it stays" in kept.text) == (409, True)
    assert (await keeper.show("map")).status_code == 200
    await keeper.house.apply(setup)
    assert (await keeper.remove("map")).headers["location"] == f"{LIST}?said=removed"
    assert (await keeper.show("map")).status_code == 404
    assert (await keeper.remove("map")).status_code == 404


async def test_a_picture_where_a_video_is_wanted_is_told(embedded: Keeper) -> None:
    panels = (Panel(kind="video", media="film"), Panel(kind="picture", media="map"))
    board = Board(id="main", names={"pl": "Przy drzwiach"}, panels=panels)
    await embedded.house.apply(changed(small(), boards=(board,)))
    for name, content in (("film", FILM), ("map", picture())):
        await embedded.keeps(content, name)
    assert "badge-warn" not in await embedded.page()
    for name, content, words in (
        ("film", picture(), "a video is wanted"),
        ("map", FILM, "a picture is wanted"),
    ):
        assert (await embedded.send(content, to=f"{LIST}/{name}")).status_code == 303
        assert words in await embedded.page()


async def test_what_was_removed_or_given_up_is_cleared_away_once_no_screen_can_be_in_it(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = keeper.house.server.site
    film = long_film(20 * CHUNK_SIZE)
    await keeper.keeps(film, "film")
    await keeper.keeps(picture(), "logo")
    await keeper.remove("film")
    await here.writer.aside(lambda conn: shelf.put_chunk(conn, shelf.new_content(), 0, b"half"))
    await keep.tidy(here)
    assert keeper.rows() == (1, 23)
    monkeypatch.setattr(shelf, "STALE", -timedelta(minutes=1))
    await keep.tidy(here)
    assert keeper.rows() == (1, 1)
    assert (await keeper.show("logo")).status_code == 200


async def test_whoever_goes_away_in_the_middle_leaves_nothing(keeper: Keeper) -> None:
    here = keeper.house.server.site
    hall = keeper.house.state().setup
    film = io.BytesIO(long_film(30 * CHUNK_SIZE))
    going = asyncio.create_task(keep.keep(here, hall, "film", film, "x"))
    while keeper.rows()[1] < 3:  # noqa: ASYNC110 - the database has no event for it
        await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert keeper.rows() == (0, 0)


async def test_a_clerk_need_not_wait_for_a_video(keeper: Keeper) -> None:
    """Numbers are given out while a film is being kept, one after the other."""
    here, hall = keeper.house.server.site, keeper.house.state().setup
    film = io.BytesIO(long_film(60 * CHUNK_SIZE))
    keeping = asyncio.create_task(keep.keep(here, hall, "film", film, "x"))
    given = 0
    while not keeping.done():
        await keeper.house.take()
        given += 1
    assert (await keeping).size == len(film.getvalue())
    assert given > 3


async def test_two_servers_on_one_database_show_the_same(postgresql_url: str, tmp_path: Path) -> None:
    async with kept_at(tmp_path / "a", database=postgresql_url) as keeper:
        await keeper.keeps(FILM, "film")
        async with inside(tmp_path / "b", database=postgresql_url, known={}) as other:
            assert (await other.ask("anonymous", "GET", f"{LIST}/film")).content == FILM


async def test_a_file_of_another_hall_or_none_is_not_there(embedded: Keeper) -> None:
    await embedded.keeps(picture(), "logo")
    for path in (
        "/media/ratusz/logo",
        f"{LIST}/other",
        f"{LIST}/LOGO",
        f"{LIST}/logo.png",
        "/media/x'--/logo",
    ):
        assert (await embedded.house.ask("anonymous", "GET", path)).status_code == 404, path
    assert (await embedded.client.get("/media/ratusz")).status_code == 403
    assert (await embedded.client.get("/media/nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=90-200", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-500", Part(0, 100)),
        ("BYTES= 5-6 ", Part(5, 7)),
        ("bytes=100-", "beyond"),
        ("bytes=-0", "beyond"),
        ("bytes=7-6", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_has_it(header: str | None, part: Any) -> None:
    assert part_of(header, 100) == part


def test_a_content_is_stale_by_the_time_in_its_name(engine: Engine) -> None:
    now = datetime.now(UTC)
    with engine.begin() as conn:
        shelf.put_chunk(conn, shelf.new_content(), 0, b"x")
        assert shelf.stale(conn, now) == []
        assert len(shelf.stale(conn, now + shelf.STALE + timedelta(seconds=1))) == 1
