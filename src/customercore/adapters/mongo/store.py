"""A MongoDB database as a store."""

from __future__ import annotations

import datetime as dt
import math
import time
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pymongo import MongoClient, ReadPreference
from pymongo.database import Database
from pymongo.errors import ConfigurationError, InvalidName, InvalidURI
from pymongo.read_concern import ReadConcern

from customercore.adapters.lanes import Lanes
from customercore.adapters.mongo.bound import BoundUnitOfWork, BoundWire, begun, session_of
from customercore.adapters.mongo.connections import Connections
from customercore.adapters.mongo.deliveries import tenants_due
from customercore.adapters.mongo.errors import DRIVER, bare, translated
from customercore.adapters.mongo.form import OPTIONS
from customercore.adapters.mongo.holds import Holds
from customercore.adapters.mongo.inspection import findings
from customercore.adapters.mongo.layout import DELIVERIES, HOLDS, META, PREFIX
from customercore.adapters.mongo.ledger import tenants_with_due_wallets
from customercore.adapters.mongo.plans import DocumentPlan
from customercore.adapters.mongo.schema import meta_value, prepare
from customercore.adapters.mongo.unit_of_work import Collections, MongoUnitOfWork
from customercore.adapters.mongo.wire import MAJORITY, Wire
from customercore.adapters.timeouts import waits
from customercore.catalogue.catalogue import Catalogue
from customercore.errors import CustomerCoreError, InvalidValueError
from customercore.ports.store import DURABLE, SEPARATE_WRITES, Finding, Migrate
from customercore.ports.unit_of_work import UnitOfWork

__all__ = ["MongoStore"]

_EXAMPLE = "is not a MongoDB URL with a database, such as mongodb://host/shop?replicaSet=rs0"
_SLACK = 5
"""Seconds that the server has to say so itself before the connection is given up."""


