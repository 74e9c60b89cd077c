"""Statements that PostgreSQL is asked by one call of libpq's each, in which the interpreter is free for other threads.

A cursor of psycopg's keeps the interpreter while it sends. The server wakes up by that, on the same processor more
often than not, and while it works there no thread of the process goes on: of 8 that write at once each waits for the
other seven's (decision 40). In the main thread a cursor is better nevertheless: its waiting can be interrupted.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import waiting
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

__all__ = ["Calls", "calls_of", "controlled", "own"]

_OURS, _CALLS = "customercore-own", "customercore-calls"
"""What is kept beside a connection: that it is one of an engine of ours, and its `Calls`."""
_PLAIN = getattr(waiting, "wait_c", None) is waiting.wait
"""Whether psycopg waits in C: otherwise (gevent, or a psycopg without its C part) it must be left to do the waiting."""
_COUNTED = 1_000
"""How many statements are counted until they are prepared."""
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_Key = tuple[bytes, tuple[int, ...]]


def own(_: Any, record: Any) -> None:
    """Mark a new connection of an engine of ours: nobody else prepares, or discards, statements on it."""
    record.info[_OURS] = True


def calls_of(connection: Any, cursor: psycopg.RawCursor[Any]) -> Calls | None:
    """Return what asks on a driver connection without a cursor; None where the one given is better."""
    if not _PLAIN or threading.get_ident() == threading.main_thread().ident:
        return None
    calls: Calls | None = connection.info.get(_CALLS)
    if calls is None and connection.info.get(_OURS):
        calls = connection.info[_CALLS] = Calls(cursor)
    return calls


def controlled(connection: Any, sql: str) -> bool:
    """Execute a statement that begins or ends a transaction, if the connection is one of ours; tell whether it is.

    With each ROLLBACK by one of its cursors psycopg has the server forget all that is prepared on the connection.
    """
    if not _PLAIN or not connection.info.get(_OURS):
        return False
    driver = connection.driver_connection
    _good(driver, driver.pgconn.exec_(sql.encode()))
    return True


class Calls:
    """Asks on one connection. A statement is prepared as psycopg would: when it has come a number of times.

    ``cursor`` tells how values are written and read; nothing is executed by it here.
    """

    def __init__(self, cursor: psycopg.RawCursor[Any]) -> None:
        self._values, self._rows = Transformer(cursor), Transformer(cursor)
        self._driver = cursor.connection
        self._pgconn = cursor.connection.pgconn
        self._came: Counter[_Key] = Counter()
        self._prepared: OrderedDict[_Key, bytes] = OrderedDict()
        self._made = 0

    def execute(self, sql: bytes, arguments: Sequence[Any]) -> PGresult:
        """Execute one statement with its parameters; raise what psycopg would."""
        values = self._values
        given = values.dump_sequence(arguments, _formats(len(arguments)))
        types = tuple(values.types or ())
        name = self._name(sql, types)
        if name is None:
            return _good(self._driver, self._pgconn.exec_params(sql, given, types, values.formats))
        try:
            return _good(self._driver, self._pgconn.exec_prepared(name, given, values.formats))  # type: ignore[arg-type]  # None is a value
        except psycopg.errors.InvalidSqlStatementName:
            self._prepared.clear()  # somebody had the server forget them: whoever runs the unit again prepares anew
            raise

    def first(self, sql: bytes, arguments: Sequence[Any]) -> Any:
        """Return the first row of a query, or None."""
        found = self.execute(sql, arguments)
        if not found.ntuples:
            return None
        self._rows.set_pgresult(found)
        row = self._rows.load_row(0, tuple)
        self._rows.set_pgresult(None)
        return row

    def _name(self, sql: bytes, types: tuple[int, ...]) -> bytes | None:
        """Return by what name a statement is prepared, None for one that is not."""
        key = (sql, types)
        name = self._prepared.get(key)
        if name is not None:
            self._prepared.move_to_end(key)
            return name
        threshold = self._driver.prepare_threshold
        if threshold is None:
            return None
        if self._came[key] < threshold:
            if len(self._came) >= _COUNTED:
                self._came.clear()
            self._came[key] += 1
            return None
        self._made += 1
        name = b"customercore_%d" % self._made
        _good(self._driver, self._pgconn.prepare(name, sql, types))
        self._prepared[key] = name
        self._came.pop(key, None)
        most = self._driver.prepared_max
        if most is not None and len(self._prepared) > most:
            _, old = self._prepared.popitem(last=False)
            self._pgconn.exec_(b"DEALLOCATE " + old)  # in a transaction that has failed it stays, unused
        return name


def _good(driver: psycopg.Connection[Any], result: PGresult) -> PGresult:
    """Return a result that is none of an error; raise what psycopg would."""
    if result.status in _GOOD:
        return result
    if result.error_field(DiagnosticField.SQLSTATE):
        raise psycopg.errors.error_from_result(result, driver.info.encoding)
    raise psycopg.OperationalError(driver.pgconn.get_error_message())  # libpq's own word: the server said nothing


@lru_cache(200)
def _formats(count: int) -> Sequence[PyFormat]:
    return (PyFormat.AUTO,) * count
