"""SQLite: one writer at a time, write-ahead logging, the whole store in one file (ruling 17)."""

from __future__ import annotations

import datetime as dt
import functools
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
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
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.types import TypeEngine

from customercore.adapters.meanings import MEANINGS, Meaning, meant
from customercore.adapters.sql.dialect import Control, FirstRow, TermColumn
from customercore.adapters.sql.hints import Explain, Hints
from customercore.adapters.sql.unalterable import TAKEN
from customercore.errors import (
    CustomerCoreError,
    InvalidValueError,
    SchemaError,
    StorageError,
    StorageUnavailableError,
)
from customercore.ports.store import DURABLE, SAVEPOINTS, Finding

__all__ = ["SqliteDialect"]

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": String(),
    "long_text": Text(),
    "integer": BigInteger(),
    "boolean": Boolean(),
    "bytes": LargeBinary(),
    "date": Date(),
    "datetime": DateTime(),
    "key": LargeBinary(),
}


@functools.lru_cache(maxsize=16)
def _moment(value: dt.datetime) -> str:
    # The form SQLAlchemy's own DateTime reads back: six digits, no offset, UTC.
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


_ENCODERS: dict[str, Callable[[Any], Any]] = {
    "key": str.encode,
    "date": dt.date.isoformat,
    "datetime": _moment,
}


