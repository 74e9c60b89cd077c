"""One page of a search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

import attrs

__all__ = ["Page"]

T = TypeVar("T")


@attrs.frozen(repr=False)
class Page(Generic[T]):
    """``items`` in order; ``next`` is the cursor of the next page, None on the last; ``total`` only when asked for."""

    items: tuple[T, ...]
    next: str | None = None
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        """Tell the size; a cursor may hold a name and is not shown."""
        return f"<Page of {len(self.items)}{' and more' if self.next else ''}>"
