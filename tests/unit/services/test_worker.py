"""A worker delivers and settles until it is told to stop, and idle it asks the store once a look."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from customercore import CustomerCore
from customercore.domain.report import DispatchReport
from customercore.errors import SchemaError, StorageUnavailableError
from customercore.ports.store import Store
from customercore.services.units import Work
from customercore.testing.fakes import FixedClock, NoPause, RecordingSubscriber
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

    def due_wallets(self, *given: Any) -> list[str]:
        self.asked.append("due wallets")
        return self._store.due_wallets(*given)


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
    looks = [one for one in counting.asked if one != "unit"]
    assert looks == ["due", "due wallets", *["due"] * 8]
    assert counting.asked.count("unit") <= 2
    assert "unit" not in counting.asked[2:]


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


def credited(core: CustomerCore, owner: str, *, days: float = 1) -> str:
    wallet = core.balances.open(owner, currency="SEK")
    until = core.balances._context.clock.now() + dt.timedelta(days=days)  # noqa: SLF001  the clock under test
    core.balances.credit(wallet, "50", expires_at=until)
    return wallet.id


def test_once_a_minute_it_settles_what_is_due(make: MakeCore, clock: FixedClock) -> None:
    core = make()
    wallet = credited(core, "ada")
    assert core.events.run(Rounds(3)) == DispatchReport()
    clock.advance(days=1)
    # Each round is twenty seconds: the wallets are looked at in the second, the fifth and the eighth one.
    credited(core, "bo", days=50 / 86_400)
    seen: list[int] = []

    def between(number: int) -> None:
        clock.advance(20)
        seen.append(len(core.balances.entries(wallet).items))

    assert core.events.run(Rounds(8, between)) == DispatchReport(expired=2)
    assert seen[:2] == [1, 2]
    assert [one.kind for one in core.balances.entries(wallet).items] == ["credit", "expiry"]
    assert core.balances.verify(wallet).fault is None


def test_idle_it_looks_at_wallets_once_a_minute_instead_of_at_deliveries(
    store: Store, tenant: str, clock: FixedClock
) -> None:
    counting: Any = Counting(store)
    core = core_on(counting, default_catalogue(), tenant=tenant, clock=clock, subscribers=[RecordingSubscriber("crm")])
    core.events.run(Rounds(1))
    counting.asked.clear()
    core.events.run(Rounds(181, lambda _: clock.advance(1)))
    looks = [one for one in counting.asked if one != "unit"]
    assert len(looks) == 181
    assert [at for at, one in enumerate(looks) if one == "due wallets"] == [1, 61, 121]


def test_a_clock_that_is_set_back_does_not_stop_it_from_settling(make: MakeCore, clock: FixedClock) -> None:
    core = make()

    def back(number: int) -> None:
        if number == 3:
            clock.advance(days=-30)
            credited(core, "ada", days=0.0001)
            clock.advance(9)

    assert core.events.run(Rounds(6, back)) == DispatchReport(expired=1)


def test_it_settles_its_own_tenant_or_all(make: MakeCore, clock: FixedClock, tenant: str) -> None:
    others = [f"{tenant}-{number}" for number in range(3)]
    for one in (tenant, *others):
        credited(make(one), "ada")
    clock.advance(days=1)
    assert make().events.run(Rounds(2)) == DispatchReport(expired=1)
    make().events.run(Rounds(2), all_tenants=True)  # and what other tests have left on the store
    for one in (tenant, *others):
        (wallet,) = make(one).balances.of("ada")
        assert wallet.last_sequence == 2


def test_many_wallets_are_settled_in_parts_between_deliveries(make: MakeCore, clock: FixedClock) -> None:
    crm = RecordingSubscriber("crm", ["wallet.expired"])
    core = make(subscribers=[crm])
    core.events.dispatch()
    for number in range(120):
        credited(core, f"owner-{number}")
    clock.advance(days=1)
    assert core.events.run(Rounds(3)) == DispatchReport(delivered=120, expired=120)


def test_several_workers_settle_a_wallet_once(make: MakeCore, clock: FixedClock) -> None:
    wallets = [credited(make(), f"owner-{number}") for number in range(20)]
    clock.advance(days=1)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: make().events.run(Rounds(3)), range(4)))
    assert sum(reports, DispatchReport()) == DispatchReport(expired=20)
    assert [len(make().balances.entries(one).items) for one in wallets] == [2] * 20


def damaged(core: CustomerCore, wallet: str) -> None:
    """Let a wallet count one entry less than it has: whatever is posted to it takes a number that is taken."""

    def use_case(work: Work) -> None:
        was = work.uow.wallets.get(wallet, held=True)
        assert was is not None
        work.uow.wallets.save(attrs.evolve(was, version=was.version + 1, last_sequence=was.last_sequence - 1), was=was)

    core.balances._context.units.write(use_case)  # noqa: SLF001  no call of ours does such a thing


def test_wallets_that_cannot_be_settled_keep_no_other_and_no_event_waiting(make: MakeCore, clock: FixedClock) -> None:
    crm = RecordingSubscriber("crm", ["customer.created"])
    core = make(subscribers=[crm], pause=NoPause())
    core.events.dispatch()
    wallets = [credited(core, f"owner-{number}") for number in range(203)]
    for one in wallets[:201]:  # two batches and one more, before all others
        damaged(core, one)
    clock.advance(days=1)
    stop = Rounds(6, lambda number: created(core, "ada") if number == 1 else None)
    assert core.events.run(stop) == DispatchReport(delivered=1, expired=2, unsettled=201)
    assert [len(core.balances.entries(one).items) for one in (wallets[0], *wallets[-2:])] == [1, 2, 2]


def test_a_wallet_that_cannot_be_settled_is_tried_again_a_minute_later(make: MakeCore, clock: FixedClock) -> None:
    core = make(pause=NoPause())
    damaged(core, credited(core, "ada"))
    clock.advance(days=1)
    assert core.events.run(Rounds(6, lambda _: clock.advance(20))) == DispatchReport(unsettled=2)
