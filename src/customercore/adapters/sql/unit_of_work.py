"""One transaction on one connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customercore.adapters.sql.connections import Connections
from customercore.adapters.sql.journal import EventPlan, SqlJournal
from customercore.adapters.sql.plans import RowPlan
from customercore.adapters.sql.repository import SqlRepository
from customercore.adapters.sql.statements import Wire
from customercore.catalogue.aggregate import Aggregate
from customercore.errors import TransactionError
from customercore.ports.journal import Journal
from customercore.ports.repository import Repository
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["SqlUnitOfWork"]


class SqlUnitOfWork(UnitOfWork):
    """A unit that holds a connection from its start to its end. One that only reads holds no transaction open."""

    def __init__(
        self,
        connections: Connections,
        connection: Any,
        wire: Wire,
        tenant: str,
        *,
        plans: Mapping[str, RowPlan[Any]],
        events: EventPlan,
        begin: str | None,
        begin_read: str,
    ) -> None:
        self._connections = connections
        self._connection = connection
        self._wire = wire
        self._plans = plans
        self._event_plan = events
        self._tenant = tenant
        self._write = begin is not None
        self._begin_read = begin_read
        self._over = False
        self._described: dict[str, Aggregate[Any]] = {}
        self._made: dict[str, SqlRepository[Any]] = {}
        self._journal: SqlJournal | None = None
        if begin is not None:
            try:
                wire.run(begin)
            except BaseException:
                self._give_back()
                raise

    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it."""
        self._alive()
        self._described[aggregate.plural] = aggregate
        if aggregate.plural in self._made:
            self._made[aggregate.plural].aggregate = aggregate

    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""
        made = self._made.get(plural)
        if made is None:
            self._alive()
            made = SqlRepository(self._plans[plural], self._wire, self._tenant, self._writes, self._snapshot)
            made.aggregate = self._described.get(plural, made.aggregate)
            self._made[plural] = made
        return made

    @property
    def events(self) -> Journal:
        """The journal of this unit."""
        if self._journal is None:
            self._alive()
            self._journal = SqlJournal(self._event_plan, self._wire, self._tenant, self._writes)
        return self._journal

    def commit(self) -> None:
        """Make everything durable and end the unit."""
        self._writes()
        try:
            self._wire.run("COMMIT")
        except BaseException:
            self.rollback()
            raise
        self._give_back()

    def rollback(self) -> None:
        """Undo everything and end the unit."""
        if self._over:
            return
        try:
            if self._connection.in_transaction:
                self._wire.run("ROLLBACK")
        finally:
            self._give_back()

    def _snapshot(self) -> None:
        """See one state of the store from now on: what is read in several statements belongs together."""
        if not self._connection.in_transaction:
            self._wire.run(self._begin_read)

    def _alive(self) -> None:
        if self._over:
            raise TransactionError("transaction_over", "the unit of work has ended")

    def _writes(self) -> None:
        self._alive()
        if not self._write:
            raise TransactionError("read_only_unit", "this unit of work was opened for reading")

    def _give_back(self) -> None:
        if not self._over:
            self._over = True
            self._wire.end()
            self._connections.give_back(self._connection, sound=not self._wire.failed)
