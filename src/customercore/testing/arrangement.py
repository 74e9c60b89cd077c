"""What the suite's tests do over and over: store records, ask for them, repeat a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.criteria.tree import Criteria
from customercore.errors import StaleVersionError, retryable
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.samples import (
    aggregate_of,
    catalogue_for_tests,
    definitions_for_tests,
)

__all__ = ["OTHER", "TENANT", "ids", "keep", "query", "repeat", "stored", "verbs_of"]

T = TypeVar("T")
TENANT = "acme"
"""The tenant that tests work in."""
OTHER = "other"
"""Its neighbour."""
_ATTEMPTS = 1_000


def keep(store: Store, many: Iterable[Any], tenant: str = TENANT) -> None:
    """Add the records, of whatever types, and commit."""
    plurals = {one.type: one.plural for one in catalogue_for_tests().stored}
    with store.unit(tenant, write=True) as uow:
        for one in many:
            uow.repository(plurals[type(one)]).add(one)
        uow.commit()


def stored(store: Store, plural: str, id: str, tenant: str = TENANT) -> Any:
    """Return what a new unit reads under this id, or None."""
    with store.unit(tenant, write=False) as uow:
        return uow.repository(plural).get(id)


def repeat(store: Store, use_case: Callable[[UnitOfWork], T], tenant: str = TENANT) -> T:
    """Run the use case in a unit of its own and commit it, again where another unit was faster.

    Gives up after a bounded number of attempts, and raises the last error.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with store.unit(tenant, write=True) as uow:
                result = use_case(uow)
                uow.commit()
        except Exception as error:
            again = retryable(error) or isinstance(error, StaleVersionError)
            if attempt == _ATTEMPTS or not again:
                raise
        else:
            return result
    raise AssertionError  # the last attempt returns or raises


def query(plural: str, criteria: Criteria | None = None, sort: Sequence[str] = (), **options: Any) -> Query:
    """Return the query of criteria and a sort; ``options`` are those of `Query`."""
    aggregate = aggregate_of(plural)
    return Query(
        where=resolve(aggregate, criteria, definitions_for_tests()),
        order=resolve_sort(aggregate, list(sort)),
        **options,
    )


def ids(records: Iterable[Any]) -> list[str]:
    """Return the ids of the records, in their order."""
    return [one.id for one in records]


def verbs_of(port: type[Any]) -> list[str]:
    """Return the names of a port's methods, as they are declared."""
    return [name for name, value in vars(port).items() if callable(value) and not name.startswith("_")]
