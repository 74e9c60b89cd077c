"""Each store and the store in memory are given the same commands by a state machine, and answer the same.

``make drill-differential`` runs it for minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from database_servers.databases import any_database

from customercore.ports.store import Store
from customercore.testing.differential import StoreAgreement
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore
from customercore.wiring import open_store


def _opening(url: str) -> MakeStore:
    def make() -> Store:
        store = open_store(url, catalogue_for_tests())
        store.prepare("create")
        return store

    return make


class TestSqlite(StoreAgreement):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        return _opening(f"sqlite:///{tmp_path / 'store.db'}")


class TestServers(StoreAgreement):
    @pytest.fixture(params=["postgresql-18", "mariadb", "mongodb"])
    def make_store(self, request: pytest.FixtureRequest) -> Iterator[MakeStore]:
        with any_database(request.param) as database:
            yield _opening(database.url)
