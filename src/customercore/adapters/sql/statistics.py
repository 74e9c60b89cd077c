"""What a database knows about the contents of its tables, kept up while they fill."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Statistics"]

_FIRST = 1_000
"""After how many rows stored at once the first look is taken."""
_TIMES = 4
"""After how many times as many the next one is: the database counts for itself how large a table is by now, and a look
costs an import what hundreds of rows cost."""
_MOST = 1_000_000
"""After how many at the latest: by then the database looks by itself."""


class Statistics:
    """Has the database look at its tables after many rows were stored at once.

    A database that plans by statistics takes a table that was just filled for an empty one, until its
    own look-out comes by, after a minute or so: searches that take milliseconds then take minutes.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._stored = 0
        self._due = _FIRST

    def stored(self, rows: int) -> None:
        """Count rows that a unit stored at once and committed; look when it is time to."""
        with self._lock:
            self._stored += rows
            if self._stored < self._due:
                return
            self._due = self._stored + min((_TIMES - 1) * self._stored, _MOST)
        self._look()
