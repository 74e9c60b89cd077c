"""What databases tell alike, as our errors: each driver's codes are brought to words, and the words mean these."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import NoReturn

from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    SchemaError,
    StorageError,
    StorageUnavailableError,
    TransactionError,
)
from customercore.ports.store import UNREACHABLE

__all__ = ["MEANINGS", "Ended", "Meaning", "closed", "doomed", "lost", "meant", "numbered", "over", "reading"]

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


def lost() -> ConflictError:
    """Return the error of a unit that another one was faster than."""
    _, code, message, retry = MEANINGS["lost_race"]
    return ConflictError(code, message, retryable=retry)


class numbered:  # noqa: N801  used like a function
    """Says of a number that is taken that a race was lost; a unique key of something beside it is one still."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, DuplicateError) and error.field == "id":
            raise ConflictError(
                "write_conflict", "another unit of work recorded this version", retryable=True
            ) from error.__cause__


def doomed() -> TransactionError:
    """Return the error of whatever is asked of a unit after the database has refused something."""
    return TransactionError("transaction_doomed", "an earlier error has doomed the unit of work")


def over() -> TransactionError:
    """Return the error of whatever is asked of a unit after its end."""
    return TransactionError("transaction_over", "the unit of work has ended")


class Ended:
    """Stands where something of a unit was when it has ended: whatever it is asked raises `over`."""

    def __getattr__(self, name: str) -> NoReturn:
        raise over()


def reading() -> TransactionError:
    """Return the error of a unit that was opened for reading and is asked to write, or to commit."""
    return TransactionError("read_only_unit", "this unit of work was opened for reading")


def closed() -> StorageError:
    """Return the error of whatever is asked of a store that was closed."""
    return StorageError("store_closed", "the store has been closed")
