"""One transaction on one connection."""

from __future__ import annotations

from typing import Any, Self

import attrs

from customercore.adapters.lanes import Lane
from customercore.adapters.meanings import MEANINGS, doomed, meant, over, reading
from customercore.adapters.sql.connections import Connections, Lease
from customercore.adapters.sql.deadlines import Watch
from customercore.adapters.sql.deliveries import SqlDeliveries
from customercore.adapters.sql.dialect import Dialect
from customercore.adapters.sql.journal import SqlJournal
from customercore.adapters.sql.ledger import SqlLedger
from customercore.adapters.sql.repository import SqlRepository
from customercore.adapters.sql.shared_plans import Plans
from customercore.adapters.sql.statistics import Statistics
from customercore.adapters.sql.turns import Turn, Turns
from customercore.adapters.sql.wire import Wire
from customercore.catalogue.aggregate import Aggregate
from customercore.errors import StorageError, StorageUnavailableError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository
from customercore.ports.store import UNREACHABLE, deadline_exceeded, outcome_unknown
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["Shared", "SqlUnitOfWork"]


@attrs.frozen(slots=False)
class Shared:
    """What all units of a store share."""

    connections: Connections
    plans: Plans
    dialect: Dialect
    statistics: Statistics
    turns: Turns
    patience: float
    """For how many seconds a unit waits for its turn."""
    writers: Lane | None = None
    """The queue of units that write, where the database has one writer at a time."""


