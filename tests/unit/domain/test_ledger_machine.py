"""Random calls in random order: the ledger's rules against a purse of coins, entry by entry.

``CUSTOMERCORE_LEDGER_RUNS`` says how many sequences of calls are tried; the drill tries thousands.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Callable

import attrs
from coins import Coins, Refused
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from customercore.domain.actor import System
from customercore.domain.entry import CAPTURE, DEBIT, HOLD, REFUND, Entry
from customercore.domain.holding import authorized, captured, voided
from customercore.domain.posting import Occasion, Posted, Posting, settled
from customercore.domain.refunding import refunded
from customercore.domain.spending import credited, debited, limited
from customercore.domain.verifying import Recount
from customercore.domain.wallet import Wallet
from customercore.errors import CustomerCoreError

RUNS = int(os.environ.get("CUSTOMERCORE_LEDGER_RUNS", "60"))
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
AMOUNTS = st.integers(1, 12)
DAYS = st.none() | st.integers(1, 6)
PICKS = st.integers(0, 1_000)


class LedgerMachine(RuleBasedStateMachine):
    """Does the same to a wallet and to a purse."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.wallet = Wallet(id="w", version=1, owner="o", currency="SEK", created_at=START, updated_at=START)
        self.purse = Coins()
        self.entries: list[Entry] = []
        self.numbers = itertools.count(1)

    def occasion(self) -> Occasion:
        return Occasion(self.new(), self.now, System(), self.new)

    def new(self) -> str:
        return f"e{next(self.numbers):04d}"

    def both(self, post: Callable[[Occasion], Posted | None], do: Callable[[str], None]) -> None:
        """Do it to both; either both refuse it, or neither does. What is refused leaves the wallet as it was."""
        occasion = self.occasion()
        try:
            posted = post(occasion)
        except CustomerCoreError:
            posted = None
        self.purse.settle(self.now)
        try:
            do(occasion.id)
        except Refused:
            assert posted is None
            self.take(Posting(self.wallet, self.occasion()).done())
            return
        assert posted is not None
        self.take(posted)

    def take(self, posted: Posted) -> None:
        assert posted.wallet.version == self.wallet.version + (posted.wallet != self.wallet)
        assert posted.wallet.last_sequence == self.wallet.last_sequence + len(posted.entries)
        self.wallet = posted.wallet
        self.entries += posted.entries

    def one_of(self, pick: int, *kinds: str) -> Entry | None:
        known = [one for one in self.entries if one.kind in kinds]
        return known[pick % len(known)] if known else None

    def after(self, days: int | None) -> dt.datetime | None:
        return None if days is None else self.now + days * DAY

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.now += days * DAY

    @rule(amount=AMOUNTS, days=DAYS)
    def credit(self, amount: int, days: int | None) -> None:
        until = self.after(days)
        self.both(
            lambda now: credited(self.wallet, amount, now, expires_at=until),
            lambda _: self.purse.credit(amount, until, self.now),
        )

    @rule(amount=AMOUNTS)
    def debit(self, amount: int) -> None:
        self.both(lambda now: debited(self.wallet, amount, now), lambda id: self.purse.debit(id, amount))

    @rule(amount=AMOUNTS, days=DAYS)
    def authorize(self, amount: int, days: int | None) -> None:
        until = self.after(days)
        self.both(
            lambda now: authorized(self.wallet, amount, now, expires_at=until),
            lambda id: self.purse.hold(id, amount, until),
        )

    @rule(pick=PICKS, amount=st.none() | AMOUNTS, keep=st.booleans())
    def capture(self, pick: int, amount: int | None, keep: bool) -> None:
        hold = self.one_of(pick, HOLD)
        if hold is not None:
            self.both(
                lambda now: captured(self.wallet, hold.id, amount, now, keep_open=keep),
                lambda id: self.purse.capture(hold.id, id, amount, self.now, keep=keep),
            )

    @rule(pick=PICKS)
    def void(self, pick: int) -> None:
        hold = self.one_of(pick, HOLD)
        if hold is not None:
            self.both(lambda now: voided(self.wallet, hold.id, now), lambda _: self.purse.void(hold.id, self.now))

    @rule(pick=PICKS, amount=st.none() | AMOUNTS, grace=st.integers(0, 4))
    def refund(self, pick: int, amount: int | None, grace: int) -> None:
        taken = self.one_of(pick, DEBIT, CAPTURE, REFUND)
        if taken is not None:
            about = [one for one in self.entries if one.about == taken.id]
            self.both(
                lambda now: refunded(self.wallet, taken, about, amount, now, grace=grace * DAY),
                lambda _: self.purse.refund(taken.id, amount, self.now, grace * DAY),
            )

    @initialize(limit=st.sampled_from([0, 20]), amount=AMOUNTS, days=DAYS, held=AMOUNTS)
    def begin(self, limit: int, amount: int, days: int | None, held: int) -> None:
        """Begin where it gets hard: with money that is held, and a limit to go on from."""
        self.set_limit(limit)
        self.credit(amount, days)
        self.authorize(held, None)

    @rule(limit=st.integers(0, 20))
    def set_limit(self, limit: int) -> None:
        def lend(_: str) -> None:
            self.purse.limit = limit

        self.both(lambda now: limited(self.wallet, limit, now), lend)

    @invariant()
    def both_have_the_same(self) -> None:
        purse, wallet = self.purse, self.wallet
        assert (wallet.posted_minor, wallet.held_minor) == (purse.balance, purse.pledged)
        assert wallet.available_minor == purse.spendable
        assert [(lot.expires_at, lot.left, lot.held) for lot in wallet.lots] == purse.lots()
        assert {hold.id: hold.amount_minor for hold in wallet.holds} == {
            id: len(one.coins) for id, one in purse.pledges.items()
        }

    @invariant()
    def the_entries_give_the_wallet(self) -> None:
        recount = Recount(self.wallet)
        assert recount.add(self.entries) is None
        assert recount.against_wallet() is None

    @invariant()
    def nothing_is_below_the_floor(self) -> None:
        wallet = self.wallet
        assert wallet.posted_minor - wallet.held_minor >= wallet.floor_minor
        assert wallet.floor_minor <= -wallet.credit_limit_minor

    @invariant()
    def settling_is_foreseen(self) -> None:
        later = self.now + 2 * DAY
        foreseen = settled(self.wallet, later)
        done = Posting(self.wallet, Occasion("x", later, System(), self.new)).done().wallet
        assert foreseen == done
        if self.wallet.due_at is not None:
            assert self.wallet.due_at > self.now or self.wallet.updated_at < self.now

    @invariant()
    def the_sweep_changes_nothing(self) -> None:
        swept = self.wallet
        for days in range(1, 8):
            swept = settled(swept, self.now + days * DAY)
        unswept = settled(self.wallet, self.now + 7 * DAY)
        assert unswept == attrs.evolve(
            swept, version=unswept.version, last_sequence=unswept.last_sequence, updated_at=unswept.updated_at
        )


LedgerMachine.TestCase.settings = settings(
    max_examples=RUNS, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLedger = LedgerMachine.TestCase
