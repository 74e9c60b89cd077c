"""Delivering events, and writing off what is due in wallets, for as long as a process lives."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Protocol

from customercore.domain.report import DispatchReport
from customercore.errors import CustomerCoreError, StorageUnavailableError
from customercore.services.context import Context
from customercore.services.deliveries import Dispatcher
from customercore.services.ledger_checks import LedgerChecks
from customercore.services.tenants import Tenants

__all__ = ["Stop", "Worker"]

_BATCH = 100
_SWEEP = dt.timedelta(minutes=1)
"""How often wallets are settled; none depends on it, since each settles by itself before it is used."""
_log = logging.getLogger("customercore")


class Stop(Protocol):
    """Says when to end: a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Tell whether it is time to end."""

    def wait(self, timeout: float) -> bool:
        """Wait for that, at most so many seconds, and tell."""


class Worker:
    """Dispatches one tenant's events, or those of all ``tenants``. Idle, it issues one statement a look.

    Every minute it settles the wallets of its tenant, and of those that it has dispatched for.
    """

    def __init__(self, context: Context, tenants: Tenants | None) -> None:
        self._context = context
        self._tenants = tenants
        self._names = [one.name for one in context.subscribers]
        self._met = {context.tenant}
        self._swept = context.clock.now()

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
                for tenant in self._due():
                    done += self._dispatch(tenant, stop)
                self._sweep()
            except CustomerCoreError as error:
                if not (error.retryable or isinstance(error, StorageUnavailableError)):
                    raise
                _log.warning("the worker waits: %s", error.message)
            report += done
            if not done.attempted and stop.wait(every):
                break
        return report

    def _dispatch(self, tenant: str, stop: Stop) -> DispatchReport:
        self._met.add(tenant)
        return Dispatcher(self._of(tenant)).batch(_BATCH, stop.is_set)

    def _sweep(self) -> None:
        now = self._context.clock.now()
        if now - self._swept >= _SWEEP:
            for tenant in sorted(self._met):
                LedgerChecks(self._of(tenant)).expire_due()
            self._swept = now

    def _of(self, tenant: str) -> Context:
        return self._context if self._tenants is None else self._tenants.context(tenant, self._context.actor)

    def _due(self) -> list[str]:
        found = self._context.due_tenants(self._names, self._context.clock.now()) if self._names else []
        return found if self._tenants is not None else [one for one in found if one == self._context.tenant]
