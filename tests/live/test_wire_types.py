"""The browser's types are those of the Python views and messages."""

import types
from typing import Literal, NotRequired, TypedDict

import pytest

from tests.live import wire_types


class Sample(TypedDict):
    """A sample.

    Not shown.
    """

    id: str
    state: Literal["open", "closed"]
    minutes: NotRequired[float]
    names: list[dict[str, str]]
    either: list[int | str]


def test_what_browsers_import_is_what_python_sends() -> None:
    assert wire_types.TARGET.read_text(encoding="utf-8") == wire_types.written(), (
        "run: python -m tests.live.wire_types"
    )


def test_a_shape_is_written_field_by_field() -> None:
    module = types.ModuleType(Sample.__module__)
    vars(module)["Sample"] = Sample
    assert wire_types.written([module]).splitlines()[2:] == [
        "/** A sample. */",
        "export interface Sample {",
        "  id: string;",
        '  state: "open" | "closed";',
        "  minutes?: number;",
        "  names: Record<string, string>[];",
        "  either: (number | string)[];",
        "}",
    ]


def test_two_types_of_one_name_are_refused() -> None:
    module = types.ModuleType(Sample.__module__)
    vars(module)["Sample"] = vars(module)["Other"] = Sample
    with pytest.raises(ValueError, match="Sample"):
        wire_types.written([module])


def test_what_has_no_json_shape_is_refused() -> None:
    with pytest.raises(TypeError, match="no shape on the wire"):
        wire_types.typescript(bytes)
