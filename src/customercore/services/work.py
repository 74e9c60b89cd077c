"""What a use case works with in a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from customercore.catalogue.catalogue import Catalogue
from customercore.domain.delivery import Delivery
from customercore.domain.event import Event
from customercore.domain.tenant import Definitions
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.deadline import Deadline
from customercore.services.known import DefinitionsCache, Known, Load

__all__ = ["Tell", "Work"]

Tell = Callable[[Event], None]
"""Tells listeners of an event that has been committed."""


class Work:
    """What a use case works with: the unit, the definitions it sees, and what is to happen once it has committed."""

    def __init__(
        self, uow: UnitOfWork, cache: DefinitionsCache, load: Load, tell: Tell | None = None, *, write: bool
    ) -> None:
        self.uow = uow
        self._write = write
        self.after_commit: list[Callable[[], None]] = []
        self._cache = cache
        self._load = load
        self._tell = tell
        self._known: Known | None = None
        self._changed = False
        self.again = False
        """Whether this is another try, after a conflict."""
        self.recorded: Event | None = None
        """The last event that was recorded."""
        self.deadline = Deadline(None)
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
            # Definitions that this unit changed are not committed yet: no other unit may see them.
            self._known = (
                self._load(self.uow) if self._changed else self._cache.of(self.uow, self._load, held=self._write)
            )
            self.uow.describe(self._known.catalogue.customers)
        return self._known

    def assume(self) -> None:
        """Go by the definitions that this process knows, if any: where they are others by now, the unit conflicts.

        For a use case whose outcome does not depend on them, but for who is told of it.
        """
        if self._write and self._known is None and not (self.again or self._changed):
            self._known = self._cache.assumed(self.uow)
            if self._known is not None:
                self.uow.describe(self._known.catalogue.customers)

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
        for action in self.after_commit:
            action()
        self.after_commit.clear()
