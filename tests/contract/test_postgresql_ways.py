"""Each way to read a page on PostgreSQL finds the same: it is taken for every search of several conditions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache

import attrs
import pytest
from database_servers.databases import Database

from customercore.adapters.sql.postgresql import PostgresqlDialect
from customercore.adapters.sql.shared_plans import Plans
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.store import SqlStore
from customercore.ports.store import Store
from customercore.testing.meaning_suite import EXAMPLES, compare_meanings
from customercore.testing.paging_suite import PagingConformance
from customercore.testing.samples import catalogue_for_tests

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
