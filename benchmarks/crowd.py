"""A store of many made-up customers with run-time fields, filled through the repository: the same ones in every run.

Of all customers, each independent of the others: 20 % have the flag ``f20``, 5 % ``f5``, 0.1 % ``f01``, and so on;
60 % are in one of 60 groups, which are tags here; 80 % have ``points`` and 90 % a ``level``, numbers up to
a million; who has the flag ``g20`` is in the lower half of the levels, so that the two never meet. About 7 terms and
2.3 numbers a customer, and the words of names, code and e-mail besides.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import random
from collections.abc import Iterator
from typing import Any

import attrs

from customercore import Customer, CustomerCore
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.extended import extended
from customercore.domain.info_type import InfoType
from customercore.domain.tenant import Definitions
from customercore.ports.store import Store
from customercore.testing.samples import definitions_for_tests
from customercore.wiring import default_catalogue

__all__ = [
    "FLAGS",
    "GROUPS",
    "TENANT",
    "define",
    "defined",
    "described",
    "fill",
    "joined_after",
    "people_of",
    "points_for",
]

TENANT = "default"
FLAGS = {"f20": 0.2, "f5": 0.05, "f01": 0.001, "g20": 0.2, "h20": 0.2}
"""The flags and their shares."""
GROUPS = 60
_MOST = 1_000_000
_START = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
_DAYS = 3 * 365
_SYLLABLES = (
    "an", "ber", "dal", "ek", "for", "gran", "hol", "is", "jan", "kvi", "lun", "mol", "nil", "ob", "per", "qui", "ras",
    "sjo", "tho", "ull", "vik", "wah", "yng", "zan",
)  # fmt: skip
_FIRST = (
    "Ada", "Björn", "Clara", "David", "Elin", "Fatima", "Gustav", "Hanna", "Ivan", "Julia", "Karl", "Linnéa", "Mats",
    "Nora", "Olof",
)  # fmt: skip
_NUMBERS = {"points": 0.8, "level": 0.9, "visits": 0.4, "rating": 0.2}
_COLOURS = ("red", "green", "blue", "black", "white")
_BATCH = 1_000


def points_for(share: float) -> int:
    """Return the points that this share of all customers has at least."""
    return round(_MOST * (1 - share / _NUMBERS["points"]))


def joined_after(share: float) -> dt.datetime:
    """Return the moment after which this share of all customers came."""
    return _START + dt.timedelta(days=_DAYS * (1 - share))


@functools.cache
def _surnames() -> list[str]:
    names = ["".join(parts).title() + "sson" for parts in itertools.product(_SYLLABLES, repeat=3)][:12_000]
    random.Random(7).shuffle(names)
    return names


def people_of(total: int, *, start: int = 0) -> Iterator[Customer]:
    """Yield the customers of a store of so many."""
    surnames = _surnames()
    for number in range(start, total):
        yield _person(number, total, surnames)


def _person(number: int, total: int, surnames: list[str]) -> Customer:
    chance = random.Random(number)
    draw = chance.random
    at = _START + dt.timedelta(days=_DAYS * number / total)
    flags = frozenset([name for name, share in FLAGS.items() if draw() < share])
    tags = {f"word {int(3_000 * draw() ** 3)}" for _ in range(2 + int(draw() * 2))}
    if draw() < 0.6:
        tags.add(f"group {int(draw() * GROUPS)}")
    values: dict[str, Any] = {name: int(draw() * _MOST) for name, share in _NUMBERS.items() if draw() < share}
    if "level" in values:
        values["level"] = values["level"] // 2 + (0 if "g20" in flags or draw() < 0.25 else _MOST // 2)
    values["sizes"] = frozenset({chance.choice("abcde"), chance.choice("abcde")})
    values["colour"] = chance.choice(_COLOURS)
    first, last = chance.choice(_FIRST), surnames[int(len(surnames) * draw() ** 2)]
    roll = draw()
    return Customer(
        id=f"{int(at.timestamp() * 1000):012x}{number:08x}{chance.getrandbits(48):012x}",
        version=1,
        code=f"C{number:07d}",
        email=f"customer.{number}@company{number % 2000}.example.com",
        first_name=first,
        last_name=None if draw() < 0.01 else last,
        status="active" if roll < 0.97 else "inactive",
        kind="registered",
        flags=flags,
        tags=frozenset(tags),
        info=Customer().info.changed(values),
        created_at=at,
        updated_at=at,
    )


def define(core: CustomerCore) -> Aggregate[Customer]:
    """Define flags and run-time fields; return the customers' aggregate with them."""
    for flag in FLAGS:
        core.flags.define(flag)
    for name in _NUMBERS:
        core.info_types.define(name, "integer", searchable=True)
    core.info_types.define("sizes", "multi_choice", choices=list("abcde"), searchable=True)
    core.info_types.define("colour", "choice", choices=list(_COLOURS), searchable=True)
    return described(core)


def described(core: CustomerCore) -> Aggregate[Customer]:
    """Return the customers' aggregate with the fields that are defined."""
    return extended(default_catalogue(), defined(core)).customers


def defined(core: CustomerCore) -> Definitions:
    """Return what is defined, as far as searches need it."""
    known: dict[str, InfoType] = {one.key: one for one in core.info_types.list()}
    flags = {one.code: one for one in core.flags.list()}
    return attrs.evolve(definitions_for_tests(), info_types={"customer": known}, flags=flags)


def fill(store: Store, customers: Aggregate[Customer], many: Iterator[Customer]) -> None:
    """Store many customers, so many in a unit of work as an import does."""
    while batch := list(itertools.islice(many, _BATCH)):
        with store.unit(TENANT, write=True) as uow:
            uow.describe(customers)
            uow.customers.load(batch)
            uow.commit()
