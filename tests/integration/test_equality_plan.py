"""Who has an e-mail address or a name is found by the index of its order: each database says so itself."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
from told_plans import TOLD_BY, Plans, filled_store

from customercore import Criteria, where
from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.customer import GUEST, Customer
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, ids
from customercore.testing.samples import customer, definitions_for_tests, identifier
from customercore.wiring import default_catalogue

MANY = 3_000
CUSTOMERS = default_catalogue().customers


def person(number: int) -> Customer:
    """Return one of many; every third is a guest, and all have the first three letters of a name in common."""
    one = customer(
        number,
        email=f"info@shop{number}.example",
        last_name=f"Ömer {number}",
        company_name=None if number % 2 else f"Firm {number}",
    )
    return attrs.evolve(one, kind=GUEST) if number % 3 == 0 else one


ROWS = [person(number) for number in range(1, MANY + 1)]
ROWS[9] = attrs.evolve(ROWS[9], email="ada@bücher.example")
ROWS[11] = attrs.evolve(ROWS[11], email="ADA@xn--bcher-kva.example", last_name="Omer 5")


@pytest.fixture(scope="module", params=TOLD_BY)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Plans]]:
    """Give a store in which two tenants have many customers."""
    with (
        pytest.MonkeyPatch.context() as patches,
        filled_store(
            request.param, tmp_path_factory.mktemp("plans"), patches, lambda uow: uow.customers.load(ROWS)
        ) as told,
    ):
        yield told


MISSING = ("Impossible WHERE", " IS NULL))", "[null, null]", "'search.last_name_sort': []")
"""What tells of the part of an order in which its first field is missing: an index knows that nobody is there."""
CASES: list[tuple[Criteria, str, list[int]]] = [
    (where.email == "INFO@shop7.example", "email", [7]),
    (where.email == "nobody@example.com", "email", []),
    (where.email == "ada@BÜCHER.example", "email", [10, 12]),
    (where.email == "ada@xn--bcher-kva.example", "email", [10, 12]),
    (where.email.is_in(["info@shop7.example", "ada@bücher.example"]), "email", [7, 10, 12]),
    (
        where.email.is_in([f"info@shop{number}.example" for number in range(1_001, 1_101)]) & (where.kind == GUEST),
        "email",
        list(range(1_002, 1_101, 3)),
    ),
    (where.last_name == "ömer 5", "last_name", [5]),
    (where.last_name == "omer 5", "last_name", [12]),
    (where.last_name.is_in(["ömer 5", "ÖMER 6", "x"]), "last_name", [5, 6]),
    (where.company_name == "FIRM 8", "company_name", [8]),
    ((where.company_name == "firm 8") | (where.company_name == "firm 9"), "company_name", [8]),
]


@pytest.mark.parametrize(("criteria", "field", "expected"), CASES)
@pytest.mark.parametrize("form", [("id", None), ("id", 50), ("last_name", 50), ("-created_at", 1)], ids=str)
def test_equality_is_found_by_the_index_of_the_order(
    filled: tuple[Store, Plans], criteria: Criteria, field: str, expected: list[int], form: tuple[str, int | None]
) -> None:
    (store, plans), (sort, limit) = filled, form
    node, order = resolve(CUSTOMERS, criteria, definitions_for_tests()), resolve_sort(CUSTOMERS, sort)
    plans()
    with store.unit(TENANT, write=False) as uow:
        found = ids(uow.customers.find(Query(where=node, order=order, limit=limit)).items)
        assert len(ids(uow.customers.stream(Query(where=node, order=order)))) == len(expected)
    if sort == "id":
        assert found == [identifier(number) for number in expected]
    assert len(found) == min(len(expected), limit or MANY)
    told = plans()
    assert told
    for plan in told:
        assert f"{field}_sort_order" in plan or any(word in plan for word in MISSING), plan
        assert not any(word in plan for word in ("COLLSCAN", "Seq Scan", "SCAN d")), plan
