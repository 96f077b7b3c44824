"""JSON Merge Patch (RFC 7396) between two states of a view.

A view holds no null, so the difference is exact: what is gone is null in the patch, maps are
merged, all else (lists too) is replaced.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any


class NullInViewError(ValueError):
    """A view held None (or a float that JSON writes as null), which a patch could not tell from a removal."""


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes `after` of `before`; empty where they are equal.

    Values are compared as Python does: a field that turned from 1 into True is not seen, so
    a field keeps its type. Raises NullInViewError for a None in what changed.
    """
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, new in after.items():
        old = before.get(key)
        if old is new or (old is not None and old == new):
            if new is None:
                raise NullInViewError(key)
        elif isinstance(old, dict) and isinstance(new, dict):
            patch[key] = diff(old, new)
        else:
            refuse_null(new, key)
            patch[key] = new
    return patch


def apply(target: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """`target` with `patch` merged in, as a new map; neither argument is changed."""
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = apply(merged.get(key), value)
        else:
            merged[key] = value
    return merged


def refuse_null(value: Any, where: str = "view") -> None:
    """Raise NullInViewError, naming the place, if anything within `value` would be null in JSON.

    Lists are looked into as well: their items travel whole, and no field of ours is ever null.
    """
    if value is None or (isinstance(value, float) and not isfinite(value)):
        raise NullInViewError(where)
    if isinstance(value, dict):
        for key, inner in value.items():
            refuse_null(inner, f"{where}.{key}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            refuse_null(inner, f"{where}[]")
