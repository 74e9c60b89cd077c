"""Writing entries to a wallet, and settling what is due before: what every rule of the ledger is made with.

Nothing here knows the clock or makes an id: both are given with the `Occasion`.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable

import attrs

from customercore.domain.actor import Actor, System
from customercore.domain.entry import EXPIRY, VOID, Entry, Part
from customercore.domain.evolving import evolved
from customercore.domain.lots import CREDIT_LIMIT, is_due, moved, repaid
from customercore.domain.money import Money
from customercore.domain.wallet import Hold, Lot, Wallet
from customercore.errors import InsufficientFundsError, InvalidValueError

__all__ = ["EXPIRED", "LARGEST", "Occasion", "Posted", "Posting", "settled"]

EXPIRED = "expired"
"""The reason of a void that nobody asked for: the hold ran out."""
LARGEST = 2**63 - 1
_NOBODY = System()
"""Who writes what nobody asked for: what is due runs out by itself, whoever comes next."""
_left: Callable[[Lot], int] = operator.attrgetter("left")
_NO_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


@attrs.frozen(slots=False)
class Occasion:
    """Who posts, when and why. ``id`` is that of the entry asked for; ``more`` makes those of entries beside it."""

    id: str
    at: dt.datetime
    actor: Actor
    more: Callable[[], str]
    reason: str | None = None
    reference: str | None = None


@attrs.frozen(slots=False)
class Posted:
    """A wallet after its next version's ``entries``; ``entry`` is the one asked for, None where nothing was."""

    wallet: Wallet
    entries: tuple[Entry, ...]
    entry: Entry | None = None

    def unasked(self, entry: Entry) -> bool:
        """Tell whether nobody asked for an entry: it only says what has run out."""
        return entry is not self.entry and entry.kind in (EXPIRY, VOID)

    @property
    def asked(self) -> Entry:
        """The entry asked for."""
        assert self.entry is not None, "only settling posts without an entry asked for"  # noqa: S101
        return self.entry


