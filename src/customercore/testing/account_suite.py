"""Accounts are read from either end, between numbers and moments, and added up."""

from __future__ import annotations

from typing import Any

from customercore.catalogue.query import All, Leaf, OrderBy, Query
from customercore.ports.ledger import Total
from customercore.ports.store import Store
from customercore.testing.arrangement import OTHER, TENANT, ids, keep, stored
from customercore.testing.ledger_suite import after, filled_account, post
from customercore.testing.samples import entry, identifier, moment, wallet

__all__ = ["AccountConformance"]


class AccountConformance:
    """Tests of what `ports.ledger.Ledger` reads."""

    def test_entries_are_read_oldest_first_behind_a_number_and_between_moments(self, store: Store) -> None:
        all_of_them = filled_account(store)
        with store.unit(TENANT, write=False) as uow:

            def numbers(**bounds: Any) -> list[int]:
                found = uow.ledger.entries(identifier(1), **bounds)
                assert found == [all_of_them[one.sequence - 1] for one in found]
                return [one.sequence for one in found]

            assert numbers() == [*range(1, 10)]
            assert numbers(limit=3) == [1, 2, 3]
            assert numbers(after=3, limit=3) == [4, 5, 6]
            assert numbers(after=9) == []
            assert numbers(after=-(1 << 63), limit=3) == [1, 2, 3]
            assert numbers(since=moment(4)) == [*range(4, 10)]
            assert numbers(until=moment(4)) == [1, 2, 3]
            assert numbers(since=moment(3), until=moment(6)) == [3, 4, 5]
            assert numbers(since=moment(3), until=moment(9), after=5, limit=2) == [6, 7]
            assert numbers(since=moment(5), after=2) == [5, 6, 7, 8, 9]
            assert numbers(since=moment(10)) == numbers(until=moment(1)) == []
            assert uow.ledger.entries(identifier(3)) == []

    def test_wallets_that_have_entries_are_told_by_id_whether_they_are_there_or_not(self, store: Store) -> None:
        keep(store, [wallet(at) for at in (1, 2, 3, 4)])
        for at in (4, 1, 3):
            post(store, wallet(at), entry(1, of=at), entry(2, of=at))
        one, three, four = (identifier(at) for at in (1, 3, 4))
        with store.unit(TENANT, write=True) as uow:
            uow.wallets.remove(stored(store, "wallets", three))
            uow.ledger.post(after(wallet(2), [entry(1, of=2)]), [entry(1, of=2)], was=wallet(2))
            assert uow.ledger.accounts() == [one, identifier(2), three, four]
        with store.unit(TENANT, write=True) as uow:
            uow.wallets.remove(stored(store, "wallets", three))
            uow.commit()
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.accounts() == [one, three, four]
            assert uow.ledger.accounts(limit=2) == [one, three]
            assert uow.ledger.accounts(after=one) == [three, four]
            assert uow.ledger.accounts(after=four) == []
        with store.unit(OTHER, write=False) as uow:
            assert uow.ledger.accounts() == []

    def test_entries_are_read_newest_first_before_a_number_and_a_moment(self, store: Store) -> None:
        filled_account(store)
        with store.unit(TENANT, write=False) as uow:

            def numbers(**bounds: Any) -> list[int]:
                return [one.sequence for one in uow.ledger.back(identifier(1), **bounds)]

            assert numbers() == [*range(9, 0, -1)]
            assert numbers(limit=2) == [9, 8]
            assert numbers(before=4) == [3, 2, 1]
            assert numbers(until=moment(7), limit=2) == [6, 5]
            assert numbers(until=moment(7), before=5, limit=2) == [4, 3]
            assert numbers(until=moment(50), before=3) == [2, 1]
            assert numbers(before=1) == numbers(until=moment(1)) == []
            assert uow.ledger.back(identifier(3)) == []

    def test_of_entries_at_one_moment_all_or_none_are_before_it(self, store: Store) -> None:
        keep(store, [wallet(1)])
        post(store, wallet(1), *(entry(number, at=moment(number // 3)) for number in range(1, 9)))
        with store.unit(TENANT, write=False) as uow:
            assert [one.sequence for one in uow.ledger.back(identifier(1), until=moment(2))] == [5, 4, 3, 2, 1]
            assert [one.sequence for one in uow.ledger.entries(identifier(1), since=moment(2))] == [6, 7, 8]

    def test_entries_about_another_come_in_the_order_of_time(self, store: Store) -> None:
        keep(store, [wallet(1), wallet(2)])
        about = entry(1).id
        ours = [entry(2, about=about), entry(3), entry(4, about=about), entry(5, about=identifier(99))]
        theirs = [entry(1, of=2, about=about, at=moment(3)), entry(2, of=2, about=about, at=moment(4))]
        post(store, wallet(1), entry(1), *ours)
        post(store, wallet(2), *theirs)
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.about(about) == [ours[0], theirs[0], ours[2], theirs[1]]
            assert uow.ledger.about(identifier(98)) == []
            assert uow.ledger.entry(identifier(98)) is None

    def test_the_liability_is_told_by_currency(self, store: Store) -> None:
        keep(store, [wallet(1, posted_minor=500, held_minor=200), wallet(2, posted_minor=-70, floor_minor=-100)])
        keep(store, [wallet(3, posted_minor=30), wallet(4, currency="EUR"), wallet(5, currency="JPY", posted_minor=1)])
        keep(store, [wallet(6, posted_minor=1_000)], OTHER)
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.totals() == [
                Total("EUR", 1, 0, 0, 0), Total("JPY", 1, 1, 0, 0), Total("SEK", 3, 530, 70, 200),
            ]  # fmt: skip
        with store.unit("nobody", write=False) as uow:
            assert uow.ledger.totals() == []

    def test_wallets_of_which_something_is_due_are_found_by_id_between_two_ids(self, store: Store) -> None:
        keep(store, [wallet(number) for number in range(1, 7)])
        keep(store, [wallet(number) for number in range(1, 7)], OTHER)
        for number in (1, 2, 4, 5, 6):
            post(store, wallet(number), entry(1, of=number), due_at=moment(5 if number == 4 else 3))
        bounds = (("due_at", "le", moment(3)), ("id", "gt", identifier(1)), ("id", "lt", identifier(6)))
        due = [Leaf(name, op, value, negated=False) for name, op, value in bounds]
        by_id = (OrderBy("id", descending=False, nullable=False),)
        with store.unit(TENANT, write=False) as uow:

            def found(*which: Leaf, limit: int = 9) -> list[str]:
                return ids(uow.wallets.find(Query(where=All(which), order=by_id, limit=limit)).items)

            assert found(due[0]) == [identifier(number) for number in (1, 2, 5, 6)]
            assert found(*due[:2], limit=2) == [identifier(2), identifier(5)]
            assert found(*due) == [identifier(2), identifier(5)]

    def test_the_store_names_the_tenants_with_a_wallet_that_is_due(self, store: Store) -> None:
        keep(store, [wallet(1), wallet(2)])
        keep(store, [wallet(1)], OTHER)
        assert store.due_wallets(moment(99)) == []
        was = post(store, wallet(1), entry(1), due_at=moment(3))
        post(store, wallet(2), entry(1, of=2), due_at=moment(4))
        post(store, wallet(1), entry(1), tenant=OTHER, due_at=moment(5))
        assert store.due_wallets(moment(2)) == []
        assert store.due_wallets(moment(3)) == [TENANT]
        assert store.due_wallets(moment(5)) == sorted([OTHER, TENANT])
        post(store, was, entry(2), due_at=None)
        assert store.due_wallets(moment(3)) == []
        assert store.due_wallets(moment(4)) == [TENANT]
