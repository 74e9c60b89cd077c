"""Files of every format that servers export: the very bytes that the store in memory gives, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore, open_core, where

SUFFIXES = ("csv", "jsonl", "xlsx", "parquet", "shopify")
NAMES = ("Ada", "Åsa", "=1+1", "'=1", "O'Neil; \\N", "😀", "<r>x</r>")


def defined(core: CustomerCore) -> CustomerCore:
    """Return the core with the field that the customers have."""
    core.info_types.define("points", "integer")
    return core


def fill(core: CustomerCore) -> None:
    """Make customers whose names formats may stumble over."""
    for number, name in enumerate(NAMES * 3):
        book = [{"line1": name, "city": "Oslo", "postcode": "0154", "country": "NO"}] * (number % 2)
        core.customers.create(
            code=f"N{number}", email=f"n{number}@example.com", first_name=name, last_name="Ek",
            tags={"a", "b"}, info={"points": number}, addresses=book,
        )  # fmt: skip


def exported(core: CustomerCore, folder: Path) -> dict[str, bytes]:
    """Return the file of each format."""
    for suffix in SUFFIXES:
        core.exports.run(folder / f"a.{suffix}", suffix, where.kind == "registered")
    return {suffix: (folder / f"a.{suffix}").read_bytes() for suffix in SUFFIXES}


@pytest.mark.parametrize("product", ["postgresql-18", "mariadb", "mongodb"])
def test_every_store_gives_the_same_files_and_makes_the_same_of_them(product: str, tmp_path: Path) -> None:
    with open_core("memory://") as core:
        fill(defined(core))
        right = exported(core, tmp_path)
    with any_database(product) as database:
        for suffix in ("csv", "jsonl", "parquet"):
            with defined(open_core(database.url, tenant=suffix)) as core:
                (tmp_path / f"in.{suffix}").write_bytes(right[suffix])
                assert core.imports.run(tmp_path / f"in.{suffix}").created == len(NAMES) * 3
                assert exported(core, tmp_path) == right
