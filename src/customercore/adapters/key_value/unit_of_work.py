"""One transaction, and the events in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customercore.adapters.key_value.deliveries import KeyValueDeliveries
from customercore.adapters.key_value.repository import KeyValueRepository
from customercore.adapters.key_value.view import View, key_of
from customercore.adapters.meanings import lost
from customercore.adapters.records import dump_event, load_event
from customercore.catalogue.aggregate import Aggregate
from customercore.domain.event import Event
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.repository import Repository
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["KeyValueUnitOfWork"]


class KeyValueJournal:
    """Implements `ports.journal.Journal`: a key for each event, in the order of their numbers."""

    def __init__(self, tenant: str, view: View) -> None:
        self._tenant = tenant
        self._view = view

    def record(self, event: Event) -> None:
        """Append one event; a number that is taken is a lost race."""
        self.load((event,))

    def load(self, events: Sequence[Event]) -> None:
        """Append many events."""
        self._view.writing()
        for event in events:
            number = event.version.to_bytes(8) + event.ordinal.to_bytes(8)
            key = key_of("events", self._tenant, event.aggregate, event.aggregate_id) + number
            if self._view.get(key) is not None:
                raise self._view.dooming(lost())
            self._view.put(key, dump_event(event), lost)

    def of(self, aggregate: str, id: str, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after`` (version, ordinal), oldest first."""
        stream = key_of("events", self._tenant, aggregate, id)
        found = (load_event(value) for _, value in sorted(self._view.under(stream)))
        return [event for event in found if (event.version, event.ordinal) > after][:limit]


class KeyValueUnitOfWork(UnitOfWork):
    """Reads as of its start, and its own writes; the first of two units that change one record wins."""

    def __init__(self, view: View, aggregates: Mapping[str, Aggregate[Any]], tenant: str) -> None:
        self._view = view
        self._aggregates = dict(aggregates)
        self._tenant = tenant
        self._made: dict[str, KeyValueRepository[Any]] = {}

    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""
        self._view.reading()
        if plural not in self._made:
            self._made[plural] = KeyValueRepository(self._aggregates[plural], self._tenant, self._view)
        return self._made[plural]

    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it: it has the fields that the tenant defined."""
        self._view.reading()
        self._aggregates[aggregate.plural] = aggregate
        if aggregate.plural in self._made:
            self._made[aggregate.plural].aggregate = aggregate

    @property
    def events(self) -> Journal:
        """The journal of this unit."""
        self._view.reading()
        return KeyValueJournal(self._tenant, self._view)

    @property
    def deliveries(self) -> Deliveries:
        """What is on its way to subscribers."""
        self._view.reading()
        return KeyValueDeliveries(self._tenant, self._view)

    def commit(self) -> None:
        """Make everything durable and end the unit."""
        self._view.commit()

    def rollback(self) -> None:
        """Undo everything and end the unit."""
        self._view.end()
