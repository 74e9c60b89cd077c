"""Many callers at one wallet, on every store: nothing is taken twice, and nothing that is not there (R3)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from customercore import CustomerCore, Money
from customercore.domain.wallet import Wallet
from customercore.errors import CustomerCoreError
from customercore.ports.store import Store

MakeCore = Callable[..., CustomerCore]
TIMES = 50


@pytest.fixture
def store(every_store: Store) -> Store:
    """Give each store, the servers' too."""
    return every_store


@pytest.fixture
def core(make: MakeCore) -> CustomerCore:
    return make()


@pytest.fixture
def wallet(core: CustomerCore) -> Wallet:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, 20)
    return wallet


def at_once(call: Callable[[int], object]) -> list[object]:
    """Return what calls that begin together answer, the codes of errors among them; lost races are run again."""
    ready, answers = threading.Barrier(TIMES), [object()] * TIMES

    def run(number: int) -> None:
        ready.wait()
        while True:
            try:
                answers[number] = call(number)
            except CustomerCoreError as error:
                if error.retryable:
                    continue
                answers[number] = error.code
            return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_key_many_times_at_once_is_one_effect_and_equal_answers(core: CustomerCore, wallet: Wallet) -> None:
    answers = at_once(lambda _: core.balances.debit(wallet, 3, idempotency_key="k"))
    assert answers == [answers[0]] * TIMES
    assert not isinstance(answers[0], str)
    assert at_once(lambda _: core.balances.debit(wallet, 4, idempotency_key="k")) == ["idempotency_conflict"] * TIMES
    assert core.balances.posted(wallet) == Money(17, "SEK")
    assert core.balances.verify(wallet).ok


def test_debits_at_once_take_what_is_there_and_no_more(core: CustomerCore, wallet: Wallet) -> None:
    answers = at_once(lambda _: core.balances.debit(wallet, 1))
    assert answers.count("insufficient_funds") == TIMES - 20
    assert (core.balances.posted(wallet).minor, core.balances.get(wallet).last_sequence) == (0, 21)
    assert core.balances.verify(wallet).ok


def test_refunds_at_once_give_back_what_was_taken_and_no_more(core: CustomerCore, wallet: Wallet) -> None:
    debit = core.balances.debit(wallet, 7)
    answers = at_once(lambda _: core.balances.refund(debit.id, 1))
    assert sum(isinstance(one, str) for one in answers) == TIMES - 7
    assert core.balances.posted(wallet) == Money(20, "SEK")
    assert core.balances.verify(wallet).ok


def test_a_hold_is_captured_or_voided_once(core: CustomerCore, wallet: Wallet) -> None:
    hold = core.balances.authorize(wallet, 5)
    answers = at_once(lambda number: core.balances.capture(hold.id) if number % 2 else core.balances.void(hold))
    assert sum(isinstance(one, str) for one in answers) == TIMES - 1
    assert core.balances.held(wallet).minor == 0
    assert core.balances.verify(wallet).ok


def test_a_payment_tops_up_one_wallet_however_many_try(core: CustomerCore, wallet: Wallet) -> None:
    other = core.balances.open("bo", currency="SEK")
    answers = at_once(lambda number: core.balances.top_up([wallet, other][number % 2], 5, payment="psp-1"))
    assert answers.count("payment_used") == TIMES // 2
    assert core.balances.posted(wallet) + core.balances.posted(other) == Money(25, "SEK")


def test_money_that_moves_both_ways_at_once_stays_all_there(core: CustomerCore, wallet: Wallet) -> None:
    other = core.balances.open("bo", currency="SEK")
    core.balances.credit(other, 20)
    both = (wallet, other)
    at_once(lambda number: core.balances.transfer(both[number % 2], 1, to=both[1 - number % 2]))
    assert core.balances.posted(wallet) + core.balances.posted(other) == Money(40, "SEK")
    assert [one.ok for one in core.balances.verify_all()] == [True, True]


def test_a_gift_card_is_redeemed_once(core: CustomerCore, wallet: Wallet) -> None:
    code = core.gift_cards.issue(Money(50, "SEK")).code or ""
    answers = at_once(lambda _: core.gift_cards.redeem(code, wallet))
    assert answers.count("gift_card_redeemed") == TIMES - 1
    assert core.balances.posted(wallet) == Money(70, "SEK")