class MongoStore:
    """Implements `ports.store.Store` on a client of the driver's."""

    capabilities = frozenset({SEPARATE_WRITES, DURABLE})

    def __init__(
        self,
        client: MongoClient[dict[str, Any]],
        database: str,
        catalogue: Catalogue,
        *,
        timeout: float = 10.0,
        host: bool = False,
    ) -> None:
        self._connections = Connections(client, host=host)
        self._name = database
        self._limit = math.ceil(waits(timeout)[1] * 1000)
        self._plans: dict[str, DocumentPlan[Any]] = {one.plural: DocumentPlan(one) for one in catalogue.stored}
        self._database = _readied(client, database)
        self._collections: Collections = self._database.get_collection
        self._holds = Holds(self._collections(HOLDS))
        self._lanes = Lanes()
        self._secret: bytes | None = None
        self._same: weakref.WeakKeyDictionary[MongoClient[Any], Collections] = weakref.WeakKeyDictionary()

    @classmethod
    def at(cls, url: str, catalogue: Catalogue, *, timeout: float) -> MongoStore:
        """Return the store that a URL names; nothing is connected yet. ``mongodb+srv`` asks for names, though."""
        wait, statement = (math.ceil(one * 1000) for one in waits(timeout))
        try:
            client: MongoClient[dict[str, Any]] = MongoClient(
                url,
                connect=False,
                **_given_name(url),
                serverSelectionTimeoutMS=wait,
                connectTimeoutMS=wait,
                waitQueueTimeoutMS=wait,
                socketTimeoutMS=statement + _SLACK * 1000,
            )
            return cls(client, client.get_default_database().name, catalogue, timeout=timeout)
        except (ConfigurationError, InvalidURI, InvalidName, ValueError, TypeError):
            # Not chained: what the driver says shows the URL, and with it a password.
            raise InvalidValueError.of("url", "invalid_url", _EXAMPLE) from None

    @classmethod
    def on(cls, host: object, catalogue: Catalogue, *, timeout: float) -> MongoStore:
        """Return the store on a host's `Database`, or on the one that its `MongoClient` names: with its client."""
        if isinstance(host, MongoClient):
            try:
                host = host.get_default_database()
            except ConfigurationError as error:
                raise InvalidValueError.of("engine", "no_database", "must name a database, in its URL") from error
        if not isinstance(host, Database):
            raise InvalidValueError.of("engine", "wrong_type", "must be PyMongo's Database or MongoClient")
        return cls(host.client, host.name, catalogue, timeout=timeout, host=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DRIVER as error:
            failure, cause = translated(error), bare(error)
        else:
            return
        raise failure from cause

    def prepare(self, migrate: Migrate) -> None:
        """Bring collections, indexes and validators to this release's, as far as ``migrate`` allows."""
        self._connections.check_open()
        with self._translated():
            prepare(self._database, [one.layout for one in self._plans.values()], migrate)

    def unit(self, tenant: str, *, write: bool, within: float | None = None) -> UnitOfWork:
        """Open a unit of work."""
        end = math.inf if within is None else time.monotonic() + within
        self._connections.take()
        return MongoUnitOfWork(
            Wire(self._connections.client, write=write, end=end, limit=self._limit, lanes=self._lanes),
            tenant,
            plans=self._plans,
            collections=self._collections,
            holds=self._holds,
            ended=self._connections.give_back,
        )

    def joined(self, host: object, tenant: str, *, write: bool) -> UnitOfWork:
        """Open a unit inside the transaction of a PyMongo `ClientSession`."""
        self._connections.check_open()
        session = session_of(host)
        collections = self._by_way_of(session.client)
        return BoundUnitOfWork(
            BoundWire(begun(session), write=write, end=math.inf, limit=self._limit),
            tenant,
            plans=self._plans,
            collections=collections,
            holds=self._holds.on(collections(HOLDS)),
            ended=_nothing,
        )

    def _by_way_of(self, client: MongoClient[Any]) -> Collections:
        """Return our collections by way of a host's client: a session works with its own client only."""
        known = self._same.get(client)
        if known is None:
            theirs = _readied(client, self._name)
            with self._translated():
                secret = theirs[META].find_one({"_id": "secret"})
            if secret is None or bytes.fromhex(secret["value"]) != self.secret():
                raise InvalidValueError.of("connection", "other_database", "must be to the database of the store")
            known = self._same[client] = theirs.get_collection
        return known

    def due(self, subscribers: Collection[str], now: dt.datetime) -> list[str]:
        """Return the tenants with a delivery to one of these subscribers that is due."""
        self._connections.check_open()
        with self._translated():
            return tenants_due(self._collections(DELIVERIES), subscribers, now)

    def due_wallets(self, now: dt.datetime) -> list[str]:
        """Return the tenants with a wallet of which something is due."""
        self._connections.check_open()
        with self._translated():
            return tenants_with_due_wallets(self._collections(f"{PREFIX}wallets"), now)

    def secret(self) -> bytes:
        """Return the store's own random key."""
        self._connections.check_open()
        if self._secret is None:
            with self._translated():
                self._secret = bytes.fromhex(meta_value(self._database, "secret"))
        return self._secret

    def check(self) -> tuple[Finding, ...]:
        """Look over set-up, text fold, events and the server itself."""
        self._connections.check_open()
        try:
            with self._translated():
                return tuple(findings(self._database))
        except CustomerCoreError as error:
            return (Finding("store", ok=False, detail=str(error)),)

    def close(self) -> None:
        """Give back the connections."""
        self._connections.close()


def _nothing() -> None:
    """Stand where a unit on our own client says that it has ended."""


def _given_name(url: str) -> dict[str, Any]:
    """Return the option that tells the server whose connections these are, unless the URL says it."""
    said = any(option.casefold() == "appname" for option, _ in parse_qsl(urlsplit(url).query))
    return {} if said else {"appname": "customercore"}


def _readied(client: MongoClient[Any], name: str) -> Database[dict[str, Any]]:
    """Return the database, whatever a URL or a host has set: what the majority has, from the primary."""
    return client.get_database(name, OPTIONS, ReadPreference.PRIMARY, MAJORITY, ReadConcern("majority"))
