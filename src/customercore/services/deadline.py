"""How long a call may still take."""

from __future__ import annotations

import time

from customercore.ports.store import deadline_exceeded

__all__ = ["Deadline"]


class Deadline:
    """So many seconds from now on; None is no end."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self._end is not None and time.monotonic() >= self._end

    def left(self) -> float | None:
        """Return the seconds that are left; raise `StorageUnavailableError` when there are none."""
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            raise deadline_exceeded()
        return left
