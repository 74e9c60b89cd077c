"""Each way to read a page on SQLite finds the same: the ways are forced by limits that leave no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import attrs
import pytest

from customercore.adapters.sql.hints import Limits
from customercore.adapters.sql.shared_plans import Plans
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.statements import grammar_of
from customercore.adapters.sql.store import SqlStore
from customercore.ports.store import Store
from customercore.testing.meaning_suite import EXAMPLES, compare_meanings
from customercore.testing.paging_suite import PagingConformance
from customercore.testing.samples import catalogue_for_tests

_EVER = 1 << 40
WAYS = {
    "one step, then the smallest choice": Limits(near=0, first=0, far=0, most=_EVER),
    "one step, then on to the end": Limits(near=0, first=0, far=_EVER, beyond=_EVER, most=0),
    "one step, then as far again, then a scan": Limits(near=0, first=0, far=_EVER, beyond=1, most=0),
    "one step, then a scan": Limits(near=0, first=0, far=0, most=0),
    "one step, then a small choice, or as far again": Limits(near=0.1, first=0, far=_EVER, beyond=0, most=3),
}


class _Limited(SqliteDialect):
    def __init__(self, limits: Limits) -> None:
        assert SqliteDialect.hints is not None
        self.hints = attrs.evolve(SqliteDialect.hints, limits=limits)


@cache
def _limited(way: str) -> tuple[SqliteDialect, Plans]:
    """Return the dialect of a way, and the plans that every test of it uses: making them takes longer than a test."""
    dialect = _Limited(WAYS[way])
    return dialect, Plans(catalogue_for_tests(), dialect, grammar_of(dialect.engine("sqlite:///any.db", 10.0)))


class _NotPlanned(SqliteDialect):
    hints = None


def _store(folder: Path, dialect: SqliteDialect, plans: Plans | None = None) -> SqlStore:
    engine = dialect.engine(f"sqlite:///{folder / 'store.db'}", 10.0)
    store = SqlStore(engine, dialect, catalogue_for_tests(), plans=plans)
    store.prepare("create")
    return store


@pytest.mark.parametrize("way", WAYS)
class TestSqliteWays(PagingConformance):
    """Pages, and the meaning of random searches, whichever way they are read."""

    @pytest.fixture
    def store(self, tmp_path: Path, way: str) -> Iterator[Store]:
        with closing(_store(tmp_path, *_limited(way))) as store:
            yield store

    def test_every_search_finds_what_plain_python_finds(self, store: Store) -> None:
        compare_meanings(store, max(10, EXAMPLES // 10))


def test_a_dialect_that_is_not_planned_for_finds_the_same(tmp_path: Path) -> None:
    with closing(_store(tmp_path, _NotPlanned())) as store:
        compare_meanings(store, max(10, EXAMPLES // 10))
