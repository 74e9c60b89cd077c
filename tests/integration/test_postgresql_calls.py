"""Statements asked by one call of libpq each: prepared and refused as by psycopg, and only where it may be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from database_servers.databases import new_database

from customercore.adapters.sql.postgresql import PostgresqlDialect
from customercore.adapters.sql.postgresql_calls import Calls, calls_of, controlled
from customercore.errors import retryable


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    with new_database("postgresql-18") as database:
        engine = PostgresqlDialect().engine(database.url, 10.0)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(engine: Any) -> Iterator[Any]:
    connection = engine.raw_connection()
    yield connection
    connection.invalidate()


def beside(call: Callable[[], Any]) -> Any:
    """Do something in a thread that is not the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def made(connection: Any) -> Calls:
    cursor = psycopg.RawCursor(connection.driver_connection)
    calls = beside(lambda: calls_of(connection, cursor))
    assert isinstance(calls, Calls)
    return calls


def prepared(connection: Any) -> list[str]:
    found = connection.driver_connection.execute("SELECT name FROM pg_prepared_statements ORDER BY prepare_time")
    return [name for (name,) in found if name.startswith("customercore")]


def test_values_come_back_as_they_went(connection: Any) -> None:
    calls = made(connection)
    for _ in range(8):
        assert calls.first(b"SELECT $1::TEXT, $2::BIGINT, $3::BYTEA, $4::TEXT", ("é", 7, b"\x00x", None)) == (
            "é",
            7,
            b"\x00x",
            None,
        )
    assert calls.first(b"SELECT 1 WHERE $1", (False,)) is None
    assert len(prepared(connection)) == 1


def test_what_comes_seldom_is_not_prepared_and_what_was_first_makes_room(connection: Any) -> None:
    connection.driver_connection.prepared_max = 3
    calls = made(connection)
    for number in range(5):
        sql = b"SELECT %d + $1::BIGINT" % number
        for _ in range(5):
            calls.execute(sql, (1,))
        assert len(prepared(connection)) == min(number, 3)
        assert calls.first(sql, (1,)) == (number + 1,)
    assert prepared(connection) == ["customercore_3", "customercore_4", "customercore_5"]
    assert calls.first(b"SELECT 0 + $1::BIGINT", (1,)) == (1,)


def test_nothing_is_prepared_where_the_driver_is_told_not_to(connection: Any) -> None:
    connection.driver_connection.prepare_threshold = None
    calls = made(connection)
    for _ in range(9):
        assert calls.first(b"SELECT $1::BIGINT", (1,)) == (1,)
    assert prepared(connection) == []


def test_refusals_are_those_of_the_driver(connection: Any) -> None:
    calls = made(connection)
    connection.driver_connection.execute("CREATE TEMP TABLE one (id BIGINT PRIMARY KEY)")
    insert = b"INSERT INTO one VALUES ($1)"
    calls.execute(insert, (1,))
    for _ in range(7):  # before it is prepared and after
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            calls.execute(insert, (1,))
        assert caught.value.diag.constraint_name == "one_pkey"
        calls.execute(b"SELECT 1", ())
    with pytest.raises(psycopg.errors.SyntaxError):
        calls.execute(b"SELEC 1", ())


def test_a_server_that_is_gone_is_an_operational_error(engine: Any, connection: Any) -> None:
    calls = made(connection)
    pid = connection.driver_connection.info.backend_pid
    threading.Timer(0.3, lambda: _ended(engine, pid)).start()
    with pytest.raises(psycopg.OperationalError):
        calls.execute(b"SELECT pg_sleep($1)", (30.0,))
    with pytest.raises(psycopg.OperationalError):
        calls.execute(b"SELECT 1", ())
    assert not PostgresqlDialect().usable(connection)


def _ended(engine: Any, pid: int) -> None:
    with engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")


def test_a_rollback_forgets_nothing_that_is_prepared(connection: Any) -> None:
    calls = made(connection)
    for _ in range(7):
        calls.execute(b"SELECT $1::BIGINT", (1,))
        for _ in range(6):
            connection.driver_connection.execute("SELECT %s", (1,))  # psycopg has one of its own
        assert controlled(connection, "BEGIN")
        assert controlled(connection, "ROLLBACK")
    assert len(prepared(connection)) == 1


def test_what_somebody_had_forgotten_is_prepared_anew(connection: Any) -> None:
    calls = made(connection)
    for _ in range(7):
        calls.execute(b"SELECT $1::BIGINT", (1,))
    connection.driver_connection.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg.errors.InvalidSqlStatementName) as caught:
        calls.execute(b"SELECT $1::BIGINT", (1,))
    assert retryable(PostgresqlDialect().translate(caught.value))
    assert calls.first(b"SELECT $1::BIGINT", (1,)) == (1,)


def test_other_threads_go_on_while_the_server_works(connection: Any) -> None:
    calls, went_on = made(connection), threading.Event()

    def ask() -> bool:
        calls.execute(b"SELECT pg_sleep($1)", (1.0,))
        return went_on.is_set()

    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(ask)
        went_on.set()
        assert asked.result()


def test_where_a_cursor_is_better_there_is_none(engine: Any, connection: Any) -> None:
    cursor = psycopg.RawCursor(connection.driver_connection)
    assert calls_of(connection, cursor) is None  # the main thread can be interrupted
    connection.info.clear()
    assert beside(lambda: calls_of(connection, cursor)) is None  # a host's connection
