"""What each rule of the ledger decides, one at a time; random sequences of them are in test_ledger_machine."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import attrs
import pytest

from customercore.domain.actor import System
from customercore.domain.entry import Entry, Part
from customercore.domain.holding import authorized, captured, voided
from customercore.domain.lots import added, put_back, taken
from customercore.domain.money import Money
from customercore.domain.posting import Occasion, Posted, Posting
from customercore.domain.refunding import refunded
from customercore.domain.spending import credited, debited, limited, received, transferred
from customercore.domain.verifying import Recount
from customercore.domain.wallet import Lot, Wallet
from customercore.errors import ConflictError, InsufficientFundsError, InvalidValueError

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MOST = 2**63 - 1


class Purse:
    """A wallet and its entries, at a time that the test moves."""

    def __init__(self, limit: int = 0) -> None:
        self.now = START
        self.numbers = itertools.count(1)
        self.wallet = Wallet(id="w", version=1, owner="o", currency="SEK", credit_limit_minor=limit, floor_minor=-limit,
                             created_at=START, updated_at=START)  # fmt: skip
        self.entries: list[Entry] = []

    def occasion(self) -> Occasion:
        return Occasion(f"e{next(self.numbers)}", self.now, System(), lambda: f"e{next(self.numbers)}")

    def took(self, posted: Posted | None) -> Entry:
        assert posted is not None
        self.wallet = posted.wallet
        self.entries += posted.entries
        return posted.entry or posted.entries[-1]

    def credit(self, amount: int, days: int | None = None) -> Entry:
        until = None if days is None else START + days * DAY
        return self.took(credited(self.wallet, amount, self.occasion(), expires_at=until))

    def debit(self, amount: int) -> Entry:
        return self.took(debited(self.wallet, amount, self.occasion()))

    def hold(self, amount: int, days: int | None = None) -> str:
        until = None if days is None else START + days * DAY
        return self.took(authorized(self.wallet, amount, self.occasion(), expires_at=until)).id

    def capture(self, hold: str, amount: int | None = None, *, keep: bool = False) -> Entry:
        return self.took(captured(self.wallet, hold, amount, self.occasion(), keep_open=keep))

    def void(self, hold: str) -> Entry:
        return self.took(voided(self.wallet, hold, self.occasion()))

    def refund(self, entry: Entry, amount: int | None = None, grace: int = 30) -> Entry:
        about = [one for one in self.entries if one.about == entry.id]
        return self.took(refunded(self.wallet, entry, about, amount, self.occasion(), grace=grace * DAY))

    def figures(self) -> tuple[int, int, int]:
        """Return posted, held, available."""
        return self.wallet.posted_minor, self.wallet.held_minor, self.wallet.available_minor

    def kinds(self) -> list[str]:
        return [one.kind for one in self.entries]


def parts(entry: Entry) -> list[tuple[str, int]]:
    return [(one.lot, one.amount) for one in entry.parts]


def test_the_lot_that_expires_soonest_is_spent_first_then_the_credit_limit() -> None:
    purse = Purse(limit=5)
    purse.credit(10)
    purse.credit(10, days=9)
    purse.credit(10, days=3)
    assert parts(purse.debit(33)) == [("e3", 10), ("e2", 10), ("e1", 10), ("", 3)]
    assert purse.figures() == (-3, 0, 2)


def test_credits_that_expire_together_are_one_lot() -> None:
    purse = Purse()
    for _ in range(50):
        purse.credit(1)
        purse.credit(1, days=3)
    assert [(lot.id, lot.left) for lot in purse.wallet.lots] == [("e2", 50), ("e1", 50)]


def test_a_credit_first_repays_what_is_owed_and_the_rest_makes_a_lot() -> None:
    purse = Purse(limit=10)
    purse.debit(8)
    entry = purse.credit(10, days=5)
    assert parts(entry) == [("", 8), (entry.id, 2)]
    assert [(lot.left, lot.expires_at) for lot in purse.wallet.lots] == [(2, START + 5 * DAY)]


def test_what_is_due_is_written_off_before_anything_else_in_order() -> None:
    purse = Purse()
    purse.credit(10, days=1)
    purse.credit(20, days=2)
    purse.credit(5)
    purse.hold(12, days=3)
    purse.now += 3 * DAY
    purse.debit(5)
    assert purse.kinds()[4:] == ["void", "expiry", "expiry", "debit"]
    assert [one.sequence for one in purse.entries] == list(range(1, 9))
    assert [one.reason for one in purse.entries[4:]] == ["expired", None, None, None]
    assert [parts(one) for one in purse.entries[5:7]] == [[("e1", 10)], [("e2", 20)]]
    assert purse.figures() == (0, 0, 0)


def test_held_money_does_not_expire_and_is_written_off_when_it_is_released() -> None:
    purse = Purse()
    purse.credit(10, days=1)
    hold = purse.hold(6)
    purse.now += 2 * DAY
    assert purse.capture(hold, 2, keep=True).amount.minor == -2
    assert purse.figures() == (4, 4, 0)
    purse.void(hold)
    assert purse.kinds()[-2:] == ["void", "expiry"]
    assert purse.figures() == (0, 0, 0)


def test_the_rest_of_a_capture_is_released_unless_the_hold_is_kept_open() -> None:
    purse = Purse()
    purse.credit(10)
    hold = purse.hold(8)
    purse.capture(hold, 3, keep=True)
    assert purse.figures() == (7, 5, 2)
    assert purse.wallet.holds[0].amount.minor == 5
    purse.capture(hold, 1)
    assert purse.figures() == (6, 0, 6)
    assert purse.wallet.holds == ()


def test_a_void_after_a_capture_frees_only_what_is_left() -> None:
    purse = Purse()
    purse.credit(10)
    hold = purse.hold(8)
    purse.capture(hold, 3, keep=True)
    assert purse.void(hold).held.minor == -5
    assert purse.figures() == (7, 0, 7)
    assert voided(purse.wallet, hold, purse.occasion()) is None


def test_more_than_the_hold_cannot_be_captured() -> None:
    purse = Purse()
    purse.credit(10)
    hold = purse.hold(8)
    with pytest.raises(ConflictError) as caught:
        purse.capture(hold, 9)
    assert (caught.value.code, caught.value.details["held"]) == ("over_hold", "0.08")


def test_a_hold_may_take_of_the_credit_limit() -> None:
    purse = Purse(limit=10)
    purse.credit(3)
    hold = purse.hold(8)
    assert purse.figures() == (3, 8, 5)
    purse.credit(20)
    purse.capture(hold)
    assert purse.figures() == (15, 0, 25)
    assert sum(lot.left for lot in purse.wallet.lots) == 15


def test_money_that_is_released_repays_what_is_owed() -> None:
    purse = Purse(limit=10)
    purse.credit(10, days=5)
    hold = purse.hold(10)
    purse.debit(4)
    purse.void(hold)
    assert [lot.left for lot in purse.wallet.lots] == [6]
    assert purse.figures() == (6, 0, 16)


def test_a_refund_goes_back_in_the_reverse_order_of_taking() -> None:
    purse = Purse(limit=5)
    purse.credit(10, days=5)
    purse.credit(10)
    debit = purse.debit(23)
    assert parts(purse.refund(debit, 5)) == [("", 3), ("e2", 2)]
    assert parts(purse.refund(debit, 10)) == [("e2", 8), ("e1", 2)]
    assert parts(purse.refund(debit)) == [("e1", 8)]
    assert purse.figures() == (20, 0, 25)
    with pytest.raises(ConflictError) as caught:
        purse.refund(debit)
    assert caught.value.code == "fully_refunded"


def test_refunds_never_exceed_what_was_taken() -> None:
    purse = Purse()
    purse.credit(10)
    debit = purse.debit(6)
    purse.refund(debit, 4)
    with pytest.raises(ConflictError) as caught:
        purse.refund(debit, 3)
    assert (caught.value.code, caught.value.details["refundable"]) == ("over_refund", "0.02")


def test_only_debits_and_captures_are_refunded() -> None:
    purse = Purse()
    credit = purse.credit(10)
    refund = purse.refund(purse.debit(6))
    for entry in (credit, refund):
        with pytest.raises(ConflictError) as caught:
            purse.refund(entry)
        assert caught.value.code == "not_refundable"


def test_a_refund_opens_a_lot_that_has_expired_for_the_grace() -> None:
    purse = Purse()
    purse.credit(10, days=1)
    debit = purse.debit(6)
    purse.now += 2 * DAY
    purse.refund(debit, 2)
    assert purse.figures() == (2, 0, 2)
    assert purse.wallet.lots[0].expires_at == purse.now + 30 * DAY
    purse.refund(debit, grace=0)  # it is open again, and is not opened once more
    assert purse.figures() == (6, 0, 6)


def test_without_grace_a_refund_to_an_expired_lot_is_written_off_at_once() -> None:
    purse = Purse()
    purse.credit(10, days=1)
    debit = purse.debit(6)
    purse.now += 2 * DAY
    purse.refund(debit, grace=0)
    assert purse.kinds()[-3:] == ["expiry", "refund", "expiry"]
    assert purse.figures() == (0, 0, 0)


def test_money_that_is_held_is_open_again_with_its_lot() -> None:
    purse = Purse()
    purse.credit(10, days=1)
    debit = purse.debit(4)
    hold = purse.hold(6)
    purse.now += 2 * DAY
    purse.refund(debit)
    purse.void(hold)
    assert [(lot.left, lot.expires_at) for lot in purse.wallet.lots] == [(10, purse.now + 30 * DAY)]


def test_a_refund_of_the_credit_limit_that_was_paid_back_does_not_expire() -> None:
    purse = Purse(limit=5)
    debit = purse.debit(5)
    purse.credit(5, days=3)
    entry = purse.refund(debit)
    assert parts(entry) == [(entry.id, 5)]
    assert [lot.expires_at for lot in purse.wallet.lots] == [None]


def test_what_the_limit_gave_is_used_up_after_it_was_lowered() -> None:
    purse = Purse(limit=10)
    purse.debit(8)
    purse.wallet = limited(purse.wallet, 3, purse.occasion()).wallet
    assert purse.figures() == (-8, 0, 0)
    assert purse.wallet.floor_minor == -8
    with pytest.raises(InsufficientFundsError):
        purse.debit(1)
    purse.credit(6)
    assert purse.figures() == (-2, 0, 1)
    assert purse.wallet.floor_minor == -3


def test_too_little_money_says_what_is_there() -> None:
    purse = Purse(limit=100)
    purse.credit(50)
    with pytest.raises(InsufficientFundsError) as caught:
        purse.hold(151)
    details = dict(caught.value.details)
    assert details == {"available": "1.50", "needed": "1.51", "currency": "SEK"}


def test_nothing_is_stored_that_would_not_fit_into_64_bits() -> None:
    purse = Purse(limit=5)
    purse.credit(MOST - 5)
    assert purse.figures() == (MOST - 5, 0, MOST)
    with pytest.raises(InvalidValueError) as caught:
        purse.credit(1)
    assert caught.value.code == "balance_overflow"
    with pytest.raises(InvalidValueError) as caught:
        limited(purse.wallet, 6, purse.occasion())
    assert caught.value.code == "balance_overflow"


def test_time_never_runs_backwards_in_an_account() -> None:
    purse = Purse()
    purse.now += DAY
    first = purse.credit(10)
    purse.now -= DAY
    assert purse.debit(1).at == first.at
    assert purse.wallet.updated_at == first.at


@pytest.mark.parametrize("post", [credited, authorized])
def test_nothing_expires_before_it_begins(post: object) -> None:
    purse = Purse()
    purse.credit(10)
    with pytest.raises(InvalidValueError) as caught:
        post(purse.wallet, 1, purse.occasion(), expires_at=START)  # type: ignore[operator]
    assert (caught.value.field, caught.value.code) == ("expires_at", "in_the_past")


def test_money_that_moves_keeps_its_expiry() -> None:
    purse, other = Purse(limit=5), Purse()
    other.wallet = attrs.evolve(other.wallet, id="v")
    purse.credit(10, days=3)
    purse.credit(10)
    sent = purse.took(transferred(purse.wallet, 22, purse.occasion(), to=other.wallet))
    got = received(other.wallet, sent, attrs.evolve(purse.occasion(), more=lambda: f"x{next(other.numbers)}"))
    assert [(one.amount.minor, one.about, one.expires_at) for one in got.entries] == [
        (10, sent.id, START + 3 * DAY), (10, sent.id, None), (2, sent.id, None)
    ]  # fmt: skip
    assert got.wallet.posted_minor == 22
    assert sent.amount.minor == -22


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda one: attrs.evolve(one, sequence=one.sequence + 1), "gap"),
        (lambda one: attrs.evolve(one, balance_after=Money.of_minor(1, "SEK")), "balance"),
        (lambda one: attrs.evolve(one, held_after=Money.of_minor(1, "SEK")), "held"),
        (lambda one: attrs.evolve(one, amount=Money.of_minor(0, "SEK")), "amount"),
        (lambda one: attrs.evolve(one, amount=Money.of_minor(-1, "EUR")), "currency"),
        (lambda one: attrs.evolve(one, wallet="v"), "wallet"),
        (lambda one: attrs.evolve(one, kind="gift"), "kind"),
        (lambda one: attrs.evolve(one, parts=(Part("e9", 4),)), "lots"),
        (lambda one: attrs.evolve(one, parts=(Part("e1", 3),)), "parts"),
        (lambda one: attrs.evolve(one, kind="refund", amount=Money.of_minor(4, "SEK")), "about"),
        (lambda one: attrs.evolve(one, kind="void"), "holds"),
    ],
)
def test_the_first_wrong_entry_is_named(change: object, what: str) -> None:
    purse = Purse()
    purse.credit(10)
    purse.debit(4)
    purse.debit(2)
    entries = [*purse.entries]
    entries[1] = change(entries[1])  # type: ignore[operator]
    fault = Recount(purse.wallet).add(entries)
    assert fault is not None
    assert (fault.what, fault.entry) == (what, "e2")


def test_a_capture_a_void_and_a_refund_that_are_wrong_are_named() -> None:
    purse = Purse()
    purse.credit(10)
    hold = purse.hold(6)
    capture = purse.capture(hold, 4, keep=True)
    void = purse.void(hold)
    refund = purse.refund(capture, 4)
    money = Money.of_minor
    wrong = {
        2: attrs.evolve(capture, amount=money(-7, "SEK")),
        3: attrs.evolve(void, held=money(-6, "SEK")),
        4: attrs.evolve(refund, amount=money(5, "SEK")),
    }
    for at, entry in wrong.items():
        fault = Recount(purse.wallet).add([*purse.entries[:at], entry])
        assert fault is not None
        assert fault.entry == entry.id


@pytest.mark.parametrize(
    ("at", "change", "what"),
    [
        (1, {"at": START - DAY}, "moment"),
        (2, {"at": START + 99 * DAY}, "moment"),
        (0, {"expires_at": START + 99 * DAY}, "expiry"),
        (0, {"parts": (Part("e1", 10, START + 99 * DAY),)}, "expiry"),
        (0, {"expires_at": START, "parts": (Part("e1", 10, START),)}, "expiry"),
        (0, {"id": "x"}, "lots"),
        (0, {"kind": "transfer"}, "about"),
        (0, {"about": "x"}, "about"),
        (1, {"parts": (Part("e1", 14, START + 5 * DAY), Part("e1", -10, START + 5 * DAY))}, "parts"),
        (1, {"parts": (Part("e1", 4, START + 99 * DAY),)}, "expiry"),
        (1, {"parts": (Part("e1", 4), Part("e1", 0))}, "parts"),
        (1, {"parts": (Part("e1", 4, dt.datetime(2026, 1, 1)),)}, "expiry"),  # noqa: DTZ001  likewise
        (1, {"at": None}, "unreadable"),
        (1, {"kind": "expiry"}, "expiry"),
        (1, {"kind": "expiry", "about": "e1"}, "expiry"),
        (3, {"about": "e3"}, "parts"),
        (3, {"parts": (Part("e9", 4),)}, "lots"),
        (3, {"parts": (Part("", 4),)}, "parts"),
        (4, {"kind": "debit"}, "about"),
        (4, {"about": "e2"}, "expiry"),
    ],
)
def test_what_else_an_entry_says_is_compared(at: int, change: dict[str, Any], what: str) -> None:
    purse = Purse(limit=20)
    purse.credit(10, days=5)
    purse.now += DAY
    bought = purse.debit(4)
    purse.now += DAY
    purse.debit(16)
    purse.refund(bought)
    purse.credit(15, days=3)
    purse.now += 9 * DAY
    purse.took(Posting(purse.wallet, purse.occasion()).done())
    assert purse.kinds() == ["credit", "debit", "debit", "refund", "credit", "expiry"]
    entries = purse.entries
    assert Recount(purse.wallet).add(entries) is None
    at += at == 4  # the expiry
    entries[at] = attrs.evolve(entries[at], **change)
    fault = Recount(purse.wallet).add(entries)
    assert fault is not None
    assert (fault.what, fault.sequence) == (what, at + (2 if what == "moment" and at == 2 else 1))


@pytest.mark.parametrize(
    "change",
    [
        {"posted_minor": 5}, {"held_minor": 1}, {"last_sequence": 1}, {"lots": ()},
        {"lots": (Lot(id="e1", left=6, held=1),)}, {"floor_minor": 7},
    ],
)  # fmt: skip
def test_a_wallet_that_is_not_what_its_entries_give_is_named(change: dict[str, object]) -> None:
    purse = Purse()
    purse.credit(10)
    purse.debit(4)
    recount = Recount(attrs.evolve(purse.wallet, **change))  # type: ignore[arg-type]
    recount.add(purse.entries)
    fault = recount.against_wallet()
    assert fault is not None
    assert fault.entry is None


def test_settling_what_is_not_due_writes_nothing() -> None:
    purse = Purse()
    purse.credit(10, days=3)
    posted = Posting(purse.wallet, purse.occasion()).done()
    assert posted.wallet is purse.wallet
    assert posted.entries == ()


def test_lots_are_placed_by_their_expiry() -> None:
    lots: tuple[Lot, ...] = ()
    for id, days in (("c", None), ("b", 5), ("a", 2), ("d", 9)):
        lots, _ = added(lots, id, 1, None if days is None else START + days * DAY)
    assert [lot.id for lot in lots] == ["a", "b", "d", "c"]
    assert [part.lot for part in taken(lots, 5)] == ["a", "b", "d", "c", ""]
    lots, part = put_back(lots, Part("a", 1, START + 2 * DAY), START + 3 * DAY, 4 * DAY)
    assert [lot.id for lot in lots] == ["b", "a", "d", "c"]
    assert part.expires_at == START + 7 * DAY
