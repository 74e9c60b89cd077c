"""Both sides on stores of their own: the same tables and indexes, the same journal and durability."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import BareStore
from benchmarks.measure import Options
from benchmarks.mongo import BareMongo
from benchmarks.people import FLAG, define_info
from benchmarks.populated import copy, populate
from benchmarks.servers import MongoServer, Server
from sqlalchemy import event

from customercore import CustomerCore
from customercore.adapters.sql.sqlite import SqliteDialect
from customercore.adapters.sql.store import SqlStore
from customercore.wiring import core_on, default_catalogue

__all__ = ["Bare", "Pair", "both", "opened", "synchronous_of"]

Bare = BareStore | BareMongo
Read = Callable[[str], list[Any]]


def synchronous_of(options: Options) -> tuple[str, ...]:
    """Return what ``PRAGMA synchronous`` is set to on both sides, one after the other; FULL on servers, as it were.

    FULL is SQLite's default and what the store runs with: each commit waits for the disk, which hides
    what the code costs. NORMAL shows it.
    """
    return ("FULL",) if options.server else ("FULL", "NORMAL")


_ONLY = {"events": " WHERE aggregate = 'customer'"}
"""Fields were defined in ours alone."""
_UNALIKE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9-]{10}[ T][0-9:]{8}\.[0-9]+")
"""Identifiers and times: they differ between any two runs."""


def _nowhere(_: int) -> None:
    raise NotImplementedError("only on MongoDB")


@dataclass(frozen=True)
class Pair:
    """A new store of ours and a bare one with the same tables."""

    core: CustomerCore
    bare: Bare
    read: tuple[Read, Read]
    """What returns the rows of a table of ours, and of the bare store."""
    populate: Callable[[int], None] = _nowhere
    """Stores so many other customers on both sides."""

    def same_rows(self) -> None:
        """Assert that both stores hold the same rows but for their identifiers and times."""
        own_table = isinstance(self.bare, BareStore) and self.bare.driver.table
        tables = ("customers", "events", *(["customer_terms"] if own_table else []))
        for table in tables:
            ours, bare = (sorted([_told(row) for row in read(table)]) for read in self.read)
            assert ours, f"nothing was written to {table}"
            assert ours == bare, f"the two sides did not do the same work in {table}"


@contextmanager
def both(options: Options, synchronous: str, *, info: bool = False) -> Iterator[Pair]:
    """Open both stores where the options say; ``info``: with three run-time fields."""
    with _on_server(options.server) if options.server else _in_files(options.folder, synchronous) as pair:
        pair.core.flags.define(FLAG)
        if info:
            define_info(pair.core)
        if options.among:
            pair.populate(options.among)
        yield pair


@contextmanager
def _in_files(folder: Path, synchronous: str) -> Iterator[Pair]:
    ours, bare = folder / "ours.db", folder / "bare.db"
    _, core = opened(ours, synchronous)
    with closing(core), closing(_bare(ours, bare, synchronous)) as connection:
        yield Pair(core, BareStore(connection), (partial(_rows, ours), partial(_rows, bare)))
    for file in folder.glob("*.db*"):
        file.unlink()


@contextmanager
def _on_server(server: Server) -> Iterator[Pair]:
    if isinstance(server, MongoServer):
        with (
            server.opened() as (store, core, url),
            server.opened() as (_, _, other),
            server.by_hand(url) as ours,
            server.by_hand(other) as by_hand,
        ):

            def fill(count: int) -> None:
                populate(store, core, count)
                copy(url, other)

            yield Pair(core, by_hand, (ours.rows, by_hand.rows), fill)
        return
    with server.opened() as (_, core, url), server.bare() as bare, server.connection(url) as ours:
        yield Pair(core, bare, (partial(_fetched, ours), partial(_fetched, bare.connection)))


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


def _all(table: str) -> str:
    return f"SELECT * FROM customercore_{table}{_ONLY.get(table, '')}"


def _rows(file: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(_all(table)).fetchall()


def _fetched(connection: Any, table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_all(table))
        return [*cursor.fetchall()]


def _told(row: Sequence[Any]) -> str:
    return _UNALIKE.sub("_", repr([_plain(cell) for cell in row]))


def _plain(cell: Any) -> Any:
    """Return a document without the order of its names, and a moment as any other."""
    if isinstance(cell, dt.datetime):
        return "_"
    if isinstance(cell, str) and cell.startswith("{"):
        return json.dumps(json.loads(cell), sort_keys=True)
    return cell
