"""Calls end in time: whoever hangs on a database beyond it is cut off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Any

__all__ = ["Deadlines", "Watch"]

_TICK = 0.05
"""How many seconds late a deadline may be noticed."""
_LAST = 1.0
"""How many seconds a call may take beyond its time to undo what it did."""
_MOST, _LEAST, _SPARE = 0.9, 0.7, 0.05
"""The greatest and the least part of what is left of a call that the server is given for a statement, and how many
seconds are to spare between them: a busy machine hears late of what the server has ended."""
_NOTICED = 0.95
"""To what part of what the server was told its time must have shrunk for it to be told again."""
_IDLE = 200
"""After how many ticks without anything to watch the thread ends."""


class Watch:
    """Keeps one unit of work to its time: ``patience`` seconds over a single exchange, until ``end`` for all of them.

    Times are those of `time.monotonic`.
    """

    __slots__ = ("_deadlines", "_told", "_until", "abort", "closing", "end", "expired", "opening", "patience")

    def __init__(self, deadlines: Deadlines, abort: Callable[[], None], end: float, patience: float) -> None:
        self._deadlines = deadlines
        self.abort = abort
        self.end = end
        self.patience = patience
        self.expired = False
        self._until = inf
        self._told = inf
        self.opening: tuple[str, ...] = ()
        """The statements by which the server, too, keeps the unit to its time."""
        self.closing: tuple[str, ...] = ()
        """Those that give its connection the usual limits back."""

    def begin(self) -> None:
        """Watch the unit."""
        self._deadlines.begin(self)

    def finish(self, connection: Any, errors: type[Exception]) -> None:
        """Give its connection the usual limits back, and watch it no longer; one that cannot have them is given up."""
        try:
            if self.closing and connection is not None and connection.is_valid:
                self.extend()
                self.enter()
                for statement in self.closing:
                    cursor = connection.cursor()
                    cursor.execute(statement)
                    cursor.close()
        except errors:
            connection.invalidate()
        finally:
            self.leave()
            self._deadlines.end(self)

    def told(self) -> float:
        """Return how many seconds the server is to be told that a statement may take.

        A little less than there are: where one is cut off from here, nobody knows what it has done.
        """
        self._told = self._to_tell()
        return self._told

    def _to_tell(self) -> float:
        left = self.end - time.monotonic()
        return max(0.001, min(_MOST * left, max(_LEAST * left, left - _SPARE)))

    def shortened(self) -> float | None:
        """Return the same once more, if the server has been told of noticeably more than is left."""
        if self._told == inf or self._to_tell() > _NOTICED * self._told:
            return None
        return self.told()

    def enter(self) -> None:
        """Begin an exchange with the database."""
        now = time.monotonic()
        if now >= self.end:
            self.expired = True
        self._until = min(self.end, now + self.patience)

    def leave(self) -> None:
        """End the exchange: what the owner does meanwhile takes as long as it takes."""
        self._until = inf

    def extend(self) -> None:
        """Allow for a last short exchange: an end of the transaction that undoes what was done."""
        self.end, self.patience, self.expired = inf, min(self.patience, _LAST), False

    def ended(self, *, slow: bool) -> bool:
        """Tell whether an exchange failed for want of time, noticed by the thread or not yet.

        ``slow``: the server has ended it, which does so a little sooner where there is an end.
        """
        return self.expired or time.monotonic() >= self.end or (slow and self.end < inf)

    def over(self, now: float) -> bool:
        """Tell whether an exchange takes too long."""
        return now >= self._until


class Deadlines:
    """A thread that cuts off what takes too long; it runs while there is anything to watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: set[Watch] = set()
        self._running = False

    def begin(self, watch: Watch) -> None:
        """Watch a unit from now on."""
        with self._lock:
            self._watched.add(watch)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="customercore-deadlines", daemon=True).start()

    def end(self, watch: Watch) -> None:
        """Watch it no longer: from here on it is not cut off, since its connection may be somebody else's."""
        with self._lock:
            self._watched.discard(watch)

    def _run(self) -> None:
        idle = 0
        while True:
            time.sleep(_TICK)
            with self._lock:
                idle = 0 if self._watched else idle + 1
                if idle > _IDLE:
                    self._running = False
                    return
                now = time.monotonic()
                for watch in [one for one in self._watched if one.over(now)]:
                    watch.expired = True
                    self._watched.discard(watch)
                    with suppress(Exception):  # it may be ending at this moment
                        watch.abort()
