"""Stores whose databases say themselves how they answer each query: by which index, or by reading everything."""

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
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT
from customercore.wiring import default_catalogue, open_store

__all__ = ["TOLD_BY", "Plans", "filled_store"]

TOLD_BY = ["sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"]
"""The products that can be asked."""
Plans = Callable[[], list[str]]
"""Returns the plans of the queries since it was called last, in their order."""


@contextmanager
def filled_store(
    product: str, folder: Path, monkeypatch: pytest.MonkeyPatch, fill: Callable[[UnitOfWork], None]
) -> Iterator[tuple[Store, Plans]]:
    """Make a store that is filled for two tenants, each in one unit, and what tells of its plans."""
    made = _mongo_store() if product == "mongodb" else _sql_store(product, folder, monkeypatch)
    with made as (empty, plans), closing(empty) as store:
        store.prepare("create")
        for tenant in (TENANT, OTHER):
            with store.unit(tenant, write=True) as uow:
                fill(uow)
                uow.commit()
        yield store, plans


@contextmanager
def _sql_store(product: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Plans]]:
    """Make a store whose plans are asked for by the connection and with the values of the query itself."""
    told: list[str] = []
    rows, before = Wire.rows, "EXPLAIN QUERY PLAN " if product == "sqlite" else "EXPLAIN "

    def telling(wire: Wire, statement: Statement, values: dict[str, Any], **how: Any) -> list[Any]:
        if not statement.sql.startswith(before):  # the store itself may ask for a plan
            plan = rows(wire, attrs.evolve(statement, sql=before + statement.sql), values)
            told.append("\n".join(map(str, plan)))
        return rows(wire, statement, values, **how)

    def plans() -> list[str]:
        now = told.copy()
        told.clear()
        return now

    monkeypatch.setattr(Wire, "rows", telling)
    if product == "sqlite":
        yield open_store(f"sqlite:///{folder / 'shop.db'}", default_catalogue()), plans
        return
    with new_database(product) as database:
        yield open_store(database.url, default_catalogue()), plans


class _Finds(CommandListener):
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
def _mongo_store() -> Iterator[tuple[Store, Plans]]:
    """Make a store whose finds are kept, so that the server can be asked for their plans."""
    finds = _Finds()
    with (
        new_mongo_database() as database,
        MongoClient[dict[str, Any]](database.url, event_listeners=[finds]) as client,
    ):

        def plan(find: dict[str, Any]) -> str:
            answer = client[database.own.name].command("explain", find, verbosity="queryPlanner")
            return str(answer["queryPlanner"]["winningPlan"])

        def plans() -> list[str]:
            now = [plan(find) for find in finds.kept]
            finds.kept.clear()
            return now

        yield MongoStore.on(client, default_catalogue(), timeout=10), plans
