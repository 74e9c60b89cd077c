"""The driver's errors as ours: what all dialects say alike."""

from __future__ import annotations

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.tables import Tables
from customercore.errors import (
    CustomerCoreError,
    DuplicateError,
    SchemaError,
    StorageUnavailableError,
)

__all__ = ["Translation"]


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
