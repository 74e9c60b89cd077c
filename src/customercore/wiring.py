"""`open_core`: where ports meet their adapters. The only module that names adapters."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from customercore.errors import InvalidValueError

if TYPE_CHECKING:
    # What opening a core needs is loaded when one is opened: importing stays cheap (ruling 36).
    from customercore.adapters.memory.tables import Tables
    from customercore.catalogue.catalogue import Catalogue
    from customercore.core import CustomerCore
    from customercore.domain.customer import Customer
    from customercore.extension.dispatch import Extensions
    from customercore.ports.backoff import Backoff
    from customercore.ports.clock import Clock
    from customercore.ports.identifiers import Identifiers
    from customercore.ports.notifier import Notifier
    from customercore.ports.pause import Pause
    from customercore.ports.store import Migrate, Store
    from customercore.ports.store_factory import StoreFactory
    from customercore.ports.subscriber import Subscriber
    from customercore.ports.unit_of_work import UnitOfWork
    from customercore.services.context import Context
    from customercore.services.known import Known

__all__ = ["core_on", "default_catalogue", "open_core", "open_store"]

_named: dict[str, Tables] = {}
_naming = threading.Lock()
_YEAR = 31_536_000
_SQL, _MONGO = "customercore.adapters.sql.store", "customercore.adapters.mongo.store"


def open_core(
    url: str | None = None,
    *,
    engine: object = None,
    tenant: str = "default",
    migrate: Migrate = "create",
    timeout: float = 10.0,
    clock: Clock | None = None,
    identifiers: Identifiers | None = None,
    plugins: Sequence[object] = (),
    subscribers: Sequence[Subscriber] = (),
    notifiers: Mapping[str, Notifier] | None = None,
) -> CustomerCore:
    """Open the customer core on a store.

    ``url`` is ``memory://`` (a new store), ``memory://name`` (one shared in the process),
    ``sqlite:///path``, ``postgresql+psycopg://user@host/database``, ``mysql+pymysql://user@host/database``
    (MariaDB), ``mongodb://host/database?replicaSet=rs0``, or the URL of a store that a plug-in brings. In its stead
    ``engine`` may be a host's own: SQLAlchemy's `Engine`, or PyMongo's `Database`, or its `MongoClient` whose URL
    names a database. Its pool and options are used, and it stays open at the end.

    ``migrate`` says what may be done to the schema: ``create`` fills an empty store, ``upgrade`` also brings an
    older one up to date, ``never`` touches nothing. ``timeout`` is the longest wait for a lock and for a connection,
    in seconds; on servers no statement takes more than six times as long. ``clock`` and ``identifiers`` are for tests.
    ``plugins`` are used beside those that are installed (entry points of the group ``customercore``),
    ``subscribers`` hear of events beside those of plug-ins, and ``notifiers``, by names that stay, send messages
    beside those of plug-ins.

    Raises `InvalidValueError` (``url``, ``engine``, ``tenant``, ``timeout``, ``subscribers``,
    ``notifiers``), `ExtensionError`
    (``missing_extra``, or naming the plug-in that cannot be used; ``other_plugins`` where the name was
    opened with others), `StorageUnavailableError`, and `SchemaError` when the schema is missing, older, newer, alien.
    """
    from customercore.ports.store import Migrate

    if migrate not in get_args(Migrate):
        raise InvalidValueError.of("migrate", "unknown_choice", f"must be one of {', '.join(get_args(Migrate))}")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < _YEAR:
        raise InvalidValueError.of("timeout", "out_of_range", "must be a number of seconds above 0")
    extensions, catalogue = _extended_by(plugins) if plugins else _standard()
    if engine is None:
        store = open_store(url or "", catalogue, timeout=timeout, extensions=extensions)
    else:
        store = _on(engine, catalogue, url, timeout)
    try:
        store.prepare(migrate)
        ports: dict[str, Any] = {"clock": clock, "identifiers": identifiers, "subscribers": subscribers}
        ports["notifiers"] = notifiers
        return core_on(store, catalogue, tenant=tenant, extensions=extensions, **ports)
    except BaseException:
        store.close()
        raise


def open_store(url: str, catalogue: Catalogue, *, timeout: float = 10.0, extensions: Extensions | None = None) -> Store:
    """Return the store that the URL names, for the catalogue; its schema is not looked at yet.

    ``extensions`` are the plug-ins whose stores are known too; without them, those that are installed.
    """
    if not isinstance(url, str) or "://" not in url:
        raise InvalidValueError.of("url", "invalid_url", "must be a store's URL such as sqlite:///shop.db")
    known = (extensions or _standard()[0]).stores
    factory = known.get(url.partition("://")[0].partition("+")[0])
    if factory is None:
        raise InvalidValueError.of(
            "url", "unknown_store", f"is none of the stores known here: {', '.join(sorted(known))}"
        )
    return factory.open(url, catalogue, timeout=timeout)


class _MemoryStores:
    """Opens ``memory://`` and ``memory://name``."""

    def open(self, url: str, catalogue: Catalogue, *, timeout: float) -> Store:
        """Return a new store, or the one of this name."""
        from customercore.adapters.memory.store import MemoryStore

        name = url.partition("://")[2]
        if not name:
            return MemoryStore(catalogue)
        from customercore.adapters.memory.tables import Tables

        with _naming:
            return MemoryStore(catalogue, _named.setdefault(name, Tables()))


