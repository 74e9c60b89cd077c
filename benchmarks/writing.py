"""Job 4w: what a searchable field costs on writing."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import attrs
from benchmarks import crowd
from benchmarks.measure import Contest, Options, Side, each
from benchmarks.people import FLAG, people
from benchmarks.stores import opened

from customercore import Customer, CustomerCore
from customercore.adapters.sql.store import SqlStore
from customercore.catalogue.aggregate import Aggregate

__all__ = ["searchable"]

_COUNTS = (1, 4, 8)
_FIELDS: tuple[tuple[str, str], ...] = (
    ("points", "integer"),
    ("colour", "choice"),
    ("sizes", "multi_choice"),
    ("since", "date"),
    ("level", "integer"),
    ("word", "text"),
    ("visits", "integer"),
    ("rating", "integer"),
)
"""Eight run-time fields that every customer has a value of; the first so many are searchable."""
_CODES = list("abcdefgh")


def searchable(options: Options) -> Iterator[Contest]:
    """Create and load customers with eight run-time fields of which 0, 1, 4 or 8 are searchable."""
    with ExitStack() as open_stores:
        stores = {count: _Store(options.folder, count) for count in (0, *_COUNTS)}
        for one in stores.values():
            open_stores.enter_context(closing(one))
        for count in _COUNTS:
            yield Contest(
                "4w",
                f"create a customer, {count} of 8 run-time fields searchable, beside none",
                None,
                stores[count].creating(options),
                stores[0].creating(options),
            )
        for count in _COUNTS:
            yield Contest(
                "4w",
                f"load customers, {count} of 8 run-time fields searchable, beside none",
                None,
                stores[count].loading(options),
                stores[0].loading(options),
                rate=True,
            )
    for file in options.folder.glob("fields*.db*"):
        file.unlink()


class _Store:
    """A store with so many searchable fields."""

    def __init__(self, folder: Path, count: int) -> None:
        self._store: SqlStore
        self._core: CustomerCore
        self._store, self._core = opened(folder / f"fields{count}.db", "NORMAL")
        self._core.flags.define(FLAG)
        for at, (key, kind) in enumerate(_FIELDS):
            choices = _CODES if kind.endswith("choice") else []
            self._core.info_types.define(key, kind, searchable=at < count, choices=choices)
        self._customers: Aggregate[Customer] = crowd.described(self._core)
        self._given = people()
        self._loaded = itertools.count(10**6)

    def close(self) -> None:
        """Close the store."""
        self._core.close()

    def creating(self, options: Options) -> Side:
        """Return the side that creates customers one by one."""

        def batch() -> list[dict[str, Any]]:
            return [{**one, "info": _info(at)} for at, one in enumerate(itertools.islice(self._given, options.calls))]

        return each(lambda fields: self._core.customers.create(**fields), batch)

    def loading(self, options: Options) -> Side:
        """Return the side that loads as many in one unit of work as an import does."""
        size = 1_000

        def batch() -> list[list[Customer]]:
            return [[self._made(next(self._loaded)) for _ in range(size)]]

        def load(many: list[Customer]) -> None:
            crowd.fill(self._store, self._customers, iter(many))

        once = each(load, batch)
        return lambda: once() / size

    def _made(self, number: int) -> Customer:
        (one,) = crowd.people_of(number + 1, start=number)
        return attrs.evolve(one, info=Customer().info.changed(_info(number)))


def _info(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    numbers = {key: chance.randrange(10**6) for key, kind in _FIELDS if kind == "integer"}
    return {
        **numbers,
        "colour": chance.choice(_CODES),
        "sizes": frozenset(chance.sample(_CODES, 2)),
        "since": dt.date(2020, 1, 1) + dt.timedelta(days=chance.randrange(2_000)),
        "word": f"word {chance.randrange(500)}",
    }
