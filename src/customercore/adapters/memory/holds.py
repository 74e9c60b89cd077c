"""Records that many units hold at once, and that now and then somebody changes (ruling 11).

Whoever changes one must have seen what its holders committed: a holder's commit since the change's snapshot makes
it a lost race. It then shuts the record for a moment, so that the next try is not lost to others who go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection

__all__ = ["Holds"]

_SHUT = 1.0
"""For how many seconds a record is shut at most, should whoever shut it never come back."""


class Holds:
    """The held records of one table; but for `enter` the lock of the tables is held for every call."""

    __slots__ = ("_opened", "_shut", "_used")

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._shut: dict[str, tuple[int, float]] = {}
        self._opened = threading.Condition()

    def enter(self, id: str) -> None:
        """Wait, for a moment at most, while a record is shut by another thread."""
        if id in self._shut:
            by, until = self._shut.get(id, (0, 0.0))
            if by != threading.get_ident():
                with self._opened:
                    self._opened.wait_for(lambda: id not in self._shut, until - time.monotonic())

    def used(self, ids: Collection[str], at: int) -> None:
        """Note that commit ``at`` was of a unit that held these."""
        for id in ids:
            self._used[id] = at

    def forbid(self, ids: Collection[str], at: int) -> bool:
        """Tell whether one of these was held by a commit after ``at``: it is shut for this thread's next try."""
        behind = [id for id in ids if self._used.get(id, at) > at] if self._used else []
        for id in behind:
            self._shut[id] = (threading.get_ident(), time.monotonic() + _SHUT)
        return bool(behind)

    def changed(self, ids: Collection[str]) -> None:
        """Open what has been changed."""
        if not self._shut.keys().isdisjoint(ids):
            with self._opened:
                for id in ids:
                    self._shut.pop(id, None)
                self._opened.notify_all()
