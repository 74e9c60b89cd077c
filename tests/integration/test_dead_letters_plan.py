"""Dead letters are few among what was delivered: each database says itself that it lists them by their own index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from database_servers.databases import new_database, new_mongo_database
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from customercore.adapters.mongo.store import MongoStore
from customercore.adapters.sql.statements import Statement
from customercore.adapters.sql.wire import Wire
from customercore.domain.delivery import DEAD, DELIVERED, Delivery
from customercore.ports.store import Store
from customercore.testing.arrangement import OTHER, TENANT
from customercore.testing.samples import delivery
from customercore.wiring import default_catalogue, open_store

MANY, STEP = 3_000, 500
ROWS = [
    delivery(1, of=number, due=None, settled_at=delivery(1).at, state=DELIVERED if number % STEP else DEAD)
    for number in range(1, MANY + 1)
]
LETTERS = [one for one in ROWS if one.state == DEAD]
Plan = Callable[[], str]
"""Returns how the database says that it answers the query before last."""


class Finds(CommandListener):
    """Keeps what MongoDB is told to find, without what belongs to a session."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Keep a find."""
        if event.command_name == "find":
            words = ("find", "filter", "sort", "limit")
            self.kept.append({word: event.command[word] for word in words if word in event.command})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Keep nothing more."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Let the test fail by itself."""


@contextmanager
def sql_store(product: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Plan]]:
    """Make a store whose plan is asked for by the connection and with the values of the query itself."""
    told: list[str] = []
    rows, before = Wire.rows, "EXPLAIN QUERY PLAN " if product == "sqlite" else "EXPLAIN "

    def telling(wire: Wire, statement: Statement, values: dict[str, Any]) -> list[Any]:
        plan = rows(wire, attrs.evolve(statement, sql=before + statement.sql), values)
        told.append("\n".join(map(str, plan)))
        return rows(wire, statement, values)

    monkeypatch.setattr(Wire, "rows", telling)
    if product == "sqlite":
        yield open_store(f"sqlite:///{folder / 'shop.db'}", default_catalogue()), lambda: told[-1]
        return
    with new_database(product) as database:
        yield open_store(database.url, default_catalogue()), lambda: told[-1]


@contextmanager
def mongo_store() -> Iterator[tuple[Store, Plan]]:
    """Make a store whose finds are kept, so that the server can be asked for the plan of one."""
    finds = Finds()
    with (
        new_mongo_database() as database,
        MongoClient[dict[str, Any]](database.url, event_listeners=[finds]) as client,
    ):

        def plan() -> str:
            answer = client[database.own.name].command("explain", finds.kept[-1], verbosity="queryPlanner")
            return str(answer["queryPlanner"]["winningPlan"])

        yield MongoStore.on(client, default_catalogue(), timeout=10), plan


@pytest.fixture(params=["sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"])
def filled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, Plan]]:
    """Give a store in which two tenants have many deliveries and few dead letters."""
    product = request.param
    made = mongo_store() if product == "mongodb" else sql_store(product, tmp_path, monkeypatch)
    with made as (empty, plan), closing(empty) as store:
        store.prepare("create")
        for tenant in (TENANT, OTHER):
            with store.unit(tenant, write=True) as uow:
                uow.deliveries.add(ROWS)
                uow.commit()
        yield store, plan


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, LETTERS),
        ({"limit": 2}, LETTERS[:2]),
        ({"after": LETTERS[1]}, LETTERS[2:]),
        ({"subscriber": "crm"}, LETTERS),
        ({"event_id": LETTERS[3].event_id}, LETTERS[3:4]),
    ],
    ids=["all", "a page", "the next page", "of one subscriber", "of one event"],
)
def test_dead_letters_are_read_by_their_index(
    filled: tuple[Store, Plan], asked: dict[str, Any], expected: list[Delivery]
) -> None:
    store, plan = filled
    with store.unit(TENANT, write=False) as uow:
        assert uow.deliveries.dead(**asked) == expected
    told = plan()
    assert "dead_order" in told
    assert "COLLSCAN" not in told
