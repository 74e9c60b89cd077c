"""Holds, refunds, and what a balance covers of an order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from customercore import CustomerCore, Money
from customercore.domain.wallet import Hold, Wallet
from customercore.errors import ConflictError, InsufficientFundsError, InvalidValueError, NotFoundError
from customercore.testing.fakes import FixedClock

DAY = dt.timedelta(days=1)


def sek(amount: str) -> Money:
    return Money(amount, "SEK")


@pytest.fixture
def wallet(core: CustomerCore) -> Wallet:
    wallet = core.balances.open("ada", currency="SEK")
    core.balances.credit(wallet, 100)
    return wallet


@pytest.fixture
def hold(core: CustomerCore, clock: FixedClock, wallet: Wallet) -> Hold:
    return core.balances.authorize(wallet, 60, expires_at=clock.now() + DAY, reference="O-1")


def figures(core: CustomerCore, wallet: Wallet) -> tuple[str, str, str]:
    """Return posted, held, available."""
    now = core.balances.get(wallet)
    return str(now.posted.amount), str(now.held.amount), str(now.available.amount)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ConflictError) as caught:
        call()
    return caught.value.code


def test_money_is_set_aside_until_it_is_captured(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    assert (hold.amount, hold.wallet, hold.reference) == (sek("60"), wallet.id, "O-1")
    assert core.balances.get(wallet).holds == (hold,)
    assert figures(core, wallet) == ("100.00", "60.00", "40.00")
    with pytest.raises(InsufficientFundsError):
        core.balances.debit(wallet, 41)
    capture = core.balances.capture(hold, reason="shipped")
    assert (capture.amount, capture.about, capture.reference) == (sek("-60"), hold.id, "O-1")
    assert figures(core, wallet) == ("40.00", "0.00", "40.00")


def test_a_hold_is_known_by_its_id_too(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    core.balances.capture(hold.id, 10, keep_open=True)
    core.balances.capture(hold.id, 20, keep_open=True)
    assert figures(core, wallet) == ("70.00", "30.00", "40.00")
    core.balances.void(hold.id)
    assert figures(core, wallet) == ("70.00", "0.00", "70.00")


def test_a_hold_that_is_not_open_says_why_and_nothing_moves(
    core: CustomerCore, clock: FixedClock, wallet: Wallet, hold: Hold
) -> None:
    voided, captured = core.balances.authorize(wallet, 10), core.balances.authorize(wallet, 10)
    partly = core.balances.authorize(wallet, 10, expires_at=clock.now() + DAY)
    core.balances.void(voided)
    core.balances.capture(captured, 4)
    core.balances.capture(partly, 4, keep_open=True)
    clock.advance(days=1)
    before = core.balances.entries(wallet)
    for one, code in ((voided, "hold_voided"), (captured, "hold_captured"), (hold, "hold_expired"),
                      (partly, "hold_expired")):  # fmt: skip
        assert code_of(lambda one=one: core.balances.void(one)) == code  # type: ignore[misc]
        assert code_of(lambda one=one: core.balances.capture(one.id, 1)) == code  # type: ignore[misc]
    assert core.balances.entries(wallet) == before
    core.balances.expire_due()
    assert code_of(lambda: core.balances.void(hold)) == "hold_expired"
    assert core.balances.verify(wallet).ok


def test_more_than_the_hold_is_never_captured(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    core.balances.capture(hold, 50, keep_open=True)
    assert code_of(lambda: core.balances.capture(hold, 11)) == "over_hold"
    assert figures(core, wallet) == ("50.00", "10.00", "40.00")


def test_another_kind_of_entry_is_no_hold(core: CustomerCore, wallet: Wallet) -> None:
    debit = core.balances.debit(wallet, 1)
    with pytest.raises(NotFoundError) as caught:
        core.balances.capture(debit.id)
    assert caught.value.code == "hold_not_found"


def test_a_capture_and_a_void_under_a_key_take_effect_once(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    first = core.balances.capture(hold, 10, keep_open=True, idempotency_key="k")
    assert core.balances.capture(hold.id, "10.00", keep_open=True, idempotency_key="k") == first
    gone = core.balances.void(hold, idempotency_key="k")
    assert core.balances.void(hold, idempotency_key="k") == gone
    assert figures(core, wallet) == ("90.00", "0.00", "90.00")


def test_what_was_taken_is_refunded_in_parts_and_never_more(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    capture = core.balances.capture(hold, 50)
    refund = core.balances.refund(capture, 20, reason="returned")
    assert (refund.amount, refund.about) == (sek("20"), capture.id)
    assert code_of(lambda: core.balances.refund(capture.id, 31)) == "over_refund"
    core.balances.refund(capture.id)
    assert code_of(lambda: core.balances.refund(capture)) == "fully_refunded"
    assert code_of(lambda: core.balances.refund(refund)) == "not_refundable"
    assert figures(core, wallet) == ("100.00", "0.00", "100.00")
    assert core.balances.verify(wallet).ok


def test_a_refund_to_money_that_has_expired_can_be_spent_for_the_grace(core: CustomerCore, clock: FixedClock) -> None:
    wallet = core.balances.open("bo", currency="SEK")
    core.balances.credit(wallet, 10, expires_at=clock.now() + DAY)
    debit = core.balances.debit(wallet, 10)
    clock.advance(days=2)
    core.balances.refund(debit, 4)
    core.balances.refund(debit, 6, grace=5 * DAY)
    clock.advance(days=29)
    assert core.balances.available(wallet) == sek("10")
    clock.advance(days=1)
    assert core.balances.available(wallet) == sek("0")
    with pytest.raises(InvalidValueError):
        core.balances.refund(debit, grace=-DAY)


def test_a_void_is_no_expiry_whatever_its_reason(core: CustomerCore, wallet: Wallet, hold: Hold) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.balances.void(hold, reason="expired")
    assert (caught.value.field, caught.value.code) == ("reason", "invalid_code")
    core.balances.void(hold, reason="Expired")
    assert code_of(lambda: core.balances.void(hold)) == "hold_voided"


@pytest.mark.parametrize("total", [0, 1, 1_000])
def test_a_hold_for_an_order_does_not_end_before_it_begins(
    core: CustomerCore, clock: FixedClock, wallet: Wallet, total: int
) -> None:
    for spent in (99, 1):
        core.balances.debit(wallet, spent)
        with pytest.raises(InvalidValueError) as caught:
            core.balances.apply_to_order(wallet, total, how="hold", expires_at=clock.now(), idempotency_key="key")
        assert caught.value.code == "in_the_past"


def test_a_balance_covers_what_it_can_of_an_order(core: CustomerCore, wallet: Wallet) -> None:
    told = core.balances.apply_to_order(wallet, sek("130"))
    assert (told.covered, told.remains, told.entry) == (sek("100"), sek("30"), None)
    held = core.balances.apply_to_order(wallet, 70, how="hold", reference="O-1", idempotency_key="k")
    assert held.hold is not None
    assert (held.covered, held.remains, held.hold.reference) == (sek("70"), sek("0"), "O-1")
    assert core.balances.apply_to_order(wallet, 70, how="hold", reference="O-1", idempotency_key="k") == held
    paid = core.balances.apply_to_order(wallet, 70, how="debit")
    assert (paid.covered, paid.remains, paid.hold) == (sek("30"), sek("40"), None)
    nothing = core.balances.apply_to_order(wallet, 70, how="debit", idempotency_key="n")
    assert (nothing.covered, nothing.remains, nothing.entry) == (sek("0"), sek("70"), None)
    assert core.balances.apply_to_order(wallet, 70, how="debit", idempotency_key="n") == nothing
    assert figures(core, wallet) == ("70.00", "70.00", "0.00")


def test_an_order_is_given_in_the_wallets_currency_and_as_something_there_is(
    core: CustomerCore, wallet: Wallet
) -> None:
    for arguments, code in (
        ({"order_total": Money(1, "EUR")}, "currency_mismatch"),
        ({"order_total": -1}, "negative"),
        ({"order_total": 1, "how": "gift"}, "unknown_choice"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            core.balances.apply_to_order(wallet, **arguments)
        assert caught.value.code == code
    assert core.balances.apply_to_order(wallet, 0).covered == sek("0")
