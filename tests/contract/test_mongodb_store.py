"""The store on MongoDB, a replica set of one node, passes the conformance suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from database_servers.databases import MongoDatabase, new_mongo_database

from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, keep
from customercore.testing.ledger_suite import post
from customercore.testing.meaning_suite import EXAMPLES
from customercore.testing.samples import catalogue_for_tests, entry, wallet
from customercore.testing.suite import MakeStore, StoreConformance
from customercore.wiring import open_store


@pytest.fixture(scope="module")
def database() -> Iterator[MongoDatabase]:
    with new_mongo_database() as database:
        yield database


class TestMongodbStore(StoreConformance):
    meaning_examples = EXAMPLES // 2

    @pytest.fixture
    def make_store(self, database: MongoDatabase) -> MakeStore:
        database.forget()

        def make() -> Store:
            store = open_store(database.url, catalogue_for_tests())
            store.prepare("create")
            return store

        return make

    def test_totals_are_those_of_one_state_however_long_the_server_counts(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=False) as uow:
            before = uow.ledger.totals()
            post(store, wallet(1), entry(1), posted_minor=100)
            assert uow.ledger.totals() == before
