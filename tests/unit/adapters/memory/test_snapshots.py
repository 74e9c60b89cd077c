"""Units of work in memory read as of their start, and the first committer wins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from customercore.adapters.memory.store import MemoryStore
from customercore.errors import ConflictError, DuplicateError, TransactionError
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT, ids, keep, query, repeat, stored
from customercore.testing.samples import (
    catalogue_for_tests,
    counter,
    customer,
    event,
    identifier,
    next_version,
    shop,
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(catalogue_for_tests())


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads take turns after every few steps, so that what is not guarded breaks."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.parametrize("write", [False, True])
def test_a_unit_goes_on_seeing_what_was_there_when_it_began(store: MemoryStore, write: bool) -> None:
    keep(store, [shop(1), shop(2), counter("gone")])
    was = shop(1)
    with store.unit(TENANT, write=write) as early, store.unit(TENANT, write=True) as late:
        late.shops.save(next_version(was, code="renamed", name="New"), was=was)
        late.shops.add(shop(3))
        late.counters.remove(counter("gone"))
        late.events.record(event(1))
        late.commit()
        assert early.shops.get(identifier(1)) == was
        assert early.shops.version(identifier(1)) == 1
        assert early.shops.by("code", "shop1") == was
        assert early.shops.by("code", "renamed") is None
        assert early.shops.get(identifier(3)) is None
        assert early.shops.find(query("shops", None, ["code"])).items == [was, shop(2)]
        assert early.shops.count(query("shops")) == 2
        assert list(early.shops.stream(query("shops"))) == [was, shop(2)]
        assert early.counters.get("gone") == counter("gone")
        assert early.events.of("customer", identifier(1)) == []


def test_a_stream_that_has_begun_is_not_disturbed(store: MemoryStore) -> None:
    keep(store, [shop(number) for number in range(4)])
    with store.unit(TENANT, write=True) as uow:
        stream = uow.shops.stream(query("shops", None, ["id"]))
        assert next(stream) == shop(0)
        uow.shops.remove(shop(2))
        keep(store, [shop(9)])
        assert ids(stream) == [identifier(1), identifier(2), identifier(3)]


def test_a_stream_ends_with_its_unit(store: MemoryStore) -> None:
    keep(store, [shop(1), shop(2)])
    with store.unit(TENANT, write=False) as uow:
        stream = uow.shops.stream(query("shops"))
        next(stream)
    with pytest.raises(TransactionError):
        next(stream)


@pytest.mark.parametrize("change", ["save", "remove", "remove and add"])
def test_the_first_committer_of_a_record_wins(store: MemoryStore, change: str) -> None:
    keep(store, [counter("range")])
    was = counter("range")
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        winner.counters.save(next_version(was, next=5), was=was)
        winner.commit()
        loser.counters.add(counter("other"))
        if change == "save":
            loser.counters.save(next_version(was, next=7), was=was)
        else:
            loser.counters.remove(was)
            if change == "remove and add":
                loser.counters.add(counter("range", next=9))
        with pytest.raises(ConflictError) as caught:
            loser.commit()
    assert (caught.value.code, caught.value.retryable) == ("write_conflict", True)
    assert stored(store, "counters", "range").next == 5
    assert stored(store, "counters", "other") is None


def test_a_record_that_was_removed_meanwhile_is_a_conflict(store: MemoryStore) -> None:
    keep(store, [counter("range")])
    was = counter("range")
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        winner.counters.remove(was)
        winner.commit()
        loser.counters.save(next_version(was), was=was)
        with pytest.raises(ConflictError, match="write_conflict"):
            loser.commit()


def test_an_id_that_was_taken_meanwhile_is_a_duplicate(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        winner.shops.add(shop(1))
        winner.commit()
        loser.shops.add(shop(1, code="other"))
        with pytest.raises(DuplicateError) as caught:
            loser.commit()
    assert caught.value.field == "id"


def test_a_unique_key_that_was_taken_meanwhile_is_a_duplicate(store: MemoryStore) -> None:
    keep(store, [shop(3)])
    was = shop(3)
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        winner.shops.save(next_version(was, code="wanted"), was=was)
        winner.commit()
        loser.shops.add(shop(2, code="wanted"))
        with pytest.raises(DuplicateError) as caught:
            loser.commit()
    assert caught.value.field == "code"


def test_a_unique_key_that_was_taken_and_freed_meanwhile_is_free(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as late:
        keep(store, [shop(1, code="wanted")])
        with store.unit(TENANT, write=True) as uow:
            uow.shops.save(next_version(shop(1, code="wanted"), code="else"), was=shop(1, code="wanted"))
            uow.commit()
        late.shops.add(shop(2, code="wanted"))
        late.commit()
    assert stored(store, "shops", identifier(2)).code == "wanted"


def test_a_unique_key_freed_after_the_snapshot_is_still_taken_in_it(store: MemoryStore) -> None:
    keep(store, [shop(1)])
    with store.unit(TENANT, write=True) as late:
        with store.unit(TENANT, write=True) as uow:
            uow.shops.remove(shop(1))
            uow.commit()
        with pytest.raises(DuplicateError):
            late.shops.add(shop(2, code="shop1"))


def test_an_event_number_that_was_taken_meanwhile_is_a_conflict(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as winner, store.unit(TENANT, write=True) as loser:
        winner.events.record(event(1))
        winner.commit()
        loser.events.record(event(1))
        with pytest.raises(ConflictError, match="write_conflict"):
            loser.commit()


def test_an_event_number_that_is_seen_to_be_taken_is_refused_at_once(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as uow:
        uow.events.record(event(1))
        uow.commit()
    with store.unit(TENANT, write=True) as uow, pytest.raises(ConflictError, match="write_conflict"):
        uow.events.record(event(1))


def test_a_unit_whose_commit_failed_has_ended(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as loser:
        keep(store, [shop(1)])
        loser.shops.add(shop(1))
        with pytest.raises(DuplicateError):
            loser.commit()
        with pytest.raises(TransactionError, match="transaction_over"):
            loser.shops.get(identifier(1))
        loser.rollback()


def test_another_tenant_may_take_the_same_meanwhile(store: MemoryStore) -> None:
    with store.unit(TENANT, write=True) as ours:
        keep(store, [shop(1)], OTHER)
        ours.shops.add(shop(1))
        ours.commit()


def test_a_refused_write_leaves_no_claim_behind(store: MemoryStore) -> None:
    keep(store, [shop(1), shop(2)])
    refusals: list[Callable[[UnitOfWork], None]] = [
        lambda uow: uow.shops.add(shop(4, code="shop1")),
        lambda uow: uow.shops.add(shop(3, code="new")),
        lambda uow: uow.shops.load([shop(5), shop(6), shop(7, code="shop3")]),
        lambda uow: uow.shops.load([shop(5), shop(6, code="shop5")]),
        lambda uow: uow.shops.save(next_version(shop(1), code="shop2"), was=shop(1)),
        lambda uow: uow.events.load([event(1), event(1)]),
    ]
    for refused in refusals:
        with store.unit(TENANT, write=True) as uow:
            uow.shops.add(shop(3))
            with pytest.raises(ConflictError):
                refused(uow)
    keep(store, [shop(8, code="shop5")])
    with store.unit(TENANT, write=False) as uow:
        found = uow.shops.find(query("shops", None, ["id"])).items
        assert found == [shop(1), shop(2), shop(8, code="shop5")]
        assert uow.events.of("customer", identifier(1)) == []
    assert all(one.ok for one in store.check())


@pytest.mark.usefixtures("hasty_threads")
def test_readers_never_see_half_of_a_commit(store: MemoryStore) -> None:
    names = [f"purse{number}" for number in range(20)]
    keep(store, [counter(name, next=100) for name in names])

    def transfer(turn: int) -> None:
        giver, taker = names[turn % 20], names[(turn * 7 + 3) % 20]
        if giver == taker:
            return
        with store.unit(TENANT, write=True) as uow:
            for name, amount in ((giver, -1), (taker, 1)):
                was = uow.counters.get(name)
                assert was is not None
                uow.counters.save(next_version(was, next=was.next + amount), was=was)
            uow.counters.add(counter(f"receipt{turn}"))
            uow.counters.remove(counter(f"receipt{turn - 5}"))
            try:
                uow.commit()
            except ConflictError as error:
                if not error.retryable:
                    raise

    def audit(turn: int) -> None:
        with store.unit(TENANT, write=False) as uow:
            for _ in range(3):
                found = uow.counters.find(query("counters", None, ["-next"])).items
                assert sum(one.next for one in found if one.id in names) == 2_000

    with ThreadPoolExecutor(6) as threads:
        jobs = [threads.submit(transfer if turn % 3 else audit, turn) for turn in range(1_500)]
        for job in jobs:
            job.result()
    assert all(one.ok for one in store.check())


@pytest.mark.usefixtures("hasty_threads")
def test_commits_do_not_slip_between_each_other(store: MemoryStore) -> None:
    keep(store, [counter(f"range{number}", next=0) for number in range(20)])

    def increment(uow: UnitOfWork) -> None:
        for number in range(20):  # the longer a commit, the easier to slip in
            was = uow.counters.get(f"range{number}")
            assert was is not None
            uow.counters.save(next_version(was, next=was.next + 1), was=was)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: repeat(store, increment), range(60)))
    assert [stored(store, "counters", f"range{number}").next for number in range(20)] == [60] * 20


@pytest.mark.usefixtures("hasty_threads")
def test_every_thread_gets_its_turn(store: MemoryStore) -> None:
    def add(number: int) -> None:
        repeat(store, lambda uow: uow.customers.add(customer(number)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(400)))
    with store.unit(TENANT, write=False) as uow:
        assert uow.customers.count(query("customers")) == 400
