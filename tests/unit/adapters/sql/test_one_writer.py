"""Threads that write to one SQLite file wait in a queue of their own; other processes are met as ever."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from customercore import CustomerCore, Money, open_core
from customercore.errors import InsufficientFundsError, StorageUnavailableError

PATIENCE = 0.1


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
def core(url: str) -> Iterator[CustomerCore]:
    with open_core(url, timeout=PATIENCE) as core:
        yield core


def in_a_thread(core: CustomerCore) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(core.flags.define, "vip").result()


def test_whoever_waits_too_long_for_a_thread_is_told_that_the_store_is_busy(core: CustomerCore) -> None:
    with core.transaction() as tx:
        tx.balances.open("ada", currency="SEK")
        with pytest.raises(StorageUnavailableError) as caught:
            in_a_thread(core)
    assert (caught.value.code, caught.value.retryable) == ("store_busy", True)
    in_a_thread(core)


def test_a_call_with_little_time_does_not_wait_longer_than_it_has(url: str) -> None:
    with open_core(url, timeout=60) as core, core.transaction() as tx:
        tx.balances.open("ada", currency="SEK")
        start = time.monotonic()
        with pytest.raises(StorageUnavailableError) as caught:
            in_a_thread(core.with_timeout(PATIENCE))
        assert caught.value.code in ("deadline_exceeded", "store_busy")
        assert PATIENCE / 2 < time.monotonic() - start < 10


def test_a_unit_that_fails_lets_the_next_one_write(core: CustomerCore) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    for _ in range(3):
        with pytest.raises(InsufficientFundsError):
            core.balances.debit(wallet, 1)
    in_a_thread(core)


def test_a_file_that_somebody_else_holds_is_busy_and_free_again(core: CustomerCore, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailableError, match=r".") as caught:
            core.flags.define("vip")
        assert caught.value.code == "store_busy"
        other.execute("ROLLBACK")
    in_a_thread(core)


def test_threads_have_their_turn_one_after_the_other(url: str) -> None:
    """SQLite's own waiting gives up on some of them in this time: it tries again ever more seldom."""
    with open_core(url, timeout=5) as core:
        wallet = core.balances.open("ada", currency="SEK")
        with ThreadPoolExecutor(32) as pool:
            entries = list(pool.map(lambda _: core.balances.credit(wallet, 1), range(320)))
        assert sorted(one.sequence for one in entries) == list(range(1, 321))
        assert core.balances.posted(wallet) == Money(320, "SEK")


def test_more_threads_than_there_are_connections_have_their_turn(url: str) -> None:
    with open_core(url, timeout=20) as core:
        wallet = core.balances.open("ada", currency="SEK")
        hasty = core.with_timeout(15)
        with ThreadPoolExecutor(150) as pool:
            list(pool.map(lambda at: (hasty if at % 2 else core).balances.credit(wallet, 1), range(300)))
        assert core.balances.posted(wallet) == Money(300, "SEK")
