"""The store in memory passes the conformance suite."""

from __future__ import annotations

import pytest

from customercore.adapters.memory.store import MemoryStore
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore, StoreConformance


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def make_store(self) -> MakeStore:
        store = MemoryStore(catalogue_for_tests())
        return lambda: store