def _on(engine: object, catalogue: Catalogue, url: str | None, timeout: float) -> Store:
    """Return the store on a host's engine."""
    if url is not None:
        raise InvalidValueError.of("url", "not_allowed", "is given beside an engine: only one of them can be used")
    from customercore.adapters.extras import loaded

    store: Any
    if _made_by("sqlalchemy", "Engine", engine):
        store = loaded(_SQL, "sql").SqlStore
    elif _made_by("pymongo.database", "Database", engine) or _made_by("pymongo", "MongoClient", engine):
        store = loaded(_MONGO, "mongo").MongoStore
    else:
        raise InvalidValueError.of("engine", "wrong_type", "must be SQLAlchemy's Engine, or PyMongo's Database")
    return store.on(engine, catalogue, timeout=timeout)  # type: ignore[no-any-return]  # imported by name


def _made_by(module: str, name: str, host: object) -> bool:
    """Tell what a host's object is, without loading a driver that the host has not loaded."""
    return module in sys.modules and isinstance(host, getattr(sys.modules[module], name))


def core_on(
    store: Store,
    catalogue: Catalogue,
    *,
    tenant: str = "default",
    clock: Clock | None = None,
    identifiers: Identifiers | None = None,
    pause: Pause | None = None,
    extensions: Extensions | None = None,
    subscribers: Sequence[Subscriber] = (),
    notifiers: Mapping[str, Notifier] | None = None,
    backoff: Backoff | None = None,
) -> CustomerCore:
    """Return the core of a tenant on a prepared store; ``extensions`` are the plug-ins that listen and are checked."""
    from customercore.adapters.backoff import JitteredBackoff
    from customercore.adapters.clock import SystemClock
    from customercore.adapters.identifiers import UuidIdentifiers
    from customercore.adapters.pause import JitteredPause
    from customercore.core import CustomerCore
    from customercore.domain.actor import System
    from customercore.services.notices import notices_of
    from customercore.services.tenants import Tenants

    known = extensions or _standard()[0]
    notices = notices_of(known.notifiers_beside(notifiers or {}), lambda name: tenants.context(name, System()))
    rest = _Rest(
        *(store, catalogue, known),
        (*known.subscribers_beside(subscribers, {one.name: one.owner for one in notices}), *notices),
        backoff or JitteredBackoff(),
        clock or SystemClock(),
        identifiers or UuidIdentifiers(),
        pause or JitteredPause(),
    )
    tenants = Tenants(rest.context)
    return CustomerCore(store, tenants.context(tenant, System()), tenants)


