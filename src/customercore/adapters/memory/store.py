"""The store in memory."""

from __future__ import annotations

import secrets
from typing import Any

from customercore.adapters.memory.tables import Tables
from customercore.adapters.memory.unit_of_work import MemoryUnitOfWork
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import InvalidValueError
from customercore.ports.store import SEPARATE_WRITES, Finding, Migrate
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["MemoryStore"]


class MemoryStore:
    """Implements `ports.store.Store` for one process, with any number of threads and open units.

    Whoever holds the object shares what is in it; it goes when nobody does.
    """

    capabilities = frozenset({SEPARATE_WRITES})

    def __init__(self, catalogue: Catalogue) -> None:
        self._aggregates: dict[str, Aggregate[Any]] = {one.plural: one for one in catalogue.stored}
        self._tables = Tables()
        self._secret = secrets.token_bytes(32)

    def prepare(self, migrate: Migrate) -> None:
        """Do nothing: there is no schema."""

    def unit(self, tenant: str, *, write: bool) -> UnitOfWork:
        """Open a unit of work."""
        return MemoryUnitOfWork(self._tables, self._aggregates, tenant, write=write)

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Refuse: nobody else has transactions here."""
        raise InvalidValueError.of("connection", "not_joinable", "a store in memory joins nobody's transactions")

    def secret(self) -> bytes:
        """Return the store's own random key of 32 bytes."""
        return self._secret

    def check(self) -> tuple[Finding, ...]:
        """Look over the rows, their unique keys, and what is kept for open units."""
        snapshot = self._tables.begin(writable=False)
        rows = wrong = 0
        tenants = set()
        for tenant, _, table in self._tables.all_tables():
            count = sum(1 for _ in table.rows.items(snapshot.at))
            rows += count
            wrong += table.misheld(snapshot.at)
            if count:
                tenants.add(tenant)
        self._tables.end(snapshot)
        kept, units = self._tables.superseded(), self._tables.open_units()
        return (
            Finding("rows", ok=True, detail=f"{rows} rows of {len(tenants)} tenants"),
            Finding("unique_keys", ok=wrong == 0, detail=f"{wrong} not held by the row that has it"),
            Finding("revisions", ok=units > 0 or kept == 0, detail=f"{kept} for {units} open units"),
        )

    def close(self) -> None:
        """Do nothing: another core of this process may share the store, and the rows go with it."""
