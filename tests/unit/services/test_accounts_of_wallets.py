"""Accounts: entries, statements, what is owed in all, events, and verification."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import attrs
import pytest

from customercore import CustomerCore, Money
from customercore.catalogue.query import Query
from customercore.domain.wallet import Wallet
from customercore.errors import (
    InsufficientFundsError,
    InvalidValueError,
)
from customercore.ports.store import Store
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.units import Work
from customercore.services.verdicts import verdict_on
from customercore.testing.fakes import FixedClock, RecordingSubscriber
from customercore.wiring import default_catalogue

MakeCore = Callable[..., CustomerCore]
DAY = dt.timedelta(days=1)


@pytest.fixture
def wallet(core: CustomerCore) -> Wallet:
    return core.balances.open("ada", currency="SEK")


def sek(amount: str) -> Money:
    return Money(amount, "SEK")


def test_an_account_has_an_opening_and_a_closing_balance(core: CustomerCore, clock: FixedClock, wallet: Wallet) -> None:
    start = clock.now()
    for _ in range(4):
        core.balances.credit(wallet, 10)
        clock.advance(days=1)
    hold = core.balances.authorize(wallet, 5)
    statement = core.balances.statement(wallet, start + DAY, start + 3 * DAY)
    assert (statement.opening, statement.closing, statement.held) == (sek("10"), sek("30"), sek("0"))
    assert [one.sequence for one in statement.entries] == [2, 3]
    whole = core.balances.statement(wallet)
    assert (whole.opening, whole.closing, whole.held) == (sek("0"), sek("40"), hold.amount)
    empty = core.balances.statement(wallet, start + 9 * DAY)
    assert (empty.opening, empty.closing, empty.entries) == (sek("40"), sek("40"), ())
    assert [core.balances.balance_at(wallet, start + days * DAY) for days in (-1, 0, 1, 9)] == [
        sek("0"), sek("10"), sek("20"), sek("40")
    ]  # fmt: skip
    with pytest.raises(InvalidValueError) as caught:
        core.balances.statement(wallet, start + DAY, start)
    assert caught.value.code == "out_of_order"


def test_entries_are_read_in_pages(core: CustomerCore, wallet: Wallet) -> None:
    for _ in range(5):
        core.balances.credit(wallet, 1)
    first = core.balances.entries(wallet, limit=2)
    second = core.balances.entries(wallet, limit=2, cursor=first.next)
    last = core.balances.entries(wallet, limit=2, cursor=second.next)
    assert [[one.sequence for one in page] for page in (first, second, last)] == [[1, 2], [3, 4], [5]]
    assert last.next is None
    with pytest.raises(InvalidValueError) as caught:
        core.balances.entries(core.balances.open("b", currency="SEK"), cursor=first.next)
    assert caught.value.code == "cursor_mismatch"


def test_what_is_owed_in_all_is_told_by_currency(core: CustomerCore, wallet: Wallet) -> None:
    core.balances.credit(wallet, 10)
    core.balances.authorize(wallet, 4)
    core.balances.debit(core.balances.open("b", currency="SEK", credit_limit=9), 7)
    core.balances.open("b", currency="JPY")
    assert [attrs.astuple(one) for one in core.balances.liability()] == [
        ("JPY", 1, 0, 0, 0),
        ("SEK", 2, 1000, 700, 400),
    ]


def test_an_event_tells_of_each_entry_without_free_text(make: MakeCore, clock: FixedClock) -> None:
    heard = RecordingSubscriber()
    core = make(subscribers=[heard])
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, 10, note="Xanthippe", expires_at=clock.now() + DAY)
    clock.advance(days=2)
    core.balances.credit(wallet, 5)
    core.balances.set_credit_limit(wallet, 7)
    core.events.dispatch()
    assert [(one.type, one.version, one.ordinal, one.customer_id) for one in heard.events] == [
        ("wallet.opened", 1, 0, "ada"), ("wallet.credited", 2, 0, "ada"), ("wallet.expired", 3, 0, "ada"),
        ("wallet.credited", 3, 1, "ada"), ("wallet.updated", 4, 0, "ada"),
    ]  # fmt: skip
    assert heard.events[3].changes["posted_minor"] == (0, 500)
    assert "Xanthippe" not in repr([attrs.asdict(one) for one in heard.events])
    assert len(core.history(wallet)) == 5


def test_calls_in_one_transaction_commit_together_or_not_at_all(core: CustomerCore, wallet: Wallet) -> None:
    with core.transaction() as tx:
        tx.balances.credit(wallet, 10)
        tx.balances.debit(wallet, 4)
        assert tx.balances.available(wallet) == sek("6")
    with suppress(InsufficientFundsError), core.transaction() as tx:
        tx.balances.debit(wallet, 1)
        tx.balances.debit(wallet, 100)
    assert core.balances.available(wallet) == sek("6")
    assert core.balances.verify(wallet).ok


def test_verify_names_the_first_wrong_entry(store: Store, core: CustomerCore, tenant: str, wallet: Wallet) -> None:
    core.balances.credit(wallet, 10)
    debit = core.balances.debit(wallet, 4)
    with store.unit(tenant, write=True) as uow:
        known = uow.wallets.get(wallet.id)
        assert known is not None
        forged = attrs.evolve(debit, id="forged", sequence=3, balance_after=sek("9"))
        uow.ledger.post(attrs.evolve(known, version=known.version + 1, last_sequence=3), [forged], was=known)
        uow.commit()
    verdict = core.balances.verify(wallet)
    assert not verdict.ok
    assert verdict.fault is not None
    assert (verdict.fault.what, verdict.fault.entry, verdict.fault.sequence) == ("balance", "forged", 3)
    assert [one.ok for one in core.balances.verify_all()] == [False]


def test_a_wallet_that_differs_from_its_entries_is_found(store: Store, core: CustomerCore, tenant: str) -> None:
    wallet = core.balances.open("b", currency="SEK")
    core.balances.credit(wallet, 10)
    with store.unit(tenant, write=True) as uow:
        known = next(iter(uow.wallets.stream(Query())))
        uow.wallets.save(attrs.evolve(known, version=known.version + 1, posted_minor=2_000), was=known)
        uow.commit()
    fault = core.balances.verify(wallet).fault
    assert fault is not None
    assert (fault.what, fault.entry) == ("balance", None)


class Moving:
    """A unit that sees no one state: it finds a wallet as it was, and everything else as it is now."""

    def __init__(self, was: UnitOfWork, now: UnitOfWork) -> None:
        self.uow = self
        self.ledger, self.events = now.ledger, now.events
        self.wallets = self
        self.find = was.wallets.find
        self._now = now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now.wallets, name)


def test_a_wallet_that_is_posted_to_meanwhile_is_not_wrong(
    store: Store, core: CustomerCore, tenant: str, wallet: Wallet
) -> None:
    core.balances.credit(wallet, 10)
    with store.unit(tenant, write=False) as was:
        assert len(was.wallets.find(Query()).items) == 1
        core.balances.credit(wallet, 10)
        core.balances.debit(wallet, 5)
        with store.unit(tenant, write=False) as now:
            work = cast("Work", Moving(was, now))
            verdict = verdict_on(work, default_catalogue().wallets, wallet.id)
    assert (verdict.ok, verdict.entries) == (True, 1)


def test_the_text_beside_an_entry_can_be_removed_and_the_entry_stays(core: CustomerCore, wallet: Wallet) -> None:
    credit = core.balances.credit(wallet, 10, note="Said sorry.")
    for _ in range(2):
        core.balances.remove_note(credit)
        assert core.balances.note(credit) is None
    assert core.balances.entry(credit) == credit
