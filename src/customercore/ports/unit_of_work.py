"""Reads and writes that commit together or not at all."""

from __future__ import annotations

from abc import abstractmethod
from types import TracebackType
from typing import Any, Protocol, Self

from customercore.catalogue.aggregate import Aggregate
from customercore.domain.classification import CustomerType, Flag
from customercore.domain.customer import Customer
from customercore.domain.entry_note import EntryNote
from customercore.domain.gift_card import GiftCard
from customercore.domain.info_type import InfoType
from customercore.domain.note import Note
from customercore.domain.record import Counter, IdempotencyRecord, Subscription
from customercore.domain.shop import Shop
from customercore.domain.template import Template
from customercore.domain.tenant import Tenant
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError
from customercore.ports.deliveries import Deliveries
from customercore.ports.journal import Journal
from customercore.ports.ledger import Ledger
from customercore.ports.repository import Repository

__all__ = ["UnitOfWork"]


class UnitOfWork(Protocol):
    """One transaction of one tenant. An adapter subclasses it and writes the abstract members; the names come with it.

    As a context manager it rolls back whatever was not committed. It is used by one thread at a time.
    Whatever is asked of it after its end raises `TransactionError` (``transaction_over``); writing in,
    or committing, a unit that was opened for reading raises ``read_only_unit``.

    A `DuplicateError`, a ``write_conflict`` and any failure of the store itself doom the unit, since a
    database may keep nothing of it: what is asked next raises ``transaction_doomed``, so does `commit`,
    which ends the unit. `StaleVersionError` and `NotFoundError` leave it as it was.
    """

    @abstractmethod
    def repository(self, plural: str) -> Repository[Any]:
        """Return the repository of the aggregate with this plural name."""

    @abstractmethod
    def describe(self, aggregate: Aggregate[Any]) -> None:
        """From now on, project records of this aggregate by it: it has the fields that the tenant defined.

        Its columns are those that the store was made with. Repositories handed out before follow too.
        """

    @property
    @abstractmethod
    def events(self) -> Journal:
        """The journal of this unit."""

    @property
    @abstractmethod
    def deliveries(self) -> Deliveries:
        """What is on its way to subscribers."""

    @property
    @abstractmethod
    def ledger(self) -> Ledger:
        """The accounts of wallets."""

    def repeatable(self, *, trusting: bool) -> bool:
        """Hear, before anything else, that this unit is run again where it loses a race, and ends soon.

        So others of this process may be kept waiting for it, where the store has no better way. ``trusting``: what is
        read as held, and that nothing else was in the way, may turn out to be wrong at the commit only, as a lost
        race; the store returns whether it goes by that. Then an error that was raised for what was read counts only
        if it comes again in a unit that does not.
        """
        return False

    def expect(self, plural: str, id: str, version: int) -> None:
        """Let the unit go on only while a record has this version, and hold it (`Repository.version`).

        Otherwise this, or whatever is asked of the unit next, or its commit, raises a retryable `ConflictError`
        (``write_conflict``). A store that can ask for it together with something else overrides this.
        """
        if self.repository(plural).version(id, held=True) != version:
            raise ConflictError("write_conflict", "another unit of work changed the same record", retryable=True)

    @abstractmethod
    def commit(self) -> None:
        """Make everything durable and end the unit; raise a retryable `ConflictError` when another unit won.

        `StorageUnavailableError` (``outcome_unknown``): the connection was lost before the answer came.
        """

    @abstractmethod
    def rollback(self) -> None:
        """Undo everything and end the unit; nothing when it has ended."""

    @property
    def customers(self) -> Repository[Customer]:
        """The customers."""
        return self.repository("customers")

    @property
    def shops(self) -> Repository[Shop]:
        """The shops."""
        return self.repository("shops")

    @property
    def flags(self) -> Repository[Flag]:
        """The defined flags."""
        return self.repository("flags")

    @property
    def customer_types(self) -> Repository[CustomerType]:
        """The defined customer types."""
        return self.repository("customer_types")

    @property
    def tenants(self) -> Repository[Tenant]:
        """The tenant's one row."""
        return self.repository("tenants")

    @property
    def info_types(self) -> Repository[InfoType]:
        """The defined info types."""
        return self.repository("info_types")

    @property
    def counters(self) -> Repository[Counter]:
        """Number ranges."""
        return self.repository("counters")

    @property
    def idempotency_records(self) -> Repository[IdempotencyRecord]:
        """What idempotency keys were used for."""
        return self.repository("idempotency_records")

    @property
    def subscriptions(self) -> Repository[Subscription]:
        """Who is to hear of events."""
        return self.repository("subscriptions")

    @property
    def notes(self) -> Repository[Note]:
        """The notes on customers."""
        return self.repository("notes")

    @property
    def templates(self) -> Repository[Template]:
        """The texts of messages."""
        return self.repository("templates")

    @property
    def wallets(self) -> Repository[Wallet]:
        """The wallets."""
        return self.repository("wallets")

    @property
    def gift_cards(self) -> Repository[GiftCard]:
        """The gift cards."""
        return self.repository("gift_cards")

    @property
    def entry_notes(self) -> Repository[EntryNote]:
        """What was written about entries."""
        return self.repository("entry_notes")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()