class SqliteDialect:
    """SQLite 3.35 or later, through Python's own driver."""

    name = "sqlite"
    products = frozenset({"sqlite"})
    capabilities = frozenset({SAVEPOINTS, DURABLE})
    begin_write: tuple[str, ...] = ("BEGIN IMMEDIATE",)
    begin_read: tuple[str, ...] = ("BEGIN",)
    begin_lent = begin_joined = begin_write
    one_writer = True
    table_options: Mapping[str, Any] = {"sqlite_with_rowid": False}
    hints: Hints | None = Hints(index="INDEXED BY {}", join="CROSS JOIN", primary="sqlite_autoindex_{}_1", mark="?")
    term_column: TermColumn | None = None
    key_list = None
    explain: Explain | None = None
    merger = None
    sender = None
    leaves_out_nulls = False
    first: FirstRow | None = None
    control: Control | None = None
    planned_afresh: Mapping[str, Any] = {}

    def engine(self, url: str, timeout: float) -> Engine:
        """Return an engine for the file that the URL names."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise InvalidValueError.of("url", "invalid_url", "is not a SQLite URL such as sqlite:///shop.db") from error
        if _in_memory(parsed) or parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
            raise InvalidValueError.of(
                "url", "unknown_store", "must name a file, as in sqlite:///shop.db; a store in memory is memory://"
            )
        engine = create_engine(
            parsed,
            connect_args={"timeout": timeout, "check_same_thread": False},
            pool_size=10,
            max_overflow=90,
            pool_timeout=timeout,
            pool_reset_on_return=None,
        )
        event.listen(engine, "connect", _configure)
        return engine

    def absent(self, engine: Engine) -> bool:
        """Tell whether the file is not there; connecting would make it."""
        path = engine.url.database or ""
        return not path.startswith("file:") and not Path(path).exists()

    def settle(self, engine: Engine) -> None:
        """Keep a write-ahead log, so that readers and the writer do not wait for each other; the file remembers it."""
        with engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal":
                return
            try:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            except OperationalError as error:
                # In use by somebody else, who has made the switch or whose next opening will.
                if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _NOT_NOW:
                    raise

    @contextmanager
    def migrating(self, connection: Connection) -> Iterator[None]:
        """Hold the one write lock; everything is undone when the block raises."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise

    def column_type(self, type: str) -> TypeEngine[Any]:
        """Return the column type."""
        return _TYPES[type]

    def name_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of names; SQLite itself does not look at the length."""
        return String(length)

    def indexed_text(self, length: int) -> TypeEngine[Any]:
        """Return the type of all texts."""
        return _TYPES["text"]

    def key_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of keys, which are as long as they are."""
        return _TYPES["key"]

    def index_of(self, condition: ColumnElement[bool]) -> Mapping[str, Any]:
        """Leave the other rows out of an index."""
        return {"sqlite_where": condition}

    def contains(self, column: Any, part: Any) -> ColumnElement[bool]:
        """Find bytes in bytes."""
        return func.instr(column, part) > 0

    def encoder(self, type: str) -> Callable[[Any], Any] | None:
        """Keys are bytes, dates and moments are the texts SQLAlchemy reads."""
        return _ENCODERS.get(type)

    def insert_rows(self, cursor: Any, table: Table, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute the statement for each of them, which the driver does in C."""
        cursor.executemany(sql, rows)

    def stream_cursor(self, connection: Any) -> Any:
        """Return a cursor as all of them are: rows are made when they are asked for."""
        return connection.cursor()

    def in_transaction(self, connection: Any) -> bool:
        """SQLite ends a transaction by itself upon some errors."""
        return bool(connection.in_transaction)

    def patience(self, timeout: float) -> float:
        """Wait for a file as long as it takes: nobody else can keep it from answering, but by locks."""
        return math.inf

    def look(self, tables: Sequence[Table]) -> str | None:
        """Answer none: searches are planned without statistics."""
        return None

    def limit(self, locks: float, statement: float) -> str:
        """Limit the wait for the lock; a statement can only be interrupted."""
        return f"PRAGMA busy_timeout = {math.ceil(locks * 1000)}"

    def cut_off(self, connection: Any) -> None:
        """Interrupt the statement."""
        connection.driver_connection.interrupt()

    def autocommits(self, connection: Any) -> bool:
        """Ask the driver; a host that says BEGIN itself may have it so, too."""
        return connection.isolation_level is None and not connection.in_transaction

    def usable(self, connection: Any) -> bool:
        """Answer yes: a file does not go away."""
        return True

    def answers(self, connection: Any) -> bool:
        """Answer yes: a file does not go away."""
        return True

    def violated(self, error: BaseException) -> str | None:
        """Return the table and the last column of the violated index: that is its name."""
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
            return ""
        if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER and str(error).endswith(TAKEN):
            return ""
        if code != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
            return None
        return str(error).rpartition(" ")[2].replace(".", "_")

    def translate(self, error: BaseException) -> CustomerCoreError:
        """Return our error for one of sqlite3's."""
        code = getattr(error, "sqlite_errorcode", 0) or 0
        text = str(error)
        if code & 0xFF in _MEANINGS:
            return meant(_MEANINGS[code & 0xFF])
        if "no such table" in text or "no such column" in text:
            return meant(MEANINGS["no_schema"])
        return StorageError("storage_error", f"the store failed: {type(error).__name__} {code}")

    def check(self, engine: Engine) -> tuple[Finding, ...]:
        """Run SQLite's own integrity check."""
        with engine.connect() as connection:
            broken = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        return (
            Finding("integrity", broken == "ok", str(broken)),
            Finding("write-ahead log", journal == "wal", f"journal mode is {journal}"),
        )


_MEANINGS: dict[int, Meaning] = {
    sqlite3.SQLITE_BUSY: MEANINGS["busy"],
    sqlite3.SQLITE_LOCKED: MEANINGS["busy"],
    sqlite3.SQLITE_READONLY: MEANINGS["read_only"],
    sqlite3.SQLITE_CANTOPEN: (StorageUnavailableError, "store_missing", "the store's file cannot be opened", False),
    sqlite3.SQLITE_FULL: MEANINGS["full"],
    sqlite3.SQLITE_NOTADB: (SchemaError, "not_a_database", "the file is not a SQLite database", False),
    sqlite3.SQLITE_CORRUPT: (StorageError, "store_damaged", "the store's file is damaged", False),
    sqlite3.SQLITE_IOERR: (StorageUnavailableError, "store_unreadable", "the store cannot be read or written", False),
    sqlite3.SQLITE_INTERRUPT: MEANINGS["interrupted"],
}

_NOT_NOW = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _in_memory(url: URL) -> bool:
    return not url.database or ":memory:" in url.database or url.query.get("mode") == "memory"


_CACHE = 16_000
"""How many KiB of pages a connection keeps. SQLite's own 2,000 do not hold the index pages that an import writes to."""


def _configure(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the unit of work says BEGIN and COMMIT itself
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