class Posting:
    """Entries that are being written to one wallet at one moment; what was due by then is written off first.

    The moment is never before the wallet's last one, so that the numbers and the times of entries agree.
    """

    def __init__(self, wallet: Wallet, occasion: Occasion) -> None:
        self._was = wallet
        self._occasion = occasion
        self.currency = wallet.currency
        self.at = max(occasion.at, wallet.updated_at)
        self.lots = wallet.lots
        self.holds = wallet.holds
        self.posted = wallet.posted_minor
        self.held = wallet.held_minor
        self.entries: list[Entry] = []
        if is_due(wallet.due_at, self.at):
            self._settle()

    @property
    def owed(self) -> int:
        """What the credit limit gave and nobody has paid back, holds not counted."""
        return sum(map(_left, self.lots)) - self.posted

    @property
    def available(self) -> int:
        """What can be spent."""
        return max(0, self.posted - self.held + self._was.credit_limit_minor)

    def needs(self, amount: int) -> None:
        """Raise `InsufficientFundsError` unless so much is available."""
        if amount > self.available:
            available, needed = (Money.of_minor(one, self.currency) for one in (self.available, amount))
            raise InsufficientFundsError(str(available.amount), str(needed.amount), self.currency)

    def has_room(self, amount: int) -> None:
        """Raise `InvalidValueError` (``balance_overflow``) unless so much can be added and still be counted."""
        if self.posted + amount + self._was.credit_limit_minor > LARGEST:
            raise InvalidValueError.of("amount", "balance_overflow", "the balance would not fit into 64 bits")

    def ask(
        self,
        kind: str,
        *,
        id: str | None = None,
        amount: int = 0,
        held: int = 0,
        about: str | None = None,
        reference: str | None = None,
        parts: tuple[Part, ...] = (),
        expires_at: dt.datetime | None = None,
    ) -> Entry:
        """Write an entry that the occasion asks for, ``id`` its own one; lots and holds are as it leaves them.

        ``reference`` is that of what it is about, for an occasion without one.
        """
        now = self._occasion
        told = (now.actor, now.reason, now.reference or reference)
        return self._write(id or now.id, kind, amount, held, told, about=about, parts=parts, expires_at=expires_at)

    def write_off(self) -> None:
        """Write an entry for each lot that is due and holds unheld money, in the order they are spent in."""
        for lot in self.lots:
            if not is_due(lot.expires_at, self.at):
                return
            rest = lot.left - lot.held
            if rest:
                part = Part(lot.id, rest, lot.expires_at)
                self.lots = moved(self.lots, [part], left=-1)
                self._write(self._occasion.more(), EXPIRY, -rest, 0, (_NOBODY, None, None), about=lot.id, parts=(part,))

    def done(self, entry: Entry | None = None, *, credit_limit: int | None = None) -> Posted:
        """Return what was posted; a wallet to which nothing happened is returned as it was."""
        was = self._was
        limit = was.credit_limit_minor if credit_limit is None else credit_limit
        if not self.entries and limit == was.credit_limit_minor:
            return Posted(was, ())
        used = self.owed + sum([part.amount for hold in self.holds for part in hold.parts if part.lot == CREDIT_LIMIT])
        most = used if credit_limit is not None else min(used, -was.floor_minor)
        wallet = evolved(
            was,
            version=was.version + 1,
            credit_limit_minor=limit,
            posted_minor=self.posted,
            held_minor=self.held,
            floor_minor=-max(limit, most),
            last_sequence=was.last_sequence + len(self.entries),
            lots=self.lots,
            holds=self.holds,
            due_at=_due_at(self),
            updated_at=self.at,
        )
        return Posted(wallet, tuple(self.entries), entry)

    def _settle(self) -> None:
        """Void the holds that are due, then write off lots: so held money that has expired goes too.

        What a hold releases repays as of when the hold ran out, so that it does not matter when it is looked at.
        """
        due = [hold for hold in self.holds if is_due(hold.expires_at, self.at)]
        for hold in sorted(due, key=_end):
            self.holds = tuple(one for one in self.holds if one.id != hold.id)
            self.lots = repaid(moved(self.lots, hold.parts, held=-1), self.owed, _end(hold))
            told = (_NOBODY, EXPIRED, hold.reference)
            self._write(self._occasion.more(), VOID, 0, -hold.amount_minor, told, about=hold.id, parts=hold.parts)
        self.write_off()

    def _write(
        self,
        id: str,
        kind: str,
        amount: int,
        held: int,
        told: tuple[Actor, str | None, str | None],
        *,
        about: str | None = None,
        parts: tuple[Part, ...] = (),
        expires_at: dt.datetime | None = None,
    ) -> Entry:
        self.posted += amount
        self.held += held
        money = Money.of_minor
        entry = Entry(
            id=id,
            wallet=self._was.id,
            sequence=self._was.last_sequence + len(self.entries) + 1,
            kind=kind,
            amount=money(amount, self.currency),
            balance_after=money(self.posted, self.currency),
            held=money(held, self.currency),
            held_after=money(self.held, self.currency),
            at=self.at,
            actor=told[0],
            reason=told[1],
            reference=told[2],
            about=about,
            parts=parts,
            expires_at=expires_at,
        )
        self.entries.append(entry)
        self.lots = repaid(self.lots, self.owed, self.at)
        return entry


def settled(wallet: Wallet, at: dt.datetime) -> Wallet:
    """Return the wallet as it is at a moment, without what is due by then; nothing is written."""
    if not is_due(wallet.due_at, max(at, wallet.updated_at)):
        return wallet
    return Posting(wallet, Occasion("", at, System(), str)).done().wallet


def _end(hold: Hold) -> dt.datetime:
    return hold.expires_at or _NO_TIME


def _due_at(posting: Posting) -> dt.datetime | None:
    """Return when the next lot with unheld money, or the next hold, runs out."""
    ends = [lot.expires_at for lot in posting.lots if lot.expires_at and lot.left > lot.held]
    ends += [hold.expires_at for hold in posting.holds if hold.expires_at]
    return min(ends, default=None)
