"""What databases tell alike, as our errors: each driver's codes are brought to words, and the words mean these."""

from __future__ import annotations

from collections.abc import Mapping

from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    SchemaError,
    StorageError,
    StorageUnavailableError,
    TransactionError,
)
from customercore.ports.store import DEADLINE_EXCEEDED, UNREACHABLE

__all__ = ["MEANINGS", "Meaning", "closed", "doomed", "meant", "over", "reading", "too_late"]

Meaning = tuple[type[StorageError] | type[ConflictError], str, str, bool]
"""The class of an error, its code, its message, and whether the unit may be run again."""

MEANINGS: Mapping[str, Meaning] = {
    "lost_race": (ConflictError, "write_conflict", "another unit of work changed the same record", True),
    "busy": (StorageUnavailableError, "store_busy", "the store stayed locked for too long", True),
    "interrupted": (StorageUnavailableError, "interrupted", "the statement was interrupted", True),
    "slow": (StorageUnavailableError, "too_slow", "the store took too long over one statement", False),
    "read_only": (StorageUnavailableError, "store_read_only", "the store is read-only", False),
    "full": (StorageUnavailableError, "store_full", "there is no room left for the store", False),
    "missing": (StorageUnavailableError, "store_missing", "there is no such database", False),
    "refused": (StorageUnavailableError, "access_denied", "the database does not let this user in, or do this", False),
    "crowded": (StorageUnavailableError, "too_many_connections", "the database takes no more connections", True),
    "lost": (StorageUnavailableError, UNREACHABLE, "the database cannot be reached", True),
    "no_schema": (SchemaError, "schema_missing", "a table or column of the schema is missing", False),
    "damaged": (StorageError, "store_damaged", "the store is damaged", False),
}
"""What databases tell alike, by a word of ours."""


def meant(meaning: Meaning) -> CustomerCoreError:
    """Return the error of a meaning."""
    kind, code, message, retry = meaning
    return kind(code, message, retryable=retry)


def too_late() -> StorageUnavailableError:
    """Return the error of a call whose time is up."""
    return StorageUnavailableError(DEADLINE_EXCEEDED, "the call took longer than it was given", retryable=True)


def doomed() -> TransactionError:
    """Return the error of whatever is asked of a unit after the database has refused something."""
    return TransactionError("transaction_doomed", "an earlier error has doomed the unit of work")


def over() -> TransactionError:
    """Return the error of whatever is asked of a unit after its end."""
    return TransactionError("transaction_over", "the unit of work has ended")


def reading() -> TransactionError:
    """Return the error of a unit that was opened for reading and is asked to write, or to commit."""
    return TransactionError("read_only_unit", "this unit of work was opened for reading")


def closed() -> StorageError:
    """Return the error of whatever is asked of a store that was closed."""
    return StorageError("store_closed", "the store has been closed")
