"""A worker delivers until it is told to stop, and idle it asks the store once a look."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from customercore import CustomerCore
from customercore.domain.report import DispatchReport
from customercore.errors import SchemaError, StorageUnavailableError
from customercore.ports.store import Store
from customercore.testing.fakes import FixedClock, RecordingSubscriber
from customercore.wiring import core_on, default_catalogue

MakeCore = Callable[..., CustomerCore]


class Rounds:
    """Is set after so many waits; does not wait. ``between`` is called with the number of each."""

    def __init__(self, most: int, between: Callable[[int], object] = lambda _: None) -> None:
        self.waits: list[float] = []
        self._most = most
        self._between = between

    def is_set(self) -> bool:
        return len(self.waits) >= self._most

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        self._between(len(self.waits))
        return self.is_set()


class Counting:
    """Stands before a store and counts the units that are opened, and the looks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []
        self.down = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def unit(self, *given: Any, **named: Any) -> Any:
        self.asked.append("unit")
        return self._store.unit(*given, **named)

    def due(self, *given: Any) -> list[str]:
        self.asked.append("due")
        if self.down:
            self.down -= 1
            raise StorageUnavailableError("store_unreachable", "the database cannot be reached", retryable=True)
        return self._store.due(*given)


def created(core: CustomerCore, name: str) -> None:
    core.customers.create(email=f"{name}@example.com", first_name=name, last_name="Test")


def test_it_delivers_what_is_there_and_what_comes_while_it_runs(make: MakeCore) -> None:
    crm = RecordingSubscriber("crm")
    core = make(subscribers=[crm])
    for number in range(150):
        created(core, f"n{number}")
    stop = Rounds(3, lambda number: created(make(), f"later{number}"))
    assert core.events.run(stop) == DispatchReport(delivered=152)
    assert stop.waits == [1.0, 1.0, 1.0]


def test_idle_it_asks_the_store_once_a_look(store: Store, tenant: str, clock: FixedClock) -> None:
    counting: Any = Counting(store)
    core = core_on(counting, default_catalogue(), tenant=tenant, clock=clock, subscribers=[RecordingSubscriber("crm")])
    core.events.run(Rounds(1))
    counting.asked.clear()
    core.events.run(Rounds(10))
    # The first dispatch looks whether the subscriber is known; from then on there is one statement before each wait.
    assert counting.asked.count("due") == 10
    assert counting.asked.count("unit") <= 2
    assert set(counting.asked[2:]) == {"due"}


def test_it_waits_while_the_store_cannot_be_reached(store: Store, tenant: str, clock: FixedClock) -> None:
    counting: Any = Counting(store)
    crm = RecordingSubscriber("crm")
    core = core_on(counting, default_catalogue(), tenant=tenant, clock=clock, subscribers=[crm])
    counting.down = 3
    stop = Rounds(8, lambda number: created(core, "ada") if number == 1 else None)
    assert core.events.run(stop) == DispatchReport(delivered=1)


def test_what_else_a_store_raises_ends_it(store: Store, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counting: Any = Counting(store)

    def gone(*_: object) -> list[str]:
        raise SchemaError("schema_missing", "a table is missing")

    monkeypatch.setattr(counting, "due", gone)
    core = core_on(counting, default_catalogue(), tenant=tenant, subscribers=[RecordingSubscriber("crm")])
    with pytest.raises(SchemaError):
        core.events.run(Rounds(2))


def test_it_serves_its_own_tenant_or_all(store: Store, clock: FixedClock, tenant: str) -> None:
    crm = RecordingSubscriber("crm")
    core = core_on(store, default_catalogue(), tenant=tenant, clock=clock, subscribers=[crm])
    others = [f"{tenant}-{number}" for number in range(3)]
    for one in (tenant, *others):
        created(core.for_tenant(one), "ada")
    assert core.events.run(Rounds(1)) == DispatchReport(delivered=1)
    core.events.run(Rounds(1), all_tenants=True)
    assert set(crm.tenants) >= {tenant, *others}
    assert len([one for one in crm.tenants if one in others]) == 3


def test_it_stops_after_the_delivery_that_is_being_made(make: MakeCore) -> None:
    calls = itertools.count(1)

    class Stop(Rounds):
        def is_set(self) -> bool:
            return len(crm.events) == 2 or super().is_set()

    crm = RecordingSubscriber("crm", refuses=lambda _: next(calls))
    core = make(subscribers=[crm])
    for name in ("ada", "bo", "cy"):
        created(core, name)
    assert core.events.run(Stop(5)) == DispatchReport(delivered=2)
    assert core.events.dispatch() == DispatchReport(delivered=1)


def test_without_subscribers_it_does_nothing(make: MakeCore) -> None:
    created(make(), "ada")
    assert make().events.run(Rounds(2)) == DispatchReport()


def test_every_minute_it_writes_off_what_is_due_in_wallets(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, 10, expires_at=clock.now() + dt.timedelta(seconds=30))
    entries: list[int] = []

    def half_a_minute(_: int) -> None:
        entries.append(len(core.balances.entries(wallet)))
        clock.advance(30)

    core.events.run(Rounds(4, half_a_minute))
    assert entries == [1, 1, 2, 2]
