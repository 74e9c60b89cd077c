"""Changing frozen aggregates quickly."""

from __future__ import annotations

from typing import Any, TypeVar

__all__ = ["assembled", "evolved"]

T = TypeVar("T")
_set = object.__setattr__


def evolved(one: T, **changes: Any) -> T:
    """Return a copy of an aggregate with other values in some fields: `attrs.evolve` at a tenth of its cost.

    Aggregates have no validators, converters or slots, so their state is their ``__dict__``; names
    are the caller's to get right.
    """
    return assembled(type(one), one.__dict__ | changes)


def assembled(cls: type[T], state: dict[str, Any]) -> T:
    """Return an aggregate whose fields have exactly these values; ``state`` is kept, not copied."""
    one = cls.__new__(cls)
    _set(one, "__dict__", state)
    return one
