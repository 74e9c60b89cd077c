"""What an import remembers from batch to batch, in few bytes a row: a file may have any number of rows."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable

__all__ = ["Digests"]


class Digests:
    """Counts things by their hash, in eight bytes each; two things of one hash (1 in 2⁶⁴) are one.

    They are kept in sorted runs, each at least twice as long as the next, so that adding a batch to a
    million costs little more than sorting it.
    """

    def __init__(self) -> None:
        self._runs: list[array[int]] = []

    def add(self, some: Iterable[Hashable]) -> None:
        """Add some things; one that is given twice counts twice."""
        new = array("q", sorted(map(hash, some)))
        if not new:
            return
        while self._runs and len(self._runs[-1]) < 2 * len(new):
            new = array("q", heapq.merge(self._runs.pop(), new))
        self._runs.append(new)

    def __getitem__(self, one: Hashable) -> int:
        """Return how often a thing was added."""
        number = hash(one)
        return sum(bisect_right(run, number) - bisect_left(run, number) for run in self._runs)

    def __contains__(self, one: Hashable) -> bool:
        return self[one] > 0
