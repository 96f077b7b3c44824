"""HTML pages: Jinja2 with escaping on, texts from the catalogues, no inline script or style."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qms.web.catalogue import LANGUAGES
from qms.web.forms import form_token, keep_form_token
from qms.web.language import LANGUAGE_COOKIE, language_of, translator
from qms.web.principal import Principal
from qms.web.site import site

OWN = Path(__file__).parent / "pages"


def environment(folders: list[Path], filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Templates from the slices' `pages/` folders, and this one's."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (OWN, *folders)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(filters)
    return env


def page(
    request: Request, template: str, domain: str, *, status: int = 200, form: bool = False, **values: Any
) -> HTMLResponse:
    """A rendered page. Templates get `t(key, n=None, **params)`, `lang`, `base`, `csrf` and `languages`.

    `form`: it holds a form for people who are not signed in, whose token goes into a cookie.
    """
    language = language_of(request)
    principal: Principal = request.scope["principal"]
    csrf, fresh = form_token(request)
    html = (
        site(request)
        .templates.get_template(template)
        .render(
            t=translator(language, domain),
            lang=language,
            languages=LANGUAGES,
            base=request.scope.get("root_path", ""),
            csrf=csrf,
            principal=principal,
            **values,
        )
    )
    response = HTMLResponse(html, status, {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"})
    if fresh and form:
        keep_form_token(request, response, csrf)
    if request.query_params.get("lang") == language:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return response
