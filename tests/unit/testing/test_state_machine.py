"""The state machine finds what a store does wrong: each fault here is planted in the store in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, cast

import attrs
import pytest

from customercore.catalogue.query import Position, Query
from customercore.domain.customer import Customer
from customercore.domain.event import Event
from customercore.errors import DuplicateError
from customercore.ports.repository import Found
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.differential import compare_with_memory
from customercore.testing.samples import catalogue_for_tests
from customercore.wiring import open_store

RUNS = 120


class _Passing:
    """Passes everything on to what it stands before."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


class Faulty(_Passing):
    """A repository of customers with a fault, by overriding the verb that has it."""


class LosesAFlag(Faulty):
    def save(self, one: Customer, *, was: Customer, deferred: bool = False) -> None:
        self._behind.save(attrs.evolve(one, flags=frozenset(sorted(one.flags)[:1])), was=was)


class ReversesTies(Faulty):
    def find(self, query: Query) -> Found[Customer]:
        found: Found[Customer] = self._behind.find(query)
        keys = [query.order and getattr(one, query.order[0].column.removesuffix("_sort"), None) for one in found.items]
        if len(keys) > 1 and keys[0] == keys[1]:
            found.items[:2] = reversed(found.items[:2])
        return found


class SortsMissingFirst(Faulty):
    def find(self, query: Query) -> Found[Customer]:
        found: Found[Customer] = self._behind.find(query)
        missing = [one for one in found.items if one.last_name is None]
        return Found([*missing, *(one for one in found.items if one.last_name is not None)], found.after)


class LosesTheCursor(Faulty):
    def find(self, query: Query) -> Found[Customer]:
        return Found(self._behind.find(query).items, None)


class RepeatsARow(Faulty):
    def find(self, query: Query) -> Found[Customer]:
        if query.after is not None:
            query = attrs.evolve(query, after=Position(query.after.values, ""))
        found: Found[Customer] = self._behind.find(query)
        return found


class CountsTooMany(Faulty):
    def count(self, query: Query, most: int | None = None) -> int:
        return int(self._behind.count(query)) if most else int(self._behind.count(query, most))


class NeverIsStale(Faulty):
    def save(self, one: Customer, *, was: Customer, deferred: bool = False) -> None:
        self._behind.save(one, was=was)

    def get(self, id: str) -> Customer | None:
        one: Customer | None = self._behind.get(id)
        return None if one is None else attrs.evolve(one, version=1)


class ForgetsTheReindex(Faulty):
    def reindex(self, one: Customer) -> None:
        """Do nothing."""


class NamesTheWrongKey(Faulty):
    def add(self, one: Customer, *, deferred: bool = False) -> None:
        try:
            self._behind.add(one)
        except DuplicateError:
            raise DuplicateError("code") from None


class _Unit(_Passing):
    def __init__(self, behind: UnitOfWork, faulty: Callable[[Any], Any], events: Callable[[Any], Any]) -> None:
        super().__init__(behind)
        self._faulty, self.events = faulty, events(behind.events)

    @property
    def customers(self) -> Any:
        return self._faulty(self._behind.customers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._behind.rollback()


class _Store(_Passing):
    def __init__(self, faulty: Callable[[Any], Any], events: Callable[[Any], Any] = lambda journal: journal) -> None:
        super().__init__(open_store("memory://", catalogue_for_tests()))
        self._made = faulty, events

    def unit(self, *given: Any, **options: Any) -> UnitOfWork:
        return cast("UnitOfWork", _Unit(self._behind.unit(*given, **options), *self._made))


class SkipsAnEvent(_Passing):
    def record(self, event: Event) -> None:
        if event.type != "customer.deactivated":
            self._behind.record(event)


def _found(store: _Store) -> str:
    """Return what the machine says of a store, without simplifying it."""
    with pytest.raises(AssertionError) as caught:
        compare_with_memory(cast("Store", store), RUNS, 40, simplify=False)
    return str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [
        LosesAFlag,
        ReversesTies,
        SortsMissingFirst,
        LosesTheCursor,
        RepeatsARow,
        CountsTooMany,
        NeverIsStale,
        ForgetsTheReindex,
        NamesTheWrongKey,
    ],
)
def test_a_fault_in_the_customers_of_a_store_is_found(fault: type[Faulty]) -> None:
    assert "and memory" in _found(_Store(fault))


def test_an_event_that_is_missing_is_found() -> None:
    assert "and memory" in _found(_Store(lambda customers: customers, SkipsAnEvent))


def test_a_store_without_a_fault_passes() -> None:
    compare_with_memory(cast("Store", _Store(lambda customers: customers)), 20)
