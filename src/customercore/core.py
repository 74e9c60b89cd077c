"""`CustomerCore`: the table of contents of everything the core can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Self, TypeVar

import attrs

from customercore.domain.actor import Actor
from customercore.domain.event import Event
from customercore.domain.history import HistoryEntry
from customercore.domain.page import Page
from customercore.errors import InvalidValueError, TransactionError
from customercore.ports.store import Finding, Store
from customercore.services.actors import check_actor, checked_reason
from customercore.services.addresses import Addresses
from customercore.services.balances import Balances
from customercore.services.classification import CustomerTypes, Flags
from customercore.services.context import Context
from customercore.services.customers import Customers
from customercore.services.events import Events
from customercore.services.exports import Exports
from customercore.services.gift_cards import GiftCards
from customercore.services.history import History
from customercore.services.imports import Imports
from customercore.services.info_types import InfoTypes
from customercore.services.settings import Settings
from customercore.services.shops import Shops
from customercore.services.templates import Templates
from customercore.services.tenants import Tenants
from customercore.services.units import JoinedUnits, OwnUnits

__all__ = ["CustomerCore"]

S = TypeVar("S")
_YEAR = 31_536_000


class CustomerCore:
    """One tenant's customers, as one actor. Made by `open_core`; safe to use from several threads.

    Use it as a context manager, or call `close`, to give back the store's connections.
    """

    def __init__(self, store: Store, context: Context, tenants: Tenants) -> None:
        self._store = store
        self._context = context
        self._tenants = tenants

    @cached_property
    def shops(self) -> Shops:
        """Shops: the applications a customer meets."""
        return self._used(Shops(self._context))

    @cached_property
    def settings(self) -> Settings:
        """What holds for the whole tenant."""
        return self._used(Settings(self._context))

    @cached_property
    def customers(self) -> Customers:
        """Customers."""
        return self._used(Customers(self._context))

    @cached_property
    def addresses(self) -> Addresses:
        """Customers' address books."""
        return self._used(Addresses(self._context))

    @cached_property
    def flags(self) -> Flags:
        """The flags customers can carry."""
        return self._used(Flags(self._context))

    @cached_property
    def customer_types(self) -> CustomerTypes:
        """The types customers can have."""
        return self._used(CustomerTypes(self._context))

    @cached_property
    def info_types(self) -> InfoTypes:
        """The fields that the merchant adds at run time."""
        return self._used(InfoTypes(self._context))

    @cached_property
    def balances(self) -> Balances:
        """Store credit: wallets, holds, accounts."""
        return self._used(Balances(self._context))

    @cached_property
    def gift_cards(self) -> GiftCards:
        """Gift cards: money behind a code."""
        return self._used(GiftCards(self._context))

    @cached_property
    def imports(self) -> Imports:
        """Bringing files in."""
        return self._used(Imports(self._context))

    @cached_property
    def exports(self) -> Exports:
        """Writing files out."""
        return self._used(Exports(self._context))

    @cached_property
    def events(self) -> Events:
        """What happened, and its delivery to subscribers."""
        return self._used(Events(self._context, self._tenants))

    @property
    def templates(self) -> Templates:
        """The texts of messages to customers."""
        return self._used(Templates(self._context))

    def events_of(self, one: object, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return what happened to one customer (given as itself or its id), oldest first, behind ``after``."""
        return self.events.of(one, after=after, limit=limit)

    def history(self, entity: object, *, limit: int = 50, cursor: str | None = None) -> Page[HistoryEntry]:
        """Return what happened to one aggregate, newest first: who, when, why, and each field from what to what.

        ``entity`` is anything with a version that the core returned (a customer, a shop, a flag, the settings,
        …), or a customer's id. ``limit`` is 1 to 1,000. Raises `InvalidValueError` (``entity``, ``limit``,
        ``cursor``), and `NotFoundError` for what is no id. What is not there has an empty history.
        """
        return self._used(History(self._context)).of(entity, limit=limit, cursor=cursor)

    def acting_as(self, actor: Actor, *, reason: str | None = None) -> CustomerCore:
        """Return the same core for another actor, who is recorded with every change.

        ``reason`` is recorded with each of its changes too (a ticket's number, a few words), unless the call
        gives one of its own. Raises `InvalidValueError` (``actor``) for what is not just a `System`, `BusinessUser`
        or `CustomerActor` (a class of yours is none), or one whose ids are no texts of 1 to 255, and
        (``reason``) for one of more than 1,000 characters.
        """
        check_actor(actor)
        context = self._context.acting_as(actor, checked_reason(reason))
        return CustomerCore(self._store, context, self._tenants)

    def for_tenant(self, tenant: str) -> CustomerCore:
        """Return the core of another tenant on the same store and connections.

        Actor, reason and time-out (`with_timeout`) stay. Raises `InvalidValueError` (``invalid_tenant``), and
        `TransactionError` inside a transaction.
        """
        own = self._not_joined("another tenant")
        context = self._tenants.context(tenant, self._context.actor, self._context.reason)
        core = CustomerCore(self._store, context, self._tenants)
        return core if own.timeout is None else core.with_timeout(own.timeout)

    def with_timeout(self, seconds: float) -> CustomerCore:
        """Return the same core, each of whose calls ends within so many seconds, all of its tries together.

        A call that is not done by then raises `StorageUnavailableError` (``deadline_exceeded``) and has
        changed nothing; only where that came upon it in the midst of its commit it raises
        ``outcome_unknown`` instead. A transaction as a whole is one call. Imports have the time for each
        batch, and exports wait so long for the database in all. A free connection of the pool is waited
        for as long as `open_core` was told.

        Raises `InvalidValueError` (``seconds``), and `TransactionError` inside a transaction.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < _YEAR:
            raise InvalidValueError.of("seconds", "out_of_range", "must be a number of seconds above 0")
        own = self._not_joined("another time-out")
        return CustomerCore(self._store, attrs.evolve(self._context, units=own.within(seconds)), self._tenants)

    @contextmanager
    def transaction(self) -> Iterator[CustomerCore]:
        """Open one transaction for several calls: ``with core.transaction() as tx: tx.customers.create(…)``.

        It commits when the block ends and is rolled back when the block raises. Any error in it dooms
        it, also one that the block catches: then the end of the block raises `TransactionError`
        (``transaction_doomed``). Transient conflicts are raised with ``retryable`` true; the whole
        block may then be run again. Do not hash or send inside.
        """
        own = self._not_joined("a transaction in a transaction")
        units = JoinedUnits(own.open())
        try:
            yield CustomerCore(self._store, attrs.evolve(self._context, units=units), self._tenants)
        except BaseException:
            units.abandon()
            raise
        units.finish()

    def bind(self, connection: object) -> CustomerCore:
        """Return the same core inside a transaction of the host's: ``core.bind(session).customers.create(…)``.

        ``connection`` is a SQLAlchemy `Connection` or `Session` to the store's database, or a PyMongo
        `ClientSession`. Every call joins its transaction (one is begun where there is none) in a savepoint
        of its own, so that a call that raises leaves nothing behind and the transaction usable; without
        the capability ``savepoints`` (MongoDB) it leaves nothing of the transaction. **The host commits**; until
        then nobody else sees what was done, and a rollback undoes it. Transient errors are raised with
        ``retryable`` true: then roll back, and run the whole transaction again. Listeners of plug-ins
        are not told of these changes.

        Raises `InvalidValueError` (``connection``) at the first call for what the store cannot join, and
        `TransactionError` when this core is in a transaction already.
        """
        own = self._not_joined("binding")
        return CustomerCore(self._store, attrs.evolve(self._context, units=own.bound_to(connection)), self._tenants)

    def check(self) -> tuple[Finding, ...]:
        """Look the store over: what was looked at, whether it is in order, and what was found."""
        return (*self._store.check(), *self._context.plugin_findings())

    def close(self) -> None:
        """Give back the store's connections. Twice is once.

        Afterwards every call that needs the store raises `StorageError` (``store_closed``), of this core and
        of those that `acting_as` and `for_tenant` made of it; other cores of the same store go on.
        """
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _used(self, service: S) -> S:
        units = self._context.units
        return units.watched(service) if isinstance(units, JoinedUnits) else service

    def _not_joined(self, what: str) -> OwnUnits:
        units = self._context.units
        if isinstance(units, OwnUnits):
            return units
        if isinstance(units, JoinedUnits):
            units.doomed = True
        raise TransactionError("nested_transaction", f"{what} is not possible inside a transaction")
