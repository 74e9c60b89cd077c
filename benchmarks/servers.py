"""Database servers for the benchmarks: those of the tests, but durable ones, as in production."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import attrs
from benchmarks import drivers
from benchmarks.bare import BareStore
from benchmarks.mongo import BareMongo
from pymongo import MongoClient
from sqlalchemy import Engine, create_engine, make_url

from customercore import CustomerCore
from customercore.adapters.mongo.store import MongoStore
from customercore.adapters.sql.store import SqlStore
from customercore.ports.store import Store
from customercore.wiring import core_on, default_catalogue

__all__ = ["SERVERS", "MongoServer", "Server", "started"]

_SUPPORT = Path(__file__).parents[1] / "tests" / "support"
_POSTGRESQL = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "autovacuum": "on",
}
_MARIADB = {
    "innodb-flush-log-at-trx-commit": "1",
    "innodb-doublewrite": "1",
    "innodb-flush-method": "fsync",
    "innodb-buffer-pool-size": "1G",
    "innodb-log-file-size": "512M",
}
_numbers = itertools.count(1)


@attrs.frozen
class _Product:
    """How a server is made durable, and what a database of it is called."""

    administrative: str
    create: str
    drop: str
    settings: list[str]
    driver: Callable[[], drivers.Driver]


_MONGODB = {"--wiredTigerCacheSizeGB": "1", "--oplogSize": "1024"}

SERVERS: Mapping[str, _Product] = {
    "postgresql": _Product(
        "postgres",
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'",
        "DROP DATABASE {} WITH (FORCE)",
        [part for name, value in _POSTGRESQL.items() for part in ("-c", f"{name}={value}")],
        drivers.postgresql,
    ),
    "mariadb": _Product(
        "mysql",
        "CREATE DATABASE {}",
        "DROP DATABASE {}",
        [f"--{name}={value}" for name, value in _MARIADB.items()],
        drivers.mariadb,
    ),
}


@attrs.frozen
class Server:
    """A running server; ``url`` has ``{database}`` for the name of a database."""

    name: str
    url: str
    _at: ClassVar[Callable[..., Store]] = SqlStore.at

    @property
    def driver(self) -> drivers.Driver:
        """Return how its driver is spoken to."""
        return SERVERS[self.name].driver()

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, give its URL, and drop it."""
        product, name = SERVERS[self.name], f"benchmark_{os.getpid()}_{next(_numbers)}"
        with self._administration() as run:
            run(product.create.format(name))
        try:
            yield self.url.format(database=name)
        finally:
            with self._administration() as run:
                run(product.drop.format(name))

    @contextmanager
    def _administration(self) -> Iterator[Callable[[str], Any]]:
        engine = create_engine(
            self.url.format(database=SERVERS[self.name].administrative), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            yield connection.exec_driver_sql
        engine.dispose()

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, CustomerCore, str]]:
        """Open a new store of ours; give its URL, too."""
        with self.database() as url:
            catalogue = default_catalogue()
            store = self._at(url, catalogue, timeout=60.0)
            store.prepare("create")
            with closing(core_on(store, catalogue)) as core:
                yield store, core, url

    @contextmanager
    def bare(self) -> Iterator[BareStore]:
        """Open a new store by hand: the tables are ours, with nothing in them."""
        with self.opened() as (_, _, url), self.connection(url) as connection:
            yield BareStore(connection, self.driver)

    @contextmanager
    def connection(self, url: str) -> Iterator[Any]:
        """Connect by the driver alone."""
        engine = _engine(url)
        connection = engine.raw_connection()
        driver: Any = connection.driver_connection
        if self.name == "postgresql":
            driver.autocommit = True
            driver.execute("SET timezone = 'UTC'")
        else:
            driver.autocommit(True)  # noqa: FBT003  # the driver's own call
        yield driver
        connection.invalidate()
        engine.dispose()


class MongoServer(Server):
    """A replica set of one node."""

    _at = MongoStore.at

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make up the name of a database, give its URL, and drop it."""
        url = self.url.format(database=f"benchmark_{os.getpid()}_{next(_numbers)}")
        try:
            yield url
        finally:
            with MongoClient[dict[str, Any]](url) as client:
                client.drop_database(client.get_default_database().name)

    @contextmanager
    def by_hand(self, url: str) -> Iterator[BareMongo]:
        """Connect by the driver alone, to collections that are there already."""
        with MongoClient[dict[str, Any]](url) as client:
            yield BareMongo(client)


def _engine(url: str) -> Engine:
    return create_engine(make_url(url), pool_reset_on_return=None)


@contextmanager
def started(name: str, folder: Path, *, fleeting: bool = False) -> Iterator[Server]:
    """Run a server, its files in a folder within this one, while the benchmarks need it.

    It may run as somebody else, who must be able to reach the folder. A ``fleeting`` one is as the tests have it,
    and is that of the tests themselves where they run.
    """
    sys.path.insert(0, str(_SUPPORT))
    from database_servers import mariadb, mongodb, postgresql, sharing  # noqa: PLC0415  # only these runs know the tests

    made_by = MongoServer if name == "mongodb" else Server
    if fleeting and sharing.FOLDER in os.environ:
        from database_servers.databases import PRODUCTS  # noqa: PLC0415  # the same

        product = next(one for one in PRODUCTS if one.startswith(name))
        yield made_by(name, sharing.shared(product, PRODUCTS[product].plan))
        return

    def plan(home: Path) -> sharing.Plan:
        if name == "mongodb":
            return mongodb.plan(home, durable=None if fleeting else _MONGODB)
        made = mariadb.plan(home) if name == "mariadb" else postgresql.plan(18, home)
        return made if fleeting else attrs.evolve(made, command=[*made.command, *SERVERS[name].settings])

    usual, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        sharing.begin()
        yield made_by(name, sharing.shared(name, plan))
    finally:
        sharing.end()
        tempfile.tempdir = usual
