"""What an import and an export remember of each row: next to nothing."""

from __future__ import annotations

import csv
import gc
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from customercore import open_core
from customercore.services.import_memory import Digests

ROWS = 6_000
MOST = 60
"""How many bytes Python may hold more for each further row. A customer has some thousands."""


def test_digests_count_what_was_added() -> None:
    dice, digests, right = random.Random(7), Digests(), Counter[object]()
    for _ in range(200):
        batch: list[object] = [dice.choice((f"C{dice.randrange(3_000)}", dice.randrange(900))) for _ in range(50)]
        digests.add(batch)
        right.update(batch)
    digests.add([])
    assert all(digests[one] == count for one, count in right.items())
    assert digests["never"] == 0
    assert "never" not in digests
    assert next(iter(right)) in digests


def held(run: Callable[[Callable[[int], None]], object], first: int, last: int) -> float:
    """Return how many bytes more Python holds for each row from the first to the last of two numbers."""
    after: dict[int, int] = {}

    def told(rows: int) -> None:
        if rows in (first, last):  # to look takes longer than a batch does
            gc.collect()
            after[rows] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        run(told)
    finally:
        tracemalloc.stop()
    return (after[last] - after[first]) / (last - first)


def write(path: Path) -> None:
    """Write rows of customers who are given codes, guests, doubtful rows and refused ones."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "first_name", "last_name", "kind", "phones"])
        for number in range(ROWS):
            email = f"p{number}@example.com" if number % 3 else "no mailbox"
            phone = "12" if number % 4 else ""
            rows.writerow([email, f"First {number}", "Last", ("guest", "registered")[number % 2], phone])


def test_memory_does_not_grow_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customercore.adapters.files.parquet_export.GROUP", 500)
    write(tmp_path / "rows.csv")
    with open_core(f"sqlite:///{tmp_path / 'a.db'}") as core:

        def importing(told: Callable[[int], None]) -> object:
            rejects = tmp_path / "rejects.csv"
            return core.imports.run(tmp_path / "rows.csv", rejects=rejects, progress=lambda rows, _, __: told(rows))

        # The report lists the first 1,000 refusals: from the 3,000th row on nothing may grow.
        assert held(importing, 3_000, ROWS) < MOST
        for suffix in ("csv", "jsonl", "xlsx", "parquet", "shopify"):

            def exporting(told: Callable[[int], None], suffix: str = suffix) -> object:
                return core.exports.run(tmp_path / "out", suffix, progress=lambda rows, _: told(rows))

            assert held(exporting, 2_000, 4_000) < MOST, suffix
