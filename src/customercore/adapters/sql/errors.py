"""The driver's errors as ours: what all dialects say alike."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.tables import Tables
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    SchemaError,
    StorageError,
    StorageUnavailableError,
)
from customercore.ports.store import UNREACHABLE

__all__ = ["MEANINGS", "Meaning", "Translation", "meant"]

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


class Translation:
    """Turns errors of SQLAlchemy and the driver into ours; `DuplicateError` names the unique key, or ``id``."""

    def __init__(self, dialect: Dialect, tables: Tables) -> None:
        self._dialect = dialect
        self._uniques: dict[str, str] = {
            str(index.name): column.name.removesuffix("_unique")
            for table in tables.rows.values()
            for index in table.indexes
            if index.unique
            for column in list(index.columns)[-1:]
        }

    def __call__(self, error: BaseException) -> CustomerCoreError:
        """Return our error."""
        if isinstance(error, PoolTimeoutError):
            return StorageUnavailableError("pool_exhausted", "no connection became free in time", retryable=True)
        if isinstance(error, InvalidRequestError):
            return SchemaError("unsuitable_database", "the server is not the product that the URL names")
        cause = getattr(error, "orig", None) or error
        violated = self._dialect.violated(cause)
        if violated is not None:
            return DuplicateError(self._uniques.get(violated, "id"))
        return self._dialect.translate(cause)
