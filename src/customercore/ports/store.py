"""A store: where units of work come from."""

from __future__ import annotations

from typing import Literal, Protocol

import attrs

from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["CAPABILITIES", "SEPARATE_WRITES", "Finding", "Migrate", "Store"]

Migrate = Literal["create", "upgrade", "never"]
"""What opening may do to a schema: fill an empty store, also bring an older one up to date, or nothing at all."""

SEPARATE_WRITES = "separate_writes"
"""A second unit may write while another one is open (SQLite has one writer at a time)."""
DURABLE = "durable"
"""What was committed is there for the next process."""
CAPABILITIES = frozenset({SEPARATE_WRITES, DURABLE})
"""Every named difference between stores."""


@attrs.frozen
class Finding:
    """One thing that `Store.check` looked at."""

    name: str
    ok: bool
    detail: str


class Store(Protocol):
    """One database of customers, shared by all its tenants. Safe to use from several threads."""

    @property
    def capabilities(self) -> frozenset[str]:
        """The named abilities this store has, of `CAPABILITIES`."""

    def prepare(self, migrate: Migrate) -> None:
        """Bring the schema to this release's, as far as ``migrate`` allows; raise `SchemaError` otherwise."""

    def unit(self, tenant: str, *, write: bool) -> UnitOfWork:
        """Open a unit of work. One that does not write sees committed data only and must not be committed."""

    def secret(self) -> bytes:
        """Return the store's own random key of 32 bytes: it signs fingerprints (ruling 19)."""

    def check(self) -> tuple[Finding, ...]:
        """Look the store over: schema, settings, integrity; for `customercore doctor`."""

    def close(self) -> None:
        """Give back connections. Twice is once.

        Whatever else is asked of the store afterwards raises `StorageError` (``store_closed``); units that
        are open go on to their end. Stores that share the same data stay open.
        """
