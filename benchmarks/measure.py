"""How a job is timed: ours and the bare driver by turns, in one process, in one run.

A machine that is busy for a second slows both sides of a round alike, so a ratio is taken round by
round; what is told is the median of the rounds, and the least and the greatest as their spread.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from benchmarks.servers import Server

__all__ = ["Contest", "Figures", "Goal", "Job", "Options", "Spread", "each", "least", "repeated", "run"]

T = TypeVar("T")

Side = Callable[[], float]
"""Does its share of a round and returns how many seconds one operation took."""


@dataclass(frozen=True)
class Options:
    """How much is done.

    ``rows`` is the size of the files, ``customers`` that of the store that is searched; ``folder`` lies on
    a real disk. ``server`` is where the stores are; None for SQLite's files. ``among`` is how many other customers
    the stores of jobs 1, 1b, 2, 3 and 5 hold already.
    """

    rows: int
    rounds: int
    calls: int
    folder: Path
    customers: int
    server: Server | None = None
    among: int = 0


@dataclass(frozen=True)
class Goal:
    """What a figure should be at most, and must be at most.

    It is about the ``ratio`` to the bare driver, about our ``time`` alone (seconds), or about our
    time ``over`` the bare one (seconds). ``least_rate`` is how many operations a second there must be.
    """

    about: Literal["ratio", "time", "over"]
    goal: float
    ceiling: float
    least_rate: float = 0


@dataclass(frozen=True)
class Contest:
    """One line of the result; with ``rate`` it also tells how many operations there are in a second."""

    job: str
    what: str
    goal: Goal | None
    ours: Side
    bare: Side | None = None
    rate: bool = False


Job = Callable[[Options], Iterator[Contest]]
"""Makes ready, yields its contests one by one while what they need is open, and clears away."""


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, with the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        values = sorted(values)
        return cls(statistics.median(values), values[0], values[-1])


@dataclass(frozen=True)
class Figures:
    """What the rounds of one contest came to, in seconds an operation."""

    contest: Contest
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> Spread | None:
        """How many times as long as the bare driver we took, round by round."""
        if not self.bare:
            return None
        return Spread.of(one / other for one, other in zip(self.ours, self.bare, strict=True))

    @property
    def over(self) -> list[float]:
        """How much longer than the bare driver we took, round by round."""
        return [one - other for one, other in zip(self.ours, self.bare, strict=True)]

    @property
    def reached(self) -> float | None:
        """The figure that the goal is about."""
        goal, ratio = self.contest.goal, self.ratio
        if goal is None:
            return None
        if goal.about == "ratio":
            return ratio.median if ratio else None
        if goal.about == "over":
            return statistics.median(self.over)
        return statistics.median(self.ours)


def run(contest: Contest, rounds: int, *, cold: bool = False) -> Figures:
    """Run one round to warm up, unless ``cold``, then ``rounds`` that count: ours, bare, ours, bare and so on."""
    figures = Figures(contest)
    for number in range(1 if cold else 0, rounds + 1):
        ours = contest.ours()
        bare = contest.bare() if contest.bare else None
        if number:
            figures.ours.append(ours)
            if bare is not None:
                figures.bare.append(bare)
    return figures


def least(call: Callable[[], object], longest: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long a call takes at best; one that takes half of ``longest`` is not repeated."""
    found = float("inf")
    for _ in range(4):
        start = clock()
        call()
        found = min(found, clock() - start)
        if found > longest / 2:
            break
    return found


def repeated(
    call: Callable[[], object], most: int, longest: float, clock: Callable[[], float] = time.perf_counter
) -> Side:
    """Return the side that makes a call as often as ``longest`` seconds have room for, ``most`` times at most."""
    times = max(1, min(most, int(longest / least(call, longest, clock))))
    return each(lambda _: call(), lambda: range(times), clock)


def each(
    call: Callable[[T], object], batch: Callable[[], Sequence[T]], clock: Callable[[], float] = time.perf_counter
) -> Side:
    """Return the side that calls ``call`` with each item of a batch; making the batch is not timed."""

    def side() -> float:
        items = batch()
        start = clock()
        for item in items:
            call(item)
        return (clock() - start) / len(items)

    return side
