"""An idle worker sends the database one statement in each look, and looks once a second, on every sort of store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from database_servers.databases import new_database, new_mongo_database
from pymongo import MongoClient, monitoring
from sqlalchemy import Engine, event

from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.mongo.store import MongoStore
from customercore.ports.store import Store
from customercore.testing.fakes import RecordingSubscriber
from customercore.wiring import core_on, default_catalogue, open_store

LOOKS = 5


class Watched:
    """Stands before a store and keeps what is asked of it: units of work, and looks for what is due."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def unit(self, *given: Any, **named: Any) -> Any:
        self.asked.append("unit")
        return self._store.unit(*given, **named)

    def due(self, *given: Any) -> list[str]:
        self.asked.append("due")
        return self._store.due(*given)

    def due_wallets(self, *given: Any) -> list[str]:
        self.asked.append("wallets")
        return self._store.due_wallets(*given)


class Commands(monitoring.CommandListener):
    """Keeps the commands that clients send."""

    def __init__(self, sent: list[str]) -> None:
        self.sent = sent

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.sent.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


class Looks:
    """Is set after some waits, and does not wait. What a worker does to begin ends with the first: then ``begun``."""

    def __init__(self, *begun: Callable[[], object]) -> None:
        self.waits: list[float] = []
        self._begun = begun

    def is_set(self) -> bool:
        return len(self.waits) > LOOKS

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        for call in self._begun if len(self.waits) == 1 else ():
            call()
        return self.is_set()


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """Give what is sent to databases outside of units of work, from now on."""
    sent: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", executed)
    yield sent
    event.remove(Engine, "before_cursor_execute", executed)


@pytest.fixture(params=["memory", "sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"])
def store(request: pytest.FixtureRequest, sent: list[str], tmp_path: Path) -> Iterator[Store]:
    """Open a store of each sort."""
    with ExitStack() as stack:
        store: Store
        if request.param == "mongodb":
            url = stack.enter_context(new_mongo_database()).url
            client = stack.enter_context(MongoClient[dict[str, Any]](url, event_listeners=[Commands(sent)]))
            store = MongoStore.on(client, default_catalogue(), timeout=20)
        else:
            known = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/shop.db"}.get(request.param)
            url = known or stack.enter_context(new_database(request.param)).url
            store = open_store(url, default_catalogue(), timeout=20)
        stack.callback(store.close)
        store.prepare("create")
        yield store


@pytest.mark.parametrize("all_tenants", [False, True])
def test_an_idle_worker_sends_one_statement_a_second(store: Store, sent: list[str], all_tenants: bool) -> None:
    watched: Any = Watched(store)
    core = core_on(watched, default_catalogue(), subscribers=[RecordingSubscriber("crm")])
    core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    assert core.events.run(Looks(), all_tenants=all_tenants).delivered == 1
    looks = Looks(watched.asked.clear, sent.clear)
    core.events.run(looks, all_tenants=all_tenants)
    assert looks.waits == [1.0] * (LOOKS + 1)
    assert sorted(watched.asked) == ["due"] * (LOOKS - 1) + ["wallets"]
    assert len(sent) == (0 if isinstance(store, MemoryStore) else LOOKS)
