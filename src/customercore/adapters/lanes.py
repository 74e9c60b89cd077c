"""Taking turns at a record within a process.

A unit that reads a record to change it, and is told at its commit that another one was faster, is run again: of many
at once nearly all of them are, and again. So units of one process that are going to change the same record queue here,
before they read it. Those of other processes are met as ever, as conflicts or by waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection

__all__ = ["Lane", "Lanes", "Record"]

_LANES = 4_096
"""Records that share a lane merely wait for each other."""

Lane = threading.Lock
"""A queue of units: whoever has the lock is at its turn."""
Record = tuple[str, str]
"""A tenant, and the id of one of its records."""


class Lanes:
    """The lanes of a store."""

    def __init__(self) -> None:
        self._lanes = [Lane() for _ in range(_LANES)]
        self._of_thread = threading.local()

    def missed(self, records: Collection[Record]) -> None:
        """Note the records over which a unit of this thread has lost a race."""
        self._of_thread.missed = tuple(records)

    def late(self) -> Collection[Record]:
        """Return the records that were noted, once: if that unit is run again, it may begin with its turns at them."""
        missed: Collection[Record] = getattr(self._of_thread, "missed", ())
        self._of_thread.missed = ()
        return missed

    def entered(self, tenant: str, id: str, most: float) -> Lane | None:
        """Wait for the turn at a record and return its lane, to be released; None when ``most`` seconds have passed."""
        lane = self._lanes[_place((tenant, id))]
        return lane if lane.acquire(timeout=most) else None

    def all_entered(self, records: Collection[Record], most: float) -> list[Lane]:
        """Wait for the turns at several records; return the lanes come to in time.

        Everybody waits for them in one order, so that no two wait for each other.
        """
        end = time.monotonic() + most
        entered: list[Lane] = []
        try:
            for at in sorted({_place(one) for one in records}):
                if self._lanes[at].acquire(timeout=max(0.0, end - time.monotonic())):
                    entered += [self._lanes[at]]
        except BaseException:  # somebody has interrupted the waiting
            for lane in entered:
                lane.release()
            raise
        return entered


def _place(record: Record) -> int:
    return hash(record) % _LANES
