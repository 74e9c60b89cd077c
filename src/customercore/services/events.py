"""What happened, as it was recorded, and its delivery to subscribers: ``core.events``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from customercore.domain.delivery import Delivery
from customercore.domain.event import Event
from customercore.domain.record import Subscription
from customercore.domain.report import DispatchReport
from customercore.errors import InvalidValueError, NotFoundError, TransactionError
from customercore.services.backfills import PastEvents, subscription_of
from customercore.services.context import Context, id_of
from customercore.services.cursors import MOST, page_size
from customercore.services.deliveries import Dispatcher
from customercore.services.enrolment import definitions_moved
from customercore.services.tenants import Tenants
from customercore.services.units import Work
from customercore.services.worker import Stop, Worker

__all__ = ["Events"]

_INT64 = 1 << 63
_CHUNK = 500
"""How many deliveries are deleted in one unit."""


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


class Events:
    """The journal, and the delivery of its events to subscribers."""

    def __init__(self, context: Context, tenants: Tenants | None = None) -> None:
        self._context = context
        self._tenants = tenants

    def of(self, one: object, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of a customer behind ``after`` (version, ordinal), oldest first, at most ``limit``."""
        id = id_of(one, "customer")
        page_size(limit)
        if not isinstance(after, tuple) or len(after) != 2 or not all(map(_number, after)):  # noqa: PLR2004  a pair
            raise InvalidValueError.of("after", "wrong_type", "must be a version and an ordinal")
        return self._context.units.read(lambda work: work.uow.events.of("customer", id, after=after, limit=limit))

    def dispatch(self, *, limit: int = 100, stopped: Callable[[], bool] = lambda: False) -> DispatchReport:
        """Deliver what is due to the subscribers of this core, at most ``limit`` events, and say what came of it.

        At least once, and in order for each aggregate and subscriber: later events wait while one is tried again,
        and flow once it is a dead letter. Any number of threads and processes may dispatch at once. Raises
        `TransactionError` (``nested_transaction``) inside a transaction. ``stopped`` is asked before each event.
        """
        page_size(limit)
        self._alone()
        return Dispatcher(self._context).batch(limit, stopped)

    def run(self, stop: Stop, *, all_tenants: bool = False, every: float = 1.0) -> DispatchReport:
        """Deliver until ``stop`` (a `threading.Event`) is set; idle, look for more ``every`` so many seconds.

        ``all_tenants``: those of all tenants whose events this core's subscribers are to hear of. Once a minute the
        look is for wallets of which something is due instead, and settles them, as `Balances.expire_due` does.
        """
        self._alone()
        tenants = self._tenants if all_tenants else None
        return Worker(self._context, tenants).run(stop, every)

    def dead_letters(
        self, *, subscriber: str | None = None, after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return what is not tried any more, behind ``after``, in the order of subscriber, aggregate, id, number."""
        page_size(limit)
        name = subscriber or ""
        return self._context.units.read(
            lambda work: work.uow.deliveries.dead(subscriber=name, after=after, limit=limit)
        )

    def replay(self, event_id: str, *, subscriber: str | None = None) -> list[Delivery]:
        """Let dead letters of an event be tried again, from now on, under the number they have; return them.

        Raises `NotFoundError` (``dead_letter_not_found``).
        """
        id, name, now = id_of(event_id, "dead_letter"), subscriber or "", self._context.clock.now()

        def use_case(work: Work) -> list[Delivery]:
            dead = work.uow.deliveries.dead(subscriber=name, event_id=id, limit=MOST)
            again = [one.replayed(now) for one in dead if work.uow.deliveries.save(one.replayed(now), fence=one.fence)]
            if not again:
                raise NotFoundError("dead_letter_not_found", "there is no such dead letter")
            return again

        return self._context.units.write(use_case)

    def purge(self, *, older_than: dt.timedelta) -> int:
        """Forget deliveries that were made longer ago; return how many. Events and dead letters stay."""
        if not isinstance(older_than, dt.timedelta) or older_than < dt.timedelta(0):
            raise InvalidValueError.of("older_than", "wrong_type", "must be a timedelta of at least 0")
        self._alone()
        before = self._context.clock.now() - older_than
        return self._in_chunks(lambda work: work.uow.deliveries.purge(before, _CHUNK))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return who is registered, in the order of their names."""
        return self._context.units.read(lambda work: tuple(sorted(work.definitions.subscriptions, key=lambda x: x.id)))

    def backfill(self, subscriber: str) -> int:
        """Deliver to a registered subscriber what happened before its registration, too; return how much that is.

        It may be run again, when it was cut off. Each aggregate's past comes in its order, but behind what was
        delivered already. Raises `NotFoundError` (``subscriber_not_found``).
        """
        self._alone()
        return PastEvents(self._context).run(subscriber)

    def unsubscribe(self, subscriber: str) -> int:
        """Remove a subscriber that no process has any more, and return how many of its deliveries were dropped.

        Raises `NotFoundError` (``subscriber_not_found``).
        """
        self._alone()

        def use_case(work: Work) -> None:
            work.uow.subscriptions.remove(subscription_of(work, subscriber))
            definitions_moved(work)

        self._context.units.redefine(use_case)
        return self._in_chunks(lambda work: work.uow.deliveries.remove(subscriber, _CHUNK))

    def _in_chunks(self, chunk: Callable[[Work], int]) -> int:
        gone = 0
        while True:
            count = self._context.units.write(chunk)
            gone += count
            if count < _CHUNK:
                return gone

    def _alone(self) -> None:
        if self._context.units.joined:
            raise TransactionError("nested_transaction", "deliveries commit as they go: not inside a transaction")