class _Rest(NamedTuple):
    """What the contexts of all tenants of one core share."""

    store: Store
    catalogue: Catalogue
    extensions: Extensions
    subscribers: tuple[Subscriber, ...]
    backoff: Backoff
    clock: Clock
    identifiers: Identifiers
    pause: Pause

    def load(self, uow: UnitOfWork) -> Known:
        """Return what a unit knows of its tenant."""
        from customercore.catalogue.extended import extended
        from customercore.services.definitions import load_definitions
        from customercore.services.known import Known

        definitions = load_definitions(uow)
        return Known(definitions, extended(self.catalogue, definitions))

    def context(self, tenant: str) -> Context:
        """Return the surroundings of a tenant's use cases."""
        from customercore.adapters.files.json_rows import JsonRows
        from customercore.adapters.installed_rules import installed_rules
        from customercore.domain.actor import System
        from customercore.ports.formats import Formats
        from customercore.ports.store import SEPARATE_WRITES
        from customercore.services.codes import Codes
        from customercore.services.context import Context
        from customercore.services.drawn import DrawnIdentifiers
        from customercore.services.enrolment import Enrolment
        from customercore.services.known import DefinitionsCache
        from customercore.services.units import OwnUnits

        tell = self.extensions.tell if self.extensions.listening else None
        told: dict[str, Any] = {"tell": tell, "enrolment": Enrolment(self.subscribers, self.clock)}
        drawn = DrawnIdentifiers(self.identifiers)
        own = OwnUnits(self.store, tenant, DefinitionsCache(), self.load, pause=self.pause, drawn=drawn, **told)
        return Context(
            tenant=tenant,
            catalogue=self.catalogue,
            units=own,
            clock=self.clock,
            identifiers=drawn,
            address_rules=installed_rules()[1],
            codes=Codes(own, separate=SEPARATE_WRITES in self.store.capabilities),
            secret=self.store.secret,
            formats=Formats(self.extensions.import_formats, self.extensions.export_formats, JsonRows),
            plugin_findings=self.extensions.check,
            backoff=self.backoff,
            due_tenants=self.store.due,
            due_wallets=self.store.due_wallets,
            subscribers=self.subscribers,
            actor=System(),
        )


def default_catalogue(customer: type[Customer] | None = None) -> Catalogue:
    """Return the catalogue with the kinds installed here; ``customer`` may be a subclass that declares more fields."""
    return _standard(customer)[1]  # type: ignore[arg-type]  # a class is hashable, whatever its instances are


@cache
def _standard(customer: type[Customer] | None = None) -> tuple[Extensions, Catalogue]:
    """Return the installed plug-ins and the catalogue with their kinds: made once, since opening is to be cheap."""
    return _extended_by((), customer)


def _extended_by(plugins: Sequence[object], customer: type[Customer] | None = None) -> tuple[Extensions, Catalogue]:
    from customercore.adapters.email_rules import LibraryEmailRules
    from customercore.adapters.installed_rules import installed_rules
    from customercore.catalogue.catalogue import build_catalogue
    from customercore.domain.customer import Customer
    from customercore.extension.built_in import BuiltIn
    from customercore.extension.dispatch import Extensions
    from customercore.extension.specs import KindRules

    def files() -> Any:  # loaded when a format is first asked for
        return importlib.import_module("customercore.adapters.files.built_in")

    built_in = BuiltIn(_stores(), lambda: files().import_formats(), lambda: files().export_formats())
    extensions, email = Extensions(built_in, plugins), LibraryEmailRules()
    check_phone = lru_cache(maxsize=8)(installed_rules()[0].check)  # a customer's number is mostly its address's too
    rules = KindRules(check_email=email.check, email_key=email.key, check_phone=check_phone)
    return extensions, build_catalogue(extensions.kinds(rules), customer or Customer)


def _stores() -> dict[str, StoreFactory]:
    """Return what opens the stores of this distribution, by scheme; no driver is loaded before it is asked for."""
    from customercore.adapters.extras import Databases

    extras = {"sqlite": "sql", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}
    return {
        "memory": _MemoryStores(),
        "mongodb": Databases("mongo", _MONGO, "MongoStore"),
        **{scheme: Databases(extra, _SQL, "SqlStore") for scheme, extra in extras.items()},
    }
