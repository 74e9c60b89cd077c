"""Units of PostgreSQL take a connection when they first need one: those that wait for a turn hold none."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy.exc
from database_servers.databases import new_database
from sqlalchemy import event

from customercore import CustomerCore, Money
from customercore.adapters.sql.connections import Connections
from customercore.adapters.sql.store import SqlStore
from customercore.catalogue.query import Query
from customercore.errors import StorageError, StorageUnavailableError
from customercore.wiring import core_on, default_catalogue

WRITERS, TIMES = 8, 10


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with new_database("postgresql-18") as database:
        store = SqlStore.at(database.url, default_catalogue(), timeout=10.0)
        store.prepare("create")
        yield store
        store.close()


@pytest.fixture
def core(store: SqlStore) -> CustomerCore:
    return core_on(store, default_catalogue())


def test_those_who_debit_one_wallet_one_after_the_other_share_a_connection(store: SqlStore, core: CustomerCore) -> None:
    wallet = core.balances.open("party", currency="SEK")
    core.balances.credit(wallet, 1_000)
    opened: list[object] = []
    event.listen(store._engine, "connect", lambda new, _: opened.append(new))  # noqa: SLF001  # whose pool it is

    def debit(_: int) -> None:
        for _ in range(TIMES):
            core.balances.debit(wallet, 1)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(debit, range(WRITERS)))
    assert len(opened) <= 1
    assert core.balances.posted(wallet) == Money(1_000 - WRITERS * TIMES, "SEK")


def test_a_connection_that_cannot_be_had_leaves_nobody_in_doubt(
    core: CustomerCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = core.balances.open("party", currency="SEK")
    core.balances.credit(wallet, 10)  # the next unit knows the wallet by this one: it asks nothing before its commit

    def away(_: Connections) -> None:
        raise sqlalchemy.exc.TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(Connections, "take", away)
        with pytest.raises(StorageUnavailableError) as caught:
            core.balances.debit(wallet, 1)
    assert caught.value.code == "pool_exhausted"
    assert core.balances.posted(wallet) == Money(10, "SEK")


def test_a_closed_store_opens_no_unit_and_lets_open_ones_end(store: SqlStore, core: CustomerCore) -> None:
    core.customers.create(email="ada@example.com", first_name="Ada", last_name="Berg")
    unit = store.unit("default", write=False)  # which has no connection yet
    store.close()
    with pytest.raises(StorageError):
        store.unit("default", write=False)
    with unit:
        assert unit.customers.count(Query()) == 1


def test_a_caller_too_many_is_woken_when_a_connection_is_free(store: SqlStore, core: CustomerCore) -> None:
    """Also one that reads what no unit of work does; all of them are free by then, and nobody else wants any."""
    most = 100  # what an engine of ours gives out
    inside, leave = threading.Barrier(most + 1), threading.Event()
    wallet = core.balances.open("party", currency="SEK")

    def hold() -> None:
        with core.transaction() as tx:
            tx.balances.get(wallet)
            inside.wait()
            leave.wait()

    with ThreadPoolExecutor(most + 2) as threads:
        holding = [threads.submit(hold) for _ in range(most)]
        inside.wait()
        late = [
            threads.submit(lambda: core.balances.posted(wallet).minor),
            threads.submit(lambda: len(store.due_wallets(dt.datetime.now(dt.UTC)))),
        ]
        time.sleep(0.2)
        assert not any(one.done() for one in late)
        leave.set()
        since = time.monotonic()
        assert [one.result() for one in late] == [0, 0]
        assert time.monotonic() - since < 2.0
        for one in holding:
            one.result()
