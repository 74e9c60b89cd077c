"""One transaction in one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pymongo.collection import Collection

from customercore.adapters.meanings import doomed
from customercore.adapters.mongo.deliveries import MongoDeliveries
from customercore.adapters.mongo.holds import Holds
from customercore.adapters.mongo.journal import MongoJournal
from customercore.adapters.mongo.layout import DELIVERIES, ENTRIES, EVENTS
from customercore.adapters.mongo.ledger import MongoLedger
from customercore.adapters.mongo.plans import DocumentPlan
from customercore.adapters.mongo.repository import MongoRepository
from customercore.adapters.mongo.wire import Wire
from customercore.catalogue.aggregate import Aggregate
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["Collections", "MongoUnitOfWork"]

Collections = Callable[[str], Collection[dict[str, Any]]]
"""Gives the collection of a name."""


class MongoUnitOfWork(UnitOfWork):
    """A unit whose transaction, if it is to write, begins with its first exchange."""

    def __init__(
        self,
        wire: Wire,
        tenant: str,
        *,
        plans: Mapping[str, DocumentPlan[Any]],
        collections: Collections,
        holds: Holds,
        ended: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._tenant = tenant
        self._plans = plans
        self._collections = collections
        self._holds = holds
        self._ended = ended
        self._described: dict[str, Aggregate[Any]] = {}
        self._made: dict[str, MongoRepository[Any]] = {}
        self._journal: MongoJournal | None = None

    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it."""
        self._wire.alive()
        self._described[aggregate.plural] = aggregate
        if aggregate.plural in self._made:
            self._made[aggregate.plural].aggregate = aggregate

    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""
        made = self._made.get(plural)
        if made is None:
            self._wire.alive()
            plan = self._plans[plural]
            collection = self._collections(plan.layout.name)
            made = MongoRepository(plan, collection, self._holds, self._wire, self._tenant)
            made.aggregate = self._described.get(plural, made.aggregate)
            self._made[plural] = made
        return made

    @property
    def events(self) -> Journal:
        """The journal of this unit."""
        if self._journal is None:
            self._wire.alive()
            self._journal = MongoJournal(self._collections(EVENTS), self._wire, self._tenant)
        return self._journal

    @property
    def deliveries(self) -> Deliveries:
        """What is on its way to subscribers."""
        self._wire.alive()
        return MongoDeliveries(self._collections(DELIVERIES), self._wire, self._tenant)

    @property
    def ledger(self) -> Ledger:
        """The accounts of wallets."""
        wallets = self.repository("wallets")
        documents = self._collections(self._plans["wallets"].layout.name)
        return MongoLedger(self._collections(ENTRIES), documents, self._wire, self._tenant, wallets)

    def repeatable(self, *, trusting: bool) -> bool:
        """Hear that the unit is run again where it loses a race; it may be that already. Nothing is trusted."""
        self._wire.repeatable()
        return False

    def commit(self) -> None:
        """Make everything durable and end the unit."""
        self._committable()
        try:
            self._wire.commit()
        finally:
            self._give_back()

    def rollback(self) -> None:
        """Undo everything and end the unit."""
        if not self._wire.over:
            try:
                self._wire.abort()
            finally:
                self._give_back()

    def _committable(self) -> None:
        self._wire.writing()
        if self._wire.failed:
            self.rollback()
            raise doomed()
        try:
            self._wire.settle()
        except BaseException:
            self.rollback()
            raise

    def _give_back(self) -> None:
        if not self._wire.over:
            self._wire.close()
            self._ended()
