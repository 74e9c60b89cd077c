"""Delivering events, and settling wallets that are due, for as long as a process lives."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Protocol

from customercore.domain.report import DispatchReport
from customercore.errors import CustomerCoreError, StorageUnavailableError
from customercore.services.balances import Balances
from customercore.services.context import Context
from customercore.services.deliveries import Dispatcher
from customercore.services.tenants import Tenants

__all__ = ["Stop", "Worker"]

_BATCH = 100
_MINUTE = dt.timedelta(minutes=1)
_log = logging.getLogger("customercore")


class Stop(Protocol):
    """Says when to end: a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Tell whether it is time to end."""

    def wait(self, timeout: float) -> bool:
        """Wait for that, at most so many seconds, and tell."""


class Worker:
    """Dispatches one tenant's events, or those of all ``tenants``, and settles their wallets.

    Idle, it issues one statement a look: once a minute for wallets that are due, otherwise for deliveries.
    """

    def __init__(self, context: Context, tenants: Tenants | None) -> None:
        self._context = context
        self._tenants = tenants
        self._names = [one.name for one in context.subscribers]
        self._settled_at: dt.datetime | None = None
        self._settled_last = False
        """Whether the last look was for wallets: then the next one is for deliveries, however long it took."""

        self._behind: dict[str, str | None] = {}
        """Behind which wallet the round goes on in each tenant; None where it has come to the end."""

    def run(self, stop: Stop, every: float) -> DispatchReport:
        """Work until told to stop: the delivery that is being made then is the last one. Return what was done.

        While the store cannot be reached, or others are always faster, it waits; what else a store raises ends it.
        """
        report = DispatchReport()
        begun = False
        while not stop.is_set():
            done = DispatchReport()
            try:
                if not begun:  # whether something is due or not: the first dispatch makes subscribers known
                    done += self._dispatch(self._context.tenant, stop)
                    begun = True
                    done += self._deliver(stop)
                elif self._is_time_to_settle():
                    self._settled_last = True
                    done += self._settle(stop)
                else:
                    self._settled_last = False
                    done += self._deliver(stop)
            except CustomerCoreError as error:
                if not (error.retryable or isinstance(error, StorageUnavailableError)):
                    raise
                _log.warning("the worker waits: %s", error.message)
            report += done
            if not (done.attempted or done.expired) and stop.wait(every):
                break
        return report

    def _deliver(self, stop: Stop) -> DispatchReport:
        found = self._context.due_tenants(self._names, self._context.clock.now()) if self._names else []
        return sum((self._dispatch(tenant, stop) for tenant in self._ours(found)), DispatchReport())

    def _dispatch(self, tenant: str, stop: Stop) -> DispatchReport:
        return Dispatcher(self._of(tenant)).batch(_BATCH, stop.is_set)

    def _is_time_to_settle(self) -> bool:
        last = self._settled_at
        if self._settled_last:
            return False
        return last is None or not last <= self._context.clock.now() < last + _MINUTE

    def _settle(self, stop: Stop) -> DispatchReport:
        """Settle wallets that are due, some of each tenant; where there are more, the next look but one goes on.

        It goes on behind those that were tried, so that each is tried once in a round, whatever becomes of it: one
        that cannot be settled costs the others nothing, and is tried again in the next round, a minute later.
        """
        now, done = self._context.clock.now(), DispatchReport()
        found = [one for one in self._ours(self._context.due_wallets(now)) if self._behind.get(one, "") is not None]
        for tenant in found:
            if stop.is_set():
                return done
            report = Balances(self._of(tenant)).expire_due(limit=_BATCH, after=self._behind.get(tenant) or "")
            self._behind[tenant] = report.after
            done += DispatchReport(expired=report.entries, unsettled=report.failed)
        if any(self._behind.get(one) for one in found):
            self._settled_at = None
        else:
            self._settled_at = now
            self._behind.clear()
        return done

    def _of(self, tenant: str) -> Context:
        own = self._context
        return own if self._tenants is None else self._tenants.context(tenant, own.actor, own.reason)

    def _ours(self, found: list[str]) -> list[str]:
        return found if self._tenants is not None else [one for one in found if one == self._context.tenant]
