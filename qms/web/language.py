"""The language of a page, and its words."""

from collections.abc import Callable

from starlette.requests import HTTPConnection

from qms.web.catalogue import LANGUAGES, choose, text

LANGUAGE_COOKIE = "qms_language"


def language_of(connection: HTTPConnection) -> str:
    """Asked for in the address, chosen before, or liked by the browser."""
    for wish in (connection.query_params.get("lang"), connection.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return choose(connection.headers.get("accept-language"))


def translator(language: str, domain: str) -> Callable[..., str]:
    """`t(key, n=None, **params)` of a page. A key names its domain, or stands in `domain`."""

    def t(key: str, n: int | None = None, **params: object) -> str:
        return text(language, key.partition(".")[0] if "." in key else domain, key, n, **params)

    return t
