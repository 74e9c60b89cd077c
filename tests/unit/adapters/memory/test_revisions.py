"""What an older snapshot may still need is kept, and nothing else."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from customercore.adapters.memory.store import MemoryStore
from customercore.adapters.memory.tables import Tables
from customercore.adapters.memory.unit_of_work import MemoryUnitOfWork
from customercore.testing.samples import catalogue_for_tests, counter, customer, next_version, shop

AGGREGATES = {one.plural: one for one in catalogue_for_tests().stored}


@pytest.fixture
def tables() -> Tables:
    return Tables()


def unit(tables: Tables, *, write: bool = True, tenant: str = "acme") -> MemoryUnitOfWork:
    return MemoryUnitOfWork(tables, AGGREGATES, tenant, write=write)


def set_to(tables: Tables, value: int) -> None:
    with unit(tables) as uow:
        was = uow.counters.get("range")
        if was is None:
            uow.counters.add(counter("range", next=value))
        else:
            uow.counters.save(next_version(was, next=value), was=was)
        uow.commit()


def seen(uow: Any) -> int | None:
    found = uow.counters.get("range")
    return None if found is None else found.next


def test_without_an_older_unit_nothing_is_kept(tables: Tables) -> None:
    for value in range(50):
        set_to(tables, value)
    assert (tables.superseded(), tables.open_units()) == (0, 0)


def test_an_older_unit_keeps_what_it_sees_and_no_more(tables: Tables) -> None:
    set_to(tables, 0)
    with unit(tables, write=False) as early:
        for value in range(1, 1_000):
            set_to(tables, value)
        assert seen(early) == 0
        assert tables.superseded() == 1
    assert tables.superseded() == 0
    assert seen(unit(tables)) == 999


def test_every_open_unit_sees_its_own_moment(tables: Tables) -> None:
    readers = []
    for value in range(10):
        readers.append(unit(tables, write=False))
        set_to(tables, value)
        set_to(tables, value + 100)
    moments = [None, *(value + 100 for value in range(9))]
    assert [seen(reader) for reader in readers] == moments
    assert tables.superseded() <= len(readers)
    for at in (4, 0, 9, 1, 2, 3, 8, 7, 5, 6):  # they end in any order
        assert seen(readers[at]) == moments[at]
        readers[at].rollback()
        still = [one for one in range(10) if not _over(readers[one])]
        assert [seen(readers[one]) for one in still] == [moments[one] for one in still]
    assert (tables.superseded(), tables.open_units()) == (0, 0)


def _over(uow: MemoryUnitOfWork) -> bool:
    try:
        uow.repository("counters")
    except Exception:  # noqa: BLE001  whatever it raises, it has ended
        return True
    return False


def test_a_removed_record_is_forgotten_with_its_keys(tables: Tables) -> None:
    with unit(tables) as uow:
        uow.shops.add(shop(1))
        uow.commit()
    early = unit(tables)
    with unit(tables) as uow:
        uow.shops.remove(shop(1))
        uow.commit()
    assert early.shops.by("code", "shop1") == shop(1)
    early.rollback()
    table = tables.table("acme", "shops")
    assert (len(table.rows), len(table.claims), tables.superseded()) == (0, 0, 0)


def test_a_record_that_comes_and_goes_unseen_leaves_nothing(tables: Tables) -> None:
    early = unit(tables)
    for _ in range(5):
        with unit(tables) as uow:
            uow.shops.add(shop(1))
            uow.commit()
        with unit(tables) as uow:
            uow.shops.remove(shop(1))
            uow.commit()
    table = tables.table("acme", "shops")
    assert (len(table.rows), len(table.claims), tables.superseded()) == (0, 0, 0)
    assert early.shops.get(shop(1).id) is None


def test_what_nobody_sees_any_more_is_freed(tables: Tables) -> None:
    old = customer(1)
    alive = weakref.ref(old)
    with unit(tables) as uow:
        uow.customers.add(old)
        uow.commit()
    early = unit(tables, write=False)
    with unit(tables) as uow:
        uow.customers.save(next_version(old), was=old)
        uow.commit()
    del old, uow
    assert alive() is not None
    early.rollback()
    del early
    gc.collect()
    assert alive() is None


def test_a_unit_that_is_dropped_keeps_nothing(tables: Tables) -> None:
    set_to(tables, 1)
    forgotten = unit(tables)
    set_to(tables, 2)
    assert (tables.superseded(), tables.open_units()) == (1, 1)
    del forgotten
    set_to(tables, 3)
    assert (tables.superseded(), tables.open_units()) == (0, 0)


def test_a_unit_that_fails_or_rolls_back_keeps_nothing(tables: Tables) -> None:
    set_to(tables, 1)
    with unit(tables) as uow:
        uow.counters.add(counter("other"))
    uow.rollback()
    assert (tables.superseded(), tables.open_units()) == (0, 0)


def test_a_tenant_that_only_reads_leaves_no_trace(tables: Tables) -> None:
    for number in range(100):
        with unit(tables, write=False, tenant=f"tenant{number}") as uow:
            assert uow.shops.get("x") is None
            assert uow.events.of("shop", "x") == []
    assert list(tables.all_tables()) == []


def test_the_store_tells_what_it_keeps_and_for_whom() -> None:
    store = MemoryStore(catalogue_for_tests())
    with store.unit("acme", write=True) as uow:
        uow.shops.add(shop(1))
        uow.commit()
    early = store.unit("acme", write=False)
    with store.unit("acme", write=True) as uow:
        uow.shops.save(next_version(shop(1)), was=shop(1))
        uow.commit()
    findings = {one.name: one for one in store.check()}
    assert findings["rows"].detail == "1 rows of 1 tenants"
    assert findings["revisions"].detail == "1 for 1 open units"
    assert all(one.ok for one in findings.values())
    early.rollback()
    findings = {one.name: one for one in store.check()}
    assert findings["revisions"].detail == "0 for 0 open units"
