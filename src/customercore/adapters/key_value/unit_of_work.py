"""One transaction, and the events in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customercore.adapters.accounts import UNREADABLE
from customercore.adapters.key_value.deliveries import KeyValueDeliveries
from customercore.adapters.key_value.ledger import KeyValueLedger
from customercore.adapters.key_value.repository import KeyValueRepository
from customercore.adapters.key_value.view import View, key_of
from customercore.adapters.meanings import lost
from customercore.adapters.records import dump_event, load_event
from customercore.catalogue.aggregate import Aggregate
from customercore.domain.event import Event
from customercore.domain.evolving import evolved
from customercore.errors import CorruptRecordError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["KeyValueUnitOfWork"]


class KeyValueJournal:
    """Implements `ports.journal.Journal`: a key for each event, in the order of their numbers."""

    def __init__(self, tenant: str, view: View) -> None:
        self._tenant = tenant
        self._view = view

    def record(self, event: Event, *, deferred: bool = False) -> None:
        """Append one event; a number that is taken is a lost race."""
        self.load((event,))

    def load(self, events: Sequence[Event], *, deferred: bool = False) -> None:
        """Append many events."""
        self._view.writing()
        for event in events:
            key = self._key(event)
            if self._view.get(key) is not None:
                raise self._view.dooming(lost())
            self._view.put(key, dump_event(event), lost)

    def of(self, aggregate: str, id: str, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after`` (version, ordinal), oldest first."""
        return [event for event in self._all(aggregate, id) if (event.version, event.ordinal) > after][:limit]

    def back(self, aggregate: str, id: str, *, before: tuple[int, int] | None = None, limit: int = 100) -> list[Event]:
        """Return the events of one aggregate before a number, None for all of them, newest first."""
        found = [one for one in self._all(aggregate, id) if before is None or (one.version, one.ordinal) < before]
        return found[::-1][:limit]

    def rewrite(self, events: Sequence[Event]) -> None:
        """Give stored events the personal part and the reason that these have."""
        self._view.writing()
        for event in events:
            known = self._view.get(self._key(event))
            if known is not None:
                changed = evolved(load_event(known), personal=event.personal, reason=event.reason)
                self._view.put(self._key(event), dump_event(changed), lost)

    def _key(self, event: Event) -> bytes:
        number = event.version.to_bytes(8) + event.ordinal.to_bytes(8)
        return key_of("events", self._tenant, event.aggregate, event.aggregate_id) + number

    def _all(self, aggregate: str, id: str) -> list[Event]:
        stream = key_of("events", self._tenant, aggregate, id)
        try:
            return [load_event(value) for _, value in sorted(self._view.under(stream))]
        except UNREADABLE as error:
            raise CorruptRecordError("corrupt_record", "a stored event cannot be read back", kind="event") from error


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

    @property
    def ledger(self) -> Ledger:
        """The accounts of wallets."""
        return KeyValueLedger(self._tenant, self._view, self.repository("wallets"))

    def commit(self) -> None:
        """Make everything durable and end the unit."""
        self._view.commit()

    def rollback(self) -> None:
        """Undo everything and end the unit."""
        self._view.end()
