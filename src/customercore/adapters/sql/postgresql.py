"""PostgreSQL, through psycopg 3: writes at READ COMMITTED, what only reads at REPEATABLE READ (decision 22)."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Engine,
    LargeBinary,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.exc import ArgumentError
from sqlalchemy.types import TypeEngine

from customercore.adapters.sql.dialect import Control, FirstRow, TermColumn
from customercore.adapters.sql.hints import Explain, Hints
from customercore.adapters.sql.lexemes import Lexemes
from customercore.adapters.sql.postgresql_calls import controlled, own
from customercore.adapters.sql.postgresql_copies import PostgresqlCopies
from customercore.adapters.sql.postgresql_exchanges import PostgresqlMerger, first_row, translated
from customercore.adapters.sql.postgresql_keys import KeyArrays
from customercore.adapters.timeouts import waits
from customercore.errors import CustomerCoreError, InvalidValueError, SchemaError
from customercore.ports.store import DURABLE, SAVEPOINTS, SEPARATE_WRITES, Finding

__all__ = ["PostgresqlDialect"]

_BY_CODE_POINT = "C"
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": String(collation=_BY_CODE_POINT),
    "long_text": Text(),
    "integer": BigInteger(),
    "boolean": Boolean(),
    "bytes": LargeBinary(),
    "date": Date(),
    "datetime": TIMESTAMP(timezone=True),
    "key": LargeBinary(),
}
_ENCODERS: dict[str, Callable[[Any], Any]] = {"key": str.encode}

_COPIED = 20
"""From how many rows on they are copied."""
_SLACK = 5
"""Seconds that the server has to say so itself before the connection is given up."""
_SCHEMA_LOCK = 0x63757374
"""The key of the advisory lock that changes of the schema hold: "cust"."""
_ROOMY = "SELECT set_config('work_mem', '32MB', true), set_config('random_page_cost', '1.1', true)"
"""With the usual 4 MB, bitmaps of more than 100,000 places lose what they know of single rows."""
_OLDEST = 140_000


class PostgresqlDialect:
    """PostgreSQL 14 or later; the suite runs on 16 and 18."""

    name = "postgresql"
    products = frozenset({"postgresql"})
    capabilities = frozenset({SAVEPOINTS, DURABLE, SEPARATE_WRITES})
    begin_write: tuple[str, ...] = ("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",)
    begin_read: tuple[str, ...] = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)
    begin_lent = begin_write
    begin_joined: tuple[str, ...] = ()
    one_writer = False
    table_options: Mapping[str, Any] = {}
    hints: Hints | None = None
    term_column: TermColumn | None = Lexemes()
    key_list = KeyArrays()
    merger = PostgresqlMerger()
    sender = PostgresqlCopies()
    explain: Explain | None = Explain("EXPLAIN (COSTS OFF) ", "Sort", _ROOMY)
    leaves_out_nulls = True
    first: FirstRow | None = staticmethod(first_row)
    control: Control | None = staticmethod(controlled)
    planned_afresh: Mapping[str, Any] = {"prepare": False}

    def engine(self, url: str, timeout: float) -> Engine:
        """Return an engine for the database that the URL names."""
        try:
            parsed = make_url(url).set(drivername="postgresql+psycopg")
        except ArgumentError as error:
            raise InvalidValueError.of(
                "url", "invalid_url", "is not a PostgreSQL URL such as postgresql+psycopg://user@host/shop"
            ) from error
        wait, limit = waits(timeout)
        settings = {
            "timezone": "UTC",
            "lock_timeout": math.ceil(wait * 1000),
            "statement_timeout": math.ceil(limit * 1000),
        }
        given = parsed.query.get("options", "")
        options = f"{given if isinstance(given, str) else ' '.join(given)} " + " ".join(
            f"-c {name}={value}" for name, value in settings.items()
        )
        engine = create_engine(
            parsed,
            paramstyle="format",
            pool_size=10,
            max_overflow=90,
            pool_timeout=timeout,
            pool_reset_on_return=None,
            connect_args={
                "autocommit": True,
                "options": options.strip(),
                "connect_timeout": max(2, math.ceil(timeout)),
                "client_encoding": "utf8",
            },
        )
        event.listen(engine, "connect", own)
        return engine

    def absent(self, engine: Engine) -> bool:
        """Answer no: connecting makes no database."""
        return False

    def settle(self, engine: Engine) -> None:
        """Nothing: all settings are those of a connection."""

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """Hold an advisory lock in a transaction, which takes changes of the schema back too."""
        connection.exec_driver_sql("BEGIN")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            _holds_every_text(connection)
            yield
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise

    def column_type(self, type: str) -> TypeEngine[Any]:
        """Return the column type."""
        return _TYPES[type]

    def name_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of names, which no locale sorts."""
        return String(length, collation=_BY_CODE_POINT)

    def indexed_text(self, length: int) -> TypeEngine[Any]:
        """Return the type of all texts."""
        return _TYPES["text"]

    def key_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of keys, which are as long as they are."""
        return _TYPES["key"]

    def index_of(self, condition: ColumnElement[bool]) -> Mapping[str, Any]:
        """Leave the other rows out of an index."""
        return {"postgresql_where": condition}

    def contains(self, column: Any, part: Any) -> ColumnElement[bool]:
        """Find bytes in bytes."""
        return func.position(part.op("IN")(column)) > 0

    def encoder(self, type: str) -> Callable[[Any], Any] | None:
        """Keys are bytes; psycopg takes dates and moments as they are."""
        return _ENCODERS.get(type)

    def insert_rows(self, cursor: Any, table: Table, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Copy them into the table; a few are faster as statements."""
        if len(rows) < _COPIED:
            cursor.executemany(sql, rows)
            return
        with self.sender.sent(cursor, table, rows):
            pass

    def stream_cursor(self, connection: Any) -> Any:
        """Return a cursor of the server, which lives as long as its transaction."""
        driver = connection.driver_connection
        driver.streams = getattr(driver, "streams", 0) + 1
        return connection.cursor(name=f"customercore_{driver.streams}")

    def in_transaction(self, connection: Any) -> bool:
        """Ask the driver, which follows what the server says."""
        status = connection.driver_connection.info.transaction_status
        return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR, TransactionStatus.ACTIVE)

    def patience(self, timeout: float) -> float:
        """Give the server some time to say itself that a statement took too long."""
        return waits(timeout)[1] + _SLACK

    def look(self, tables: Sequence[Table]) -> str | None:
        """Return what autovacuum does a minute later."""
        return f"ANALYZE {', '.join(table.name for table in tables)}"

    def limit(self, locks: float, statement: float) -> str:
        """Limit both, for the session."""
        limits = {"lock_timeout": locks, "statement_timeout": statement}
        parts = [f"set_config('{name}', '{max(1, math.ceil(most * 1000))}', false)" for name, most in limits.items()]
        return "SELECT " + ", ".join(parts)

    def cut_off(self, connection: Any) -> None:
        """End the connection on this side: the driver, which waits for an answer, gets an end instead."""
        with socket.socket(fileno=os.dup(connection.driver_connection.pgconn.socket)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def autocommits(self, connection: Any) -> bool:
        """Ask the driver; a host that says BEGIN itself may have it so, too."""
        return bool(connection.driver_connection.autocommit) and not self.in_transaction(connection)

    def usable(self, connection: Any) -> bool:
        """Ask the driver, which closes a connection that was lost."""
        return not connection.dbapi_connection.closed

    def answers(self, connection: Any) -> bool:
        """Send the shortest statement there is."""
        try:
            connection.driver_connection.execute("")
        except psycopg.Error:
            return False
        return True

    def violated(self, error: BaseException) -> str | None:
        """Return what the server says; its detail would show the values."""
        if not isinstance(error, psycopg.errors.UniqueViolation):
            return None
        name = error.diag.constraint_name or ""
        error.args = (f"duplicate key value violates unique constraint {name}",)
        return "" if name.endswith("_pkey") else name

    def translate(self, error: BaseException) -> CustomerCoreError:
        """Return our error for one of psycopg's."""
        return translated(error)

    def check(self, engine: Engine) -> tuple[Finding, ...]:
        """Look at the server's version, the database's encoding and whether it may be written."""
        with engine.connect() as connection:
            version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
            shown = connection.exec_driver_sql("SHOW server_version").scalar_one()
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
        return (
            Finding("server", version >= _OLDEST, f"PostgreSQL {shown}"),
            Finding("encoding", encoding == "UTF8", f"the database's encoding is {encoding}"),
            Finding("writable", read_only == "off", f"transaction_read_only is {read_only}"),
        )


def _holds_every_text(connection: Connection) -> None:
    if connection.exec_driver_sql("SHOW server_encoding").scalar() != "UTF8":
        raise SchemaError("unsuitable_database", "the database's encoding must be UTF8")
