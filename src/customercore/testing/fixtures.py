"""Fixtures for the tests of platforms and plug-ins, found by pytest through the entry point ``customercore``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore.core import CustomerCore
from customercore.testing.fakes import FixedClock, SequentialIdentifiers
from customercore.wiring import open_core

__all__ = ["customercore_memory", "customercore_sqlite", "fixed_clock", "sequential_identifiers"]


@pytest.fixture
def fixed_clock() -> FixedClock:
    """Give a clock that stands still until the test advances it."""
    return FixedClock()


@pytest.fixture
def sequential_identifiers() -> SequentialIdentifiers:
    """Give identifiers that count up."""
    return SequentialIdentifiers()


@pytest.fixture
def customercore_memory(fixed_clock: FixedClock) -> Iterator[CustomerCore]:
    """Give a core on a new store in memory, at the fixed clock's time."""
    with open_core("memory://", clock=fixed_clock) as core:
        yield core


@pytest.fixture
def customercore_sqlite(fixed_clock: FixedClock, tmp_path: Path) -> Iterator[CustomerCore]:
    """Give a core on a new SQLite file, at the fixed clock's time."""
    with open_core(f"sqlite:///{tmp_path / 'customercore.db'}", clock=fixed_clock) as core:
        yield core
