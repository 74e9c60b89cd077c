"""A store: where units of work come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal, Protocol

import attrs

from customercore.errors import StorageUnavailableError
from customercore.ports.unit_of_work import UnitOfWork

__all__ = [
    "CAPABILITIES",
    "DEADLINE_EXCEEDED",
    "DURABLE",
    "OUTCOME_UNKNOWN",
    "SAVEPOINTS",
    "SEPARATE_WRITES",
    "UNREACHABLE",
    "Finding",
    "Migrate",
    "Store",
    "deadline_exceeded",
    "outcome_unknown",
]

Migrate = Literal["create", "upgrade", "never"]
"""What opening may do to a schema: fill an empty store, also bring an older one up to date, or nothing at all."""

SEPARATE_WRITES = "separate_writes"
"""A second unit may write while another one is open (SQLite has one writer at a time)."""
UNREACHABLE = "store_unreachable"
"""The code of the error of a unit that lost its connection, or got none, before it was asked to commit."""
OUTCOME_UNKNOWN = "outcome_unknown"
"""The code of the error of a commit whose answer was lost: it may have happened or not (ruling 16)."""
DEADLINE_EXCEEDED = "deadline_exceeded"
"""The code of the error of a call that took longer than it was given."""
DURABLE = "durable"
"""What was committed is there for the next process."""
SAVEPOINTS = "savepoints"
"""It joins transactions of a host's, and a call that fails in one leaves it usable (ruling 14)."""
CAPABILITIES = frozenset({SEPARATE_WRITES, DURABLE, SAVEPOINTS})
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

    def unit(self, tenant: str, *, write: bool, within: float | None = None) -> UnitOfWork:
        """Open a unit of work. One that does not write sees committed data only and must not be committed.

        Whatever the unit waits for the database ``within`` so many seconds is all: beyond them its verbs
        raise `StorageUnavailableError` (``deadline_exceeded``).
        """

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Open a unit inside a transaction of the host's, begun where it is not yet; the host commits it.

        ``host`` is what the host's own library calls a connection or a session. Committing the unit
        keeps what it did for the host's commit, rolling it back undoes that and nothing else. Raises
        `InvalidValueError` (``connection``) for what this store cannot join.
        """

    def due(self, subscribers: Collection[str], now: dt.datetime) -> list[str]:
        """Return the tenants with a delivery to one of these subscribers that is due, in one statement."""

    def due_wallets(self, now: dt.datetime) -> list[str]:
        """Return the tenants with a wallet of which a lot or a hold is due (`Wallet.due_at`), in one statement."""

    def secret(self) -> bytes:
        """Return the store's own random key of 32 bytes: it signs fingerprints (ruling 19)."""

    def check(self) -> tuple[Finding, ...]:
        """Look the store over: schema, settings, integrity; for `customercore doctor`."""

    def close(self) -> None:
        """Give back connections. Twice is once.

        Whatever else is asked of the store afterwards raises `StorageError` (``store_closed``); units that
        are open go on to their end. Stores that share the same data stay open.
        """


def outcome_unknown() -> StorageUnavailableError:
    """Return the error of a commit whose answer was lost."""
    return StorageUnavailableError(
        OUTCOME_UNKNOWN, "the connection was lost during the commit: it may have happened or not"
    )


def deadline_exceeded() -> StorageUnavailableError:
    """Return the error of a call whose time is up."""
    return StorageUnavailableError(DEADLINE_EXCEEDED, "the call took longer than it was given", retryable=True)
