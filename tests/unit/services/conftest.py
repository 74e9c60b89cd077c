"""What every test of the services is given: a core on a store, once in memory and once on SQLite.

The SQLite file is shared by the tests of a session, since making its schema takes longer than most
of them; each test works in tenants of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock, SequentialIdentifiers
from customercore.wiring import core_on, default_catalogue, open_store

MakeCore = Callable[..., CustomerCore]

_tenants = itertools.count(1)


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open the SQLite file of the session."""
    path = tmp_path_factory.mktemp("services") / "shared.db"
    store = open_store(f"sqlite:///{path}", default_catalogue(), timeout=20)
    store.prepare("create")
    yield store
    store.close()


@pytest.fixture(scope="session", params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"])
def every_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Open a store of each sort, for what is shown of all of them (S4, S7)."""
    if request.param == "memory":
        yield open_store("memory://", default_catalogue())
        return
    if request.param == "sqlite":
        yield request.getfixturevalue("shared_sqlite")
        return
    with any_database(request.param) as database:
        store = open_store(database.url, default_catalogue(), timeout=20)
        store.prepare("create")
        yield store
        store.close()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Store:
    """Give the store under test."""
    if request.param == "memory":
        return open_store("memory://", default_catalogue())
    shared: Store = request.getfixturevalue("shared_sqlite")
    return shared


@pytest.fixture
def clock() -> FixedClock:
    """Give the clock of the cores under test."""
    return FixedClock()


@pytest.fixture
def tenant() -> str:
    """Give a tenant that no other test works in."""
    return f"tenant-{next(_tenants)}"


@pytest.fixture
def make(store: Store, clock: FixedClock, tenant: str) -> MakeCore:
    """Give what makes further cores on the same store: as other processes have them, with caches of their own."""

    def core(of: str = "", **ports: Any) -> CustomerCore:
        return core_on(store, default_catalogue(), tenant=of or tenant, **{"clock": clock, **ports})

    return core


@pytest.fixture
def core(make: MakeCore) -> CustomerCore:
    """Give the core under test; its identifiers count up."""
    return make(identifiers=SequentialIdentifiers())
