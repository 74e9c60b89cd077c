"""Databases on the servers of a run: each test, or each class of tests, has one of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from database_servers import mariadb, mongodb, postgresql
from database_servers.sharing import MissingServerError, Plan, shared
from pymongo import MongoClient
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url

__all__ = ["PRODUCTS", "AnyDatabase", "Database", "MongoDatabase", "any_database", "new_database", "new_mongo_database"]


@attrs.frozen
class _Product:
    """A database product that the tests know: where a user's own server is named, and how one is started here."""

    variable: str | None
    plan: Callable[[Path], Plan]
    administrative: str
    create: str


_POSTGRES, _MARIADB = "CUSTOMERCORE_TEST_POSTGRES_URL", "CUSTOMERCORE_TEST_MARIADB_URL"
_MONGO = "CUSTOMERCORE_TEST_MONGO_URL"
_UTF8 = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
_LATIN = "CREATE DATABASE {} CHARACTER SET latin1 COLLATE latin1_swedish_ci"
PRODUCTS = {
    "postgresql-18": _Product(_POSTGRES, partial(postgresql.plan, 18), "postgres", _UTF8),
    "postgresql-16": _Product(None, partial(postgresql.plan, 16), "postgres", _UTF8),
    # A database whose own character set is another one, so that what the adapter asks for itself is seen.
    "mariadb": _Product(_MARIADB, mariadb.plan, "mysql", _LATIN),
    "mongodb": _Product(_MONGO, mongodb.plan, "admin", ""),
}
_numbers = itertools.count(1)


class Database:
    """An empty database. ``url`` is what `open_core` is given."""

    def __init__(self, url: URL) -> None:
        self.url = url.render_as_string(hide_password=False)
        self._engine = _engine(url)

    def run(self, *statements: str) -> None:
        """Execute the statements, each committed by itself."""
        with self._engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def marks(self, name: str) -> int:
        """Count the store's own marks of this name."""
        ((count,),) = self.rows(f"SELECT COUNT(*) FROM customercore_meta WHERE name = '{name}'")  # noqa: S608  # ours
        return int(count)

    def forget(self) -> None:
        """Delete every row of ours, the store's own marks excepted."""
        with self._engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                if table not in ("customercore_schema", "customercore_meta"):
                    # Entries cannot be deleted: the database refuses that, but not to empty the table as a whole.
                    delete = "TRUNCATE TABLE" if table == "customercore_entries" else "DELETE FROM"
                    connection.exec_driver_sql(f"{delete} {table}")

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()


class MongoDatabase:
    """An empty database on a replica set. ``url`` is what `open_core` is given."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: MongoClient[dict[str, Any]] = MongoClient(url)
        self.own = self.client.get_default_database()

    def marks(self, name: str) -> int:
        """Count the store's own marks of this name."""
        return self.own["customercore_meta"].count_documents({"_id": name})

    def forget(self) -> None:
        """Delete every record of ours, the store's own marks excepted."""
        for name in self.own.list_collection_names():
            if name != "customercore_meta":
                self.own[name].delete_many({})

    def close(self) -> None:
        """Drop the database, and give back the connections."""
        self.client.drop_database(self.own.name)
        self.client.close()


AnyDatabase = Database | MongoDatabase


def _engine(url: URL) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _server_url(name: str) -> str:
    """Return the URL of a server; skip the test where there is none."""
    product = PRODUCTS[name]
    given = os.environ.get(product.variable) if product.variable else None
    if given:
        return given
    try:
        return shared(name, product.plan).format(database=product.administrative)
    except MissingServerError as error:
        pytest.skip(str(error))


def _new_name() -> str:
    return f"customercore_test_{os.getpid()}_{next(_numbers)}"


@contextmanager
def new_database(product: str) -> Iterator[Database]:
    """Make a database on the SQL product's server, and drop it afterwards."""
    server, name = make_url(_server_url(product)), _new_name()
    with _connected(server) as connection:
        connection.exec_driver_sql(PRODUCTS[product].create.format(name))
    database = Database(server.set(database=name))
    try:
        yield database
    finally:
        database.close()
        with _connected(server) as connection:
            force = " WITH (FORCE)" if product.startswith("postgresql") else ""
            connection.exec_driver_sql(f"DROP DATABASE {name}{force}")


@contextmanager
def new_mongo_database(name: str | None = None) -> Iterator[MongoDatabase]:
    """Make a database on the replica set, and drop it afterwards."""
    url = make_url(_server_url("mongodb")).set(database=name or _new_name())
    database = MongoDatabase(url.render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()


@contextmanager
def any_database(product: str) -> Iterator[AnyDatabase]:
    """Make a database of whatever product, and drop it afterwards."""
    with new_mongo_database() if product == "mongodb" else new_database(product) as database:
        yield database
