"""Making a filled field searchable: every record into the index, in small units, from where the last run stopped."""

from __future__ import annotations

from collections.abc import Callable

from customercore.catalogue.query import Leaf, OrderBy, Query
from customercore.domain.evolving import evolved
from customercore.domain.info_type import READY, InfoType
from customercore.errors import NotFoundError, TransactionError
from customercore.services.actors import checked_reason
from customercore.services.context import Context
from customercore.services.definitions import move_on
from customercore.services.info_impact import all_kinds_known
from customercore.services.units import Work, contested

__all__ = ["Backfill"]

_BATCH = 500


class Backfill:
    """Walks a tenant's customers by id, a batch a unit; the position is kept with the definition."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(self, name: tuple[str, str], progress: Callable[[int], None] | None, reason: str | None) -> InfoType:
        """Index every record and make the field ready; a field that is ready stays as it is."""
        if self._context.units.joined:
            raise TransactionError("backfill_in_transaction", "a backfill commits as it goes: run it on its own")
        reason, seen = checked_reason(reason), 0
        while True:
            info_type, count = self._context.units.write(lambda work: self._batch(work, name, reason))
            seen += count
            if progress is not None:
                progress(seen)
            if info_type.state == READY:
                return info_type

    def _batch(self, work: Work, name: tuple[str, str], reason: str | None) -> tuple[InfoType, int]:
        applies_to, key = name
        found = work.definitions.info_types.get(applies_to, {}).get(key)
        was = None if found is None else work.uow.info_types.get(found.id)
        if was is None:
            raise NotFoundError("info_type_not_found", "there is no such info type")
        if was.state == READY:
            return was, 0
        all_kinds_known(self._context, work)
        behind = Leaf("id", "gt", was.backfilled_to or "", negated=False)
        order = (OrderBy("id", descending=False, nullable=False),)
        batch = work.uow.customers.find(Query(where=behind, order=order, limit=_BATCH)).items
        for customer in batch:
            work.uow.customers.reindex(customer)
        done = len(batch) < _BATCH
        stamp = self._context.stamp(reason)
        now = evolved(
            was,
            version=was.version + 1,
            backfilled_to=None if done else batch[-1].id,
            state=READY if done else was.state,
            updated_at=stamp.at,
        )
        with contested():
            work.uow.info_types.save(now, was=was)
        event = self._context.event(self._context.catalogue.info_types, now, stamp, type="info_type.updated", was=was)
        work.record(event)
        if done:
            move_on(work)
        return now, len(batch)
