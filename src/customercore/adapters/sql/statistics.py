"""What a database knows about the contents of its tables, kept up while they fill."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Statistics"]

_FIRST = 1_000
"""After how many rows stored at once the first look is taken."""
_TIMES = 4
"""After how many times as many the next one is: the database counts for itself how large a table is by now, and a look
costs an import what hundreds of rows cost."""
_MOST = 1_000_000
"""After how many at the latest: by then the database looks by itself."""
_FRESH = 60.0
"""For how many seconds an answer stands."""
_ANSWERS = 10_000
"""How many of them at most."""


class Statistics:
    """Has the database look at its tables after many rows were stored at once.

    A database that plans by statistics takes a table that was just filled for an empty one, until its
    own look-out comes by, after a minute or so: searches that take milliseconds then take minutes. What it has said
    of single statements stands for a while, since planning one may take as long as executing it.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._stored = 0
        self._due = _FIRST
        self._told: dict[int, tuple[bool, float]] = {}

    def stored(self, rows: int) -> None:
        """Count rows that a unit stored at once and committed; look when it is time to."""
        with self._lock:
            self._stored += rows
            if self._stored < self._due:
                return
            self._due = self._stored + min((_TIMES - 1) * self._stored, _MOST)
        self._look()
        self._told.clear()

    def told(self, sql: str, values: object, ask: Callable[[], bool]) -> bool:
        """Return what the database says of a statement with these values; it is not asked the same twice a minute."""
        key, now = hash((sql, repr(values))), time.monotonic()
        answer, until = self._told.get(key, (False, 0.0))
        if now >= until:
            answer = ask()
            if len(self._told) >= _ANSWERS:
                self._told.clear()
            self._told[key] = (answer, now + _FRESH)
        return answer
