"""MariaDB, through pymysql: writes at READ COMMITTED, what only reads at REPEATABLE READ (decision 22).

Changes of the schema commit by themselves, so `migrating` keeps others out; marks tell how far a creation came.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import pymysql
import sqlalchemy as sa
from pymysql.constants import SERVER_STATUS
from sqlalchemy.dialects.mysql import DATETIME, LONGBLOB, LONGTEXT, TEXT, VARBINARY, VARCHAR
from sqlalchemy.exc import ArgumentError
from sqlalchemy.types import TypeEngine

from customercore.adapters.meanings import MEANINGS, Meaning, meant
from customercore.adapters.sql.dialect import Control, FirstRow, TermColumn
from customercore.adapters.sql.hints import Explain, Hints
from customercore.adapters.sql.mariadb_blocks import MariadbMerger
from customercore.adapters.sql.mariadb_sessions import configure, limits
from customercore.adapters.sql.mariadb_streams import StreamCursor, StreamingConnection
from customercore.adapters.timeouts import waits
from customercore.errors import CustomerCoreError, InvalidValueError, StorageError, StorageUnavailableError
from customercore.ports.store import DURABLE, SAVEPOINTS, SEPARATE_WRITES, Finding

__all__ = ["MariadbDialect"]

_BY_CODE_POINT: dict[str, Any] = {"charset": "utf8mb4", "collation": "utf8mb4_nopad_bin"}
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": TEXT(**_BY_CODE_POINT),
    "long_text": LONGTEXT(**_BY_CODE_POINT),
    "integer": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": DATETIME(fsp=3),
    "bytes": LONGBLOB(),
}
_SLACK = 5
"""Seconds that the server has to say so itself before the driver gives up on it."""
_SCHEMA_LOCK = "CONCAT(DATABASE(), '.customercore_schema')"
_OLDEST = (10, 6)


def _moment(value: dt.datetime) -> dt.datetime:
    return value.replace(tzinfo=None)


_ENCODERS: dict[str, Callable[[Any], Any]] = {"key": str.encode, "datetime": _moment}


class MariadbDialect:
    """MariaDB 10.6 or later; the suite runs on 10.11."""

    name = "mariadb"
    products = frozenset({"mysql", "mariadb"})
    capabilities = frozenset({SAVEPOINTS, DURABLE, SEPARATE_WRITES})
    begin_write: tuple[str, ...] = ("START TRANSACTION READ WRITE",)
    begin_read: tuple[str, ...] = (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    )
    begin_lent: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", *begin_write)
    begin_joined: tuple[str, ...] = ()
    one_writer = False
    table_options: Mapping[str, Any] = {}
    hints: Hints | None = None
    term_column: TermColumn | None = None
    explain: Explain | None = None
    merger = MariadbMerger()
    sender = key_list = None
    leaves_out_nulls = False
    first: FirstRow | None = None
    control: Control | None = None
    planned_afresh: Mapping[str, Any] = {}

    def engine(self, url: str, timeout: float) -> sa.Engine:
        """Return an engine for the database that the URL names.

        An update counts the rows that it matched (``FOUND_ROWS``), whether they then differ or not.
        """
        try:
            parsed = sa.make_url(url)
        except ArgumentError as error:
            raise InvalidValueError.of("url", "invalid_url", _EXAMPLE) from error
        if not parsed.database:
            raise InvalidValueError.of("url", "invalid_url", _EXAMPLE)
        engine: sa.Engine
        patience = math.ceil(waits(timeout)[1]) + _SLACK

        def connect() -> StreamingConnection:
            arguments, named = engine.dialect.create_connect_args(parsed)
            defaults = {
                "charset": "utf8mb4",
                "autocommit": True,
                "connect_timeout": math.ceil(timeout),
                "read_timeout": patience,
                "write_timeout": patience,
            }
            connection = StreamingConnection(*arguments, **{**named, **defaults})
            configure(connection, timeout)
            return connection

        engine = sa.create_engine(
            parsed.set(drivername="mariadb+pymysql"),
            creator=connect,
            paramstyle="format",
            pool_size=10,
            max_overflow=90,
            pool_timeout=timeout,
            pool_reset_on_return=None,
        )
        return engine

    def absent(self, engine: sa.Engine) -> bool:
        """Answer no: connecting makes no database."""
        return False

    def settle(self, engine: sa.Engine) -> None:
        """Nothing: all settings are those of a connection."""

    @contextmanager
    def migrating(self, connection: sa.Connection) -> Iterator[None]:
        """Hold a lock of the server's, which goes with its connection; each statement commits by itself."""
        wait, limit = connection.exec_driver_sql("SELECT @@lock_wait_timeout, @@max_statement_time").one()
        if not connection.exec_driver_sql(f"SELECT GET_LOCK({_SCHEMA_LOCK}, {wait})").scalar():
            raise StorageUnavailableError("store_busy", "somebody else is changing the schema", retryable=True)
        driver: Any = connection.connection.driver_connection
        try:
            connection.exec_driver_sql("SET SESSION max_statement_time = 0")
            with driver.patient() if isinstance(driver, StreamingConnection) else nullcontext():
                yield
        finally:
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {limit}")
            connection.exec_driver_sql(f"DO RELEASE_LOCK({_SCHEMA_LOCK})")

    def column_type(self, type: str) -> TypeEngine[Any]:
        """Return the column type."""
        return _TYPES[type]

    def name_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of names: by code point, and a space at the end counts."""
        return VARCHAR(length, **_BY_CODE_POINT)

    def indexed_text(self, length: int) -> TypeEngine[Any]:
        """Return a type with a length: whole ``TEXT`` columns cannot be indexed."""
        return VARCHAR(length, **_BY_CODE_POINT)

    def key_type(self, length: int) -> TypeEngine[Any]:
        """Return the type of keys; an index of MariaDB holds at most 3,072 bytes."""
        return VARBINARY(length)

    def index_of(self, condition: sa.ColumnElement[bool]) -> Mapping[str, Any]:
        """Index all rows: there are no partial indexes."""
        return {}

    def contains(self, column: Any, part: Any) -> sa.ColumnElement[bool]:
        """Find bytes in bytes."""
        return sa.func.instr(column, part) > 0

    def encoder(self, type: str) -> Callable[[Any], Any] | None:
        """Keys are bytes, moments have no offset: they are UTC."""
        return _ENCODERS.get(type)

    def insert_rows(self, cursor: Any, table: sa.Table, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Let the driver make statements of many rows."""
        cursor.executemany(sql, rows)

    def stream_cursor(self, connection: Any) -> Any:
        """Return a cursor that reads from the server as it goes; on a host's connection, one that has read all."""
        ours = isinstance(connection.driver_connection, StreamingConnection)
        return connection.cursor(StreamCursor) if ours else connection.cursor()

    def in_transaction(self, connection: Any) -> bool:
        """Ask the driver, which follows what the server says."""
        driver = connection.driver_connection
        return driver.open and bool(driver.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    def patience(self, timeout: float) -> float:
        """Leave it to the driver, which has a time-out for reading."""
        return math.inf

    def look(self, tables: Sequence[sa.Table]) -> str | None:
        """Answer none: InnoDB looks after every tenth row that has changed."""
        return None

    def limit(self, locks: float, statement: float) -> str:
        """Limit locks, in whole seconds, and statements."""
        return f"SET SESSION {', '.join(f'{name} = {value}' for name, value in limits(locks, statement).items())}"

    def cut_off(self, connection: Any) -> None:
        """End the connection on this side: the driver, which waits for an answer, gets an end instead."""
        connection.driver_connection._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001  the driver has no verb for it

    def autocommits(self, connection: Any) -> bool:
        """Ask the driver; a host that says START TRANSACTION itself may have it so, too."""
        return bool(connection.driver_connection.get_autocommit()) and not self.in_transaction(connection)

    def usable(self, connection: Any) -> bool:
        """Ask the driver, which closes a connection that was lost."""
        return bool(connection.driver_connection.open)

    def answers(self, connection: Any) -> bool:
        """Ping the server."""
        try:
            connection.driver_connection.ping(reconnect=False)
        except (pymysql.Error, OSError):
            return False
        return True

    def violated(self, error: BaseException) -> str | None:
        """Return the name of the key at the end of the message, whose beginning would show the values."""
        if not isinstance(error, pymysql.err.IntegrityError) or error.args[0] != _DUPLICATE:
            return None
        found = re.search(r"for key '(?:[^']*\.)?([^'.]+)'$", str(error.args[1]))
        name = found[1] if found else ""
        error.args = (_DUPLICATE, f"duplicate entry for key '{name}'")
        return "" if name == "PRIMARY" else name

    def translate(self, error: BaseException) -> CustomerCoreError:
        """Return our error for one of pymysql's."""
        code = (error.args[0] if error.args and isinstance(error.args[0], int) else None) or None
        if code in _MEANINGS:
            return meant(_MEANINGS[code])
        if code is None and _fell_silent(error):
            return meant(MEANINGS["lost"])
        error.args = (code,)
        return StorageError("storage_error", f"the store failed: {type(error).__name__} {code}")

    def check(self, engine: sa.Engine) -> tuple[Finding, ...]:
        """Look at the server's version, where the tables are kept, and whether they may be written."""
        with engine.connect() as connection:
            version = str(connection.exec_driver_sql("SELECT VERSION()").scalar_one())
            read_only = connection.exec_driver_sql("SELECT @@read_only").scalar_one()
            kept = connection.exec_driver_sql(
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
                " AND table_name LIKE 'customercore\\_%%' AND engine <> 'InnoDB'"
            ).scalar_one()
        numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        return (
            Finding("server", numbers >= _OLDEST, version),
            Finding("transactions", kept == 0, f"{kept} tables are not kept by InnoDB"),
            Finding("writable", not read_only, f"read_only is {read_only}"),
        )


_EXAMPLE = "is not a MariaDB URL such as mysql+pymysql://user@host/shop"
_DUPLICATE = 1062
_CODES = {
    "busy": (1205,),
    "lost_race": (1213, 1020),
    "slow": (1969,),
    "interrupted": (1317,),
    "read_only": (1290, 1792, 1836),
    "full": (1021, 1114),
    "missing": (1049,),
    "refused": (1044, 1045, 1142, 1698),
    "crowded": (1040, 1203),
    "no_schema": (1054, 1146),
    "lost": (
        # A node of Galera is not one of its cluster, or not yet; it left during the commit or while undoing; it does
        # not know itself what became of a commit: that is what its server makes of whatever else Galera says.
        *(1047, 1180, 1181, 1105),
        # The server ends, or has cut the connection off.
        *(1053, 1077, 1079, 1080, 1152, 1184, 1927),
        # It could not read what was sent, or not send its answer.
        *(1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161),
        # The driver's own: nobody to connect to, gone away, or an answer that is none.
        *(2002, 2003, 2005, 2006, 2012, 2013, 2014, 2027, 2055),
    ),
}
_MEANINGS: dict[int | None, Meaning] = {code: MEANINGS[word] for word, codes in _CODES.items() for code in codes}


def _fell_silent(error: BaseException) -> bool:
    """Tell whether an error without a code is the driver's word for a broken conversation.

    It says so of a closed connection, an answer out of turn, and a greeting that broke off.
    """
    broken = (pymysql.err.InterfaceError, pymysql.err.InternalError, pymysql.err.OperationalError)
    return isinstance(error, broken) or type(error) is pymysql.err.Error
