"""Delivering events: claim a batch, call the subscriber, store what came of it, one event at a time."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from customercore.domain.delivery import DEAD, WAITING, Delivery, Stream, chosen
from customercore.domain.event import Event
from customercore.domain.report import DispatchReport
from customercore.errors import CustomerCoreError, place_of
from customercore.ports.subscriber import Subscriber
from customercore.services.context import Context
from customercore.services.units import Work

__all__ = ["LEASE", "Dispatcher"]

LEASE = dt.timedelta(seconds=60)
"""How long a claim lasts. Who has not called the subscriber by then leaves the rest of the batch to others."""
_ROUNDS = 100
"""How often one dispatch looks on, where all that it found must wait for others."""
_log = logging.getLogger("customercore")


class Dispatcher:
    """Delivers what is due to the subscribers of this process, of one tenant. Several may work at once."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def batch(self, limit: int, stopped: Callable[[], bool]) -> DispatchReport:
        """Deliver at most ``limit`` events; after ``stopped`` no further one, and what was claimed is given back."""
        report = DispatchReport()
        for subscriber in self._context.subscribers:
            left = limit - report.attempted
            if left > 0 and not stopped():
                report += self._serve(subscriber, left, stopped)
        return report

    def _serve(self, subscriber: Subscriber, limit: int, stopped: Callable[[], bool]) -> DispatchReport:
        report = DispatchReport()
        waits: dict[Stream, dt.datetime] = {}
        for one, event in self._claimed(subscriber.name, limit):
            now = self._context.clock.now()
            if stopped() or (one.due is not None and one.due <= now):
                self._saved(one.put_off(now), one)
            elif one.stream in waits:
                self._saved(one.put_off(waits[one.stream]), one)
            else:
                after = self._outcome(subscriber, one, event)
                kept = self._saved(after, one)
                report += DispatchReport.of(after.state, kept=kept)
                if after.state == WAITING and after.due is not None:
                    waits[one.stream] = after.due
        return report

    def _claimed(self, name: str, limit: int) -> Sequence[tuple[Delivery, Event | None]]:
        """Claim what can be delivered now, and return it with its events."""
        for _ in range(_ROUNDS):
            claimed, more = self._context.units.write(lambda work: self._claim(work, name, limit))
            if claimed or not more:
                return claimed
        return ()

    def _claim(self, work: Work, name: str, limit: int) -> tuple[list[tuple[Delivery, Event | None]], bool]:
        deliveries, now = work.uow.deliveries, self._context.clock.now()
        found = deliveries.due(name, now, limit)
        wanted, put_off = chosen(found, now, now + LEASE)
        claimed = [one for one in wanted if deliveries.save(one, fence=one.fence - 1)]
        for one in put_off:
            deliveries.save(one, fence=one.fence)
        return [(one, _event_of(work, one)) for one in claimed], len(found) == limit

    def _outcome(self, subscriber: Subscriber, one: Delivery, event: Event | None) -> Delivery:
        """Call the subscriber, and return what becomes of the delivery."""
        if event is None:
            now = self._context.clock.now()
            return one.failed("event_missing", "the event is not in the journal", again=None, now=now)
        try:
            subscriber.deliver(event, tenant=self._context.tenant)
        except Exception as error:  # noqa: BLE001  whatever it is, the event is tried again
            return self._failed(one, error)
        return one.delivered(self._context.clock.now())

    def _failed(self, one: Delivery, error: Exception) -> Delivery:
        now, wait = self._context.clock.now(), self._context.backoff.after(one.attempts + 1)
        code, told = _told(error)
        after = one.failed(code, told, again=None if wait is None else now + wait, now=now)
        if after.state == DEAD:
            _log.error("event %s is a dead letter of %s: %s", one.event_id, one.subscriber, told)
        return after

    def _saved(self, now: Delivery, was: Delivery) -> bool:
        return self._context.units.write(lambda work: work.uow.deliveries.save(now, fence=was.fence))


def _event_of(work: Work, one: Delivery) -> Event | None:
    behind = (one.version, one.ordinal - 1)
    found = work.uow.events.of(one.aggregate, one.aggregate_id, after=behind, limit=1)
    return found[0] if found and found[0].id == one.event_id else None


def _told(error: Exception) -> tuple[str, str]:
    """Return the code of an error and what may be said of it: other people's messages may hold somebody's data."""
    if isinstance(error, CustomerCoreError):
        return error.code, error.message
    return "subscriber_failed", f"raised {type(error).__name__}{place_of(error)}"
