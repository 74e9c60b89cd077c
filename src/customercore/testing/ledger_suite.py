"""Accounts: entries are numbered without a gap, never changed, and a wallet is posted to by one unit at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pytest

from customercore.domain.actor import BusinessUser
from customercore.domain.entry import DEBIT, ENTRY_KINDS, HOLD, Entry, Part
from customercore.domain.money import Money
from customercore.domain.wallet import Hold, Lot, Wallet
from customercore.errors import (
    ConflictError,
    NotFoundError,
    StaleVersionError,
    TransactionError,
)
from customercore.ports.ledger import Total
from customercore.ports.store import Store
from customercore.testing.arrangement import TENANT, keep, stored
from customercore.testing.samples import HARD_TEXTS, entry, identifier, moment, wallet

__all__ = ["LARGEST", "LedgerConformance", "account", "after", "filled_account", "post"]

LARGEST = (1 << 63) - 1
"""The most that 64 bits hold."""


def after(was: Wallet, entries: Sequence[Entry], **changes: Any) -> Wallet:
    """Return a wallet as it is behind some entries."""
    return attrs.evolve(was, **{"version": was.version + 1, "last_sequence": entries[-1].sequence, **changes})


def post(store: Store, was: Wallet, *entries: Entry, tenant: str = TENANT, **changes: Any) -> Wallet:
    """Post entries to a wallet and commit; return the wallet as it is then."""
    now = after(was, entries, **changes)
    with store.unit(tenant, write=True) as uow:
        uow.ledger.post(now, entries, was=was)
        uow.commit()
    return now


def account(store: Store, number: int = 1, tenant: str = TENANT) -> list[Entry]:
    """Return the account of a wallet as it is stored."""
    with store.unit(tenant, write=False) as uow:
        return uow.ledger.entries(identifier(number))


def filled_account(store: Store, size: int = 9) -> list[Entry]:
    """Return the entries of wallet 1, in the hours of their numbers; those of wallet 2 are beside them."""
    entries = [entry(number) for number in range(1, size + 1)]
    keep(store, [wallet(1), wallet(2)])
    post(store, wallet(1), *entries)
    post(store, wallet(2), entry(1, of=2), entry(2, of=2))
    return entries


class LedgerConformance:
    """Tests of what `ports.ledger.Ledger` posts."""

    def test_what_is_posted_is_in_the_account_and_in_the_wallet(self, store: Store) -> None:
        keep(store, [wallet(1)])
        entries = [entry(1), entry(2, kind=HOLD, held=Money(1, "SEK"))]
        lot = Lot(id=entries[0].id, left=100, held=100, expires_at=moment(9))
        part = Part(lot.id, 100, moment(9))
        hold = Hold(
            id=entries[1].id,
            wallet=identifier(1),
            amount_minor=100,
            currency="SEK",
            parts=(part,),
            created_at=moment(2),
        )
        now = post(store, wallet(1), *entries, posted_minor=100, held_minor=100, lots=(lot,), holds=(hold,))
        assert stored(store, "wallets", identifier(1)) == now
        assert account(store) == entries

    def test_an_entry_comes_back_as_it_was_posted(self, store: Store) -> None:
        keep(store, [wallet(1)])
        full = entry(
            1,
            kind=DEBIT,
            amount=Money.of_minor(-LARGEST - 1, "JPY"),
            balance_after=Money.of_minor(LARGEST, "JPY"),
            held=Money.of_minor(2**53 + 1, "JPY"),
            held_after=Money.of_minor(-1, "JPY"),
            actor=BusinessUser("clerk", on_behalf_of=identifier(7)),
            reason="good_will",
            reference=HARD_TEXTS[0],
            about=identifier(8),
            parts=(Part(identifier(5), LARGEST, moment(5)), Part("", 1), Part(identifier(6), 2)),
            expires_at=moment(1_000_000),
        )
        texts = [entry(at, reference=text) for at, text in enumerate(HARD_TEXTS, 2)]
        kinds = [entry(at, kind=kind) for at, kind in enumerate(ENTRY_KINDS, len(texts) + 2)]
        post(store, wallet(1), full, *texts, *kinds)
        assert account(store) == [full, *texts, *kinds]
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.entry(full.id) == full
            assert uow.ledger.back(identifier(1), limit=1) == [kinds[-1]]

    def test_a_wallet_holds_figures_to_both_ends_of_64_bits(self, store: Store) -> None:
        rich = wallet(1, posted_minor=LARGEST, held_minor=LARGEST, last_sequence=LARGEST, credit_limit_minor=LARGEST)
        poor = wallet(2, posted_minor=-LARGEST, floor_minor=-LARGEST - 1)
        keep(store, [rich, poor])
        assert stored(store, "wallets", identifier(1)) == rich
        assert stored(store, "wallets", identifier(2)) == poor
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.totals() == [Total("SEK", 2, LARGEST, LARGEST, LARGEST)]

    def test_sums_are_right_beyond_64_bits(self, store: Store) -> None:
        many = [wallet(at, posted_minor=LARGEST, held_minor=LARGEST) for at in (1, 2, 3)]
        keep(store, [*many, *(wallet(at, posted_minor=-LARGEST, floor_minor=-LARGEST - 1) for at in (4, 5, 6))])
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.totals() == [Total("SEK", 6, 3 * LARGEST, 3 * LARGEST, 3 * LARGEST)]

    def test_a_wallet_that_has_changed_since_is_stale_and_nothing_is_posted(self, store: Store) -> None:
        keep(store, [wallet(1)])
        post(store, wallet(1), entry(1))
        with store.unit(TENANT, write=True) as uow:
            with pytest.raises(StaleVersionError):
                uow.ledger.post(after(wallet(1), [entry(2)]), [entry(2)], was=wallet(1))
            uow.commit()  # which leaves the unit as it was
        assert account(store) == [entry(1)]

    def test_a_wallet_that_is_not_there_is_not_found(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow, pytest.raises(NotFoundError) as caught:
            uow.ledger.post(after(wallet(1), [entry(1)]), [entry(1)], was=wallet(1))
        assert caught.value.code == "wallet_not_found"
        assert account(store) == []

    @pytest.mark.parametrize("taken", [{"sequence": 1}, {"id": entry(1).id}])
    def test_a_number_or_an_id_that_is_taken_is_a_lost_race(self, store: Store, taken: dict[str, Any]) -> None:
        keep(store, [wallet(1)])
        was = post(store, wallet(1), entry(1))
        again = attrs.evolve(entry(2), **taken)
        with store.unit(TENANT, write=True) as uow:
            with pytest.raises(ConflictError) as caught:
                uow.ledger.post(after(was, [again]), [again], was=was)
            assert (caught.value.code, caught.value.retryable) == ("write_conflict", True)
            with pytest.raises(TransactionError):
                uow.commit()
        assert account(store) == [entry(1)]
        assert stored(store, "wallets", identifier(1)) == was

    def test_an_id_is_taken_by_an_entry_of_another_wallet_too(self, store: Store) -> None:
        keep(store, [wallet(1), wallet(2)])
        post(store, wallet(1), entry(1))
        again = entry(1, of=2, id=entry(1).id)
        with pytest.raises(ConflictError):
            post(store, wallet(2), again)
        assert account(store, 2) == []

    def test_a_posting_that_is_rolled_back_leaves_neither_entry_nor_wallet(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            uow.ledger.post(after(wallet(1), [entry(1)], posted_minor=100), [entry(1)], was=wallet(1))
            assert uow.ledger.entries(identifier(1)) == [entry(1)]
            assert uow.ledger.entry(entry(1).id) == entry(1)
        assert account(store) == []
        assert stored(store, "wallets", identifier(1)) == wallet(1)

    def test_several_postings_of_one_unit_follow_each_other(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            first = after(wallet(1), [entry(1)])
            uow.ledger.post(first, [entry(1)], was=wallet(1))
            uow.ledger.post(after(first, [entry(3)]), [entry(2), entry(3)], was=first)
            assert uow.ledger.back(identifier(1)) == [entry(3), entry(2), entry(1)]
            uow.commit()
        assert account(store) == [entry(1), entry(2), entry(3)]

    def test_a_wallet_can_be_changed_without_an_entry(self, store: Store) -> None:
        keep(store, [wallet(1)])
        now = attrs.evolve(wallet(1), version=2, credit_limit_minor=500, floor_minor=-500)
        with store.unit(TENANT, write=True) as uow:
            uow.ledger.post(now, [], was=wallet(1))
            uow.commit()
        assert stored(store, "wallets", identifier(1)) == now

    def test_many_entries_are_posted_at_once(self, store: Store) -> None:
        many = filled_account(store, 250)
        with store.unit(TENANT, write=False) as uow:
            assert uow.ledger.entries(identifier(1), limit=1_000) == many

    def test_a_posting_is_not_seen_before_it_is_committed(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            uow.ledger.post(after(wallet(1), [entry(1)], posted_minor=100), [entry(1)], was=wallet(1))
            assert account(store) == []
            uow.commit()
        assert account(store) == [entry(1)]

    def test_there_is_no_verb_that_changes_an_entry(self, store: Store) -> None:
        with store.unit(TENANT, write=True) as uow:
            ours = {name for name in dir(type(uow.ledger)) if not name.startswith("_")}
            uow.rollback()
        assert ours == {"post", "entry", "about", "entries", "back", "accounts", "totals"}

    def test_a_unit_that_reads_neither_posts_nor_holds(self, store: Store) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=False) as uow:
            refused: list[Callable[[], object]] = [
                lambda: uow.ledger.post(after(wallet(1), [entry(1)]), [entry(1)], was=wallet(1)),
                lambda: uow.wallets.get(identifier(1), held=True),
            ]
            for asked in refused:
                with pytest.raises(TransactionError) as caught:
                    asked()
                assert caught.value.code == "read_only_unit"

    @pytest.mark.parametrize("verb", ["post", "entry", "about", "entries", "back", "accounts", "totals"])
    def test_a_unit_that_has_ended_says_so(self, store: Store, verb: str) -> None:
        keep(store, [wallet(1)])
        with store.unit(TENANT, write=True) as uow:
            ledger = uow.ledger
        arguments: dict[str, Any] = dict.fromkeys(("entry", "about", "entries", "back"), (identifier(1),))
        arguments |= {"totals": (), "accounts": (), "post": (after(wallet(1), [entry(1)]), [entry(1)])}
        named: dict[str, Any] = {"was": wallet(1)} if verb == "post" else {}
        with pytest.raises(TransactionError) as caught:
            getattr(ledger, verb)(*arguments[verb], **named)
        assert caught.value.code == "transaction_over"
