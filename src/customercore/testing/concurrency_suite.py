"""Units of work side by side: what they see of each other, and that only one of two wins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from customercore.domain.record import Counter
from customercore.errors import (
    ConflictError,
    DuplicateError,
    StaleVersionError,
    retryable,
)
from customercore.ports.store import SEPARATE_WRITES, Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT, keep, query, repeat, stored
from customercore.testing.samples import counter, customer, event, identifier, next_version, shop

__all__ = ["ConcurrencyConformance"]

THREADS = 4
INCREMENTS = 25


def two_units_write(
    store: Store, first: Callable[[UnitOfWork], Any], second: Callable[[UnitOfWork], Any]
) -> Exception | None:
    """Open two units, and let one write and commit before the other; return the error of that one.

    Both have read before either writes. The test is skipped where a store has one writer at a time.
    """
    if SEPARATE_WRITES not in store.capabilities:
        pytest.skip("this store has one writer at a time")
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        for uow in (winner, loser):
            uow.counters.get("range")
        first(winner)
        winner.commit()
        try:
            second(loser)
            loser.commit()
        except ConflictError as error:
            return error
    return None


def raised(name: str, by: int) -> Callable[[UnitOfWork], None]:
    """Return the use case that raises a counter, and notes it in another."""

    def use_case(uow: UnitOfWork) -> None:
        was = uow.counters.get(name)
        assert was is not None
        uow.counters.add(counter(f"{name}-{by}"))
        uow.counters.save(next_version(was, next=was.next + by), was=was)

    return use_case


def changed(was: Counter, by: int) -> Callable[[UnitOfWork], None]:
    """Return the use case that raises a counter as it was read before, and notes it in another."""

    def use_case(uow: UnitOfWork) -> None:
        uow.counters.add(counter(f"{was.id}-{by}"))
        uow.counters.save(next_version(was, next=was.next + by), was=was)

    return use_case


class ConcurrencyConformance:
    """Tests of units of work that are open at the same time."""

    def test_what_is_not_committed_is_not_seen_by_others(self, store: Store) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as writer:
            writer.shops.add(shop(2))
            writer.shops.save(next_version(shop(1), name="changed"), was=shop(1))
            writer.events.record(event(1))
            with store.unit(TENANT, write=False) as reader:
                assert reader.shops.get(identifier(1)) == shop(1)
                assert reader.shops.get(identifier(2)) is None
                assert reader.shops.by("code", "shop2") is None
                assert reader.shops.find(query("shops")).items == [shop(1)]
                assert reader.shops.count(query("shops")) == 1
                assert reader.events.of("customer", identifier(1)) == []
            writer.commit()
        with store.unit(TENANT, write=False) as reader:
            assert reader.shops.get(identifier(2)) == shop(2)
            assert reader.events.of("customer", identifier(1)) == [event(1)]

    def test_of_two_units_that_change_a_record_one_wins(self, store: Store) -> None:
        was = counter("range", next=1)
        keep(store, [was])
        error = two_units_write(store, changed(was, 10), changed(was, 100))
        assert isinstance(error, StaleVersionError) or retryable(error or AssertionError())
        assert stored(store, "counters", "range").next == 11
        assert stored(store, "counters", "range-100") is None
        repeat(store, raised("range", 100))
        assert stored(store, "counters", "range").next == 111

    def test_of_two_units_that_take_an_id_one_wins(self, store: Store) -> None:
        error = two_units_write(
            store,
            lambda uow: uow.shops.add(shop(1, code="first")),
            lambda uow: uow.shops.add(shop(1, code="second")),
        )
        assert isinstance(error, DuplicateError) or retryable(error or AssertionError())
        assert stored(store, "shops", identifier(1)).code == "first"

    def test_of_two_units_that_take_a_unique_key_one_wins(self, store: Store) -> None:
        keep(store, [customer(3)])
        taken = "same@example.com"
        error = two_units_write(
            store,
            lambda uow: uow.customers.save(next_version(customer(3), email=taken), was=customer(3)),
            lambda uow: uow.customers.add(customer(2, email=taken)),
        )
        assert isinstance(error, DuplicateError) or retryable(error or AssertionError())
        assert stored(store, "customers", identifier(2)) is None
        with store.unit(TENANT, write=True) as uow, pytest.raises(DuplicateError) as caught:
            uow.customers.add(customer(2, email=taken))
        assert caught.value.field == "email"

    def test_of_two_units_that_record_an_event_number_one_wins(self, store: Store) -> None:
        error = two_units_write(
            store,
            lambda uow: uow.events.record(event(1)),
            lambda uow: uow.events.record(event(1, id=identifier(99))),
        )
        assert retryable(error or AssertionError())
        with store.unit(TENANT, write=False) as uow:
            assert uow.events.of("customer", identifier(1)) == [event(1)]

    def test_units_that_write_different_records_both_win(self, store: Store) -> None:
        keep(store, [counter("a"), counter("b")])
        assert two_units_write(store, raised("a", 1), raised("b", 1)) is None
        assert stored(store, "counters", "a").next == 2
        assert stored(store, "counters", "b").next == 2

    def test_a_record_that_is_held_stays_until_its_holder_has_committed(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [counter("held")])

        def change() -> None:
            repeat(store, raised("held", 5))

        with ThreadPoolExecutor(1) as threads, store.unit(TENANT, write=True) as holder:
            assert holder.counters.version("held", held=True) == 1
            holder.counters.add(counter("made-meanwhile"))
            other = threads.submit(change)
            wait([other], 0.3)
            seen = stored(store, "counters", "held").version
            try:
                holder.commit()
            except ConflictError as error:
                assert retryable(error)  # noqa: PT017  # either of the two may be the one that has to give way
            else:
                assert seen == 1
            other.result(20)
        assert stored(store, "counters", "held").version == 2

    def test_who_changes_a_record_has_seen_all_that_its_holders_have_made(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [counter("held")])
        seen: list[int | None] = []

        def hold(uow: UnitOfWork) -> None:
            seen.append(uow.counters.version("held", held=True))
            uow.shops.add(shop(1))

        with ThreadPoolExecutor(1) as threads, store.unit(TENANT, write=True) as changer:
            was = changer.counters.get("held", held=True)
            assert was is not None
            assert changer.shops.count(query("shops")) == 0
            other = threads.submit(repeat, store, hold)
            wait([other], 0.3)
            try:
                changer.counters.save(next_version(was), was=was)
                changer.commit()
            except ConflictError as error:
                assert retryable(error)  # noqa: PT017  # its holder was there first
                changed = 1
            else:
                changed = 2
            other.result(20)
        assert stored(store, "counters", "held").version == seen[-1] == changed
        repeat(store, raised("held", 5))  # nobody is in the way any more

    def test_many_units_may_hold_a_record_at_once(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [counter("held")])
        with store.unit(TENANT, write=True) as one, store.unit(TENANT, write=True) as other:
            for at, uow in enumerate((one, other)):
                assert uow.counters.version("held", held=True) == 1
                assert uow.counters.version("nothing", held=True) is None
                uow.counters.add(counter(f"made-{at}"))
            one.commit()
            other.commit()

    def test_what_a_reading_unit_searches_is_one_state_of_the_store(self, store: Store) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=False) as reader:
            assert reader.shops.find(query("shops")).items == [shop(1)]
            streamed = reader.shops.stream(query("shops"))
            keep(store, [shop(2)])
            with store.unit(TENANT, write=True) as writer:
                writer.shops.save(next_version(shop(1), name="changed"), was=shop(1))
                writer.commit()
            assert reader.shops.find(query("shops")).items == [shop(1)]
            assert reader.shops.count(query("shops")) == 1
            assert reader.shops.get(identifier(1)) == shop(1)
            assert list(streamed) == [shop(1)]
        with store.unit(TENANT, write=False) as reader:
            assert reader.shops.count(query("shops")) == 2

    @pytest.mark.parametrize("write", [False, True])
    def test_a_stream_goes_on_while_its_unit_asks_for_other_things(self, store: Store, *, write: bool) -> None:
        many = [shop(number) for number in range(1_100)]
        with store.unit(TENANT, write=True) as uow:
            uow.shops.load(many)
            uow.commit()
        with store.unit(TENANT, write=write) as uow:
            one, other = (uow.shops.stream(query("shops", None, ["id"])) for _ in range(2))
            assert next(one) == many[0]
            assert uow.shops.get(identifier(7)) == many[7]
            assert [next(other), next(other)] == many[:2]
            assert uow.shops.count(query("shops")) == 1_100
            assert list(one) == many[1:]
            assert list(other) == many[2:]

    def test_tenants_do_not_wait_for_or_disturb_each_other(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        for tenant in (TENANT, OTHER):
            keep(store, [counter("range")], tenant)
        with store.unit(TENANT, write=True) as ours, store.unit(OTHER, write=True) as theirs:
            raised("range", 1)(ours)
            raised("range", 2)(theirs)
            ours.commit()
            theirs.commit()
        assert stored(store, "counters", "range", TENANT).next == 2
        assert stored(store, "counters", "range", OTHER).next == 3

    def test_no_increment_is_lost_between_threads(self, store: Store) -> None:
        keep(store, [counter("range", next=0)])

        def increment(uow: UnitOfWork) -> None:
            was = uow.counters.get("range")
            assert was is not None
            uow.counters.save(next_version(was, next=was.next + 1), was=was)
            version = was.version + 1
            uow.events.record(event(version, aggregate="counter", aggregate_id="range"))

        def increments(_: int) -> None:
            for _ in range(INCREMENTS):
                repeat(store, increment)

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(increments, range(THREADS)))
        total = THREADS * INCREMENTS
        last = stored(store, "counters", "range")
        assert (last.next, last.version) == (total, total + 1)
        with store.unit(TENANT, write=False) as uow:
            events = uow.events.of("counter", "range", limit=total + 1)
        assert [one.version for one in events] == list(range(2, total + 2))

    def test_one_of_many_threads_takes_a_unique_key(self, store: Store) -> None:
        def take(number: int) -> str:
            one = customer(number, email="same@example.com")
            try:
                repeat(store, lambda uow: uow.customers.add(one))
            except DuplicateError as error:
                return error.field
            return "won"

        with ThreadPoolExecutor(THREADS) as threads:
            ends = list(threads.map(take, range(THREADS * 3)))
        assert sorted(ends) == [*["email"] * (THREADS * 3 - 1), "won"]
        with store.unit(TENANT, write=False) as uow:
            owner = uow.customers.by("email", "same@example.com")
            assert owner is not None
            assert owner.id == identifier(ends.index("won"))
            assert uow.customers.count(query("customers")) == 1
