"""A changed copy of a frozen value.

`dataclasses.replace` runs the whole of `__init__`, which for a ticket takes six times as long as
copying its fields; a hall's log is little else than such copies. To the type checker both are one.
"""

from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["changed"]
T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace as changed
else:

    def changed(value: T, /, **fields: Any) -> T:
        """A copy with some fields changed; for frozen dataclasses that keep their fields in `__dict__`."""
        copy = object.__new__(type(value))
        kept = copy.__dict__
        kept.update(value.__dict__)
        kept.update(fields)
        return copy
