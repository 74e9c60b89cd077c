"""What is on its way to subscribers, of one tenant, as one unit of work sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from customercore.adapters.memory.revisions import Snapshot
from customercore.adapters.memory.tables import Draft, Kept, Table
from customercore.domain.delivery import DEAD, DELIVERED, Candidate, Delivery, Number, candidates_of

__all__ = ["OPEN", "SETTLED", "MemoryDeliveries"]

OPEN, SETTLED = "open deliveries", "settled deliveries"
"""The tables: those that are looked at over and over are apart from those that are kept."""
_Shelf = tuple[Table, Draft]


class MemoryDeliveries:
    """Implements `ports.deliveries.Deliveries`. Of two units that claim one, the second to commit has lost."""

    def __init__(self, pending: _Shelf, settled: _Shelf, snapshot: Snapshot) -> None:
        self._open = pending
        self._settled = settled
        self._snapshot = snapshot

    def add(self, many: Sequence[Delivery]) -> None:
        """Store new ones."""
        self._snapshot.writing()
        for one in many:
            self._put(one)

    def due(self, subscriber: str, now: dt.datetime, limit: int) -> list[Candidate]:
        """Return what is open and due."""
        self._snapshot.writing()
        return candidates_of(self._found(self._open, lambda one: one.subscriber == subscriber), now, limit)

    def save(self, one: Delivery, *, fence: int) -> bool:
        """Store a delivery in place of the one with this fence."""
        self._snapshot.writing()
        key = _key(one)
        was = self._get(self._open, key) or self._get(self._settled, key)
        if was is None or was.fence != fence:
            return False
        self._put(one)
        return True

    def dead(
        self, *, subscriber: str = "", event_id: str = "", after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return dead letters in the order of subscriber, aggregate, id and number."""
        found = self._found(
            self._settled,
            lambda one: one.state == DEAD and subscriber in ("", one.subscriber) and event_id in ("", one.event_id),
        )
        behind = None if after is None else after.place
        return sorted((one for one in found if behind is None or one.place > behind), key=lambda one: one.place)[:limit]

    def numbers(self, subscriber: str, aggregate: str, aggregate_id: str) -> list[Number]:
        """Return the numbers of one aggregate's events that have a row."""
        wanted = (subscriber, aggregate, aggregate_id)
        return [
            one.number
            for place in (self._open, self._settled)
            for one in self._found(place, lambda one: (one.subscriber, *one.stream) == wanted)
        ]

    def purge(self, before: dt.datetime, limit: int) -> int:
        """Delete delivered ones."""

        def old(one: Delivery) -> bool:
            return one.state == DELIVERED and one.settled_at is not None and one.settled_at < before

        return self._removed(self._settled, old, limit)

    def remove(self, subscriber: str, limit: int) -> int:
        """Delete a subscriber's."""
        gone = 0
        for place in (self._open, self._settled):
            gone += self._removed(place, lambda one: one.subscriber == subscriber, limit - gone)
        return gone

    def _removed(self, place: _Shelf, goes: Callable[[Delivery], bool], limit: int) -> int:
        self._snapshot.writing()
        gone = list(self._found(place, goes))[:limit]
        for one in gone:
            place[1].rows[_key(one)] = None
        return len(gone)

    def _put(self, one: Delivery) -> None:
        key = _key(one)
        to, other = (self._settled, self._open) if one.due is None else (self._open, self._settled)
        to[1].rows[key] = Kept(key, one)
        if self._get(other, key) is not None:
            other[1].rows[key] = None

    def _get(self, place: _Shelf, key: str) -> Delivery | None:
        table, draft = place
        row = draft.rows[key] if key in draft.rows else table.rows.get(key, self._snapshot.reading())
        return None if row is None else row.one

    def _found(self, place: _Shelf, wanted: Callable[[Delivery], bool]) -> Iterator[Delivery]:
        table, draft = place
        for key, row in table.rows.items(self._snapshot.reading()):
            if key not in draft.rows and wanted(row.one):
                yield row.one
        for mine in [*draft.rows.values()]:
            if mine is not None and wanted(mine.one):
                yield mine.one


def _key(one: Delivery) -> str:
    return "\0".join(map(str, one.place))
