"""Statements built by SQLAlchemy Core and compiled once; afterwards a call costs what the driver costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext, suppress
from typing import Any, NoReturn

import attrs
from sqlalchemy import Dialect as Grammar
from sqlalchemy import Engine, Table
from sqlalchemy.sql.elements import ClauseElement

from customercore.adapters.meanings import doomed, over
from customercore.adapters.sql.deadlines import Watch
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.put_off import PutOff, Refusal, Rows, Told
from customercore.errors import CustomerCoreError
from customercore.ports.store import UNREACHABLE, deadline_exceeded

__all__ = ["Grammar", "Statement", "Wire", "compiled", "grammar_of"]


@attrs.frozen
class Statement:
    """SQL for the driver, the names of its parameters in order, and the values that the dialect bound itself."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def arguments(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return the parameters in the driver's order."""
        if self.constants:
            values = self.constants | values
        return tuple([values[name] for name in self.names])


def grammar_of(engine: Engine) -> Grammar:
    """Return how statements are written for the engine's driver; no server has a say in it, nor is one remembered."""
    known: Any = engine.dialect
    made: Grammar = type(known)(dbapi=known.dbapi, paramstyle=known.paramstyle)
    return made


def compiled(statement: ClauseElement, grammar: Grammar) -> Statement:
    """Return the statement compiled as the driver takes it."""
    made: Any = statement.compile(dialect=grammar)
    constants = {name: value for name, value in made.params.items() if value is not None}
    return Statement(str(made), tuple(made.positiontup or ()), constants)


_CHUNK = 500
"""How many rows of a stream are in memory at once."""
_ASTRAY = (UNREACHABLE, "store_read_only")
"""The codes of what a server answers that has left its cluster, or is no longer the one to write to."""
_FEW = 50
"""Up to how many rows stored by one call are not counted as stored many at once."""


class _Over:
    """Stands where a cursor was when its unit has ended."""

    def __getattr__(self, name: str) -> NoReturn:
        raise over()


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
        self._put_off: list[PutOff] = []
        self.pipeline = dialect.pipeline
        self.inserted = 0
        """How many rows were stored many at once."""
        self.failed = False
        """Whether the driver has refused a statement: the unit is doomed, on every store (decision 22)."""
        self.astray = False
        """Whether the server cannot be used, for now at least, though it has answered."""

    def end(self) -> None:
        """Let go of the connection: whatever is asked afterwards raises `TransactionError`."""
        self._close(self._cursor)
        self._cursor = _Over()
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

    def _leave(self) -> None:
        if self._watch is not None:
            self._watch.leave()

    def _sound(self) -> Any:
        if self.failed:
            raise doomed()
        if self._put_off:
            self.settle()
        if self._watch is not None:
            self._enter()
        return self._cursor

    def _failure(self, error: BaseException) -> CustomerCoreError:
        self.failed = True
        ours = self._translate(error)
        if self._watch is not None and self._watch.late:
            return deadline_exceeded()
        self.astray = self.astray or ours.code in _ASTRAY
        return ours

    def run(self, sql: str, arguments: Sequence[Any] = ()) -> Any:
        """Execute one statement and return the cursor, which the next call uses again."""
        if self._may_go_together():
            return self._together(sql, arguments)
        cursor = self._sound()
        try:
            cursor.execute(sql, arguments)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()
        return cursor

    def _may_go_together(self) -> bool:
        """Tell whether there are statements that can be sent with the next one."""
        put_off = self._put_off
        return bool(put_off) and self.pipeline is not None and all(type(one) is Told for one in put_off)

    def _together(self, sql: str, arguments: Sequence[Any]) -> Any:
        """Execute what was put off and a statement in one exchange; return the cursor with the statement's answer."""
        put_off, self._put_off = self._put_off, []
        cursor, pipeline = self._sound(), self.pipeline
        with ExitStack() as refusals:
            for refusal in {one.refusal for one in put_off}:
                refusals.enter_context(refusal())
            try:
                with pipeline.opened(self._connection):  # type: ignore[union-attr]  # there is one, or nothing is put off
                    for one in put_off:
                        pipeline.ask(cursor, one.sql, one.arguments)  # type: ignore[union-attr]  # all are `Told`
                    pipeline.ask(cursor, sql, arguments)  # type: ignore[union-attr]  # the same
                while cursor.nextset():
                    pass
            except self.errors as error:
                raise self._failure(error) from error
            finally:
                self._leave()
        return cursor

    def rows(self, statement: Statement, values: dict[str, Any]) -> list[Any]:
        """Return every row of a query, which is planned for its values."""
        cursor = self._sound()
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
        try:
            cursor.execute(statement.sql, statement.arguments(values))
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()
        while True:
            if cursor not in self._streaming:
                raise over()
            self._enter()
            try:
                rows = cursor.fetchmany(_CHUNK)
            except self.errors as error:
                raise self._failure(error) from error
            finally:
                self._leave()
            if not rows:
                self._streaming.remove(cursor)
                self._close(cursor)
                return
            yield from rows

    def first(self, sql: str, arguments: Sequence[Any]) -> Any:
        """Return the first row of a query, or None."""
        cursor = self.run(sql, arguments)
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
        try:
            self._dialect.insert_rows(cursor, table, sql, rows)
            self.inserted += len(rows) if len(rows) > _FEW else 0
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()

    def later(self, table: Table, sql: str, rows: list[Any], refusal: Refusal = nullcontext) -> None:
        """Store rows like `insert`, with other rows for the same table, before anything else is asked or committed.

        ``refusal`` surrounds the statement: it says what an error means.
        """
        if self.failed:
            raise doomed()
        for one in self._put_off:
            if isinstance(one, Rows) and one.table is table:
                one.rows.extend(rows)
                return
        self._put_off.append(Rows(table, sql, rows, refusal))

    def tell(self, sql: str, arguments: Sequence[Any] = (), refusal: Refusal = nullcontext) -> None:
        """Execute a statement like `run`, together with the next one, or with the commit: only its errors matter."""
        if self.failed:
            raise doomed()
        self._put_off.append(Told(sql, arguments, refusal))

    def settle(self) -> None:
        """Do what was put off."""
        put_off, self._put_off = self._put_off, []
        for one in put_off:
            with one.refusal():
                if isinstance(one, Rows):
                    self.insert(one.table, one.sql, one.rows)
                else:
                    self.run(one.sql, one.arguments)

    def commit(self) -> None:
        """Do what was put off, and make everything durable; streams end here."""
        if self._may_go_together() and not self._streaming:
            self._together("COMMIT", ())
        else:
            self.settle()
            self.control("COMMIT")

    def many(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many sets of parameters."""
        cursor = self._sound()
        try:
            cursor.executemany(sql, arguments)
        except self.errors as error:
            raise self._failure(error) from error
        finally:
            self._leave()
