"""The page that the kiosk's browser gets: one whole set of files at a time, never half of one and half of another."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import structlog

from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import Upstream
from qms.devices.page import Files, listing

log = structlog.get_logger("qms.agent")
SET = "page.zip"
MOST, LARGEST = 2000, 50_000_000
"""Files, and bytes in all, that a page has at most."""


class Pages:
    """The newest whole set, and the one from which the browser's present page came.

    `own` is what this program brings along, for the time before the first contact.
    """

    def __init__(self, folder: Folder, own: Files) -> None:
        self._folder = folder
        self.newest: Files = _read(folder) or own
        self.version: str = listing(self.newest)["version"]
        self._shown, self._shown_version = self.newest, self.version
        self._fresh = False
        self._swapped: Callable[[], None] = lambda: None

    def watch(self, swapped: Callable[[], None]) -> None:
        """Have `swapped` called after each swap: whoever shows the page hears of the new version then."""
        self._swapped = swapped

    def load(self) -> None:
        """The browser loads the page: from now on its files come from the newest set."""
        self._shown, self._shown_version, self._fresh = self.newest, self.version, True

    def file(self, path: str) -> bytes | None:
        """A file of the page that the browser has."""
        return self._shown.get(path)

    def told_version(self) -> str:
        """The version that a live line tells: at first that of the page as it was loaded, then the newest.

        A page that hears of another version than at first loads itself anew, between two persons.
        """
        version = self._shown_version if self._fresh else self.version
        self._fresh = False
        return version

    async def renew(self, upstream: Upstream) -> bool:
        """Fetch what the server shows now, if it is another set; True when it was swapped. Raises Unreached."""
        told = await upstream.document("GET", "/api/v1/devices/page")
        if str(told["version"]) == self.version:
            return False
        files = await self._fetched(upstream, told["files"])
        if files is None or listing(files)["version"] != told["version"]:
            return False
        try:
            self._folder.write(SET, _packed(files))
        except OSError:
            log.warning("the new page is not on disk")
        self.newest, self.version = files, told["version"]
        log.info("the page was renewed", version=self.version)
        self._swapped()
        return True

    async def _fetched(self, upstream: Upstream, hashes: dict[str, Any]) -> Files | None:
        """All files by their hashes; None where the server changed meanwhile, and it is tried again later."""
        if len(hashes) > MOST:
            return None
        known = {sha256(body).hexdigest(): body for body in self.newest.values()}
        files: dict[str, bytes] = {}
        for path, wanted in hashes.items():
            body = known.get(wanted)
            if body is None:
                body = (await upstream.ask("GET", f"/{path}")).body
            if sha256(body).hexdigest() != wanted:
                log.info("a file of the page is not the one that was announced", path=path)
                return None
            files[path] = body
        return files


def _packed(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in files.items():
            archive.writestr(path, body)
    return packed.getvalue()


def _read(folder: Folder) -> Files | None:
    """The set that was kept; None where there is none, or it is damaged."""
    body = folder.read(SET)
    if body is None:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                return None
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # a damaged archive fails in as many ways as it has bytes
        log.warning("the page on disk cannot be read")
        return None
