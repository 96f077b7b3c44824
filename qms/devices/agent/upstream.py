"""The server, as the agent reaches it: every answer is either the server's own word, or there was none."""

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

import httpx2
import structlog
from websockets.asyncio.client import connect

from qms.devices.agent.folder import Folder

log = structlog.get_logger("qms.agent")
NAME = "qms-kiosk-agent"
DOCUMENTS = frozenset({"application/json", "application/problem+json"})
COOKIES = ("__Host-qms_device", "qms_device")
"""Names under which a server hands a device its token."""
USUAL = 5.0
"""Seconds for an answer where nobody stands and waits."""
LOST = frozenset({500, 502, 503, 504})
"""Answers that say nothing of what became of it."""
TOKEN = "token"  # noqa: S105 - the name of a file


class Unreached(Exception):  # noqa: N818
    """There was no answer of the server: it is away, too slow, or somebody else answered. `code` is what it said."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's own answer."""

    status: int
    headers: httpx2.Headers
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal; empty where it has none."""
        return str(self.document.get("code", "")) if not self.ok and self.kind in DOCUMENTS else ""


class Upstream:
    """The way to the server, under its address `base`, as the device whose token the folder keeps.

    `changed` is called when the server comes or goes, and when this device is paired or shut out.
    """

    def __init__(self, base: str, folder: Folder, trusted: ssl.SSLContext | None = None) -> None:
        self.base = base.rstrip("/")
        self.trusted = trusted
        self.online = (
            True  # until we hear otherwise: whoever presses first must not be given our own number
        )
        self._folder = folder
        self._token = _legible(folder.read(TOKEN) or b"")
        self._watchers: list[Callable[[], None]] = []
        verify: ssl.SSLContext | bool = True if trusted is None else trusted
        self._client = httpx2.AsyncClient(
            base_url=self.base, verify=verify, trust_env=False, headers={"User-Agent": NAME}
        )

    async def close(self) -> None:
        await self._client.aclose()

    def watch(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)

    @property
    def paired(self) -> bool:
        return bool(self._token)

    @property
    def credentials(self) -> dict[str, str]:
        """What says who we are."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def live(self, query: str) -> connect:
        """A live line, to be entered; raises what `websockets.connect` does."""
        return connect(
            f"ws{self.base.removeprefix('http')}/live?{query}",
            additional_headers=self.credentials,
            user_agent_header=NAME,
            compression=None,
            proxy=None,
            open_timeout=5,
            close_timeout=1,
            max_size=None,
            ssl=self.trusted if self.base.startswith("https") else None,
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = USUAL,  # noqa: ASYNC109 - so long a person may be kept waiting, tries and all
    ) -> Reply:
        """The server's answer to a request that may be made twice; raises Unreached."""
        try:
            async with asyncio.timeout(timeout):
                reply = await self._twice(method, path, body, dict(headers or {}) | self.credentials)
        except TimeoutError:
            self._heard(online=False)
            raise Unreached("no answer in time") from None
        except httpx2.InvalidURL:
            raise Unreached("no address") from None
        except (httpx2.HTTPError, OSError) as error:
            self._heard(online=False)
            raise Unreached(f"{type(error).__name__} {error}".strip()) from None
        self._look(reply, api=path.startswith("/api/"))
        return reply

    async def post(
        self,
        path: str,
        document: Any,
        *,
        key: str = "",
        timeout: float = USUAL,  # noqa: ASYNC109 - as above
    ) -> Reply:
        """Have something done, once for each idempotency key; raises Unreached."""
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return await self.ask(
            "POST", path, body=json.dumps(document).encode(), headers=headers, timeout=timeout
        )

    async def document(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The document that the server answers with; raises Unreached also where it refuses."""
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | (
            {} if sent is None else {"Content-Type": "application/json"}
        )
        reply = await self.ask(method, path, body=sent, headers=headers | more.pop("headers", {}), **more)
        if not reply.ok:
            raise Unreached(f"refused with {reply.status}", reply.code)
        return reply.document

    async def pair(self, code: str) -> Reply:
        """Spend a pairing code; the token that it brings is kept once its `hall` is known to be ours. Raises Unreached."""
        return await self.post("/api/v1/devices/pair", {"code": code})

    def keep(self, reply: Reply) -> bool:
        """Keep the token that a pairing brought; False where it brought none. Raises OSError."""
        for line in reply.headers.get_list("set-cookie"):
            with suppress(CookieError):
                cookies = SimpleCookie(line)
                for name in COOKIES:
                    if name in cookies:
                        self._folder.write(TOKEN, cookies[name].value.encode())
                        self._token = cookies[name].value
                        self._tell()
                        return True
        return False

    def shut_out(self) -> None:
        """The server does not know this device any more: it gives no numbers until it is paired again."""
        if self._token:
            log.warning("this kiosk is shut out")
            self._token = ""
            self._folder.remove(TOKEN)
            self._tell()

    def foreign(self) -> Unreached:
        """To be raised where what was said shows that somebody else answered in the server's place."""
        self._heard(online=False)
        return Unreached("that is not our server")

    async def _twice(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        """A line that was left open may be dead by now, which is known only once it is used."""
        try:
            return await self._once(method, path, body, headers)
        except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError):
            return await self._once(method, path, body, headers)

    async def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        answer = await self._client.request(method, path, content=body, headers=headers, timeout=None)
        return Reply(answer.status_code, answer.headers, answer.content)

    def _look(self, reply: Reply, *, api: bool) -> None:
        """Whether this is our server's own word; raises Unreached. A portal that wants a sign-in answers too."""
        foreign = 300 <= reply.status < 400 and reply.status != 304
        if api and not foreign and reply.status != 204:
            foreign = reply.kind not in DOCUMENTS or not _is_document(reply)
        if foreign or reply.status in LOST:
            code = "" if foreign else reply.code
            self._heard(online=reply.status == 500 and not foreign)
            raise Unreached(f"answered with {reply.status}", code)
        self._heard(online=True)
        if reply.status == 401 and reply.code == "sign_in":
            self.shut_out()

    def _heard(self, *, online: bool) -> None:
        if online != self.online:
            self.online = online
            self._tell()

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()


def _legible(token: bytes) -> str:
    """A token as it was kept; none where a damaged disk has made something else of it."""
    kept = token.decode("ascii", "replace").strip()
    return kept if kept.isascii() and kept.isprintable() else ""


def _is_document(reply: Reply) -> bool:
    try:
        return isinstance(reply.document, dict)
    except ValueError:
        return False
