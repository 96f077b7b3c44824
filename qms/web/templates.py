"""HTML pages: Jinja2 with escaping on, texts from the catalogues, no inline script or style."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qms.web.catalogue import LANGUAGES, choose, text
from qms.web.principal import Principal
from qms.web.site import site

LANGUAGE_COOKIE = "qms_language"


def environment(folders: list[Path], filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Templates from every slice's `pages/` folder."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(filters)
    return env


def language_of(request: Request) -> str:
    """The language of a page: asked for in the address, chosen before, or liked by the browser."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return choose(request.headers.get("accept-language"))


def page(request: Request, template: str, domain: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A rendered page. Templates get `t(key, n=None, **params)`, `lang`, `base`, `csrf` and `languages`."""
    language = language_of(request)
    principal: Principal = request.scope["principal"]

    def t(key: str, n: int | None = None, **params: Any) -> str:
        return text(language, key.partition(".")[0] if "." in key else domain, key, n, **params)

    html = (
        site(request)
        .templates.get_template(template)
        .render(
            t=t,
            lang=language,
            languages=LANGUAGES,
            base=request.scope.get("root_path", ""),
            csrf=principal.csrf or "",
            principal=principal,
            **values,
        )
    )
    response = HTMLResponse(html, status, {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"})
    if request.query_params.get("lang") == language:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return response
