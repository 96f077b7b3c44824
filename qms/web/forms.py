"""HTML forms: small, closed, and only from our own pages."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hmac import compare_digest
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from qms.web.headers import same_origin
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site

KIND, WITH_FILE = "application/x-www-form-urlencoded", "multipart/form-data"
FIELDS = 20
LONGEST_FIELD = 4_000
"""Bytes of a field that is sent beside a file."""
TOKEN_COOKIE = "qms_form"  # noqa: S105
HOUR = 3600


def form_token(connection: HTTPConnection) -> tuple[str, bool]:
    """What a form on this page must bring back, and whether it was only just made.

    A session has its own token; anybody else's is kept in a cookie, which another site can neither
    read nor, behind the `__Host-` prefix, set.
    """
    principal: Principal = connection.scope["principal"]
    if principal.csrf:
        return principal.csrf, False
    kept = connection.cookies.get(_cookie(connection), "")
    return (kept, False) if 20 <= len(kept) <= 60 else (secrets.token_urlsafe(24), True)


def keep_form_token(connection: HTTPConnection, response: Response, token: str) -> None:
    """Have the browser hold the token of a form for people who are not signed in."""
    response.set_cookie(
        _cookie(connection),
        token,
        max_age=12 * HOUR,
        path="/",
        httponly=True,
        samesite="strict",
        secure=site(connection).settings.tls,
    )


async def filled(request: Request, most: int = FIELDS) -> dict[str, str]:
    """The fields of a form that one of our pages sent, `most` of them at most; raises Problem."""
    _ours(request, KIND)
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Problem("malformed") from None
    return _trusted(request, pairs)


@asynccontextmanager
async def uploaded(request: Request) -> AsyncIterator[tuple[dict[str, str], UploadFile | None]]:
    """The fields of a form of ours and the file that came with it, if any; raises Problem.

    A large file lies on disk, not in memory, and is gone when this ends.
    """
    _ours(request, WITH_FILE)
    async with request.form(max_files=1, max_fields=FIELDS, max_part_size=LONGEST_FIELD) as form:
        parts = list(form.multi_items())
        texts = [(name, value) for name, value in parts if isinstance(value, str)]
        file = next((value for _, value in parts if isinstance(value, UploadFile)), None)
        yield _trusted(request, texts), file


def _ours(request: Request, kind: str) -> None:
    """Raises Problem for another kind of form, or one on another site's page."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Problem("media_type")
    if not same_origin(request.headers, request.url.scheme, site(request).settings.public_url):
        raise Problem("cross_site")


def _trusted(request: Request, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The fields, each once, without the token that proves where they come from; raises Problem."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem("malformed")
    token, fresh = form_token(request)
    if fresh or not compare_digest(fields.pop("csrf", "").encode(), token.encode()):
        raise Problem("cross_site")
    return fields


def _cookie(connection: HTTPConnection) -> str:
    return f"__Host-{TOKEN_COOKIE}" if site(connection).settings.tls else TOKEN_COOKIE
