"""Taking turns at a record within a process.

A unit that reads a record to change it, and is told at its commit that another one was faster, is run again: of many
at once nearly all of them are, and again. So units of one process that are going to change the same record queue here,
before they read it. Those of other processes are met as ever, as conflicts or by waiting.
"""

from __future__ import annotations

import threading

__all__ = ["Lane", "Lanes"]

_LANES = 4_096
"""Records that share a lane merely wait for each other."""

Lane = threading.Lock
"""A queue of units: whoever has the lock is at its turn."""


class Lanes:
    """The lanes of a store."""

    def __init__(self) -> None:
        self._lanes = [Lane() for _ in range(_LANES)]
        self._of_thread = threading.local()

    def missed(self, tenant: str, id: str) -> None:
        """Note that this thread comes too late for its turn at a record, its first: its unit has begun already."""
        if getattr(self._of_thread, "missed", None) is None:
            self._of_thread.missed = (tenant, id)

    def late(self) -> tuple[str, str] | None:
        """Return the turn that this thread has missed, once: if its unit is run again, it may begin with it."""
        missed: tuple[str, str] | None = getattr(self._of_thread, "missed", None)
        self._of_thread.missed = None
        return missed

    def entered(self, tenant: str, id: str, most: float) -> Lane | None:
        """Wait for the turn at a record and return its lane, to be released; None when ``most`` seconds have passed."""
        lane = self._lanes[hash((tenant, id)) % _LANES]
        return lane if lane.acquire(timeout=most) else None
