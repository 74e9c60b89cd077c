"""Records that are read to be changed: of two units that do so, one at a time gets anywhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from customercore.domain.entry import Entry
from customercore.errors import ConflictError, CustomerCoreError, StaleVersionError, retryable
from customercore.ports.store import SEPARATE_WRITES, Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import TENANT, keep, repeat, stored
from customercore.testing.ledger_suite import account, after
from customercore.testing.samples import entry, identifier, wallet

__all__ = ["HoldingConformance", "post_at_once"]

THREADS, POSTINGS = 4, 15


def credited(uow: UnitOfWork) -> None:
    """Read wallet 1 to change it, and credit it by one krona."""
    was = uow.wallets.get(identifier(1), held=True)
    assert was is not None
    number = was.last_sequence + 1
    now = attrs.evolve(was, version=was.version + 1, posted_minor=number * 100, last_sequence=number)
    uow.ledger.post(now, [entry(number)], was=was)


class HoldingConformance:
    """Tests of `Repository.get` with ``held``, and of postings at the same time."""

    def test_a_record_that_is_held_is_the_one_that_is_stored(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            assert uow.wallets.get(identifier(1), held=True) == wallet(1)
            assert uow.wallets.get(identifier(2), held=True) is None
            uow.commit()

    def test_of_two_units_that_hold_one_wallet_one_posts_and_the_other_is_run_again(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [wallet(1)])
        with ThreadPoolExecutor(1) as other, store.unit(TENANT, write=True) as first:
            credited(first)
            second = other.submit(_failure, lambda: _credit(store))
            failures = [_failure(first.commit), second.result()]
        lost = [one for one in failures if one is not None]
        assert all(retryable(one) or isinstance(one, StaleVersionError) for one in lost)
        assert len(lost) < len(failures)
        for _ in lost:
            repeat(store, credited)
        assert [one.sequence for one in account(store)] == [1, 2]
        assert stored(store, "wallets", identifier(1)).posted_minor == 200

    def test_of_two_units_that_have_read_one_wallet_one_posts(self, store: Store) -> None:
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as first, store.unit(TENANT, write=True) as second:
            for uow in (first, second):
                assert uow.wallets.get(identifier(1)) == wallet(1)
            first.ledger.post(after(wallet(1), [entry(1)]), [entry(1)], was=wallet(1))
            first.commit()
            late = entry(1, id=identifier(77))
            with pytest.raises(ConflictError):
                _post_and_commit(second, late)
        assert account(store) == [entry(1)]

    def test_many_units_post_to_one_wallet_without_a_gap(self, store: Store) -> None:
        keep(store, [wallet(1)])
        post_at_once(store, credited)
        assert stored(store, "wallets", identifier(1)).posted_minor == THREADS * POSTINGS * 100


def post_at_once(store: Store, post: Callable[[UnitOfWork], object]) -> None:
    """Post to wallet 1 from several threads, each time in a unit of its own; all of it must be kept, without a gap."""
    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(repeat, store, post) for _ in range(THREADS * POSTINGS)]
    assert [one.exception() for one in done] == [None] * len(done)
    with store.unit(TENANT, write=False) as uow:
        numbers = [one.sequence for one in uow.ledger.entries(identifier(1), limit=1_000)]
    assert numbers == [*range(1, THREADS * POSTINGS + 1)]


def _credit(store: Store) -> None:
    with store.unit(TENANT, write=True) as uow:
        credited(uow)
        uow.commit()


def _failure(attempt: Callable[[], None]) -> CustomerCoreError | None:
    try:
        attempt()
    except CustomerCoreError as error:
        return error
    return None


def _post_and_commit(uow: UnitOfWork, late: Entry) -> None:
    uow.ledger.post(after(wallet(1), [late]), [late], was=wallet(1))
    uow.commit()
