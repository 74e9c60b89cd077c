"""The store in memory passes the conformance suite."""

from __future__ import annotations

import pytest

from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.memory.tables import Tables
from customercore.testing.samples import catalogue_for_tests
from customercore.testing.suite import MakeStore, StoreConformance


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def make_store(self) -> MakeStore:
        tables = Tables()
        return lambda: MemoryStore(catalogue_for_tests(), tables)
