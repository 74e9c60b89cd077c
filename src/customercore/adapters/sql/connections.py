"""The connections that units of work take and give back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from customercore.errors import StorageError

__all__ = ["Connections"]

_KEPT = 10
"""How many connections wait for the next unit of work."""


class Connections:
    """Hands out the connections of an engine's pool.

    What a unit of work gives back in good order waits here for the next one, because a pass through
    the pool costs as much as reading a row (docs/performance.md). All others go back to the pool,
    which knows how to mend them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closed = False
        self._waiting: list[Any] = []  # taking from its end and adding to it is safe between threads

    def take(self) -> Any:
        """Return a connection; wait for one, or open it, when none is left here."""
        self.check_open()
        try:
            return self._waiting.pop()
        except IndexError:
            return self._engine.raw_connection()

    def give_back(self, connection: Any, *, sound: bool) -> None:
        """Take a connection back; ``sound`` says that no statement on it has failed."""
        if sound and not self._closed and len(self._waiting) < _KEPT:
            self._waiting.append(connection)
        else:
            connection.close()

    def check_open(self) -> None:
        """Raise `StorageError` (``store_closed``) once they are closed."""
        if self._closed:
            raise StorageError("store_closed", "the store has been closed")

    def close(self) -> None:
        """Give all of them back to the pool and close it; units that are open go on to their end."""
        self._closed = True
        while self._waiting:
            self._waiting.pop().close()
        self._engine.dispose()
