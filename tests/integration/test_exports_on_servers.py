"""Files of every format that servers export: the very bytes that the store in memory gives, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def opened(product: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty store of each sort."""
    if product == "sqlite":
        yield f"sqlite:///{folder}/shop.db"
        return
    with any_database(product) as database:
        yield database.url


@pytest.mark.parametrize("product", ["sqlite", "postgresql-18", "postgresql-16", "mariadb", "mongodb"])
def test_every_store_gives_the_same_files_and_makes_the_same_of_them(product: str, tmp_path: Path) -> None:
    with open_core("memory://") as core:
        fill(defined(core))
        right = exported(core, tmp_path)
    with opened(product, tmp_path) as url:
        for suffix in SUFFIXES:
            with defined(open_core(url, tenant=suffix)) as core:
                (tmp_path / f"in.{suffix}").write_bytes(right[suffix])
                format_ = "shopify" if suffix == "shopify" else None
                assert core.imports.run(tmp_path / f"in.{suffix}", format_).created == len(NAMES) * 3
                # Shopify's file has no room for the rest, so it gives itself back and no other.
                kept = ("shopify",) if suffix == "shopify" else SUFFIXES
                again = exported(core, tmp_path)
                assert {one: again[one] for one in kept} == {one: right[one] for one in kept}
