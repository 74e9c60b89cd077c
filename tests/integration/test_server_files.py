"""Files on PostgreSQL, MariaDB and MongoDB: what is imported comes out byte for byte as from the store in memory."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore, where
from customercore.wiring import open_core

ROWS = 2_300
NAMES = ("Ada", "Åsa", "Ömer", "Zoë", "bo", "Bo ", "Σίσυφος", "ﬁne", "O'Neil; \\N", "%s {x}", "😀")


def write(path: Path) -> None:
    """Write rows of which some say again what an earlier one said, and some cannot be stored."""
    dice = random.Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "first_name", "last_name", "tags", "address.country", "address.city", "info.points"])
        for number in range(ROWS):
            email = f"p{dice.randrange(ROWS)}@example.com" if number % 9 else "no mailbox"
            city = dice.choice(("Malmö", "Lund", "Oslo"))
            rows.writerow(
                [email, dice.choice(NAMES), dice.choice(NAMES), dice.choice(("a", "b;c", "")), "SE", city, number]
            )


def moved(core: CustomerCore, folder: Path, name: str) -> tuple[bytes, int, int, list[str]]:
    """Import the file, search, and return what the export holds."""
    core.info_types.define("points", "integer", searchable=True)
    report = core.imports.run(folder / "rows.csv", on_conflict="update")
    core.exports.run(folder / f"{name}.csv")
    found = core.customers.search(
        where.tag("c") & (where.info("points") > 900) & where.address.any(country="SE", city="lund"),
        sort=["-last_name", "email"],
        limit=40,
    )
    return (folder / f"{name}.csv").read_bytes(), report.created, report.updated, [str(one.email) for one in found]


@pytest.mark.parametrize("product", ["postgresql-18", "mariadb", "mongodb"])
def test_every_store_makes_the_same_of_a_file(product: str, tmp_path: Path) -> None:
    write(tmp_path / "rows.csv")
    with open_core("memory://") as core:
        right, created, updated, found = moved(core, tmp_path, "memory")
    with any_database(product) as database, open_core(database.url) as core:
        export, *counted, there = moved(core, tmp_path, "server")
        assert counted == [created, updated]
        assert there == found
        assert export.splitlines() == right.splitlines()
        assert export == right
        assert [finding for finding in core.check() if not finding.ok] == []
    assert created > ROWS / 2
    assert len(found) > 3
