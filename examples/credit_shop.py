"""A shop whose order and the store credit that pays it are committed together, on SQLAlchemy and on MongoDB.

``python examples/credit_shop.py [URL]`` gives Ada 50.00 kronor of credit and places three orders of 20.00 kronor: two
are paid by credit, the third in part, and the rest is to be paid by card. `place_order` may be killed between the two
writes: then there is neither an order nor a debit.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from sqlalchemy import DateTime, Numeric, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from customercore import CustomerCore, Wallet, open_core
from customercore.errors import retryable

PATIENCE = 90.0
"""How many seconds a transaction is begun anew while others are in the way; MongoDB keeps that of a killed process for
a minute."""
T = TypeVar("T")
Order = tuple[str, Decimal, Decimal]
"""An order's number, what of it was paid by credit, and what remains."""


def committed(work: Callable[[], T]) -> T:
    """Run a whole transaction, again where another one was in the way: so do `retryable` errors ask for it."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except Exception as error:
            if not retryable(error) or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0, 0.1))


class Shop(Protocol):
    """What both shops do."""

    core: CustomerCore

    def place_order(self, number: str, wallet: Wallet, total: str, *, between: Callable[[], object] = int) -> Order:
        """Store an order, and take what the wallet covers of it, together.

        ``between`` is called when both are written and nothing is committed.
        """

    def orders(self) -> list[Order]:
        """Return all orders, by number."""

    def close(self) -> None:
        """Close the core, and what it was lent."""


class Base(DeclarativeBase):
    """The shop's own tables."""


class Row(Base):
    """An order."""

    __tablename__ = "shop_credit_orders"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    wallet: Mapped[str] = mapped_column(String(64), index=True)
    paid: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    remains: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    placed_at: Mapped[dt.datetime] = mapped_column(DateTime)


class SqlShop:
    """The shop on SQLAlchemy's ORM, with the core on the same engine."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        Base.metadata.create_all(self.engine)
        self.sessions = sessionmaker(self.engine)
        self.core: CustomerCore = open_core(engine=self.engine)

    def place_order(self, number: str, wallet: Wallet, total: str, *, between: Callable[[], object] = int) -> Order:
        """Store an order, and take what the wallet covers of it, in the session's transaction."""

        def work() -> Order:
            with self.sessions.begin() as session:
                return self._place(session, number, wallet, total, between)

        return committed(work)

    def _place(self, session: Session, number: str, wallet: Wallet, total: str, between: Callable[[], object]) -> Order:
        balances = self.core.bind(session).balances
        coverage = balances.apply_to_order(wallet, total, how="debit", reference=number)
        paid, remains = coverage.covered.amount, coverage.remains.amount
        now = dt.datetime.now(dt.UTC)
        session.add(Row(number=number, wallet=wallet.id, paid=paid, remains=remains, placed_at=now))
        session.flush()
        between()
        return (number, paid, remains)

    def orders(self) -> list[Order]:
        """Return all orders, by number."""
        with self.sessions() as session:
            return [(one.number, one.paid, one.remains) for one in session.scalars(select(Row).order_by(Row.number))]

    def close(self) -> None:
        """Close the core, and then the engine that it was lent."""
        self.core.close()
        self.engine.dispose()


class MongoShop:
    """The shop on PyMongo, with the core on the same client."""

    def __init__(self, url: str) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(url)
        self.core: CustomerCore = open_core(engine=self.client)
        self._orders = self.client.get_default_database()["shop_credit_orders"]

    def place_order(self, number: str, wallet: Wallet, total: str, *, between: Callable[[], object] = int) -> Order:
        """Store an order, and take what the wallet covers of it, in the session's transaction."""

        def work() -> Order:
            with self.client.start_session() as session, session.start_transaction():
                return self._place(session, number, wallet, total, between)

        return committed(work)

    def _place(
        self, session: ClientSession, number: str, wallet: Wallet, total: str, between: Callable[[], object]
    ) -> Order:
        balances = self.core.bind(session).balances
        coverage = balances.apply_to_order(wallet, total, how="debit", reference=number)
        paid, remains = coverage.covered.amount, coverage.remains.amount
        order = {"_id": number, "wallet": wallet.id, "paid": str(paid), "remains": str(remains)}
        self._orders.insert_one(order, session=session)
        between()
        return (number, paid, remains)

    def orders(self) -> list[Order]:
        """Return all orders, by number."""
        found = self._orders.find().sort("_id")
        return [(one["_id"], Decimal(one["paid"]), Decimal(one["remains"])) for one in found]

    def close(self) -> None:
        """Close the core, and then the client that it was lent."""
        self.core.close()
        self.client.close()


def open_shop(url: str) -> Shop:
    """Open the shop on a database of either sort."""
    return MongoShop(url) if url.startswith("mongodb") else SqlShop(url)


def main() -> None:
    """Place some orders and tell how they are paid."""
    shop = open_shop(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///credit-shop.db")
    start = dt.datetime.now(dt.UTC).strftime("%H%M%S%f")
    ada = shop.core.customers.create(email=f"ada{start}@example.com", first_name="Ada", last_name="Lovelace")
    wallet = shop.core.balances.open(ada, currency="SEK")
    shop.core.balances.credit(wallet, "50.00", reason="welcome")
    for number in range(1, 4):
        _, paid, remains = shop.place_order(f"{start}-{number}", wallet, "20.00")
        left = shop.core.balances.available(wallet)
        print(f"order {number}: {paid} by credit, {remains} remains to be paid; {left} is left")
    shop.close()


if __name__ == "__main__":
    main()
