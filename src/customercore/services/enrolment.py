"""Making this process's subscribers known to a tenant, so that every process writes deliveries for them."""

from __future__ import annotations

from collections.abc import Iterable

from customercore.domain.record import Counter, Subscription
from customercore.domain.tenant import DEFINITIONS
from customercore.ports.clock import Clock
from customercore.ports.subscriber import Subscriber
from customercore.services.contested import contested
from customercore.services.work import Work

__all__ = ["Enrolment", "definitions_moved"]


class Enrolment:
    """Registers subscribers of one tenant, before this process's first write or dispatch.

    A subscriber hears of what is committed after its registration: writers hold the tenant's definitions until
    their commit, so none of them is in doubt.
    """

    def __init__(self, subscribers: Iterable[Subscriber], clock: Clock) -> None:
        self._wanted = {one.name: tuple(sorted(one.types or ())) for one in subscribers}
        self._clock = clock
        self.done = not self._wanted

    def run(self, work: Work) -> None:
        """Store what is not known yet, or was known otherwise; the last process to start says what types it is of."""
        known = {one.id: one for one in work.definitions.subscriptions}
        now, changed = self._clock.now(), False
        for name, types in self._wanted.items():
            was = known.get(name)
            if was is not None and was.types == types:
                continue
            changed = True
            version = 1 if was is None else was.version + 1
            made = was.created_at if was else now
            one = Subscription(id=name, version=version, types=types, created_at=made, updated_at=now)
            with contested():
                if was is None:
                    work.uow.subscriptions.add(one)
                else:
                    work.uow.subscriptions.save(one, was=was)
        if changed:
            definitions_moved(work)


def definitions_moved(work: Work) -> None:
    """Give the tenant's definitions a new version, so that every process notices."""
    counters = work.uow.counters
    was = counters.get(DEFINITIONS)
    with contested():
        if was is None:
            counters.add(Counter(id=DEFINITIONS, version=1))
        else:
            counters.save(was.moved(), was=was)
    work.definitions_changed()
