"""A SQL database as a store."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import sqlalchemy.exc
from sqlalchemy import Engine, func, select

from customercore.adapters.lanes import Lane
from customercore.adapters.sql.bound import BoundUnitOfWork, connection_of
from customercore.adapters.sql.connections import Connections, Lease
from customercore.adapters.sql.deadlines import Deadlines, Watch
from customercore.adapters.sql.deliveries import tenants_due
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.ledger import tenants_with_due_wallets
from customercore.adapters.sql.rows_ahead import AheadWire
from customercore.adapters.sql.schema import HEAD, meta_value, prepare, revision_of
from customercore.adapters.sql.shared_plans import Plans, shared_plans
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.statistics import Statistics
from customercore.adapters.sql.tables import Tables
from customercore.adapters.sql.turns import Turns
from customercore.adapters.sql.unalterable import guarded
from customercore.adapters.sql.unit_of_work import Shared, SqlUnitOfWork
from customercore.adapters.sql.wire import Wire
from customercore.adapters.timeouts import waits
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.text import FOLD_VERSION
from customercore.errors import CustomerCoreError, InvalidValueError, StorageError
from customercore.ports.store import Finding, Migrate
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["SqlStore", "dialect_of"]


def dialect_of(url: str) -> Dialect:
    """Return the dialect of a URL; its file, and with it the driver, is loaded when it is first asked for."""
    product = url.partition(":")[0].partition("+")[0]
    if product == "postgresql":
        from customercore.adapters.sql.postgresql import PostgresqlDialect

        return PostgresqlDialect()
    if product in ("mariadb", "mysql"):
        from customercore.adapters.sql.mariadb import MariadbDialect

        return MariadbDialect()
    from customercore.adapters.sql.sqlite import SqliteDialect

    return SqliteDialect()


class SqlStore:
    """Implements `ports.store.Store` on an engine."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        catalogue: Catalogue,
        *,
        timeout: float = 10.0,
        host: Engine | None = None,
        plans: Plans | None = None,
    ) -> None:
        self._planning = engine
        self._timeout = timeout
        self._patience = dialect.patience(timeout)
        self._deadlines = Deadlines()
        self._engine = engine if host is None else host.execution_options(isolation_level="AUTOCOMMIT")
        self._connections = Connections(self._engine, dialect, lent=host is not None)
        self._dialect = dialect
        self._plans = plans or Plans(catalogue, dialect, grammar_of(engine))
        self.tables = self._plans.tables
        self._translate = self._plans.translation
        self._errors: type[Exception] = engine.dialect.dbapi.Error  # type: ignore[union-attr]  # an engine has a driver
        statistics = Statistics(partial(_look, dialect, self.tables, self._connections))
        writers = Lane() if dialect.one_writer else None
        self._shared = Shared(
            self._connections, self._plans, dialect, statistics, Turns(), patience=waits(timeout)[0], writers=writers
        )
        self._secret: bytes | None = None

    @classmethod
    def at(cls, url: str, catalogue: Catalogue, *, timeout: float) -> SqlStore:
        """Return the store that a URL names; nothing is connected yet."""
        dialect = dialect_of(url)
        engine = dialect.engine(url, timeout)
        plans = shared_plans(catalogue, dialect, engine)
        return cls(engine, dialect, catalogue, timeout=timeout, plans=plans)

    @classmethod
    def on(cls, host: Engine, catalogue: Catalogue, *, timeout: float) -> SqlStore:
        """Return the store on a host's engine: its pool, with its options."""
        url = host.url.render_as_string(hide_password=False)
        dialect = dialect_of(url)
        planning = dialect.engine(url, timeout)  # never connects: it tells how statements are made
        if host.dialect.driver != planning.dialect.driver:
            raise InvalidValueError.of("engine", "other_driver", f"must be one of the driver {planning.dialect.driver}")
        plans = shared_plans(catalogue, dialect, planning)
        return cls(planning, dialect, catalogue, timeout=timeout, host=host, plans=plans)

    @property
    def capabilities(self) -> frozenset[str]:
        """What this database can do."""
        return self._dialect.capabilities

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise StorageError("store_damaged", "the store's file is damaged") from error
        except (sqlalchemy.exc.SQLAlchemyError, self._errors) as error:
            raise self._translate(error) from error

    def prepare(self, migrate: Migrate) -> None:
        """Bring the schema to this release's, as far as ``migrate`` allows."""
        self._connections.check_open()
        with self._translated():
            prepare(self._engine, self._plans, self._dialect, migrate)

    def unit(self, tenant: str, *, write: bool, within: float | None = None) -> UnitOfWork:
        """Open a unit of work, which takes a connection of the pool when it first needs one."""
        end = math.inf if within is None else time.monotonic() + within
        self._connections.check_open()
        lease = Lease(self._taken)
        return self._opened(SqlUnitOfWork, lease, tenant, write=write, watch=self._watch(lease, end))

    def _taken(self) -> Any:
        try:
            return self._connections.take()
        except (sqlalchemy.exc.SQLAlchemyError, self._errors) as error:
            raise self._translate(error) from error

    def _watch(self, lease: Lease, end: float) -> Watch | None:
        if end == math.inf == self._patience:
            return None
        watch = Watch(self._deadlines, partial(self._cut_off, lease), end, self._patience)
        if end < math.inf and not self._connections.lent:
            left, limit = watch.told(), self._dialect.limit
            watch.opening, watch.closing = (limit(left, left),), (limit(*waits(self._timeout)),)
        return watch

    def _cut_off(self, lease: Lease) -> None:
        if lease.taken is not None:
            self._dialect.cut_off(lease.taken)

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Open a unit inside the transaction of a SQLAlchemy `Connection` or `Session`."""
        self._connections.check_open()
        connection = connection_of(host, self._dialect, self._planning.dialect.driver)
        return self._opened(BoundUnitOfWork, Lease(lambda: connection), tenant, write=write)

    def _opened(
        self, sort: type[SqlUnitOfWork], lease: Lease, tenant: str, *, write: bool, watch: Watch | None = None
    ) -> UnitOfWork:
        sender, given = self._dialect.sender, (lease, self._translate, self._errors, self._dialect, watch)
        # The connection of a host's transaction is the host's to use between any two statements.
        theirs = sort is not SqlUnitOfWork
        wire = Wire(*given) if sender is None or theirs or not write else AheadWire(*given, sender=sender)
        return sort(self._shared, lease, wire, tenant, write=write, watch=watch).open()

    def due(self, subscribers: Collection[str], now: dt.datetime) -> list[str]:
        """Return the tenants with a delivery to one of these subscribers that is due."""
        self._connections.check_open()
        query = tenants_due(self.tables, subscribers, now)
        with self._translated(), self._connections.connect() as connection:
            return sorted({str(tenant) for (tenant,) in connection.execute(query)})

    def due_wallets(self, now: dt.datetime) -> list[str]:
        """Return the tenants with a wallet of which something is due."""
        self._connections.check_open()
        query = tenants_with_due_wallets(self.tables, now)
        with self._translated(), self._connections.connect() as connection:
            return sorted(str(tenant) for tenant, _ in connection.execute(query))

    def secret(self) -> bytes:
        """Return the store's own random key."""
        self._connections.check_open()
        if self._secret is None:
            with self._translated():
                self._secret = bytes.fromhex(meta_value(self._connections, self.tables, "secret"))
        return self._secret

    def check(self) -> tuple[Finding, ...]:
        """Look over schema, text fold, events and the database itself."""
        self._connections.check_open()
        try:
            with self._translated():
                return (*self._own_findings(), *self._dialect.check(self._engine))
        except CustomerCoreError as error:
            return (Finding("store", ok=False, detail=str(error)),)

    def _own_findings(self) -> Iterator[Finding]:
        with self._connections.connect() as connection:
            revision = revision_of(connection)
            yield Finding("schema", revision == HEAD, f"revision {revision}, this release has {HEAD}")
            fold = meta_value(self._connections, self.tables, "fold")
            yield Finding("text keys", fold == FOLD_VERSION, f"folded by {fold}, this release folds by {FOLD_VERSION}")
            customers, events = self.tables.rows["customers"], self.tables.events
            told = select(func.count()).where(
                events.c.tenant == customers.c.tenant,
                events.c.aggregate == "customer",
                events.c.aggregate_id == customers.c.id,
            )
            silent = select(func.count()).select_from(customers).where(customers.c.version > told.scalar_subquery())
            missing = connection.execute(silent).scalar_one()
            yield Finding("events", missing == 0, f"{missing} customers have a version without an event")
            kept = guarded(connection, self.tables.entries.name)
            yield Finding("entries", ok=True, detail=f"the database {'refuses' if kept else 'allows'} to change them")

    def close(self) -> None:
        """Give back the connections."""
        self._connections.close()


def _look(dialect: Dialect, tables: Tables, connections: Connections) -> None:
    """Have the database look at the tables that searches read."""
    statement = dialect.look([*tables.rows.values(), *tables.terms.values()])
    if statement is not None:
        with suppress(sqlalchemy.exc.SQLAlchemyError), connections.connect() as connection:
            connection.exec_driver_sql(statement)
