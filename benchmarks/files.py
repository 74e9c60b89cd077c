"""Jobs 3 and 3b: whole files of customers in and out."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bare_files import export_file, import_file
from benchmarks.measure import Contest, Goal, Options
from benchmarks.people import people
from benchmarks.stores import both

__all__ = ["exporting", "importing"]

_SMALL = 500
"""Rows that both sides import and export first, to see that they do the same."""


def importing(options: Options) -> Iterator[Contest]:
    """Import a generated CSV file, every row validated, into a new store."""
    file = options.folder / "customers.csv"
    _check(options, file)
    _write(file, options.rows)
    size = f"{options.rows:,}"

    def ours() -> float:
        with both(options, "FULL") as pair:
            core = pair.core
            start = time.perf_counter()
            report = core.imports.run(file)
            took = time.perf_counter() - start
        assert (report.created, report.refused) == (options.rows, 0)
        return took / options.rows

    def by_hand() -> float:
        with both(options, "FULL") as pair:
            bare = pair.bare
            start = time.perf_counter()
            done = import_file(bare, file)
            took = time.perf_counter() - start
        assert done == (options.rows, 0)
        return took / options.rows

    goal = Goal("ratio", 1.15, 1.725, least_rate=8_000)
    if options.server and options.server.name == "mongodb":
        goal = Goal("ratio", 1.2, 1.8)
    yield Contest("3", f"import {size} rows, validated", goal, ours, by_hand, rate=True)


def exporting(options: Options) -> Iterator[Contest]:
    """Export a store to CSV, every column, by e-mail."""
    file, size = options.folder / "customers.csv", f"{options.rows:,}"
    _write(file, options.rows)
    with both(options, "FULL") as pair:
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


def _write(file: Path, rows: int) -> None:
    """Write the file that is imported, as an export with these columns would be."""
    given = itertools.islice(people(), rows)
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
