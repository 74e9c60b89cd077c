"""Customers that are in a store already when a job begins: what is done among many costs more than among none."""

from __future__ import annotations

from typing import Any

import attrs
from benchmarks import crowd
from benchmarks.people import FLAG
from pymongo import MongoClient

from customercore import Customer, CustomerCore
from customercore.ports.store import Store

__all__ = ["copy", "populate"]

_CUSTOMERS = "customercore_customers"
_OTHER = "K"
"""What their codes begin with: those of the jobs' own customers begin with C."""


def populate(store: Store, core: CustomerCore, count: int) -> None:
    """Store so many of `crowd`'s customers, with those of their values that are defined here."""
    customers, defined = crowd.described(core), set(crowd.defined(core).info_types)
    crowd.fill(store, customers, (_fitting(one, defined) for one in crowd.people_of(count)))


def copy(url: str, other: str) -> None:
    """Put the customers of one database on MongoDB into another, whose collection is there already."""
    with MongoClient[dict[str, Any]](url) as client, MongoClient[dict[str, Any]](other) as target:
        into = {"db": target.get_default_database().name, "coll": _CUSTOMERS}
        client.get_default_database()[_CUSTOMERS].aggregate([{"$match": {}}, {"$out": into}])


def _fitting(one: Customer, defined: set[str]) -> Customer:
    values = {name: value for name, value in one.info.items() if name in defined}
    return attrs.evolve(
        one,
        code=f"{_OTHER}{one.code}",
        email=f"{_OTHER}.{one.email}",
        flags=frozenset([FLAG] if "f20" in one.flags else []),
        info=Customer().info.changed(values),
    )
