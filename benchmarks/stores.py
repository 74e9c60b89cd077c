"""Both sides on files of their own: the same tables and indexes, the same journal and durability."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.bare import BareStore
from benchmarks.people import FLAG, define_info
from sqlalchemy import event

from customercore import CustomerCore
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.store import SqlStore
from customercore.wiring import core_on, default_catalogue

__all__ = ["SYNCHRONOUS", "both", "opened", "same_rows"]

SYNCHRONOUS = ("FULL", "NORMAL")
"""What ``PRAGMA synchronous`` is set to on both sides.

FULL is SQLite's default and what the store runs with: each commit waits for the disk, which hides
what the code costs. NORMAL shows it.
"""

_UNALIKE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9-]{10}[ T][0-9:]{8}\.[0-9]+")
"""Identifiers and times: they differ between any two runs."""


@contextmanager
def both(folder: Path, synchronous: str, *, info: bool = False) -> Iterator[tuple[CustomerCore, BareStore]]:
    """Open a new store of ours and a bare one that is a copy of it; ``info``: with three run-time fields."""
    _, ours = opened(folder / "ours.db", synchronous)
    ours.flags.define(FLAG)
    if info:
        define_info(ours)
    bare = BareStore(_bare(folder / "ours.db", folder / "bare.db", synchronous))
    try:
        yield ours, bare
    finally:
        ours.close()
        bare.connection.close()
        for file in folder.glob("*.db*"):
            file.unlink()


def opened(file: Path, synchronous: str) -> tuple[SqlStore, CustomerCore]:
    """Open a new store of ours."""
    catalogue, dialect = default_catalogue(), SqliteDialect()
    engine = dialect.engine(f"sqlite:///{file}", timeout=10.0)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA synchronous = {synchronous}")

    store = SqlStore(engine, dialect, catalogue)
    store.prepare("create")
    return store, core_on(store, catalogue)


def _bare(ours: Path, file: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    with closing(sqlite3.connect(ours)) as source:
        source.backup(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    return connection


def same_rows(folder: Path, *tables: str) -> None:
    """Assert that both stores hold the same rows but for their identifiers and times."""
    for table in tables:
        ours, bare = (_rows(folder / name, table) for name in ("ours.db", "bare.db"))
        assert ours, f"nothing was written to {table}"
        assert ours == bare, f"the two sides did not do the same work in {table}"


def _rows(file: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(f"SELECT * FROM customercore_{table}").fetchall()
    return sorted(_UNALIKE.sub("_", repr([_plain(cell) for cell in row])) for row in rows)


def _plain(cell: Any) -> Any:
    """Return a document without the order of its names."""
    if isinstance(cell, str) and cell.startswith("{"):
        return json.dumps(json.loads(cell), sort_keys=True)
    return cell
