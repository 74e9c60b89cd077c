"""Every call ends in time, whatever the network or somebody else's lock does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_servers.databases import any_database
from wire_proxy import READ, WireProxy

from customercore import CustomerCore, open_core
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    InvalidValueError,
    StorageUnavailableError,
    TransactionError,
    retryable,
)

LATE = 2.5
"""Seconds that a call may take beyond its time on a busy machine; the locks and faults here last longer."""


@pytest.fixture(scope="module")
def core(proxy: WireProxy) -> Iterator[CustomerCore]:
    """Open the store by way of the proxy."""
    with open_core(proxy.url) as core:
        core.customers.create(email="p0@example.com", first_name="Pat", last_name="Nr 0")
        yield core


@pytest.mark.parametrize("mark", [READ, rb"INSERT INTO customercore_customers|\x02insert\x00"])
def test_a_server_that_falls_silent_is_left_in_time(core: CustomerCore, proxy: WireProxy, mark: bytes) -> None:
    count = core.customers.count()
    proxy.next("stall", mark)
    start = time.monotonic()
    with pytest.raises(StorageUnavailableError) as caught:
        core.with_timeout(0.5).customers.create(email="p1@example.com", first_name="Pat", last_name="Nr 1")
    assert time.monotonic() - start < 0.5 + LATE
    # Where one statement is the whole unit, a server that does not answer it may have committed.
    assert caught.value.code == "deadline_exceeded" or mark != READ
    assert caught.value.code in ("deadline_exceeded", "outcome_unknown")
    assert core.customers.count() == count


def test_a_silent_commit_is_said_to_be_unknown(core: CustomerCore, proxy: WireProxy) -> None:
    proxy.next("stall")
    with pytest.raises(StorageUnavailableError) as caught:
        core.with_timeout(0.5).customers.create(email="p2@example.com", first_name="Pat", last_name="Nr 2")
    assert caught.value.code in ("outcome_unknown", "deadline_exceeded")
    assert core.customers.count() == 1


def test_the_numbers_of_codes_are_taken_within_the_time_of_the_call(core: CustomerCore, proxy: WireProxy) -> None:
    own = core.with_timeout(0.5).for_tenant("no-codes-yet")
    own.customers.count()
    proxy.next("stall")  # of the commits, that of the numbers is the first but one, or the first
    start = time.monotonic()
    with pytest.raises(StorageUnavailableError):
        own.customers.create(email="p3@example.com", first_name="Pat", last_name="Nr 3")
    assert time.monotonic() - start < 0.5 + LATE


@pytest.fixture(params=["sqlite", "postgresql-18", "mariadb", "mongodb"])
def any_core(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CustomerCore]:
    """Open a store of each sort."""
    if request.param == "sqlite":
        with open_core(f"sqlite:///{tmp_path}/shop.db") as core:
            yield core
        return
    with any_database(request.param) as database, open_core(database.url) as core:
        yield core


def test_a_lock_is_waited_for_no_longer_than_the_call_may_take(any_core: CustomerCore) -> None:
    ada = any_core.customers.create(email="a@example.com", first_name="Ada", last_name="L")
    with any_core.transaction() as tx:
        tx.customers.update(ada, first_name="Locked")
        start = time.monotonic()
        with pytest.raises(CustomerCoreError) as caught:
            any_core.with_timeout(0.5).customers.update(ada, last_name="Late")
        # MariaDB counts waits for locks in whole seconds, so there the watch is what ends it.
        assert time.monotonic() - start < 0.5 + LATE
        # MongoDB has no locks to wait for: it refuses at once, and the tries end in time.
        assert caught.value.code in ("deadline_exceeded", "store_busy", "too_slow", "write_conflict")
    now = any_core.customers.get(ada.id)
    assert (now.first_name, now.last_name) == ("Locked", "L")


def test_what_is_in_time_is_not_disturbed(any_core: CustomerCore) -> None:
    hurried = any_core.with_timeout(5)
    for number in range(20):
        hurried.customers.create(email=f"p{number}@example.com", first_name="Pat", last_name=f"Nr {number}")
    assert len(list(hurried.customers.iterate())) == 20
    with hurried.transaction() as tx:
        tx.customers.update(tx.customers.by_email("p0@example.com"), first_name="Kim")
    assert any_core.customers.by_email("p0@example.com").first_name == "Kim"


def test_the_usual_limits_are_back_for_the_next_call(any_core: CustomerCore) -> None:
    ada = any_core.customers.create(email="a@example.com", first_name="Ada", last_name="L")
    any_core.with_timeout(0.3).customers.get(ada.id)
    ended = []

    def locked() -> None:
        with any_core.transaction() as tx:
            tx.customers.update(ada, first_name="Locked")
            time.sleep(1.0)
            ended.append(True)

    thread = threading.Thread(target=locked)
    thread.start()
    time.sleep(0.3)
    try:
        assert any_core.customers.update(ada, last_name="Late").first_name == "Locked"  # it waits longer than 0.3 s
    except ConflictError as error:
        assert retryable(error)  # noqa: PT017  # MongoDB lets nobody wait
        thread.join()
        assert any_core.customers.update(ada, last_name="Late").first_name == "Locked"
    thread.join()
    assert ended


def test_a_transaction_is_one_call(any_core: CustomerCore) -> None:
    def slow() -> None:
        with any_core.with_timeout(0.3).transaction() as tx:
            tx.customers.create(email="a@example.com", first_name="Ada", last_name="L")
            time.sleep(0.5)
            tx.customers.count()

    with pytest.raises(StorageUnavailableError) as caught:
        slow()
    assert caught.value.code == "deadline_exceeded"
    assert any_core.customers.count() == 0


@pytest.mark.parametrize("wrong", [0, -1, True, "1", None, float("inf"), float("nan")])
def test_what_is_no_time_is_refused(wrong: float) -> None:
    with pytest.raises(InvalidValueError) as caught:
        open_core("memory://").with_timeout(wrong)
    assert caught.value.field == "seconds"


def test_in_a_transaction_there_is_no_other_time() -> None:
    with pytest.raises(TransactionError), open_core("memory://").transaction() as tx:
        tx.with_timeout(1)
