"""A call leaves nothing to the garbage collector: what it made is gone, and its memory used again, when it returns."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from database_servers.databases import any_database

from customercore import CustomerCore, where
from customercore.errors import InsufficientFundsError
from customercore.wiring import open_core


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql-18", "mariadb", "mongodb"])
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CustomerCore]:
    if request.param in ("memory", "sqlite"):
        url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path_factory.mktemp('nothing')}/shop.db"
        with open_core(url) as core:
            yield core
        return
    with any_database(request.param) as database, open_core(database.url) as core:
        yield core


def _left(call: Callable[[], object]) -> Counter[str]:
    """Return what of ours is left after a call, by the names of its classes."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        call()
        gc.collect()
        return Counter(type(one).__name__ for one in gc.garbage if type(one).__module__.startswith("customercore"))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_calls_leave_no_circles(core: CustomerCore) -> None:
    ada = core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    wallet = core.balances.open(ada, currency="SEK")
    core.balances.credit(wallet, "100")

    def too_much() -> None:
        with suppress(InsufficientFundsError):
            core.balances.debit(wallet, "1000")

    calls: dict[str, Callable[[], object]] = {
        "get": lambda: core.customers.get(ada.id),
        "search": lambda: core.customers.search(where.last_name == "Lovelace", limit=5),
        "update": lambda: core.customers.update(ada, first_name="Augusta"),
        "debit": lambda: core.balances.debit(wallet, "1"),
        "a debit that is refused": too_much,
        "hold and void": lambda: core.balances.void(core.balances.authorize(wallet, "1")),
        "history": lambda: core.history(ada),
    }
    for call in calls.values():
        call()  # what is made once and kept is made here
    assert {name: left for name, call in calls.items() if (left := _left(call))} == {}
