"""How a dialect is told which way to read, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

__all__ = ["Explain", "Hints", "Limits"]


@attrs.frozen
class Limits:
    """How far is gone for a page before another way is taken. Costs are in microseconds as `ways` counts them."""

    near: float = 8
    """How many times as many entries as the page has records are walked at first."""
    first: float = 300.0
    """What the first walk may cost, where that is more."""
    least: float = 2_000.0
    """What sorting a choice may cost before anything is walked."""
    far: float = 20_000.0
    """From what expected cost on a walk is given up for one that passes records by cheaply."""
    beyond: int = 2
    """How many times as far as expected a walk goes on."""
    most: int = 20_000
    """How many records are sorted at most, while there is another way."""


@attrs.frozen
class Hints:
    """The words for it. A dialect that chooses well by itself has none, and its searches are not planned here."""

    index: str
    """What follows a table that is to be read by an index; ``{}`` stands for its name."""
    join: str
    """The join whose left side is read first."""
    primary: str
    """The name of a table's primary key as an index; ``{}`` stands for the table's."""
    mark: str
    """What stands for a value."""
    limits: Limits = Limits()


@attrs.frozen
class Explain:
    """How a database tells what it is going to do."""

    before: str
    """What stands before a statement."""
    sorts: str
    """The line of a plan that sorts what was found; one without it walks along the order."""
    roomy: str
    """What gives the rest of a transaction the room, and the liking, to find things by several indexes at once."""
    furthest: int = 20_000
    """How many entries of the order are walked where that may be in vain."""

    def walks(self, plan: Sequence[Sequence[Any]]) -> bool:
        """Tell whether a plan reads along the order until the page is full."""
        return not any(line.strip(" ->") == self.sorts for (line,) in plan)
