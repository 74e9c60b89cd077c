"""The driver connection of a unit of work: what is asked of it, how long that may take, and what its errors mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Table

from customercore.adapters.meanings import MEANINGS, Ended, doomed, over
from customercore.adapters.sql.connections import Lease
from customercore.adapters.sql.deadlines import Watch
from customercore.adapters.sql.dialect import Dialect, FirstRow
from customercore.adapters.sql.statements import Statement
from customercore.errors import CustomerCoreError
from customercore.ports.store import UNREACHABLE, deadline_exceeded

__all__ = ["READ_ONLY", "Exchanges"]

_CHUNK = 500
"""How many rows of a stream are in memory at once."""
READ_ONLY = MEANINGS["read_only"][1]
_TOO_SLOW = MEANINGS["slow"][1]
_ASTRAY = (UNREACHABLE, READ_ONLY)
"""The codes of what a server answers that has left its cluster, or is no longer the one to write to."""
_FEW = 50
"""Up to how many rows stored by one call are not counted as stored many at once."""


class Exchanges:
    """One driver connection, held by one unit of work; the driver's errors leave it as ours."""

    def __init__(
        self,
        lease: Lease,
        translate: Callable[[BaseException], CustomerCoreError],
        errors: type[Exception],
        dialect: Dialect,
        watch: Watch | None = None,
    ) -> None:
        self._lease = lease
        self._made: Any = None
        self._translate = translate
        self.errors = errors
        self._dialect = dialect
        self._streaming: list[Any] = []
        self._watch = watch
        self.inserted = 0
        """How many rows were stored many at once."""
        self.failed = False
        """Whether the driver has refused a statement: the unit is doomed, on every store (decision 22)."""
        self.astray = False
        """Whether the server cannot be used, for now at least, though it has answered."""

    def end(self) -> None:
        """Let go of the connection: whatever is asked afterwards raises `TransactionError`."""
        if self._made is not None:
            self._close(self._made)
        self._made = Ended()

    @property
    def _cursor(self) -> Any:
        """The unit's cursor, made when it is first needed."""
        if self._made is None:
            try:
                self._made = self._lease.connection.cursor()
            except self.errors as error:
                raise self._failure(error) from error
        return self._made

    def _close(self, cursor: Any) -> None:
        with suppress(self.errors):  # a connection that is gone has no cursors left
            cursor.close()

    def control(self, sql: str) -> None:
        """Execute a statement that begins or ends the transaction, in a doomed unit too; streams end here."""
        self._enter()
        try:
            while self._streaming:
                self._close(self._streaming.pop())  # which asks the server
            if not self._controlled(sql):
                self._cursor.execute(sql)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def _controlled(self, sql: str) -> bool:
        control = self._dialect.control
        return control is not None and not isinstance(self._made, Ended) and control(self._lease.connection, sql)

    def undo(self, sql: str) -> None:
        """Execute a statement that undoes what was done, also when the time is up."""
        if self._watch is not None:
            self._watch.extend()
        self.control(sql)

    def _enter(self) -> None:
        watch = self._watch
        if watch is not None:
            watch.enter()
            if watch.expired:
                self.failed = True
                raise deadline_exceeded()

    def left(self, most: float) -> float:
        """Return the seconds that something else than the database may take, ``most`` at most."""
        return most if self._watch is None else max(0.0, min(most, self._watch.end - time.monotonic()))

    def _leave(self) -> None:
        if self._watch is not None:
            self._watch.leave()

    def _ready(self, *, reads: bool = False) -> None:
        """Get ready for the next exchange; ``reads``: it changes nothing."""
        if self.failed:
            raise doomed()

    def _sound(self, *, reads: bool = False) -> Any:
        """Return the cursor for the next exchange, which begins."""
        self._ready(reads=reads)
        cursor = self._cursor  # before the exchange begins: whoever waits for a connection hangs on no database
        if self._watch is not None:
            self._enter()
        return cursor

    def _failure(self, error: BaseException) -> CustomerCoreError:
        self.failed = True
        ours = self._translate(error)
        if self._watch is not None and self._watch.ended(slow=ours.code == _TOO_SLOW):
            return deadline_exceeded()
        self.astray = self.astray or ours.code in _ASTRAY
        return ours

    @contextmanager
    def _exchange(self) -> Iterator[None]:
        """Surround what the driver is asked; where every microsecond counts this is spelled out."""
        try:
            yield
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def run(self, sql: str, arguments: Sequence[Any] = ()) -> Any:
        """Execute one statement and return the cursor, which the next call uses again."""
        return self._run(self._sound(), sql, arguments)

    def _run(self, cursor: Any, sql: str, arguments: Sequence[Any]) -> Any:
        try:
            cursor.execute(sql, arguments)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()
        return cursor

    def rows(
        self, statement: Statement, values: dict[str, Any], *, locking: bool = False, afresh: bool = True
    ) -> list[Any]:
        """Return every row of a query; with ``locking`` they are the unit's now.

        It is planned for its values, unless any values have one and the same plan (not ``afresh``).
        """
        cursor, how = self._sound(reads=not locking), self._dialect.planned_afresh if afresh else {}
        try:
            cursor.execute(statement.sql, statement.arguments(values), **how)
            return cursor.fetchall()  # type: ignore[no-any-return]  # a driver's cursor
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def stream(self, statement: Statement, values: dict[str, Any]) -> Iterator[Any]:
        """Yield every row of a query, fetched a few at a time by a cursor of its own: others may run meanwhile."""
        self._sound()
        cursor = self._dialect.stream_cursor(self._lease.connection)
        self._streaming.append(cursor)
        with self._exchange():
            cursor.execute(statement.sql, statement.arguments(values))
        while True:
            if cursor not in self._streaming:
                raise over()
            self._enter()
            with self._exchange():
                rows = cursor.fetchmany(_CHUNK)
            if not rows:
                self._streaming.remove(cursor)
                self._close(cursor)
                return
            yield from rows

    def first(self, sql: str, arguments: Sequence[Any]) -> Any:
        """Return the first row of a query, or None."""
        shortly = self._dialect.first
        if shortly is not None:
            return self._first(shortly, sql, arguments)
        cursor = self._run(self._sound(reads=True), sql, arguments)
        self._enter()
        try:
            return cursor.fetchone()
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def _first(self, shortly: FirstRow, sql: str, arguments: Sequence[Any]) -> Any:
        self._ready(reads=True)
        if isinstance(self._made, Ended):
            raise over()
        connection = self._lease.connection
        self._enter()
        try:
            return shortly(connection, sql, arguments)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def insert(self, table: Table, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows with values in the order of the table's columns, as ``sql`` stores one of them."""
        cursor = self._sound()
        with self._exchange():
            self._dialect.insert_rows(cursor, table, sql, rows)
            self.inserted += len(rows) if len(rows) > _FEW else 0

    def many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many sets of parameters."""
        cursor = self._sound()
        with self._exchange():
            cursor.executemany(sql, arguments)
