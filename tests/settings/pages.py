"""Writes `config/qms.toml` and `docs/settings.md` from the settings: `python -m tests.settings.pages`."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from qms.settings import PREFIX, ROOT, Settings

TOML, PAGE = ROOT / "config" / "qms.toml", ROOT / "docs" / "settings.md"
WIDTH = 100
TOML_HEAD = """\
# Settings of the server, each with its help and its default.
# To change one, take the # before it away. docs/settings.md says what else there is to know.
"""
PAGE_HEAD = """\
# Settings

The server reads `config/qms.toml` (or the file that `QMS_CONFIG` names), then `QMS_…` variables, then the
options of its command line; the last one wins. In the file, paths are meant from the program's folder.
A setting that does not exist, or a value that does not fit, is refused with the file and line, or the
variable, in which it stands. Lists in variables have commas between their parts.

| setting | variable | takes | default | what it is for |
|---|---|---|---|---|
"""


def fields() -> Iterator[tuple[str, FieldInfo]]:
    yield from Settings.model_fields.items()


def literal(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    if isinstance(value, Path):
        value = value.relative_to(ROOT).as_posix()
    return f'"{value}"'


def example(field: FieldInfo) -> str:
    """The default as it may be written; an empty text where there is none."""
    return '""' if field.default is None else literal(field.default)


def takes(field: FieldInfo) -> str:
    """What a setting takes, in words."""
    annotation: Any = field.annotation
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list"
    kind = annotation if isinstance(annotation, type) else kinds[0]
    if kind is bool:
        return "`true`, `false`"
    if kind in (int, float):
        return "number" + span(field)
    return "path" if kind is Path or Path in getattr(kind, "__mro__", ()) or kinds else "text"


def span(field: FieldInfo) -> str:
    low = next((one.ge for one in field.metadata if isinstance(one, Ge)), None)
    above = next((one.gt for one in field.metadata if isinstance(one, Gt)), None)
    high = next((one.le for one in field.metadata if isinstance(one, Le)), None)
    return (f" above {above}" if above is not None else f" from {low}") + f" to {high}"


def toml() -> str:
    """The file: everything in it is a comment."""
    parts = [TOML_HEAD]
    for name, field in fields():
        help = "\n".join(f"# {line}" for line in wrap(field.description or "", WIDTH))
        parts.append(f"{help}\n# {name} = {example(field)}\n")
    return "\n".join(parts)


def page() -> str:
    """The page: a line for each setting."""
    lines = [PAGE_HEAD]
    for name, field in fields():
        default = "–" if field.default in (None, "", ()) else f"`{literal(field.default)}`"
        variable = f"`{PREFIX}{name.upper()}`"
        lines.append(f"| `{name}` | {variable} | {takes(field)} | {default} | {field.description} |\n")
    return "".join(lines)


if __name__ == "__main__":
    TOML.write_text(toml(), "utf-8")
    PAGE.write_text(page(), "utf-8")
