"""The other side of job 5: a guarded debit, an entry and an event, as a good engineer writes them by hand.

Plain tables: a wallet is a balance and a number, without lots, holds or a limit. On PostgreSQL all of it is one
statement; elsewhere a transaction whose first statement is the guard.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from benchmarks.servers import MongoServer, Server
from pymongo import MongoClient, WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from uuid_utils import uuid7

__all__ = ["Purses", "in_file", "on_server"]

Debit = Callable[[str, int], bool]
"""Takes an amount from a purse if so much is there, and tells whether it was."""

_TABLES = """
CREATE TABLE purses (id VARCHAR(64) PRIMARY KEY, balance BIGINT NOT NULL CHECK (balance >= 0), number BIGINT NOT NULL);
CREATE TABLE purse_entries (purse VARCHAR(64) NOT NULL, number BIGINT NOT NULL, id VARCHAR(64) NOT NULL UNIQUE,
 amount BIGINT NOT NULL, balance BIGINT NOT NULL, at {moment} NOT NULL, PRIMARY KEY (purse, number));
CREATE TABLE purse_events (purse VARCHAR(64) NOT NULL, number BIGINT NOT NULL, id VARCHAR(64) NOT NULL,
 at {moment} NOT NULL, changes TEXT NOT NULL, PRIMARY KEY (purse, number))
"""
_CTE = """
WITH purse AS (UPDATE purses SET balance = balance - %s, number = number + 1 WHERE id = %s AND balance >= %s
 RETURNING id, balance, number),
