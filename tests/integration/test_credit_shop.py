"""The example shop with store credit: an order and the debit that pays it are there together, or neither is."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from database_servers.databases import any_database

from customercore import Wallet

EXAMPLE = Path(__file__).parents[2] / "examples" / "credit_shop.py"
CHILD = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from credit_shop import open_shop
shop, wallet = open_shop(sys.argv[2]), None
wallet = shop.core.balances.get(sys.argv[3])
"""
KILLED = """
shop.place_order("before", wallet, "10.00")
shop.place_order("between", wallet, "20.00", between=lambda: os.kill(os.getpid(), signal.SIGKILL))
"""
MANY = """
for number in range(10):
    shop.place_order(f"{sys.argv[4]}{number}", wallet, "3.00")
"""


@pytest.fixture(params=["sqlite", "postgresql-18", "mariadb", "mongodb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database of each sort."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
        return
    with any_database(request.param) as database:
        yield database.url


@pytest.fixture(scope="module")
def credit_shop() -> ModuleType:
    """Load the example."""
    spec = importlib.util.spec_from_file_location("credit_shop", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["credit_shop"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shop(url: str, credit_shop: ModuleType) -> Iterator[Any]:
    """Open the shop."""
    shop = credit_shop.open_shop(url)
    yield shop
    shop.close()


@pytest.fixture
def wallet(shop: Any) -> Wallet:
    """Give Ada 50.00 kronor of credit."""
    wallet: Wallet = shop.core.balances.open("ada", currency="SEK")
    shop.core.balances.credit(wallet, "50.00")
    return wallet


def child(code: str, url: str, wallet: Wallet, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a process that has the shop too."""
    command = [sys.executable, "-c", CHILD + code, str(EXAMPLE.parent), url, wallet.id, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def paid(shop: Any, wallet: Wallet) -> Decimal:
    """Return what was paid by credit: orders and the wallet's debits say the same."""
    entries = shop.core.balances.statement(wallet).entries
    debits = {one.reference: -one.amount.amount for one in entries if one.kind == "debit"}
    orders = {number: credit for number, credit, _ in shop.orders() if credit}
    assert debits == orders
    assert shop.core.balances.verify(wallet).fault is None
    return sum(orders.values(), Decimal(0))


def test_the_example_pays_by_credit_and_tells_what_remains(url: str) -> None:
    done = subprocess.run([sys.executable, EXAMPLE, url], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "order 1: 20.00 by credit, 0.00 remains to be paid; 30.00 SEK is left",
        "order 2: 20.00 by credit, 0.00 remains to be paid; 10.00 SEK is left",
        "order 3: 10.00 by credit, 10.00 remains to be paid; 0.00 SEK is left",
    ]


def test_a_shop_that_is_killed_between_the_two_keeps_neither(url: str, shop: Any, wallet: Wallet) -> None:
    killed = child(KILLED, url, wallet)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert [number for number, _, _ in shop.orders()] == ["before"]
    assert shop.core.balances.available(wallet).amount == 40
    assert shop.place_order("between", wallet, "20.00") == ("between", 20, 0)
    assert paid(shop, wallet) == 30


def test_an_order_that_fails_takes_no_credit(shop: Any, wallet: Wallet) -> None:
    shop.place_order("1", wallet, "10.00")
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        shop.place_order("1", wallet, "10.00")
    with pytest.raises(ZeroDivisionError):
        shop.place_order("2", wallet, "10.00", between=lambda: 1 // 0)
    assert shop.core.balances.available(wallet).amount == 40
    assert paid(shop, wallet) == 10


def test_two_processes_never_spend_more_than_there_is(url: str, shop: Any, wallet: Wallet) -> None:
    workers = [child(MANY, url, wallet, name) for name in ("a", "b")]
    for worker in workers:
        _, told = worker.communicate(timeout=120)
        assert worker.returncode == 0, told.decode()
    assert len(shop.orders()) == 20
    assert paid(shop, wallet) == 50
    assert sum(remains for _, _, remains in shop.orders()) == 10
