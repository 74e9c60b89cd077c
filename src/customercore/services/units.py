"""Running a use case in a unit of work: its own, repeated where that is safe, or one that is open already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from customercore.services.contested import contested
from customercore.services.joined_units import JoinedUnits
from customercore.services.own_units import OwnUnits
from customercore.services.work import Work

__all__ = ["JoinedUnits", "OwnUnits", "Units", "Work", "contested"]

T = TypeVar("T")


class Units(Protocol):
    """Runs use cases."""

    @property
    def joined(self) -> bool:
        """Whether the unit belongs to somebody else, who commits it."""

    @property
    def savepoints(self) -> bool:
        """Whether such a unit goes on when a use case has raised, and what that did is undone."""

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that changes something, and commit it."""

    def redefine(self, use_case: Callable[[Work], T]) -> T:
        """Do as `write` does, alone with the tenant's definitions, which the use case changes."""

    def write_behind(self, use_case: Callable[[Work], T]) -> Callable[[], T]:
        """Do as `write` does, but commit while the caller goes on: what comes back waits for it and must be called."""

    def read(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that only reads."""
