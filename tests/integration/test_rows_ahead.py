"""Rows that are stored while their unit goes on: PostgreSQL has them before anybody asks, and answers later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from database_servers.databases import new_database

from customercore.catalogue.query import Query
from customercore.domain.customer import Customer
from customercore.errors import DuplicateError, StorageUnavailableError
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import keep, stored
from customercore.testing.samples import catalogue_for_tests, customer, event, identifier, shop
from customercore.wiring import open_store

MANY = range(1, 1_001)
CHUNK = 100


@pytest.fixture(scope="module", params=["postgresql-18", "postgresql-16"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with new_database(request.param) as database:
        store = open_store(database.url, catalogue_for_tests())
        store.prepare("create")
        yield store
        store.close()


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> str:
    """Return a tenant of the test's own."""
    return f"t{abs(hash(request.node.nodeid)):x}"


def load(uow: UnitOfWork, many: list[Customer]) -> bool:
    """Load customers, and as many events of the first, as an import does; tell whether any are on their way."""
    assert uow.customers.count(Query()) == 0  # as an import asks who is there
    for start in range(0, len(many), CHUNK):
        chunk = many[start : start + CHUNK]
        uow.customers.load(chunk, deferred=True)
        uow.events.load([event(start + at, id=f"{many[0].id}{start + at}") for at in range(len(chunk))], deferred=True)
    return under_way(uow)


def under_way(uow: Any) -> bool:
    return uow._wire._sent is not None  # noqa: SLF001  # nothing else tells


def many(**odd: Any) -> list[Customer]:
    """Return the customers, the 150th of them with something odd."""
    return [customer(number, **(odd if number == 150 else {})) for number in MANY]


def test_the_next_question_sees_what_is_on_its_way(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow:
        assert load(uow, many())
        assert uow.customers.get(identifier(1_000)) == customer(1_000)
        assert not under_way(uow)
        assert len(uow.events.of("customer", identifier(1), limit=2_000)) == len(MANY)


def test_a_commit_keeps_what_is_on_its_way(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow:
        assert load(uow, many())
        uow.commit()
    assert [stored(store, "customers", identifier(number), tenant) for number in MANY] == many()


def test_what_is_on_its_way_is_gone_with_its_unit(store: Store, tenant: str) -> None:
    for _ in range(3):  # on one connection, which the next unit can use
        with store.unit(tenant, write=True) as uow:
            assert load(uow, many())
            connection = uow._lease.connection  # type: ignore[attr-defined]  # noqa: SLF001  # which of them
            uow.rollback()
        with store.unit(tenant, write=False) as uow:
            assert uow._lease.connection is connection  # type: ignore[attr-defined]  # noqa: SLF001  # which of them
            assert uow.customers.get(identifier(1)) is None


def test_a_stream_that_is_open_keeps_rows_from_being_sent(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow:
        uow.shops.load([shop(1), shop(2)])
        stream = uow.shops.stream(Query())
        next(stream)
        assert not load(uow, many())
        assert len(list(stream)) == 1


def test_a_key_that_is_taken_is_told_with_what_follows(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow:
        assert load(uow, [*many(code="taken"), customer(1_001, code="Taken")])
        with pytest.raises(DuplicateError) as caught:
            uow.commit()
        assert caught.value.field == "code"
    assert stored(store, "customers", identifier(1), tenant) is None
    keep(store, [customer(1)], tenant)


def test_a_key_of_a_row_on_its_way_is_taken_for_the_next_ones(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow, pytest.raises(DuplicateError) as caught:
        load(uow, [*many(), *[customer(2_000 + at, email="person7@example.com") for at in range(CHUNK)], *many()])
    assert caught.value.field in ("email", "id")
    assert stored(store, "customers", identifier(1), tenant) is None


def test_a_connection_that_is_lost_meanwhile_is_told(store: Store, tenant: str) -> None:
    with store.unit(tenant, write=True) as uow:
        assert load(uow, many())
        uow._dialect.cut_off(uow._lease.connection)  # type: ignore[attr-defined]  # noqa: SLF001  # as a fault does
        with pytest.raises(StorageUnavailableError):
            uow.customers.get(identifier(1))
    assert stored(store, "customers", identifier(1), tenant) is None
    keep(store, [customer(1)], tenant)