class SqlUnitOfWork(UnitOfWork):
    """A unit that holds a connection from its start to its end. One that only reads holds no transaction open."""

    def __init__(
        self, shared: Shared, lease: Lease, wire: Wire, tenant: str, *, write: bool, watch: Watch | None = None
    ) -> None:
        self._shared = shared
        self._lease = lease
        self._wire = wire
        self._plans = shared.plans
        self._tenant = tenant
        self._dialect = shared.dialect
        self._write = write
        self._watch = watch
        self._turn: Turn | None = None
        self._lane: Lane | None = None
        self._over = False
        self._described: dict[str, Aggregate[Any]] = {}
        self._made: dict[str, SqlRepository[Any]] = {}
        self._journal: SqlJournal | None = None

    def open(self) -> Self:
        """Begin the transaction, if it is to write."""
        watch, wire = self._watch, self._wire
        if watch is not None:
            watch.begin()
        try:
            if self._write:
                self._queue()  # before it has a connection: whoever waits holds none
            if watch is not None:
                self._begin(watch.opening)
            if self._lane is not None:
                wire.hurry()  # the queue may have taken its time
            if self._write:
                wire.begin(self._dialect.begin_lent if self._shared.connections.lent else self._dialect.begin_write)
        except BaseException:
            self._give_back()
            raise
        return self

    def _queue(self) -> None:
        """Wait for the turn to write, where one unit of this process does at a time; others are met as ever."""
        writers = self._shared.writers
        if writers is None:
            return
        if not writers.acquire(timeout=self._wire.left(self._shared.patience)):
            late = self._watch is not None and self._watch.ended(slow=False)
            raise deadline_exceeded() if late else meant(MEANINGS["busy"])
        self._lane = writers

    def _begin(self, statements: tuple[str, ...]) -> None:
        try:
            for statement in statements:
                self._wire.control(statement)
        except BaseException:
            self._give_back()
            raise

    def repeatable(self, *, trusting: bool) -> bool:
        """Hear that the unit is run again where it loses a race; units of one process then take turns at a record."""
        self._writes()
        wire = self._wire
        if wire.merger is not None:
            wire.trusting = trusting
            shared = self._shared
            self._turn = Turn(shared.turns, self._tenant, wire.left(shared.patience), trusting=trusting)
        return wire.trusting

    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it."""
        self._alive()
        self._described[aggregate.plural] = aggregate
        if aggregate.plural in self._made:
            self._made[aggregate.plural].aggregate = aggregate

    def expect(self, plural: str, id: str, version: int) -> None:
        """Let the unit go on only while a record has this version, and hold it."""
        if self._wire.unbegun:
            self._writes()
            made = self._made.get(plural)
            if made is None:
                self._wire.tell(self._plans.rows(plural).expected(self._tenant, id, version))
            else:
                made.expect(id, version)
        else:
            super().expect(plural, id, version)

    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""
        return self._rows(plural)

    def _rows(self, plural: str) -> SqlRepository[Any]:
        made = self._made.get(plural)
        if made is None:
            self._alive()
            made = SqlRepository(
                self._plans.rows(plural),
                self._wire,
                self._tenant,
                self._writes,
                self._snapshot,
                statistics=self._shared.statistics,
                turn=self._turn,
            )
            made.aggregate = self._described.get(plural, made.aggregate)
            self._made[plural] = made
        return made

    @property
    def events(self) -> Journal:
        """The journal of this unit."""
        if self._journal is None:
            self._alive()
            self._journal = SqlJournal(self._plans.events, self._wire, self._tenant, self._writes)
        return self._journal

    @property
    def deliveries(self) -> Deliveries:
        """What is on its way to subscribers."""
        self._alive()
        return SqlDeliveries(self._plans.deliveries, self._wire, self._tenant, self._writes)

    @property
    def ledger(self) -> Ledger:
        """The accounts of wallets."""
        wallets = self._rows("wallets")
        return SqlLedger(self._plans.ledger, self._wire, self._tenant, self._writes, wallets)

    def commit(self) -> None:
        """Make everything durable and end the unit."""
        self._committable()
        try:
            self._wire.commit()
        except StorageUnavailableError as error:
            lost = error.code == UNREACHABLE or not self._dialect.usable(self._lease.connection)
            self.rollback()
            if not lost:
                raise
            # Perhaps the database has committed and only its answer was lost: nobody may simply repeat the unit.
            raise outcome_unknown() from error
        except BaseException:
            self.rollback()
            raise
        inserted = self._wire.inserted
        self._give_back(kept=True)
        if inserted:
            self._shared.statistics.stored(inserted)

    def rollback(self) -> None:
        """Undo everything and end the unit."""
        if self._over:
            return
        try:
            if self._lease.taken is not None and self._dialect.in_transaction(self._lease.taken):
                self._wire.undo("ROLLBACK")
        except StorageError:
            self._lease.taken.invalidate()  # the database undoes what a connection that is gone had begun
        finally:
            self._give_back()

    def _snapshot(self) -> bool:
        """See one state of the store from now on: what is read in several statements belongs together.

        Returns whether the transaction is the unit's own.
        """
        self._alive()
        if not self._write and not self._dialect.in_transaction(self._lease.connection):
            self._begin(self._dialect.begin_read)
        return True

    def _alive(self) -> None:
        if self._over:
            raise over()

    def _writes(self) -> None:
        if not self._write:
            self._alive()
            raise reading()

    def _committable(self) -> None:
        self._writes()
        if self._wire.failed:
            self.rollback()
            raise doomed()
        try:
            _ = self._lease.connection  # one that cannot be had leaves nobody in doubt
        except BaseException:
            self.rollback()
            raise

    def _give_back(self, *, kept: bool = False) -> None:
        if not self._over:
            self._over, self._write = True, False
            self._made.clear()  # they know the unit: in a circle, all of it would wait for the garbage collector
            self._journal = None
            self._wire.end()
            try:
                self._let_go()  # before the turn ends: the next unit may have the connection
            finally:
                if self._turn is not None:
                    self._turn.end(kept=kept)
                lane, self._lane = self._lane, None
                if lane is not None:
                    lane.release()

    def _let_go(self) -> None:
        connection = self._lease.taken
        if self._watch is not None:
            self._watch.finish(connection, self._wire.errors)
        if connection is not None:
            self._shared.connections.give_back(connection, sound=not self._wire.failed, astray=self._wire.astray)
