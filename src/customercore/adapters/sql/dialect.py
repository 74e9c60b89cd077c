"""What a dialect file says: how one database differs from the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Column, Engine
from sqlalchemy.types import TypeEngine

from customercore.adapters.sql.hints import Hints
from customercore.errors import CustomerCoreError
from customercore.ports.store import Finding

__all__ = ["Dialect"]


class Dialect(Protocol):
    """One database product. Everything else in this room is the same for all of them."""

    name: str
    capabilities: frozenset[str]
    begin_write: str
    """The statement that opens a unit which writes."""
    begin_read: str
    """The statement that opens a unit which sees one snapshot."""
    table_options: Mapping[str, Any]
    """Options of tables whose primary key is their only order."""

    hints: Hints | None
    """How a search tells the database which way to read; None where the database chooses well by itself."""

    def where_present(self, column: Column[Any]) -> Mapping[str, Any]:
        """Return the options of an index that leaves out rows without a value, where the database has such indexes."""

    def engine(self, url: str, timeout: float) -> Engine:
        """Return an engine with its own pool; lock waits end after ``timeout`` seconds."""

    def absent(self, engine: Engine) -> bool:
        """Tell whether there is no database yet, where connecting would make one."""

    def settle(self, engine: Engine) -> None:
        """Make the settings that the database itself remembers, once its schema is ours."""

    def column_type(self, type: str) -> TypeEngine[Any]:
        """Return the column type for a `ColumnSpec.type`."""

    def encoder(self, type: str) -> Callable[[Any], Any] | None:
        """Return what turns a value of such a column into what the driver takes; None when it takes it as it is."""

    def translate(self, error: BaseException) -> CustomerCoreError:
        """Return our error for one of the driver's; `DuplicateError` names the unique key, or ``id``."""

    def check(self, engine: Engine) -> tuple[Finding, ...]:
        """Look the database itself over."""
