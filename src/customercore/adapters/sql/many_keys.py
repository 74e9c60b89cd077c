"""Questions for many keys at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from customercore.adapters.sql.dialect import KeyList

__all__ = ["asked", "one_of"]

_CHUNK = 500
_LIST = "keys"


def one_of(column: Any, count: int, lists: KeyList | None) -> ColumnElement[bool]:
    """Return the condition that a key is one of ``count``, the values of which are `asked`."""
    if lists is not None:
        return lists.found(column, _LIST)
    return column.in_([bindparam(f"k{at}") for at in range(count)])  # type: ignore[no-any-return]  # a condition


def asked(keys: Sequence[bytes], lists: KeyList | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield how many keys each statement asks for, and its values; few different numbers, as each is compiled.

    With ``lists`` the number is always 0: one statement takes any.
    """
    for start in range(0, len(keys), _CHUNK):
        chunk = [*keys[start : start + _CHUNK]]
        if lists is not None:
            yield 0, {_LIST: lists.written(chunk)}
            continue
        chunk += [chunk[-1]] * (_CHUNK - len(chunk)) if len(keys) > _CHUNK else []
        yield len(chunk), {f"k{at}": key for at, key in enumerate(chunk)}