entry AS (INSERT INTO purse_entries SELECT id, number, %s, %s, balance, %s FROM purse)
INSERT INTO purse_events SELECT id, number, %s, %s, %s FROM purse
"""
_GUARD = "UPDATE purses SET balance = balance - ?, number = number + 1 WHERE id = ? AND balance >= ?"
_ENTRY = "INSERT INTO purse_entries SELECT id, number, ?, ?, balance, ? FROM purses WHERE id = ?"
_EVENT = "INSERT INTO purse_events SELECT id, number, ?, ?, ? FROM purses WHERE id = ?"
_MAJORITY, _SNAPSHOT = WriteConcern("majority"), ReadConcern("snapshot")


class Purses(Protocol):
    """Purses in a database of their own."""

    def fill(self, ids: list[str], balance: int) -> None:
        """Make purses."""

    def writer(self, stack: ExitStack) -> Debit:
        """Return what debits on a connection of its own, which the stack closes."""

    def sums(self) -> tuple[int, int, int]:
        """Return the sum of all balances, of all entries, and how many entries there are."""


def _changes(amount: int) -> str:
    return json.dumps({"amount": [None, str(amount)]})


class _Sql:
    def __init__(self, connect: Callable[[ExitStack], Any], mark: str, moment: str, begin: str) -> None:
        self._connect, self._mark, self._moment, self._begin = connect, mark, moment, begin

    def fill(self, ids: list[str], balance: int) -> None:
        with ExitStack() as stack:
            connection = self._connect(stack)
            cursor = connection.cursor()
            for statement in _TABLES.format(moment=self._moment).split(";"):
                cursor.execute(statement)
            cursor.execute(self._begin)
            insert = f"INSERT INTO purses VALUES ({self._mark}, {self._mark}, 0)"
            cursor.executemany(insert, [(id, balance) for id in ids])
            cursor.execute("COMMIT")

    def writer(self, stack: ExitStack) -> Debit:
        cursor = self._connect(stack).cursor()
        guard, entry, event = (one.replace("?", self._mark) for one in (_GUARD, _ENTRY, _EVENT))

        def debit(id: str, amount: int) -> bool:
            now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
            at = now.isoformat(" ") if self._mark == "?" else now
            cursor.execute(self._begin)
            cursor.execute(guard, (amount, id, amount))
            there = bool(cursor.rowcount == 1)
            if there:
                cursor.execute(entry, (str(uuid7()), -amount, at, id))
                cursor.execute(event, (str(uuid7()), at, _changes(amount), id))
            cursor.execute("COMMIT")
            return there

        return debit

    def sums(self) -> tuple[int, int, int]:
        with ExitStack() as stack:
            cursor = self._connect(stack).cursor()
            cursor.execute("SELECT SUM(balance) FROM purses")
            ((balance,),) = cursor.fetchall()
            cursor.execute("SELECT COALESCE(SUM(amount), 0), COUNT(*) FROM purse_entries")
            ((amount, count),) = cursor.fetchall()
            return int(balance), int(amount), int(count)


class _Postgresql(_Sql):
    def writer(self, stack: ExitStack) -> Debit:
        cursor = self._connect(stack).cursor()

        def debit(id: str, amount: int) -> bool:
            now = dt.datetime.now(dt.UTC)
            values = (amount, id, amount, str(uuid7()), -amount, now, str(uuid7()), now, _changes(amount))
            cursor.execute(_CTE, values)
            return bool(cursor.rowcount == 1)

        return debit


class _Mongo:
    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def _database(self) -> Iterator[tuple[Any, Any]]:
        with MongoClient[dict[str, Any]](self._url) as client:
            yield client, client.get_default_database().with_options(write_concern=_MAJORITY)

    def fill(self, ids: list[str], balance: int) -> None:
        with self._database() as (_, database):
            database.create_collection("purses", validator={"balance": {"$gte": 0}})
            database.create_collection("purse_entries")
            database.create_collection("purse_events")
            database.purses.insert_many([{"_id": id, "balance": balance, "number": 0} for id in ids])

    def writer(self, stack: ExitStack) -> Debit:
        client, database = stack.enter_context(self._database())
        purses, entries, events = database.purses, database.purse_entries, database.purse_events

        def tried(id: str, amount: int) -> bool:
            now = dt.datetime.now(dt.UTC)
            with (
                client.start_session(causal_consistency=False) as session,
                session.start_transaction(_SNAPSHOT, _MAJORITY),
            ):
                purse = purses.find_one_and_update(
                    {"_id": id, "balance": {"$gte": amount}},
                    {"$inc": {"balance": -amount, "number": 1}},
                    return_document=True,
                    session=session,
                )
                if purse is None:
                    return False
                place = {"purse": id, "number": purse["number"]}
                entry = {"_id": place, "id": str(uuid7()), "amount": -amount, "balance": purse["balance"], "at": now}
                entries.insert_one(entry, session=session)
                event = {"_id": place, "id": str(uuid7()), "at": now, "changes": _changes(amount)}
                events.insert_one(event, session=session)
            return True

        def debit(id: str, amount: int) -> bool:
            while True:
                try:
                    return tried(id, amount)
                except PyMongoError as error:
                    if not error.has_error_label("TransientTransactionError"):
                        raise

        return debit

    def sums(self) -> tuple[int, int, int]:
        with self._database() as (_, database):
            (balance,) = database.purses.aggregate([{"$group": {"_id": None, "sum": {"$sum": "$balance"}}}])
            every = [*database.purse_entries.aggregate([{"$group": {"_id": None, "sum": {"$sum": "$amount"}}}])]
            amount = every[0]["sum"] if every else 0
            return balance["sum"], amount, database.purse_entries.count_documents({})


def in_file(file: Path) -> Purses:
    """Return purses in a file of SQLite, as durable as our stores are."""

    def connect(stack: ExitStack) -> Any:
        connection = sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return stack.enter_context(closing(connection))

    return _Sql(connect, "?", "TEXT", "BEGIN IMMEDIATE")


@contextmanager
def on_server(server: Server) -> Iterator[Purses]:
    """Make purses in a new database of a server."""
    with server.database() as url:
        if isinstance(server, MongoServer):
            yield _Mongo(url)
            return

        def connect(stack: ExitStack) -> Any:
            return stack.enter_context(server.connection(url))

        postgresql = server.name == "postgresql"
        kind, moment = (_Postgresql, "TIMESTAMPTZ") if postgresql else (_Sql, "DATETIME(6)")
        yield kind(connect, "%s", moment, "BEGIN")
