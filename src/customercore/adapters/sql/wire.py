"""The driver connection of a unit of work: what is asked, when it is asked, and what its errors mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import Table

from customercore.adapters.meanings import MEANINGS, Ended, doomed, over
from customercore.adapters.sql.deadlines import Watch
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.put_off import Refusal, Rows, Told, Waiting, refusals_of
from customercore.adapters.sql.statements import Statement
from customercore.errors import CustomerCoreError, StorageUnavailableError
from customercore.ports.store import UNREACHABLE, deadline_exceeded

__all__ = ["Wire"]

_CHUNK = 500
"""How many rows of a stream are in memory at once."""
_READ_ONLY, _TOO_SLOW = MEANINGS["read_only"][1], MEANINGS["slow"][1]
_ASTRAY = (UNREACHABLE, _READ_ONLY)
"""The codes of what a server answers that has left its cluster, or is no longer the one to write to."""
_FEW = 50
"""Up to how many rows stored by one call are not counted as stored many at once."""


class Wire:
    """One driver connection, held by one unit of work; the driver's errors leave it as ours."""

    def __init__(
        self,
        connection: Any,
        translate: Callable[[BaseException], CustomerCoreError],
        errors: type[Exception],
        dialect: Dialect,
        watch: Watch | None = None,
    ) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._translate = translate
        self.errors = errors
        self._dialect = dialect
        self._streaming: list[Any] = []
        self._watch = watch
        self._put_off = Waiting()
        self._opening: tuple[str, ...] = ()
        self.merger = dialect.merger
        self.trusting = False
        """Whether what is read to be changed is not held until then: the unit is run again if it loses a race."""
        self.inserted = 0
        """How many rows were stored many at once."""
        self.failed = False
        """Whether the driver has refused a statement: the unit is doomed, on every store (decision 22)."""
        self.astray = False
        """Whether the server cannot be used, for now at least, though it has answered."""

    def end(self) -> None:
        """Let go of the connection: whatever is asked afterwards raises `TransactionError`."""
        self._close(self._cursor)
        self._cursor = Ended()
        self._put_off.clear()

    def _close(self, cursor: Any) -> None:
        with suppress(self.errors):  # a connection that is gone has no cursors left
            cursor.close()

    def control(self, sql: str) -> None:
        """Execute a statement that begins or ends the transaction, in a doomed unit too; streams end here."""
        self._enter()
        try:
            while self._streaming:
                self._close(self._streaming.pop())  # which asks the server
            self._cursor.execute(sql)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

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

    def begin(self, statements: Sequence[str]) -> None:
        """Begin the transaction; put off until something needs one, where the database can do without."""
        if self.merger is not None:
            self._opening = tuple(statements)
            return
        for statement in statements:
            self.control(statement)

    def _begun(self) -> None:
        opening, self._opening = self._opening, ()
        for statement in opening:
            self.control(statement)

    @property
    def unbegun(self) -> bool:
        """Whether there is no transaction yet, and what is to be held can be seen to at the commit."""
        return self.trusting and bool(self._opening)

    @property
    def patient(self) -> bool:
        """Whether the unit may wait for others of this process: nobody waits for what it has done in the database."""
        return bool(self._opening)

    @property
    def outside(self) -> bool:
        """Whether what is asked now is asked outside of a transaction, and nothing is held by it."""
        return self.unbegun and not self._put_off.changes

    def _sound(self, *, reads: bool = False) -> Any:
        if self.failed:
            raise doomed()
        if (self._opening or self._put_off) and not (reads and self.outside):
            self.settle()
        if self._watch is not None:
            self._enter()
        return self._cursor

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

    def rows(self, statement: Statement, values: dict[str, Any], *, locking: bool = False) -> list[Any]:
        """Return every row of a query, which is planned for its values; with ``locking`` they are the unit's now."""
        cursor = self._sound(reads=not locking)
        try:
            cursor.execute(statement.sql, statement.arguments(values), **self._dialect.planned_afresh)
            return cursor.fetchall()  # type: ignore[no-any-return]  # a driver's cursor
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def stream(self, statement: Statement, values: dict[str, Any]) -> Iterator[Any]:
        """Yield every row of a query, fetched a few at a time by a cursor of its own: others may run meanwhile."""
        self._sound()
        cursor = self._dialect.stream_cursor(self._connection)
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
        cursor = self._run(self._sound(reads=True), sql, arguments)
        self._enter()
        try:
            return cursor.fetchone()
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

    def later(self, table: Table, sql: str, rows: list[Any], refusal: Refusal = nullcontext) -> None:
        """Store rows like `insert`, with other rows for the same table, before anything else is asked or committed.

        ``refusal`` surrounds the statement: it says what an error means.
        """
        if self.failed:
            raise doomed()
        self._put_off.add_rows(Rows(table, sql, rows, refusal))

    def tell(self, one: Told) -> None:
        """Execute a statement like `run`, before anything is asked that it may bear on, or with the commit."""
        if self.failed:
            raise doomed()
        self._put_off.add(one)

    def settle(self) -> None:
        """Do what was put off, in the transaction."""
        self._begun()
        waiting = self._put_off.taken()
        statements = None if self.merger is None else waiting.mergeable()
        if statements:
            self._merge(statements)
            return
        for one in waiting:
            if isinstance(one, Rows):
                with one.refusal():
                    self.insert(one.table, one.sql, one.rows)
            else:
                self._merge([one])

    def _merge(self, statements: Sequence[Told]) -> None:
        """Execute statements by one."""
        merger: Any = self.merger  # there is one, or nothing is put off but rows
        statements = merger.ordered(statements)
        arguments = [value for one in statements for value in one.arguments]
        self._enter()
        with refusals_of(statements):
            try:
                merger.execute(self._connection, merger.merged(statements), arguments)
            except self.errors as error:
                raise self._failure(error) from error
            finally:
                self._leave()

    def commit(self) -> None:
        """Do what was put off, and make everything durable; streams end here.

        What no transaction was begun for, and one statement can do, is done without one.
        """
        statements = self._put_off.mergeable() if self._opening else None
        if statements is not None and self._alone(statements):
            return
        self.settle()
        self.control("COMMIT")

    def _alone(self, statements: Sequence[Told]) -> bool:
        """Execute statements outside of a transaction; tell whether that may be."""
        try:
            if statements:
                self._hurry()
                self._merge(statements)
        except StorageUnavailableError as error:
            if error.code != _READ_ONLY:
                raise
            # Perhaps the session only reads where it is not told otherwise, as what begins a transaction does.
            self.failed = self.astray = False
            return False
        return True

    def _hurry(self) -> None:
        """Tell the server that it has less time now than when the unit began, where that is so."""
        watch = self._watch
        if watch is not None and (most := watch.shortened()) is not None:
            self.control(self._dialect.limit(most, most))

    def many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many sets of parameters."""
        cursor = self._sound()
        with self._exchange():
            cursor.executemany(sql, arguments)
