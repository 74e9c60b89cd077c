"""Deliveries of events that were recorded before a subscriber was registered."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.query import Leaf, OrderBy, Query
from customercore.domain.delivery import Delivery
from customercore.domain.event import EVENT_TYPES, Event
from customercore.domain.record import Subscription
from customercore.errors import NotFoundError
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["PastEvents", "subscription_of"]

_BATCH, _EVENTS = 200, 1_000
_BY_ID = (OrderBy("id", descending=False, nullable=False),)


class PastEvents:
    """Walks every record that has events, a batch a unit; what has a delivery already gets no second one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(self, subscriber: str) -> int:
        """Return how many deliveries were added."""
        told = {type.partition(".")[0] for type in EVENT_TYPES}
        return sum(self._all(subscriber, one) for one in self._context.catalogue.stored if one.name in told)

    def _all(self, subscriber: str, aggregate: Aggregate[Any]) -> int:
        added, last = self._context.units.write(partial(_batch, subscriber, aggregate, ""))
        while last:
            count, last = self._context.units.write(partial(_batch, subscriber, aggregate, last))
            added += count
        return added


def _batch(subscriber: str, aggregate: Aggregate[Any], behind: str, work: Work) -> tuple[int, str]:
    """Add what is missing of some records; return how many, and the last record's id where there may be more."""
    wanted = subscription_of(work, subscriber)
    query = Query(where=Leaf("id", "gt", behind, negated=False), order=_BY_ID, limit=_BATCH)
    records = work.uow.repository(aggregate.plural).find(query).items
    missing = []
    for record in records:
        there = set(work.uow.deliveries.numbers(subscriber, aggregate.name, record.id))
        missing += [
            Delivery.of(event, subscriber, event.at)
            for event in _events(work, aggregate.name, record.id)
            if (event.version, event.ordinal) not in there and wanted.wants(event.type)
        ]
    work.uow.deliveries.add(missing)
    return len(missing), records[-1].id if len(records) == _BATCH else ""


def _events(work: Work, aggregate: str, id: str) -> Iterator[Event]:
    page = work.uow.events.of(aggregate, id, limit=_EVENTS)
    while page:
        yield from page
        page = work.uow.events.of(aggregate, id, after=(page[-1].version, page[-1].ordinal), limit=_EVENTS)


def subscription_of(work: Work, subscriber: str) -> Subscription:
    """Return a tenant's subscription; raise `NotFoundError` (``subscriber_not_found``)."""
    for one in work.definitions.subscriptions:
        if one.id == subscriber:
            return one
    raise NotFoundError("subscriber_not_found", "there is no such subscriber")
