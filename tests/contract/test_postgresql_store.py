"""The store on PostgreSQL, in its newest version and in an older one, passes the conformance suite."""

from __future__ import annotations

import pytest
from database_servers.databases import Database

from customercore.ports.store import Store
from customercore.testing.meaning_suite import EXAMPLES
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore, StoreConformance
from customercore.wiring import open_store


class TestPostgresql18Store(StoreConformance):
    product = "postgresql-18"
    meaning_examples = EXAMPLES // 2

    @pytest.fixture
    def make_store(self, database: Database) -> MakeStore:
        def make() -> Store:
            store = open_store(database.url, catalogue_for_tests())
            store.prepare("create")
            return store

        return make


class TestPostgresql16Store(TestPostgresql18Store):
    product = "postgresql-16"
    meaning_examples = EXAMPLES // 10
