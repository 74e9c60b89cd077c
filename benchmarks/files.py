"""Jobs 3 and 3b: whole files of customers in and out."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.bare_files import export_file, import_file
from benchmarks.measure import Contest, Goal, Options
from benchmarks.people import people
from benchmarks.stores import Pair, both

__all__ = ["exporting", "importing"]

_SMALL = 500
"""Rows that both sides import and export first, to see that they do the same."""


def importing(options: Options) -> Iterator[Contest]:
    """Import a generated CSV file, every row validated, each time into a new store, or `_among` many customers."""
    file = options.folder / "customers.csv"
    _check(replace(options, among=0), file)
    _write(file, options.rows)
    if options.among:
        yield from _among(options, file)
        return

    def ours() -> float:
        with both(options, "FULL") as pair:
            return _ours(pair, file, options.rows)

    def by_hand() -> float:
        with both(options, "FULL") as pair:
            return _by_hand(pair, file, options.rows)

    yield Contest("3", f"import {options.rows:,} rows, validated", _goal(options), ours, by_hand, rate=True)


def _among(options: Options, file: Path) -> Iterator[Contest]:
    """Import other rows in each round into stores that hold what was imported before."""
    with both(options, "FULL") as pair:

        def side(run: Callable[[Pair, Path, int], float], starts: Iterator[int]) -> float:
            _write(file, options.rows, next(starts))
            return run(pair, file, options.rows)

        ours, by_hand = (partial(side, run, itertools.count(0, options.rows)) for run in (_ours, _by_hand))
        what = f"import {options.rows:,} rows, validated, among {options.among:,}"
        yield Contest("3", what, _goal(options), ours, by_hand, rate=True)
        pair.same_rows()


def _goal(options: Options) -> Goal:
    if options.server and options.server.name == "mongodb":
        return Goal("ratio", 1.2, 1.8)
    return Goal("ratio", 1.15, 1.725, least_rate=8_000)


def _ours(pair: Pair, file: Path, rows: int) -> float:
    start = time.perf_counter()
    report = pair.core.imports.run(file)
    took = time.perf_counter() - start
    assert (report.created, report.refused) == (rows, 0)
    return took / rows


def _by_hand(pair: Pair, file: Path, rows: int) -> float:
    start = time.perf_counter()
    done = import_file(pair.bare, file)
    took = time.perf_counter() - start
    assert done == (rows, 0)
    return took / rows


def exporting(options: Options) -> Iterator[Contest]:
    """Export a store to CSV, every column, by e-mail."""
    file, size = options.folder / "customers.csv", f"{options.rows:,}"
    _write(file, options.rows)
    with both(replace(options, among=0), "FULL") as pair:
        core, bare = pair.core, pair.bare
        core.imports.run(file)
        import_file(bare, file)

        def ours() -> float:
            start = time.perf_counter()
            core.exports.run(options.folder / "ours.csv")
            return (time.perf_counter() - start) / options.rows

        def by_hand() -> float:
            start = time.perf_counter()
            export_file(bare, options.folder / "bare.csv")
            return (time.perf_counter() - start) / options.rows

        yield Contest("3b", f"export {size} rows", Goal("ratio", 1.0, 1.5), ours, by_hand, rate=True)
        _same_files(options.folder)


def _check(options: Options, file: Path) -> None:
    """Assert that both sides make the same store of a small file, and the same file of that store."""
    _write(file, _SMALL)
    with both(options, "FULL") as pair:
        assert pair.core.imports.run(file).created == import_file(pair.bare, file)[0] == _SMALL
        pair.same_rows()


def _same_files(folder: Path) -> None:
    ours, bare = (folder / name for name in ("ours.csv", "bare.csv"))
    assert ours.read_bytes() == bare.read_bytes(), "the two sides wrote different files"


def _write(file: Path, rows: int, start: int = 0) -> None:
    """Write the file that is imported, as an export with these columns would be."""
    given = itertools.islice(people(start), rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_HEADER)
        for one in given:
            lists = ("; ".join(one[name]) for name in ("phones", "flags", "tags"))
            names = (one[name] for name in ("email", "first_name", "last_name"))
            writer.writerow([*names, *lists, *one["addresses"][0].values()])


_HEADER = (
    "email", "first_name", "last_name", "phones", "flags", "tags", "address.first_name",
    "address.last_name", "address.line1", "address.city", "address.postcode", "address.country",
)  # fmt: skip
