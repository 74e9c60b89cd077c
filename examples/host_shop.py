"""A small shop that keeps its orders by SQLAlchemy's ORM, and its customers by customercore, in one database.

``python examples/host_shop.py [URL]`` places a few orders. An order and what it changes of the customer are
committed together: `place_order` may be killed between the two, and neither is there.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import DateTime, Numeric, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from customercore import Customer, CustomerCore, open_core
from customercore.errors import retryable

T = TypeVar("T")
TRIES = 5


class Base(DeclarativeBase):
    """The shop's own tables."""


class Order(Base):
    """What a customer has bought."""

    __tablename__ = "shop_orders"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer: Mapped[str] = mapped_column(String(64), index=True)
    total: Mapped[float] = mapped_column(Numeric(12, 2))
    placed_at: Mapped[dt.datetime] = mapped_column(DateTime)


class Shop:
    """The shop: its sessions, and the core on the same engine."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        Base.metadata.create_all(self.engine)
        self.sessions = sessionmaker(self.engine)
        self.core: CustomerCore = open_core(engine=self.engine)
        if not any(flag.code == "buyer" for flag in self.core.flags.list()):
            self.core.flags.define("buyer", label="Has bought something")

    def place_order(self, number: str, email: str, total: str, *, between: Callable[[], object] = int) -> str:
        """Store an order, and mark its customer as a buyer, together; return the customer's id.

        ``between`` is called when both are written and nothing is committed.
        """

        def work(session: Session) -> str:
            bound = self.core.bind(session)
            customer = bound.customers.at_checkout(email)
            customer = bound.customers.add_flags(customer, "buyer")
            session.add(Order(number=number, customer=customer.id, total=total, placed_at=dt.datetime.now(dt.UTC)))
            session.flush()
            between()
            return customer.id

        return self._committed(work)

    def _committed(self, work: Callable[[Session], T]) -> T:
        """Run some work in a transaction of its own, again where another one was in the way."""
        for attempt in range(1, TRIES + 1):
            try:
                with self.sessions.begin() as session:
                    return work(session)
            except Exception as error:
                if attempt == TRIES or not retryable(error):
                    raise
        raise AssertionError  # the last try returns or raises

    def orders(self, customer: Customer | str) -> int:
        """Return how many orders a customer has."""
        id = customer if isinstance(customer, str) else customer.id
        with self.sessions() as session:
            return session.scalar(select(func.count()).where(Order.customer == id)) or 0

    def close(self) -> None:
        """Close the core, and then the engine that it was lent."""
        self.core.close()
        self.engine.dispose()


def main() -> None:
    """Place some orders and tell what is stored."""
    shop = Shop(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///host-shop.db")
    start = dt.datetime.now(dt.UTC).strftime("%H%M%S%f")
    for number, email in enumerate(("ada@example.com", "bob@example.com", "ada@example.com")):
        id = shop.place_order(f"{start}-{number}", email, "99.50")
        print(f"order {start}-{number}: customer {id} has {shop.orders(id)} orders")
    shop.close()


if __name__ == "__main__":
    main()
