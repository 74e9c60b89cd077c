"""When a unit of work asks what: what can wait is put off, and may become one statement with the commit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Table

from customercore.adapters.meanings import doomed
from customercore.adapters.sql.exchanges import READ_ONLY, Exchanges
from customercore.adapters.sql.put_off import Refusal, Rows, Told, Waiting, refusals_of
from customercore.errors import StorageUnavailableError

__all__ = ["Wire"]


class Wire(Exchanges):
    """Exchanges of one unit, and its transaction, which begins when something needs one."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._put_off = Waiting()
        self._opening: tuple[str, ...] = ()
        self.merger = self._dialect.merger
        self.trusting = False
        """Whether what is read to be changed is not held until then: the unit is run again if it loses a race."""

    def end(self) -> None:
        """Let go of the connection."""
        super().end()
        self._put_off.clear()

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

    def _ready(self, *, reads: bool = False) -> None:
        if not self.failed and (self._opening or self._put_off) and not (reads and self.outside):
            self.settle()
        super()._ready(reads=reads)

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
        if not self._put_off:
            return
        waiting, self._put_off = self._put_off, Waiting()
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

    def _merge(self, statements: Sequence[Told], opening: Sequence[str] = ()) -> None:
        """Execute statements by one."""
        merger: Any = self.merger  # there is one, or nothing is put off but rows
        sql, order = merger.merged(statements, opening)
        arguments: list[Any] = []
        for at in order:
            arguments += statements[at].arguments
        self._enter()
        try:
            merger.execute(self._lease.connection, sql, arguments)
        except self.errors as error:
            with refusals_of(statements):
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
                self.hurry()
                self._merge(statements, self._opening)
        except StorageUnavailableError as error:
            if error.code != READ_ONLY:
                raise
            # Perhaps the session only reads where it is not told otherwise, as what begins a transaction does.
            self.failed = self.astray = False
            return False
        return True

    def hurry(self) -> None:
        """Tell the server that it has less time now than when the unit began, where that is so."""
        watch = self._watch
        if watch is not None and (most := watch.shortened()) is not None:
            self.control(self._dialect.limit(most, most))
