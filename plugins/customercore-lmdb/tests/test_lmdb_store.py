"""The store on LMDB passes the whole kit, run from outside of customercore's own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from customercore.ports.store import Store
from customercore.testing.differential import StoreAgreement
from customercore.testing.meaning_suite import EXAMPLES
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore, StoreConformance
from customercore_lmdb.store import LmdbStore


class TestLmdbStore(StoreConformance):
    meaning_examples = EXAMPLES // 5

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        def make() -> Store:
            store = LmdbStore(str(tmp_path / "store"), catalogue_for_tests())
            store.prepare("create")
            return store

        return make


class TestLmdbAgrees(StoreAgreement):
    make_store = TestLmdbStore.make_store
