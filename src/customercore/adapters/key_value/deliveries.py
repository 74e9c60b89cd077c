"""What is on its way to subscribers: a key for each, in one part of the store while it is open, then in another."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Sequence

import attrs

from customercore.adapters.key_value.view import View, key_of
from customercore.adapters.meanings import lost
from customercore.domain.delivery import DEAD, DELIVERED, Candidate, Delivery, Number, candidates_of

__all__ = ["KeyValueDeliveries", "tenants_due"]

_OPEN, _SETTLED = key_of("open deliveries"), key_of("settled deliveries")
_MOMENTS = ("at", "due", "settled_at")


class KeyValueDeliveries:
    """Implements `ports.deliveries.Deliveries`. Of two units that claim one, the second to commit has lost."""

    def __init__(self, tenant: str, view: View) -> None:
        self._tenant = tenant
        self._view = view

    def add(self, many: Sequence[Delivery]) -> None:
        """Store new ones."""
        self._view.writing()
        for one in many:
            self._put(one)

    def due(self, subscriber: str, now: dt.datetime, limit: int) -> list[Candidate]:
        """Return what is open and due."""
        self._view.writing()
        return candidates_of(self._found(_OPEN, lambda one: one.subscriber == subscriber), now, limit)

    def save(self, one: Delivery, *, fence: int) -> bool:
        """Store a delivery in place of the one with this fence."""
        self._view.writing()
        value = self._view.get(self._key(_OPEN, one)) or self._view.get(self._key(_SETTLED, one))
        if value is None or _load(value)[1].fence != fence:
            return False
        self._put(one)
        return True

    def dead(
        self, *, subscriber: str = "", event_id: str = "", after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return dead letters in the order of subscriber, aggregate, id and number."""

        def wanted(one: Delivery) -> bool:
            named = subscriber in ("", one.subscriber) and event_id in ("", one.event_id)
            return named and one.state == DEAD and (after is None or one.place > after.place)

        return sorted(self._found(_SETTLED, wanted), key=lambda one: one.place)[:limit]

    def numbers(self, subscriber: str, aggregate: str, aggregate_id: str) -> list[Number]:
        """Return the numbers of one aggregate's events that have a row."""
        wanted = (subscriber, aggregate, aggregate_id)
        parts = (_OPEN, _SETTLED)
        return [one.number for part in parts for one in self._found(part, lambda one: one.place[:3] == wanted)]

    def purge(self, before: dt.datetime, limit: int) -> int:
        """Delete delivered ones."""

        def old(one: Delivery) -> bool:
            return one.state == DELIVERED and one.settled_at is not None and one.settled_at < before

        return self._removed(_SETTLED, old, limit)

    def remove(self, subscriber: str, limit: int) -> int:
        """Delete a subscriber's."""
        gone = 0
        for part in (_OPEN, _SETTLED):
            gone += self._removed(part, lambda one: one.subscriber == subscriber, limit - gone)
        return gone

    def _removed(self, part: bytes, goes: Callable[[Delivery], bool], limit: int) -> int:
        self._view.writing()
        gone = list(self._found(part, goes))[:limit]
        for one in gone:
            self._view.put(self._key(part, one), None, lost)
        return len(gone)

    def _put(self, one: Delivery) -> None:
        to, other = (_SETTLED, _OPEN) if one.due is None else (_OPEN, _SETTLED)
        self._view.put(self._key(to, one), _dump(self._tenant, one), lost)
        if self._view.get(self._key(other, one)) is not None:
            self._view.put(self._key(other, one), None, lost)

    def _key(self, part: bytes, one: Delivery) -> bytes:
        return part + key_of(self._tenant) + key_of(*map(str, one.place))

    def _found(self, part: bytes, wanted: Callable[[Delivery], bool]) -> Iterator[Delivery]:
        for _, value in self._view.under(part + key_of(self._tenant)):
            one = _load(value)[1]
            if wanted(one):
                yield one


def tenants_due(view: View, subscribers: Collection[str], now: dt.datetime) -> list[str]:
    """Return the tenants with a delivery to one of these subscribers that is due: `ports.store.Store.due`."""
    found = (_load(value) for _, value in view.under(_OPEN))
    return sorted({tenant for tenant, one in found if one.subscriber in subscribers and one.due and one.due <= now})


def _dump(tenant: str, one: Delivery) -> bytes:
    return json.dumps([tenant, attrs.asdict(one)], default=dt.datetime.isoformat).encode()


def _load(value: bytes) -> tuple[str, Delivery]:
    tenant, parts = json.loads(value)
    moments = {name: dt.datetime.fromisoformat(parts[name]) for name in _MOMENTS if parts[name] is not None}
    return tenant, Delivery(**parts | moments)
