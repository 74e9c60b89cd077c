"""Units that may find out at their commit only that they have lost a race, or that a key was taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from customercore.catalogue.query import Query
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, DuplicateError, retryable
from customercore.ports.store import SEPARATE_WRITES, Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.testing.arrangement import OTHER, TENANT, keep, repeat, stored
from customercore.testing.holding_suite import post_at_once
from customercore.testing.ledger_suite import account, after
from customercore.testing.samples import counter, customer, entry, event, identifier, next_version, shop, wallet

__all__ = ["TrustingConformance"]

MANY = 1_200
SOON = 1.0
"""Seconds in which nobody would give up waiting."""
WALLET = identifier(1)
RANGE = counter("range", next=1)
RAISED = next_version(RANGE, next=2)


def debited(uow: UnitOfWork) -> Wallet:
    """Post the next entry to wallet 1, as a unit that may be told at its commit that it was not the next."""
    uow.repeatable(trusting=True)
    was = uow.wallets.get(WALLET, held=True)
    assert was is not None
    one = entry(was.last_sequence + 1)
    now = after(was, [one])
    uow.ledger.post(now, [one], was=was, deferred=True)
    return now


def changed(store: Store, tenant: str = TENANT) -> None:
    """Change wallet 1 in a unit that waits for no turn."""
    with store.unit(tenant, write=True) as uow:
        was = uow.wallets.get(WALLET)
        assert was is not None
        uow.wallets.save(next_version(was, credit_limit_minor=was.credit_limit_minor + 1), was=was)
        uow.commit()


def lost(use_case: Callable[[], Any]) -> bool:
    """Tell whether a race was lost."""
    try:
        use_case()
    except ConflictError as error:
        return retryable(error)
    return False


class TrustingConformance:
    """Tests of `UnitOfWork.repeatable`, and of what is put off until the commit."""

    def test_a_unit_that_trusts_keeps_what_it_did(self, store: Store) -> None:
        keep(store, [wallet(1), RANGE])
        with store.unit(TENANT, write=True) as uow:
            now = debited(uow)
            uow.customers.add(customer(1), deferred=True)
            uow.counters.save(RAISED, was=RANGE, deferred=True)
            uow.events.record(event(1), deferred=True)
            uow.commit()
        assert (stored(store, "wallets", WALLET), account(store)) == (now, [entry(1)])
        assert stored(store, "customers", identifier(1)) == customer(1)
        assert stored(store, "counters", "range").next == 2

    def test_what_was_put_off_is_seen_by_the_next_question(self, store: Store) -> None:
        keep(store, [RANGE])
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            uow.customers.add(customer(1), deferred=True)
            uow.counters.save(RAISED, was=RANGE, deferred=True)
            assert uow.customers.get(identifier(1)) == customer(1)
            assert uow.counters.get("range") == RAISED
            uow.commit()
        assert stored(store, "customers", identifier(1)) == customer(1)

    def test_a_record_may_be_added_and_changed_by_one_unit(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            uow.shops.add(shop(1), deferred=True)
            uow.shops.save(next_version(shop(1), name="changed"), was=shop(1), deferred=True)
            uow.commit()
        assert stored(store, "shops", identifier(1)) == next_version(shop(1), name="changed")

    def test_what_was_put_off_is_gone_with_its_unit(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            debited(uow)
            uow.customers.add(customer(1), deferred=True)
        assert (stored(store, "wallets", WALLET), account(store)) == (wallet(1), [])
        assert stored(store, "customers", identifier(1)) is None

    @pytest.mark.parametrize("told_by", ["commit", "question"])
    def test_a_taken_key_may_be_told_later(self, store: Store, told_by: str) -> None:
        keep(store, [customer(3), wallet(1)])
        with store.unit(TENANT, write=True) as uow:

            def stored_at_last() -> None:
                uow.customers.add(customer(1, email=customer(3).email), deferred=True)
                if told_by == "question":
                    uow.shops.get(identifier(1))
                uow.commit()

            debited(uow)
            with pytest.raises(DuplicateError) as caught:
                stored_at_last()
        assert caught.value.field == "email"
        assert (stored(store, "customers", identifier(1)), account(store)) == (None, [])

    def test_a_taken_id_may_be_told_later(self, store: Store) -> None:
        keep(store, [shop(1)])
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            with pytest.raises((DuplicateError, ConflictError)) as caught:
                _add_and_commit(uow)
        assert retryable(caught.value) or getattr(caught.value, "field", None) == "id"
        assert stored(store, "shops", identifier(1)) == shop(1)

    def test_a_change_of_an_old_version_is_refused_at_the_latest_by_the_commit(self, store: Store) -> None:
        keep(store, [shop(1), wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            debited(uow)
            stale = next_version(shop(1))
            with pytest.raises(ConflictError):
                _save_and_commit(uow, next_version(stale), stale)
            uow.rollback()
        assert (stored(store, "shops", identifier(1)), account(store)) == (shop(1), [])

    @pytest.mark.parametrize("changes", [True, False])
    def test_what_was_read_to_be_changed_and_has_changed_meanwhile_is_a_lost_race(
        self, store: Store, *, changes: bool
    ) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            if not uow.repeatable(trusting=True):
                pytest.skip("this store holds what is read to be changed")
            if changes:
                debited(uow)
            else:
                assert uow.wallets.get(WALLET, held=True) == wallet(1)
            uow.counters.add(counter("lost"), deferred=True)
            changed(store)
            assert lost(uow.commit)
        assert (stored(store, "counters", "lost"), account(store)) == (None, [])

    @pytest.mark.parametrize("held_by", ["version", "expect"])
    def test_what_is_expected_and_has_changed_meanwhile_is_a_lost_race(self, store: Store, held_by: str) -> None:
        keep(store, [counter("held")])
        with store.unit(TENANT, write=True) as uow:
            if not uow.repeatable(trusting=True):
                pytest.skip("this store holds what is read to be held")
            if held_by == "expect":
                uow.expect("counters", "held", 1)
            else:
                assert uow.counters.version("held", held=True) == 1
            uow.counters.add(counter("lost"), deferred=True)
            repeat(store, lambda other: other.counters.save(next_version(counter("held")), was=counter("held")))
            assert lost(uow.commit)
        assert stored(store, "counters", "lost") is None

    def test_a_change_of_another_version_than_was_expected_is_a_lost_race(self, store: Store) -> None:
        keep(store, [counter("held")])
        with store.unit(TENANT, write=True) as uow:
            if not uow.repeatable(trusting=True):
                pytest.skip("this store holds what is read to be held")
            uow.expect("counters", "held", 1)
            repeat(store, lambda other: other.counters.save(next_version(counter("held")), was=counter("held")))
            was = uow.counters.get("held")
            assert was is not None
            uow.counters.save(next_version(was), was=was, deferred=True)
            assert lost(uow.commit)
        assert stored(store, "counters", "held").version == 2

    def test_a_key_that_is_given_up_can_be_taken_by_what_is_changed_after(self, store: Store) -> None:
        keep(store, [shop(1, code="a"), shop(2, code="b")])
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            other, one = uow.shops.get(identifier(2), held=True), uow.shops.get(identifier(1))
            assert other is not None
            assert one is not None
            uow.shops.save(next_version(one, code="c"), was=one, deferred=True)
            uow.shops.save(next_version(other, code="a"), was=other, deferred=True)
            uow.commit()
        assert [stored(store, "shops", identifier(number)).code for number in (1, 2)] == ["c", "a"]

    def test_very_much_may_be_put_off(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            for number in range(1, MANY + 1):
                uow.shops.add(shop(number, code=f"s{number}"), deferred=True)
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            assert len(list(uow.shops.stream(Query()))) == MANY

    def test_who_has_begun_waits_for_no_turn(self, store: Store) -> None:
        """Whoever has the turn might be waiting, in the database, for what this unit has done there."""
        if SEPARATE_WRITES not in store.capabilities:
            pytest.skip("this store has one writer at a time")
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as first, store.unit(TENANT, write=True) as second:
            if not first.repeatable(trusting=True):
                pytest.skip("this store holds what is read to be changed")
            second.repeatable(trusting=False)
            assert first.wallets.get(WALLET, held=True) == wallet(1)
            second.counters.add(counter("begun"))
            start = time.monotonic()
            assert second.wallets.get(WALLET, held=True) == wallet(1)
            assert time.monotonic() - start < SOON
            second.commit()

    def test_what_one_unit_has_made_of_a_record_the_next_one_goes_on_from(self, store: Store) -> None:
        keep(store, [wallet(1)])
        for _ in range(3):
            with store.unit(TENANT, write=True) as uow:
                debited(uow)
                uow.commit()
        assert [one.sequence for one in account(store)] == [1, 2, 3]

    def test_what_somebody_else_has_made_of_it_meanwhile_is_not_overlooked(self, store: Store) -> None:
        keep(store, [wallet(1)])
        repeat(store, debited)
        changed(store)
        repeat(store, debited)
        found = stored(store, "wallets", WALLET)
        assert (found.credit_limit_minor, found.last_sequence) == (wallet(1).credit_limit_minor + 1, 2)

    def test_what_is_handed_on_is_the_tenants_own(self, store: Store) -> None:
        keep(store, [wallet(1)])
        keep(store, [attrs.evolve(wallet(1), owner="theirs")], OTHER)
        repeat(store, debited)
        repeat(store, debited, OTHER)
        assert stored(store, "wallets", WALLET, OTHER).owner == "theirs"
        assert stored(store, "wallets", WALLET).owner == wallet(1).owner

    def test_many_units_that_trust_post_to_one_wallet_without_a_gap(self, store: Store) -> None:
        keep(store, [wallet(1)])
        post_at_once(store, debited)

    def test_a_unit_that_does_nothing_ends_well(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            uow.repeatable(trusting=True)
            uow.commit()


def _add_and_commit(uow: UnitOfWork) -> None:
    uow.shops.add(shop(1, code="other"), deferred=True)
    uow.commit()


def _save_and_commit(uow: UnitOfWork, now: Any, was: Any) -> None:
    uow.shops.save(now, was=was, deferred=True)
    uow.commit()
