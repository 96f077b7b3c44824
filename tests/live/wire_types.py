"""Writes `qms/web/shared/wire.d.ts` from the Python types, so that renaming a field fails in a screen's code.

Run `python -m tests.live.wire_types` after changing a view, a message or an answer.
"""

import inspect
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BaseModel
from typing_extensions import is_typeddict

from qms.live import protocol
from qms.queue.rules import shown

TARGET = Path(__file__).parents[2] / "qms" / "web" / "shared" / "wire.d.ts"
SOURCES = (protocol, shown)
"""Modules whose TypedDicts and pydantic models travel over the wire."""

PLAIN: Mapping[Any, str] = {str: "string", int: "number", float: "number", bool: "boolean", Any: "unknown"}
HEAD = "// Written by tests/live/wire_types.py from the Python types; do not edit.\n"


def written(sources: Sequence[types.ModuleType] = SOURCES) -> str:
    """The declarations of all types of the modules, in the order in which they stand there."""
    found = [kind for module in sources for kind in _kinds(module)]
    names = [kind.__name__ for kind in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"two types of one name: {', '.join(sorted(twice))}")
    return "\n".join([HEAD, *(_interface(kind) for kind in found)])


def _kinds(module: types.ModuleType) -> Iterator[Any]:
    for kind in vars(module).values():
        own = inspect.isclass(kind) and kind.__module__ == module.__name__
        if own and (is_typeddict(kind) or issubclass(kind, BaseModel)):
            yield kind


def _interface(kind: Any) -> str:
    lines = [f"/** {_first_line(kind)} */", f"export interface {kind.__name__} {{"]
    lines += [f"  {name}{'' if needed else '?'}: {text};" for name, text, needed in _fields(kind)]
    return "\n".join([*lines, "}", ""])


def _first_line(kind: Any) -> str:
    return (inspect.getdoc(kind) or kind.__name__).splitlines()[0]


def _fields(kind: Any) -> Iterator[tuple[str, str, bool]]:
    if is_typeddict(kind):
        for name, hint in get_type_hints(kind, include_extras=True).items():
            yield name, typescript(hint), name in kind.__required_keys__
    else:
        for name, field in kind.model_fields.items():
            yield field.serialization_alias or name, typescript(field.annotation), field.is_required()


def typescript(hint: Any) -> str:
    """A Python annotation in TypeScript. Raises TypeError for what has no JSON shape of ours."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (NotRequired, Annotated):
        return typescript(args[0])
    if origin is Literal:
        return " | ".join(f'"{arg}"' if isinstance(arg, str) else str(arg).lower() for arg in args)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(typescript(arg) for arg in args if arg is not type(None)))
    if origin in (dict, Mapping):
        return f"Record<{typescript(args[0])}, {typescript(args[1])}>"
    if origin in (list, Sequence) or (origin is tuple and args[-1] is Ellipsis):
        inner = typescript(args[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if inspect.isclass(hint) and (is_typeddict(hint) or issubclass(hint, BaseModel)):
        return str(hint.__name__)
    raise TypeError(f"{hint!r} has no shape on the wire")


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
