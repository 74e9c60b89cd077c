"""One transaction in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customercore.adapters.memory.deliveries import OPEN, SETTLED, MemoryDeliveries
from customercore.adapters.memory.journal import MemoryJournal
from customercore.adapters.memory.ledger import MemoryLedger
from customercore.adapters.memory.repository import MemoryRepository
from customercore.adapters.memory.tables import Draft, Drafts, Tables
from customercore.catalogue.aggregate import Aggregate
from customercore.errors import TransactionError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["MemoryUnitOfWork"]


class MemoryUnitOfWork(UnitOfWork):
    """Reads as of its start, and its own writes; what others commit meanwhile stays invisible."""

    def __init__(self, tables: Tables, aggregates: Mapping[str, Aggregate[Any]], tenant: str, *, write: bool) -> None:
        self._tables = tables
        self._aggregates = dict(aggregates)
        self._tenant = tenant
        self._drafts = Drafts()
        self._repositories: dict[str, MemoryRepository[Any]] = {}
        self._snapshot = tables.begin(writable=write)

    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""
        self._snapshot.reading()
        known = self._repositories.get(plural)
        if known is None:
            known = self._repositories[plural] = MemoryRepository(
                self._aggregates[plural],
                self._tables.table(self._tenant, plural),
                self._drafts.tables.setdefault(plural, Draft()),
                self._snapshot,
            )
        return known

    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it, in repositories that were handed out too."""
        self._snapshot.reading()
        self._aggregates[aggregate.plural] = aggregate
        known = self._repositories.get(aggregate.plural)
        if known is not None:
            known.describe(aggregate)

    @property
    def events(self) -> Journal:
        """The journal of this unit."""
        self._snapshot.reading()
        return MemoryJournal(self._tables, self._tenant, self._drafts, self._snapshot)

    @property
    def deliveries(self) -> Deliveries:
        """What is on its way to subscribers."""
        self._snapshot.reading()
        tables, drafts = self._tables, self._drafts.tables
        pending, settled = (
            (tables.table(self._tenant, name), drafts.setdefault(name, Draft())) for name in (OPEN, SETTLED)
        )
        return MemoryDeliveries(pending, settled, self._snapshot)

    @property
    def ledger(self) -> Ledger:
        """The accounts of wallets."""
        return MemoryLedger(self._tables, self._tenant, self._drafts, self._snapshot, self.repository("wallets"))

    def commit(self) -> None:
        """Commit and end the unit; when it raises, the unit has ended and nothing was kept."""
        try:
            self._snapshot.writing()
        except TransactionError:
            if self._snapshot.doomed:
                self.rollback()
            raise
        self._tables.commit(self._snapshot, self._tenant, self._drafts)

    def rollback(self) -> None:
        """Undo everything and end the unit; nothing when it has ended."""
        if not self._snapshot.over:
            self._tables.end(self._snapshot)
