"""What a unit has put off: rows that are stored many at once, and statements that are sent with the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import attrs
from sqlalchemy import Table

__all__ = ["Pipeline", "PutOff", "Refusal", "Rows", "Sender", "Told"]

Refusal = Callable[[], AbstractContextManager[None]]
"""Surrounds what is executed, and says what an error of it means."""


@attrs.frozen
class Rows:
    """Rows of one table that are to be stored by one statement."""

    table: Table
    sql: str
    rows: list[Any]
    refusal: Refusal = nullcontext


@attrs.frozen
class Told:
    """A statement of which only its errors matter."""

    sql: str
    arguments: Sequence[Any] = ()
    refusal: Refusal = nullcontext


PutOff = Rows | Told
"""What is done later."""


class Pipeline(Protocol):
    """How a driver sends several statements at once and takes their answers together."""

    def opened(self, connection: Any) -> AbstractContextManager[Any]:
        """Return the block whose statements go together; the first error of theirs leaves it."""

    def ask(self, cursor: Any, sql: str, arguments: Sequence[Any]) -> None:
        """Execute a statement within the block."""

    def needed(self, sql: str) -> str:
        """Return the statement that does the same and fails as a lost race where that finds or returns no row."""


class Sender(Protocol):
    """How a driver sends rows without waiting until they are stored."""

    enough: int
    """How many rows are worth sending by themselves: few enough for the system to take them from us at once."""

    def sent(self, cursor: Any, table: Table, rows: list[Any]) -> AbstractContextManager[None]:
        """Return the block that sends rows at its beginning, and at its end waits until they are stored.

        Rows have their values in the order of the table's columns. Within the block the connection does nothing
        else; left by an exception, it stores none of them.
        """
