"""Store credit as callers see it: wallets, credits, debits, keys, limits, accounts."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from customercore import BusinessUser, Customer, CustomerActor, CustomerCore, Money
from customercore.domain.entry import Entry
from customercore.domain.wallet import Wallet
from customercore.errors import (
    ConflictError,
    CustomerCoreError,
    DuplicateError,
    IdempotencyConflictError,
    InsufficientFundsError,
    InvalidValueError,
    NotFoundError,
    StaleVersionError,
)
from customercore.testing.fakes import FixedClock

MakeCore = Callable[..., CustomerCore]
DAY = dt.timedelta(days=1)


@pytest.fixture
def ada(core: CustomerCore) -> Customer:
    return core.customers.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def wallet(core: CustomerCore, ada: Customer) -> Wallet:
    return core.balances.open(ada, currency="SEK")


def sek(amount: str) -> Money:
    return Money(amount, "SEK")


def at_once(times: int, call: Callable[[int], object]) -> list[object]:
    """Return what calls that begin together answer, errors among them."""
    ready, answers = threading.Barrier(times), [object()] * times

    def run(number: int) -> None:
        ready.wait()
        try:
            answers[number] = call(number)
        except CustomerCoreError as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_wallet_is_found_by_its_owner_and_currency(core: CustomerCore, ada: Customer) -> None:
    kronor = core.balances.open(ada, currency="SEK", credit_limit="100")
    euros = core.balances.open(ada.id, currency="EUR")
    assert core.balances.get(kronor.id) == kronor
    assert core.balances.find(ada, currency="EUR") == euros
    assert core.balances.of(ada) == (euros, kronor)
    assert core.balances.available(kronor) == sek("100")
    with pytest.raises(NotFoundError):
        core.balances.find(ada, currency="USD")


def test_a_party_has_one_wallet_in_a_currency(core: CustomerCore, ada: Customer, wallet: Wallet) -> None:
    with pytest.raises(DuplicateError) as caught:
        core.balances.open(ada, currency="SEK")
    assert caught.value.code == "duplicate_owner"
    assert core.balances.of(ada) == (wallet,)


def test_money_goes_in_and_out(core: CustomerCore, clock: FixedClock, wallet: Wallet) -> None:
    clerk = core.acting_as(BusinessUser("clerk"))
    credit = clerk.balances.credit(
        wallet.id, sek("50.00"), reason="gift card", reference="P-1", note="Said sorry.", expires_at=clock.now() + DAY
    )
    debit = core.balances.debit(wallet, "20", reason="order", reference="O-7")
    assert (credit.sequence, credit.kind, credit.amount, credit.balance_after) == (1, "credit", sek("50"), sek("50"))
    assert (credit.reason, credit.reference, credit.actor, credit.at) == (
        "gift card", "P-1", BusinessUser("clerk"), clock.now()
    )  # fmt: skip
    assert (debit.sequence, debit.amount, debit.balance_after) == (2, sek("-20"), sek("30"))
    assert core.balances.entries(wallet).items == (credit, debit)
    assert core.balances.entry(credit.id) == credit
    assert core.balances.note(credit) == "Said sorry."
    assert core.balances.note(debit) is None
    assert core.balances.posted(wallet) == core.balances.available(wallet) == sek("30")


@pytest.mark.parametrize("amount", ["12.50", Decimal("12.50"), Decimal("12.5000"), Money("12.50", "SEK")])
def test_amounts_are_given_in_any_exact_form(core: CustomerCore, wallet: Wallet, amount: Any) -> None:
    assert core.balances.credit(wallet, amount).amount == sek("12.50")


BAD: list[tuple[tuple[str, str], Any]] = [
    (("amount", "negative"), "-1"),
    (("amount", "negative"), Money(-1, "SEK")),
    (("amount", "zero"), 0),
    (("amount", "currency_mismatch"), Money(1, "EUR")),
    (("amount", "too_many_decimals"), "1.005"),
    (("amount", "wrong_type"), 1.5),
    (("amount", "wrong_type"), True),
    (("amount", "wrong_type"), None),
    (("amount", "not_a_number"), "ten"),
    (("amount", "not_finite"), Decimal("NaN")),
    (("amount", "out_of_range"), 2**63),
]


@pytest.mark.parametrize(("refused", "amount"), BAD)
@pytest.mark.parametrize("verb", ["credit", "debit", "authorize"])
def test_a_bad_amount_stores_nothing_and_burns_no_key(
    core: CustomerCore, wallet: Wallet, verb: str, refused: tuple[str, str], amount: Any
) -> None:
    core.balances.credit(wallet, 10)
    post = getattr(core.balances, verb)
    before = core.balances.get(wallet)
    with pytest.raises(InvalidValueError) as caught:
        post(wallet, amount, idempotency_key="k")
    assert (caught.value.field, caught.value.code) == refused
    assert core.balances.get(wallet) == before
    assert len(core.balances.entries(wallet)) == 1
    post(wallet, 10, idempotency_key="k")


def _refusals(core: CustomerCore, clock: FixedClock, wallet: Wallet) -> dict[str, Callable[[str], object]]:
    balances, past = core.balances, clock.now() - DAY
    return {
        "insufficient_funds": lambda key: balances.debit(wallet, "10.01", idempotency_key=key),
        "in_the_past": lambda key: balances.credit(wallet, 1, expires_at=past, idempotency_key=key),
        "wallet_not_found": lambda key: balances.credit("nobody", 1, idempotency_key=key),
        "other_owner": lambda key: balances.debit(wallet, 1, owner="somebody", idempotency_key=key),
        "balance_overflow": lambda key: balances.credit(
            wallet, Money.of_minor(2**63 - 1, "SEK"), idempotency_key=key
        ),
        "hold_not_found": lambda key: balances.capture("nothing", idempotency_key=key),
        "entry_not_found": lambda key: balances.refund("nothing", idempotency_key=key),
        "same_wallet": lambda key: balances.transfer(wallet, 1, to=wallet, idempotency_key=key),
        "invalid_code": lambda key: balances.credit(wallet, 1, reason="ada@example.com", idempotency_key=key),
        "too_long": lambda key: balances.credit(wallet, 1, reference="x" * 129, idempotency_key=key),
        "control_character": lambda key: balances.credit(wallet, 1, note="\x00", idempotency_key=key),
        "wrong_type": lambda key: balances.credit(
            wallet, 1, expires_at=dt.datetime(2030, 1, 1), idempotency_key=key  # noqa: DTZ001  the mistake
        ),
    }  # fmt: skip


def test_each_refusal_has_a_code_stores_nothing_and_burns_no_key(
    core: CustomerCore, clock: FixedClock, wallet: Wallet
) -> None:
    core.balances.credit(wallet, 10)
    before = core.balances.get(wallet)
    for code, call in _refusals(core, clock, wallet).items():
        for _ in range(2):
            with pytest.raises(CustomerCoreError) as caught:
                call("k")
            assert caught.value.code == code
        assert core.balances.get(wallet) == before
    assert core.balances.debit(wallet, 1, idempotency_key="k").sequence == 2
    assert core.balances.verify(wallet).ok


def test_the_same_call_under_a_key_takes_effect_once(core: CustomerCore, wallet: Wallet) -> None:
    first = core.balances.credit(wallet, sek("5"), reason="x", idempotency_key="k")
    assert core.balances.credit(wallet.id, Money("5.00", "SEK"), reason="x", idempotency_key="k") == first
    assert core.balances.debit(wallet, 1, idempotency_key="k").sequence == 2  # another operation
    with pytest.raises(IdempotencyConflictError):
        core.balances.credit(wallet, sek("6"), reason="x", idempotency_key="k")
    with pytest.raises(IdempotencyConflictError):
        core.balances.credit(wallet, sek("5"), reason="y", idempotency_key="k")
    assert core.balances.posted(wallet) == sek("4")


def test_the_same_key_fifty_times_at_once_is_one_effect_and_fifty_equal_answers(
    core: CustomerCore, wallet: Wallet
) -> None:
    core.balances.credit(wallet, 100)
    calls: dict[str, Callable[[int], object]] = {
        "debit": lambda _: core.balances.debit(wallet, 3, idempotency_key="k"),
        "authorize": lambda _: core.balances.authorize(wallet, 2, idempotency_key="k"),
        "apply": lambda _: core.balances.apply_to_order(wallet, 200, how="debit", idempotency_key="k"),
    }
    for call in calls.values():
        answers = at_once(50, call)
        assert [one for one in answers if one != answers[0] or isinstance(one, CustomerCoreError)] == []
    assert len(core.balances.entries(wallet)) == 4
    assert core.balances.verify(wallet).ok


def test_fifty_debits_at_once_never_overdraw(core: CustomerCore, wallet: Wallet) -> None:
    core.balances.credit(wallet, 10)
    answers = _insistently(core, wallet)
    assert len([one for one in answers if isinstance(one, Entry)]) == 10
    assert core.balances.posted(wallet) == sek("0")
    assert core.balances.verify(wallet).ok


def _insistently(core: CustomerCore, wallet: Wallet) -> list[object]:
    def debit(_: int) -> object:
        while True:
            try:
                return core.balances.debit(wallet, 1)
            except ConflictError as error:
                if not error.retryable:
                    raise

    return at_once(50, debit)


def test_money_that_is_due_is_not_available_with_or_without_a_sweep(
    core: CustomerCore, clock: FixedClock, wallet: Wallet
) -> None:
    core.balances.credit(wallet, 10, expires_at=clock.now() + DAY)
    core.balances.credit(wallet, 5)
    core.balances.authorize(wallet, 12, expires_at=clock.now() + DAY)
    clock.advance(days=1)
    assert (core.balances.available(wallet), core.balances.held(wallet)) == (sek("5"), sek("0"))
    assert len(core.balances.entries(wallet)) == 3
    with pytest.raises(InsufficientFundsError):
        core.balances.debit(wallet, 6)
    assert core.balances.expire_due().entries == 2
    assert core.balances.expire_due().entries == 0
    assert [one.kind for one in core.balances.entries(wallet)] == ["credit", "credit", "hold", "void", "expiry"]
    assert core.balances.verify(wallet).ok


def test_a_credit_limit_is_spent_last_and_can_be_lowered_below_what_is_owed(core: CustomerCore, wallet: Wallet) -> None:
    given = core.balances.set_credit_limit(wallet, 100, expected_version=1)
    core.balances.debit(given, 80)
    assert core.balances.posted(wallet) == sek("-80")
    lowered = core.balances.set_credit_limit(wallet, 10)
    assert lowered.credit_limit == sek("10")
    assert core.balances.available(wallet) == sek("0")
    with pytest.raises(InsufficientFundsError):
        core.balances.debit(wallet, 1)
    core.balances.credit(wallet, 75)
    assert core.balances.available(wallet) == sek("5")
    with pytest.raises(StaleVersionError):
        core.balances.set_credit_limit(wallet, 5, expected_version=1)
    with pytest.raises(InvalidValueError) as caught:
        core.balances.set_credit_limit(wallet, -1)
    assert (caught.value.field, caught.value.code) == ("credit_limit", "negative")
    assert core.balances.verify(wallet).ok


def test_the_merchant_adjusts_with_a_reason_and_a_customer_may_not(
    core: CustomerCore, ada: Customer, wallet: Wallet
) -> None:
    clerk = core.acting_as(BusinessUser("clerk"))
    up = clerk.balances.adjust(wallet, "10", reason="goodwill", note="They waited.")
    down = clerk.balances.adjust(wallet, "-4", reason="mistake")
    assert [(one.kind, one.reason, one.actor.id) for one in (up, down)] == [
        ("credit", "goodwill", "clerk"), ("debit", "mistake", "clerk")
    ]  # fmt: skip
    with pytest.raises(InsufficientFundsError):
        clerk.balances.adjust(wallet, -7, reason="mistake")
    with pytest.raises(ConflictError) as caught:
        core.acting_as(CustomerActor(ada.id)).balances.adjust(wallet, 1, reason="please")
    assert caught.value.code == "not_for_customers"


def test_a_payment_tops_up_once_and_for_good(
    core: CustomerCore, clock: FixedClock, ada: Customer, wallet: Wallet
) -> None:
    first = core.balances.top_up(wallet, 25, payment="psp-1")
    clock.advance(days=400)
    assert core.balances.top_up(wallet, 25, payment="psp-1") == first
    other = core.balances.open(ada, currency="EUR")
    for into, amount in ((wallet, 26), (other, 25)):
        with pytest.raises(ConflictError) as caught:
            core.balances.top_up(into, amount, payment="psp-1")
        assert caught.value.code == "payment_used"
    assert core.balances.posted(wallet) == sek("25")
    assert first.reference == "psp-1"


def test_money_moves_between_wallets_in_one_transaction(core: CustomerCore, wallet: Wallet) -> None:
    other = core.balances.open("org-1", currency="SEK")
    euros = core.balances.open("org-1", currency="EUR")
    core.balances.credit(wallet, 10)
    sent = core.balances.transfer(wallet, 4, to=other, idempotency_key="k")
    assert core.balances.transfer(wallet, 4, to=other, idempotency_key="k") == sent
    assert (core.balances.posted(wallet), core.balances.posted(other)) == (sek("6"), sek("4"))
    assert [one.about for one in core.balances.entries(other)] == [sent.id]
    with pytest.raises(InvalidValueError) as caught:
        core.balances.transfer(wallet, 1, to=euros)
    assert caught.value.code == "currency_mismatch"
    assert [one.ok for one in core.balances.verify_all()] == [True, True, True]
