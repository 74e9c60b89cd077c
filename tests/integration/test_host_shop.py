"""The example shop: an order and what it changes of the customer are there together, or neither is."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from database_servers.databases import new_database

from customercore import Customer, where

EXAMPLE = Path(__file__).parents[2] / "examples" / "host_shop.py"
KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from host_shop import Shop
shop = Shop(sys.argv[2])
shop.place_order("before", "ada@example.com", "10.00")
shop.place_order("between", "bob@example.com", "20.00", between=lambda: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture(params=["sqlite", "postgresql-18", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database of each sort."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
        return
    with new_database(request.param) as database:
        yield database.url


@pytest.fixture(scope="module")
def host_shop() -> ModuleType:
    """Load the example."""
    spec = importlib.util.spec_from_file_location("host_shop", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["host_shop"] = module
    spec.loader.exec_module(module)
    return module


def guests(shop: Any) -> list[Customer]:
    """Return the customers that the shop has made."""
    return list(shop.core.customers.iterate(where.kind == "guest", sort="email"))


def test_the_example_places_its_orders(url: str) -> None:
    done = subprocess.run([sys.executable, EXAMPLE, url], capture_output=True, text=True, check=True)
    assert [line.rpartition("has ")[2] for line in done.stdout.splitlines()] == ["1 orders", "1 orders", "2 orders"]


def test_a_shop_that_is_killed_between_the_two_keeps_neither(url: str, host_shop: ModuleType) -> None:
    arguments = [sys.executable, "-c", KILLED, str(EXAMPLE.parent), url]
    assert subprocess.run(arguments, capture_output=True, check=False).returncode == -signal.SIGKILL
    shop = host_shop.Shop(url)
    (ada,) = guests(shop)
    assert (ada.email, *ada.flags) == ("ada@example.com", "buyer")
    assert shop.orders(ada) == 1
    assert shop.place_order("between", "bob@example.com", "20.00") != ada.id
    shop.close()


def test_an_order_that_fails_changes_no_customer(url: str, host_shop: ModuleType) -> None:
    shop = host_shop.Shop(url)
    shop.place_order("1", "ada@example.com", "10.00")
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        shop.place_order("1", "bob@example.com", "10.00")
    assert [one.email for one in guests(shop)] == ["ada@example.com"]
    shop.close()


def test_two_orders_of_one_customer_at_once_are_both_there(url: str, host_shop: ModuleType) -> None:
    shop = host_shop.Shop(url)
    shop.place_order("0", "ada@example.com", "10.00")
    code = KILLED.partition('shop.place_order("before"')[0] + (
        "for number in range(10):\n    shop.place_order(sys.argv[3] + str(number), 'ada@example.com', '1.00')\n"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code, str(EXAMPLE.parent), url, name], stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for worker in workers:
        _, told = worker.communicate(timeout=120)
        assert worker.returncode == 0, told.decode()
    (ada,) = guests(shop)
    assert shop.orders(ada) == 21
    shop.close()
