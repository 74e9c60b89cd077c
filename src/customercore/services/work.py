"""What a use case works with in a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.delivery import Delivery
from customercore.domain.event import Event
from customercore.domain.tenant import DEFINITIONS, Definitions
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.deadline import Deadline
from customercore.services.known import DefinitionsCache, Known, Load

__all__ = ["Tell", "Work", "alone"]

T = TypeVar("T")

Tell = Callable[[Event], None]
"""Tells listeners of an event that has been committed."""
_NO_END = Deadline(None)


class Work:
    """What a use case works with: the unit, the definitions it sees, and what is to happen once it has committed."""

    def __init__(
        self,
        uow: UnitOfWork,
        cache: DefinitionsCache,
        load: Load,
        tell: Tell | None = None,
        *,
        write: bool,
        deadline: Deadline = _NO_END,
    ) -> None:
        self.uow = uow
        self._write = write
        self.after_commit: list[Callable[[], None]] = []
        self._cache = cache
        self._load = load
        self._tell = tell
        self._known: Known | None = None
        self._changed = False
        self.trusting = False
        """Whether what is read, and found not to be there, may turn out to be wrong at the commit (`OwnUnits`)."""
        self.made = {"id"}
        """The unique keys whose values are ours: one that is taken is a lost race, whose unit may be run again."""
        self.recorded: Event | None = None
        """The last event that was recorded."""
        self.deadline = deadline
        """When the call must be done: a unit of its own that it needs meanwhile has no more time."""

    @property
    def definitions(self) -> Definitions:
        """The tenant's definitions as this unit sees them."""
        return self.known.definitions

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue with the fields that the tenant has defined."""
        return self.known.catalogue

    @property
    def known(self) -> Known:
        """What this unit knows of its tenant."""
        if self._known is None:
            self._known = self._read()
            self.uow.describe(self._known.catalogue.customers)
        return self._known

    def _read(self) -> Known:
        if self._changed:
            # Definitions that this unit changed are not committed yet: no other unit may see them.
            return self._load(self.uow)
        # Those that this process knows: where they are others by now, a unit that trusts is a lost race.
        assumed = self._cache.assumed(self.uow) if self.trusting else None
        return assumed or self._cache.of(self.uow, self._load, held=self._write)

    def definitions_changed(self) -> None:
        """Forget the definitions: this unit has changed them."""
        self._changed = True
        self._known = None

    def record(self, *events: Event) -> None:
        """Record what happened, with a delivery to each subscriber; listeners hear once the unit has committed.

        The store may put them off until it is asked for something else, or for the commit (`Journal.record`).
        """
        if not events:
            return
        self.recorded = events[-1]
        if len(events) == 1:
            self.uow.events.record(events[0], deferred=True)
        else:
            self.uow.events.load(events, deferred=True)
        subscriptions = self.definitions.subscriptions
        if subscriptions:
            self.uow.deliveries.add(
                [
                    Delivery.of(event, one.id, event.at)
                    for event in events
                    for one in subscriptions
                    if one.wants(event.type)
                ]
            )
        tell = self._tell
        if tell is not None:
            self.after_commit += [partial(tell, event) for event in events]

    def committed(self) -> None:
        """Do what was to happen after the commit."""
        if self._changed:
            self._cache.forget()
        for action in self.after_commit:
            action()
        self.after_commit.clear()


def alone(use_case: Callable[[Work], T], work: Work) -> T:
    """Run a use case that changes definitions: nobody else defines, or goes by them, before its unit has ended.

    They are held before anything is looked at: what was in the way then is all there is.
    """
    work.uow.counters.get(DEFINITIONS, held=True)
    return use_case(work)
