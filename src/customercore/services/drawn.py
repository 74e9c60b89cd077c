"""What a use case draws: the same again for each of its tries."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from types import TracebackType

from customercore.ports.identifiers import Identifiers

__all__ = ["DrawnIdentifiers"]


class _Draws:
    """The ids that the tries of one use case have drawn, in their order; the block in which one thread draws them."""

    __slots__ = ("_given", "_ids", "_of_thread", "_outer", "_source")

    def __init__(self, of_thread: threading.local, source: Identifiers) -> None:
        self._of_thread = of_thread
        self._source = source
        self._ids: list[str] = []
        self._given = 0

    def __enter__(self) -> None:
        self._outer = getattr(self._of_thread, "draws", None)
        self._of_thread.draws = self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._of_thread.draws = self._outer

    def again(self) -> None:
        """Begin with the first of them."""
        self._given = 0

    def new(self) -> str:
        """Return the next id."""
        if self._given == len(self._ids):
            self._ids.append(self._source.new())
        self._given += 1
        return self._ids[self._given - 1]


class DrawnIdentifiers:
    """Implements `Identifiers` for use cases that may be tried again, each thread for itself.

    A second try makes the same records with the same ids: what it repeats is the same call and not another one.
    """

    def __init__(self, source: Identifiers) -> None:
        self._source = source
        self._of_thread = threading.local()

    def tries(self) -> AbstractContextManager[None]:
        """Have what is drawn in the block drawn for the tries of one use case; one may run within another."""
        return _Draws(self._of_thread, self._source)

    def again(self) -> None:
        """Begin a try of the use case: it draws what the tries before it drew."""
        self._of_thread.draws.again()

    def new(self) -> str:
        """Return an id."""
        draws: _Draws | None = getattr(self._of_thread, "draws", None)
        return self._source.new() if draws is None else draws.new()

    def token(self) -> bytes:
        """Return 17 bytes that nobody can foresee; they are drawn before the first try."""
        return self._source.token()
