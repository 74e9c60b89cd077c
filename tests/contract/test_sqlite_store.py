"""The store on SQLite passes the conformance suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from customercore.ports.store import Store
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore, StoreConformance
from customercore.wiring import open_store


class TestSqliteStore(StoreConformance):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        def make() -> Store:
            store = open_store(f"sqlite:///{tmp_path / 'store.db'}", catalogue_for_tests())
            store.prepare("create")
            return store

        return make
