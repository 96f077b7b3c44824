"""HTML forms: small, closed, and only from our own pages."""

import secrets
from hmac import compare_digest
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.security import same_origin
from qms.web.site import site

KIND = "application/x-www-form-urlencoded"
FIELDS = 20
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
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise Problem("media_type")
    if not same_origin(request.headers, request.url.scheme, site(request).settings.public_url):
        raise Problem("cross_site")
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Problem("malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem("malformed")
    token, fresh = form_token(request)
    if fresh or not compare_digest(fields.pop("csrf", "").encode(), token.encode()):
        raise Problem("cross_site")
    return fields


def _cookie(connection: HTTPConnection) -> str:
    return f"__Host-{TOKEN_COOKIE}" if site(connection).settings.tls else TOKEN_COOKIE
