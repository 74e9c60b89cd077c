"""Each way to read a page on PostgreSQL finds the same: it is taken for every search of several conditions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any

import attrs
import pytest
from database_servers.databases import Database
from sqlalchemy import create_engine, make_url

from customercore import where
from customercore.adapters.sql.postgresql import PostgresqlDialect
from customercore.adapters.sql.shared_plans import Plans
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.store import SqlStore
from customercore.adapters.sql.wire import Wire
from customercore.ports.store import Store
from customercore.testing.meaning_suite import EXAMPLES, compare_meanings
from customercore.testing.paging_suite import PagingConformance
from customercore.testing.samples import catalogue_for_tests
from customercore.wiring import core_on

FURTHEST = {"a walk that seldom suffices": 3, "a walk that often does": 10, "a walk of everything": 1 << 40}


class _Walking(PostgresqlDialect):
    """Takes each plan for one that walks."""

    def __init__(self, furthest: int) -> None:
        assert PostgresqlDialect.explain is not None
        self.explain = attrs.evolve(PostgresqlDialect.explain, sorts="no such line", furthest=furthest)


@cache
def _walking(way: str) -> tuple[PostgresqlDialect, Plans]:
    """Return the dialect of a way, and the plans that every test of it uses: making them takes longer than a test."""
    dialect = _Walking(FURTHEST[way])
    return dialect, Plans(catalogue_for_tests(), dialect, grammar_of(dialect.engine("postgresql://", 10.0)))


@pytest.mark.parametrize("way", FURTHEST)
class TestPostgresqlWays(PagingConformance):
    """Pages, and the meaning of random searches, whichever way they are read."""

    product = "postgresql-18"

    @pytest.fixture
    def store(self, database: Database, way: str) -> Iterator[Store]:
        dialect, plans = _walking(way)
        store = SqlStore(dialect.engine(database.url, 10.0), dialect, catalogue_for_tests(), plans=plans)
        store.prepare("create")
        with closing(store):
            yield store

    def test_every_search_finds_what_plain_python_finds(self, store: Store) -> None:
        compare_meanings(store, max(10, EXAMPLES // 10))


def test_a_plan_that_sorts_is_told_from_one_that_walks() -> None:
    explain = PostgresqlDialect.explain
    assert explain is not None
    walk = [("Limit",), ("  ->  Index Scan using some_order on customers",), ("        Filter: (a)",)]
    assert explain.walks(walk)
    assert explain.walks([("Limit",), ("  ->  Incremental Sort",), ("        Sort Key: a, id",), *walk[1:]])
    assert not explain.walks([("Limit",), ("  ->  Sort",), ("        Sort Key: a, id",), *walk[1:]])


class TestSettings:
    """What a search changes of its connection."""

    product = "postgresql-18"

    def test_a_search_leaves_the_settings_of_a_connection_as_they_were(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def telling(name: str) -> None:
            exchange = getattr(Wire, name)

            def told(wire: Wire, statement: Any, *given: Any, **how: Any) -> Any:
                asked.append(getattr(statement, "sql", statement))
                return exchange(wire, statement, *given, **how)

            monkeypatch.setattr(Wire, name, told)

        dialect, plans = _walking("a walk that seldom suffices")
        store = SqlStore(dialect.engine(database.url, 10.0), dialect, catalogue_for_tests(), plans=plans)
        store.prepare("create")
        engine = create_engine(make_url(database.url).set(drivername="postgresql+psycopg"))
        criteria = (where.first_name == "Ada") & (where.last_name == "Berg")
        with closing(core_on(store, catalogue_for_tests())) as core, engine.connect() as host:
            core.customers.create(email="ada@example.com", first_name="Ada", last_name="Berg")
            room = host.exec_driver_sql("SHOW work_mem").scalar_one()
            host.rollback()
            telling("rows")
            telling("run")
            for searched in (core, core.bind(host)):
                asked.clear()
                assert len(searched.customers.search(criteria).items) == 1
                assert any("OFFSET" in one for one in asked)  # it was found another way than along the order
                assert any("work_mem" in one for one in asked) is (searched is core)
            assert host.exec_driver_sql("SHOW work_mem").scalar_one() == room
        engine.dispose()
