"""The differential test: a store under test and the store in memory are given the same commands.

An author of an adapter subclasses it beside `suite.StoreConformance`, with the same fixture ``make_store``::

    class TestMyStoreAgrees(StoreAgreement):
        @pytest.fixture
        def make_store(self, tmp_path): ...

``CUSTOMERCORE_DIFFERENTIAL_RUNS`` and ``CUSTOMERCORE_DIFFERENTIAL_STEPS`` in the environment ask for more
runs, and for longer ones. The runs are the same in every process.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from customercore.ports.store import Store
from customercore.testing.pair import Pair
from customercore.testing.state_machine import StoreMachine
from customercore.testing.suite import MakeStore

__all__ = ["RUNS", "STEPS", "StoreAgreement", "compare_with_memory"]

RUNS = int(os.environ.get("CUSTOMERCORE_DIFFERENTIAL_RUNS", "40"))
"""How many runs are made, each in a tenant of its own."""
STEPS = int(os.environ.get("CUSTOMERCORE_DIFFERENTIAL_STEPS", "40"))
"""How many commands a run has at most."""
_ROUND = 20
"""How many runs come from one seed."""


def compare_with_memory(store: Store, runs: int = RUNS, steps: int = STEPS, *, simplify: bool = True) -> None:
    """Give the store and memory the same commands; raise `AssertionError` at the first answers that differ.

    With ``simplify`` the commands that lead there are printed, as few as were found.
    """
    numbers = itertools.count()
    for start in range(0, runs, _ROUND):
        machine = seed(start)(_machine(store, numbers))
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=min(_ROUND, runs - start),
                stateful_step_count=steps,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                phases=(Phase.generate, Phase.shrink) if simplify else (Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )


def _machine(store: Store, numbers: Iterator[int]) -> type[StoreMachine]:
    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__(Pair(store, f"run-{next(numbers)}"))

    return Machine


class StoreAgreement:
    """The comparison of a store with memory. The subclass gives ``make_store``; its name starts with ``Test``."""

    runs = RUNS
    """How many runs are made."""

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """Return what opens the store under test, prepared; each adapter overrides this."""
        raise NotImplementedError

    def test_every_command_is_answered_as_in_memory(self, make_store: MakeStore) -> None:
        with closing(make_store()) as store:
            compare_with_memory(store, self.runs)
