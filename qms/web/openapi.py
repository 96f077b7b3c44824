"""The OpenAPI document, made from the declarations of the routes themselves."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from qms.web.edge import OTHER, PATTERNS, UNGUESSED, Spec
from qms.web.problems import status_of

COMMON = ("malformed", "invalid", "media_type", "too_large", "throttled", "unavailable", "internal")
BOUNDS: Mapping[str, Mapping[str, int]] = {"integer": {"minimum": 0, "maximum": 10**15 - 1}}
"""What the numbers in a query are: places in a log."""
KEY_WORDS = (
    "What is sent again under the same key is carried out once. "
    f"Whoever is not signed in needs one of at least {UNGUESSED} characters, which nobody can guess."
)
JSON = "application/json"
REF = "#/components/schemas/{model}"


def specs(routes: Iterable[BaseRoute]) -> list[Spec]:
    """The declarations of all JSON routes."""
    return [route.spec for route in routes if hasattr(route, "spec")]


def document(routes: Iterable[BaseRoute], version: str) -> dict[str, Any]:
    """The document (OpenAPI 3.1) of the JSON interface."""
    declared = specs(routes)
    models = {
        m for s in declared for m in (s.body, s.answer) if isinstance(m, type) and issubclass(m, BaseModel)
    }
    ordered = sorted(models, key=lambda m: m.__name__)
    _, schemas = models_json_schema([(m, "validation") for m in ordered], ref_template=REF)
    components = dict(schemas.get("$defs", {}))
    components["Problem"] = _PROBLEM
    paths: dict[str, dict[str, Any]] = {}
    for spec in declared:
        paths.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "qms",
            "version": version,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "qms_session"},
                "device": {"type": "apiKey", "in": "cookie", "name": "qms_device"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(spec: Spec, components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": spec.summary,
        "operationId": re.sub(
            r"[^a-z0-9]+", "_", f"{spec.method.lower()}{spec.path.removeprefix('/api/v1')}"
        ).strip("_"),
        "parameters": _parameters(spec),
        "responses": _responses(spec, components),
        "security": [{}] if spec.public else [{"session": []}, {"device": []}, {"bearer": []}],
    }
    if spec.body is not None:
        content = {JSON: {"schema": {"$ref": REF.format(model=spec.body.__name__)}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(spec: Spec) -> list[dict[str, Any]]:
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": PATTERNS.get(name, OTHER)},
        }
        for name in re.findall(r"{(\w+)", spec.path)
    ]
    found += [
        {"name": name, "in": "query", "required": False, "schema": {"type": kind, **BOUNDS.get(kind, {})}}
        for name, kind in (spec.query or {}).items()
    ]
    if spec.method == "POST":
        schema = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,80}$"}
        key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}
        found.append(key | {"description": KEY_WORDS})
    return found


def _responses(spec: Spec, components: dict[str, Any]) -> dict[str, Any]:
    ok: dict[str, Any] = {"description": "Done"}
    if spec.answer is not None:
        ok["content"] = {spec.kind: {"schema": _schema(spec.answer, components)}}
    elif spec.kind != JSON:
        ok["content"] = {spec.kind: {}}
    if spec.links:
        ok["links"] = {id: {"operationId": id, **link} for id, link in spec.links.items()}
    responses: dict[str, Any] = {str(spec.status): ok}
    codes = [*COMMON, *spec.refusals]
    if spec.right is not None or not spec.public:
        codes += ["sign_in", "not_allowed", "cross_site"]
    if "{" in spec.path:
        codes.append("not_found")
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(status_of(code), []).append(code)
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    for status, names in sorted(by_status.items()):
        responses[str(status)] = {
            "description": "Code " + ", ".join(sorted(set(names))),
            "content": content,
        }
    return responses


def _schema(answer: Any, components: dict[str, Any]) -> dict[str, Any]:
    if isinstance(answer, type) and issubclass(answer, BaseModel):
        return {"$ref": REF.format(model=answer.__name__)}
    schema = TypeAdapter(answer).json_schema(ref_template=REF)
    components.update(schema.pop("$defs", {}))
    return schema


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "params": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "fresh": {"type": "object"},
    },
}
