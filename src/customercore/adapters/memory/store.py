"""The store in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable
from typing import Any

from customercore.adapters.meanings import closed
from customercore.adapters.memory.deliveries import OPEN
from customercore.adapters.memory.tables import Tables
from customercore.adapters.memory.unit_of_work import MemoryUnitOfWork
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.lots import is_due
from customercore.errors import InvalidValueError
from customercore.ports.store import SEPARATE_WRITES, Finding, Migrate
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["MemoryStore"]


class MemoryStore:
    """Implements `ports.store.Store` for one process, with any number of threads and open units.

    Stores with the same ``tables`` share what is in them, each until it is closed; it goes when nobody
    holds it. Raises `ExtensionError` (``other_plugins``) for tables of another catalogue's kinds or fields.
    """

    capabilities = frozenset({SEPARATE_WRITES})

    def __init__(self, catalogue: Catalogue, tables: Tables | None = None) -> None:
        self._aggregates: dict[str, Aggregate[Any]] = {one.plural: one for one in catalogue.stored}
        self._tables = tables or Tables()
        self._tables.admit(_form_of(catalogue))
        self._closed = False

    def prepare(self, migrate: Migrate) -> None:
        """Do nothing: there is no schema."""
        self._open()

    def unit(self, tenant: str, *, write: bool, within: float | None = None) -> UnitOfWork:
        """Open a unit of work; it waits for nothing."""
        self._open()
        return MemoryUnitOfWork(self._tables, self._aggregates, tenant, write=write)

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Refuse: nobody else has transactions here."""
        raise InvalidValueError.of("connection", "not_joinable", "a store in memory joins nobody's transactions")

    def due(self, subscribers: Collection[str], now: dt.datetime) -> list[str]:
        """Return the tenants with a delivery to one of these subscribers that is due."""
        return self._tenants(OPEN, lambda one: one.subscriber in subscribers and one.due <= now)

    def due_wallets(self, now: dt.datetime) -> list[str]:
        """Return the tenants with a wallet of which something is due."""
        return self._tenants("wallets", lambda one: is_due(one.due_at, now))

    def _tenants(self, name: str, which: Callable[[Any], bool]) -> list[str]:
        """Return the tenants with such a row in their table of this name."""
        self._open()
        snapshot = self._tables.begin(writable=False)
        found = [
            tenant
            for tenant, plural, table in self._tables.all_tables()
            if plural == name and any(which(row.one) for _, row in table.rows.items(snapshot.at))
        ]
        self._tables.end(snapshot)
        return sorted(found)

    def secret(self) -> bytes:
        """Return the store's own random key of 32 bytes."""
        self._open()
        return self._tables.secret

    def check(self) -> tuple[Finding, ...]:
        """Look over the rows, their unique keys, and what is kept for open units."""
        self._open()
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
        """End the use of this store; the rows stay for others that share them."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise closed()


def _form_of(catalogue: Catalogue) -> Hashable:
    """Return what two catalogues must have in common for records of the one to be records of the other."""
    kinds = [(name, one.column, one.keyed, one.many, one.value_type) for name, one in catalogue.info_kinds.items()]
    columns = [(one.plural, one.columns) for one in catalogue.stored]
    return frozenset(kinds), tuple(columns)
