"""The events of one tenant, as one unit of work sees them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from copy import deepcopy

from customercore.adapters.meanings import lost
from customercore.adapters.memory.revisions import Snapshot
from customercore.adapters.memory.tables import Drafts, Number, Stream, Tables
from customercore.domain.event import Event
from customercore.domain.evolving import evolved

__all__ = ["MemoryJournal"]


class MemoryJournal:
    """Implements `ports.journal.Journal`. A number that is taken dooms the unit."""

    def __init__(self, tables: Tables, tenant: str, drafts: Drafts, snapshot: Snapshot) -> None:
        self._tables = tables
        self._tenant = tenant
        self._drafts = drafts
        self._snapshot = snapshot

    def record(self, event: Event) -> None:
        """Append one event; raise a retryable `ConflictError` when its number is taken."""
        self.load((event,))

    def load(self, events: Sequence[Event], *, deferred: bool = False) -> None:
        """Append many events, all or none."""
        at = self._snapshot.writing()
        fresh: dict[Stream, dict[Number, Event]] = {}
        for event in events:
            stream, number = (event.aggregate, event.aggregate_id), (event.version, event.ordinal)
            new = fresh.setdefault(stream, {})
            own = self._drafts.events.get(stream, {})
            seen = self._tables.events(self._tenant, stream).get(number, at)
            if number in new or number in own or seen is not None:
                raise self._snapshot.dooming(lost())
            new[number] = event
        for stream, new in fresh.items():
            self._drafts.events.setdefault(stream, {}).update(new)

    def of(self, aggregate: str, id: str, *, after: Number = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after`` (version, ordinal), oldest first."""
        found = self._found((aggregate, id))
        return [_own(found[number]) for number in heapq.nsmallest(limit, (one for one in found if one > after))]

    def back(self, aggregate: str, id: str, *, before: Number | None = None, limit: int = 100) -> list[Event]:
        """Return the events of one aggregate before a number, None for all of them, newest first."""
        found = self._found((aggregate, id))
        numbers = heapq.nlargest(limit, (one for one in found if before is None or one < before))
        return [_own(found[number]) for number in numbers]

    def rewrite(self, events: Sequence[Event]) -> None:
        """Give stored events the personal part and the reason that these have."""
        self._snapshot.writing()
        for event in events:
            stream, number = (event.aggregate, event.aggregate_id), (event.version, event.ordinal)
            known = self._found(stream).get(number)
            if known is not None:
                changed = _own(evolved(known, personal=event.personal, reason=event.reason))
                own = self._drafts.events.get(stream, {})
                (own if number in own else self._drafts.rewritten.setdefault(stream, {}))[number] = changed

    def _found(self, stream: Stream) -> dict[Number, Event]:
        at = self._snapshot.reading()
        found = dict(self._tables.events(self._tenant, stream).items(at))
        return found | self._drafts.rewritten.get(stream, {}) | self._drafts.events.get(stream, {})


def _own(event: Event) -> Event:
    """Return an event with changes of its own: nobody can rewrite what was recorded by changing what it was given."""
    return evolved(event, changes=deepcopy(event.changes), personal=deepcopy(event.personal))
