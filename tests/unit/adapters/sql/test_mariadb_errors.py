"""What a server of MariaDB, or its driver, says while the server dies is known for what it means."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

import pymysql
import pytest
from pymysql.connections import MySQLResult

from customercore.adapters.sql.mariadb import MariadbDialect
from customercore.adapters.sql.mariadb_streams import StreamCursor, StreamingConnection
from customercore.errors import StorageUnavailableError
from customercore.ports.store import UNREACHABLE

SERVERS = (1047, 1053, 1077, 1079, 1080, 1105, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1180, 1181, 1184)
DRIVERS = (1927, 2002, 2003, 2005, 2006, 2012, 2013, 2014, 2027, 2055)


def _is_unreachable(error: BaseException) -> None:
    ours = MariadbDialect().translate(error)
    assert isinstance(ours, StorageUnavailableError)
    assert ours.code == UNREACHABLE
    assert ours.retryable


@pytest.mark.parametrize("code", SERVERS + DRIVERS)
def test_a_code_of_a_dying_server_means_that_it_cannot_be_reached(code: int) -> None:
    _is_unreachable(pymysql.err.OperationalError(code, "whatever it says"))


@pytest.mark.parametrize(
    "error",
    [
        pymysql.err.InternalError("Packet sequence number wrong - got 7 expected 1"),
        pymysql.err.OperationalError("unexpected packet during authentication"),
        pymysql.err.InterfaceError(0, ""),
        pymysql.err.Error("Already closed"),
    ],
    ids=str,
)
def test_a_conversation_that_broke_off_means_the_same(error: pymysql.Error) -> None:
    _is_unreachable(error)


@pytest.mark.parametrize(
    "error",
    [
        pymysql.err.ProgrammingError("Cursor closed"),
        pymysql.err.ProgrammingError(1064, "You have an error in your SQL syntax"),
        pymysql.err.InternalError(149, "something of the server's own"),
        pymysql.err.DataError(1406, "Data too long"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_statement_is_not_taken_for_a_lost_server(error: pymysql.Error) -> None:
    assert MariadbDialect().translate(error).code == "storage_error"


def _cut_off() -> StreamingConnection:
    """Return a connection whose rows were being streamed when the server died."""
    connection = StreamingConnection(defer_connect=True)
    ours, theirs = socket.socketpair()
    theirs.close()
    vars(connection).update(_sock=ours, _rfile=ours.makefile("rb"), _next_seq_id=1, _current_timeout=None)
    return connection


def _streaming(connection: StreamingConnection) -> StreamCursor:
    cursor = StreamCursor(connection)
    result: Any = MySQLResult(connection)
    result.unbuffered_active = True
    vars(connection).update(_result=result)
    vars(cursor).update(_result=result, _executed="SELECT 1")
    return cursor


def test_a_connection_that_was_cut_off_says_so_however_often_it_is_asked() -> None:
    connection = _cut_off()
    cursor = _streaming(connection)
    with pytest.raises(pymysql.err.OperationalError) as first:
        cursor.fetchmany(10)
    _is_unreachable(first.value)
    with pytest.raises(pymysql.err.InterfaceError) as second:
        cursor.fetchmany(10)
    _is_unreachable(second.value)
    with pytest.raises(pymysql.err.InterfaceError):
        connection.query("SELECT 1")
    cursor.close()


def test_a_stream_of_a_connection_that_was_cut_off_can_be_closed() -> None:
    connection = _cut_off()
    with closing(_streaming(connection)) as cursor, pytest.raises(pymysql.err.OperationalError):
        cursor.fetchmany(10)
    assert not connection.open
