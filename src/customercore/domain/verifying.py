"""Recomputing a wallet from its entries, and naming the first one that is wrong.

It shares with the rules that wrote them only how lots move; every sum is made anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from customercore.domain.entry import CAPTURE, CREDIT, DEBIT, EXPIRY, HOLD, REFUND, TRANSFER, VOID, Entry, Part
from customercore.domain.holding import hold_of, parted
from customercore.domain.lots import CREDIT_LIMIT, is_due, moved, put_at, repaid
from customercore.domain.wallet import Hold, Lot, Wallet

__all__ = ["BEHIND", "Fault", "Recount", "Verdict"]

BEHIND = "behind"
"""What is wrong with an entry that the wallet does not know of: it was posted meanwhile, or it is a forgery."""
_NO_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)
_ALONE = (CREDIT, DEBIT, HOLD)
"""The kinds of entries that are about no other one; a transfer is where money arrives."""
_UNCOUNTABLE = (TypeError, ValueError, AttributeError, ArithmeticError)
"""What counting raises where a stored value is of another kind: documents are not checked when they are read."""


@attrs.frozen
class Fault:
    """The first thing that is wrong with a wallet, and at which entry; without a number it is the wallet's own row."""

    what: str
    """A slug: ``gap``, ``currency``, ``amount``, ``balance``, ``held``, ``lots``, ``holds``, ``moment``, ``expiry``,
    ``event`` (its event says otherwise), ``columns``, ``behind``, ``orphaned`` (no wallet), ``unreadable``, ….
    """
    message: str
    entry: str | None = None
    sequence: int | None = None


@attrs.frozen
class Verdict:
    """What recomputing a wallet gave."""

    wallet: str
    entries: int
    """How many were read; those behind the first wrong one are not."""
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether everything is right."""
        return self.fault is None


class _WrongError(Exception):
    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what
        self.message = message


class Recount:
    """Counts the entries of one wallet again, in their order."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._posted = 0
        self._held = 0
        self._lots: tuple[Lot, ...] = ()
        self._holds: dict[str, Hold] = {}
        self._taken: dict[str, tuple[Part, ...]] = {}
        """What can be refunded still, by the entry that took it, the part first that goes back first."""
        self._kinds = {
            CREDIT: self._credit, DEBIT: self._debit, HOLD: self._hold, CAPTURE: self._capture, VOID: self._void,
            REFUND: self._refund, EXPIRY: self._expiry, TRANSFER: self._transfer,
        }  # fmt: skip
        self._at = _NO_TIME
        self.counted = 0

    def add(self, entries: Iterable[Entry]) -> Fault | None:
        """Count more entries; return what is wrong with the first wrong one, None when all are right."""
        for entry in entries:
            try:
                self._count(entry)
            except _WrongError as wrong:
                return Fault(wrong.what, wrong.message, entry.id, entry.sequence)
            except _UNCOUNTABLE:
                return Fault("unreadable", "a value in it is of another kind", entry.id, entry.sequence)
            self.counted += 1
        return None

    def against_wallet(self) -> Fault | None:
        """Return where the wallet's own row differs from what its entries give."""
        try:
            return self._difference()
        except _UNCOUNTABLE:
            return Fault("unreadable", "a value of the wallet is of another kind")

    def _difference(self) -> Fault | None:
        wallet = self._wallet
        wanted = {
            "last_sequence": (wallet.last_sequence, self.counted),
            "balance": (wallet.posted_minor, self._posted),
            "held": (wallet.held_minor, self._held),
            "lots": (wallet.lots, self._lots),
            "holds": (sorted(wallet.holds, key=_id), sorted(self._holds.values(), key=_id)),
            "due_at": (wallet.due_at, self._due_at),
        }
        for what, (stored, counted) in wanted.items():
            if stored != counted:
                return Fault(what, f"the wallet's {what} is not what its entries give")
        if wallet.floor_minor != -max(wallet.credit_limit_minor, self._used):
            return Fault("floor", "the wallet's floor is not what its credit limit and its entries give")
        if wallet.updated_at < max(wallet.created_at, self._at):
            return Fault("updated_at", "the wallet was changed later than it says")
        return None

    @property
    def _due_at(self) -> dt.datetime | None:
        ends = [lot.expires_at for lot in self._lots if lot.left > lot.held]
        ends += [hold.expires_at for hold in self._holds.values()]
        return min((end for end in ends if end is not None), default=None)

    @property
    def _used(self) -> int:
        """What of the credit limit is in use: owed, or held."""
        held = sum(_sum(tuple(one for one in hold.parts if one.lot == CREDIT_LIMIT)) for hold in self._holds.values())
        return sum(lot.left for lot in self._lots) - self._posted + held

    def _count(self, entry: Entry) -> None:
        wallet = self._wallet
        _check(entry.sequence == self.counted + 1, "gap", "the numbers have a gap")
        _check(entry.sequence <= wallet.last_sequence, BEHIND, "it is behind the last one that the wallet knows of")
        _check(self._at <= entry.at, "moment", "its time is before that of the entry before it")
        self._at = entry.at
        _check(entry.wallet == wallet.id, "wallet", "the entry is another wallet's")
        amounts = (entry.amount, entry.balance_after, entry.held, entry.held_after)
        _check(all(one.currency == wallet.currency for one in amounts), "currency", "the currency is not the wallet's")
        _check(all(map(_is_positive, entry.parts)), "parts", "a part is not positive")
        count = self._kinds.get(entry.kind)
        if count is None:
            raise _WrongError("kind", "there is no such kind of entry")
        count(entry)
        about = entry.amount.minor > 0 if entry.kind == TRANSFER else entry.kind not in _ALONE
        _check((entry.about is not None) is about, "about", "it should be about another entry, or about none")
        self._posted += entry.amount.minor
        self._held += entry.held.minor
        self._lots = repaid(self._lots, sum(lot.left for lot in self._lots) - self._posted, entry.at)
        _check(entry.balance_after.minor == self._posted, "balance", "the running balance is wrong")
        _check(entry.held_after.minor == self._held, "held", "what is held after it is wrong")
        _check(all(0 <= lot.held <= lot.left for lot in self._lots), "lots", "a lot has given more than it had")
        owed = sum(lot.left for lot in self._lots) - self._posted
        _check(owed >= 0, "lots", "the lots have less than the balance")

    def _credit(self, entry: Entry) -> None:
        _check(entry.amount.minor > 0 and not entry.held, "amount", "a credit is positive and holds nothing")
        late = entry.kind == CREDIT and is_due(entry.expires_at, entry.at)
        right = all(one.expires_at == entry.expires_at for one in entry.parts if one.lot != CREDIT_LIMIT)
        _check(right and not late, "expiry", "it does not expire as its parts do, or had expired before")
        self._get(entry, [entry.id] * len(entry.parts))

    def _debit(self, entry: Entry) -> None:
        _check(entry.amount.minor < 0 and not entry.held, "amount", "a debit is negative and holds nothing")
        self._check_days(entry)
        self._give(entry, held=0)
        if entry.kind == DEBIT:
            self._taken[entry.id] = entry.parts[::-1]

    def _expiry(self, entry: Entry) -> None:
        right = len(entry.parts) == 1 and entry.parts[0].lot == entry.about
        _check(right and is_due(entry.parts[0].expires_at, entry.at), "expiry", "it is about no lot that is due")
        self._debit(entry)

    def _transfer(self, entry: Entry) -> None:
        (self._credit if entry.amount.minor > 0 else self._debit)(entry)

    def _hold(self, entry: Entry) -> None:
        _check(entry.held.minor > 0 and not entry.amount, "amount", "a hold sets aside and moves nothing")
        _check(_sum(entry.parts) == entry.held.minor, "parts", "the parts are not what is held")
        self._check_days(entry)
        self._lots = self._changed(entry.parts, left=0, held=1)
        self._holds[entry.id] = hold_of(entry)

    def _capture(self, entry: Entry) -> None:
        hold = self._open(entry)
        took = -entry.amount.minor
        _check(0 < took <= hold.amount_minor, "amount", "a capture takes at most what is held")
        first, rest = parted(hold.parts, took)
        _check(first == entry.parts, "parts", "the parts are not the hold's")
        self._give(entry, held=-1)
        if -entry.held.minor == took and rest:
            self._holds[hold.id] = attrs.evolve(hold, amount_minor=hold.amount_minor - took, parts=rest)
        else:
            _check(-entry.held.minor == hold.amount_minor, "held", "a capture releases all of the rest or nothing")
            self._lots = self._changed(rest, left=0, held=-1)
            del self._holds[hold.id]
        self._taken[entry.id] = entry.parts[::-1]

    def _void(self, entry: Entry) -> None:
        hold = self._open(entry)
        _check(not entry.amount, "amount", "a void moves nothing")
        right = -entry.held.minor == hold.amount_minor and entry.parts == hold.parts
        _check(right, "held", "a void releases what is left of the hold")
        self._lots = self._changed(hold.parts, left=0, held=-1)
        if hold.expires_at is not None:  # what it releases repays as of when it ran out, however late that is seen
            owed = sum(lot.left for lot in self._lots) - self._posted
            self._lots = repaid(self._lots, owed, min(entry.at, hold.expires_at))
        del self._holds[hold.id]

    def _refund(self, entry: Entry) -> None:
        taken = self._taken.get(entry.about or "")
        if taken is None:
            raise _WrongError("about", "it refunds nothing that was taken")
        _check(0 < entry.amount.minor <= _sum(taken), "refunds", "more is refunded than was taken")
        _check(not entry.held, "amount", "a refund holds nothing")
        back, self._taken[entry.about or ""] = parted(taken, entry.amount.minor)
        lots = [one for one in back if one.lot != CREDIT_LIMIT]
        lent = len(entry.parts) - len(lots)
        right = [one.amount for one in lots] == [one.amount for one in entry.parts[lent:] if one.lot != CREDIT_LIMIT]
        right = right and all(one.expires_at is None for one in entry.parts[:lent])
        _check(right, "parts", "it does not go back to where the money came from")
        self._get(entry, [*[entry.id] * lent, *(one.lot for one in lots)])

    def _check_days(self, entry: Entry) -> None:
        days: dict[str, dt.datetime | None] = {one.id: one.expires_at for one in self._lots} | {CREDIT_LIMIT: None}
        right = all(one.expires_at == days.get(one.lot, one.expires_at) for one in entry.parts)
        _check(right, "expiry", "a part does not expire as its lot does")

    def _open(self, entry: Entry) -> Hold:
        hold = self._holds.get(entry.about or "")
        if hold is None:
            raise _WrongError("holds", "it is about no open hold")
        return hold

    def _give(self, entry: Entry, *, held: int) -> None:
        _check(_sum(entry.parts) == -entry.amount.minor, "parts", "the parts are not the amount")
        self._lots = self._changed(entry.parts, left=-1, held=held)

    def _get(self, entry: Entry, lots: list[str]) -> None:
        """Put money in; ``lots`` are where it goes unless it joins another that expires with it."""
        _check(_sum(entry.parts) == entry.amount.minor, "parts", "the parts are not the amount")
        for part, lot in zip(entry.parts, lots, strict=True):
            if part.lot != CREDIT_LIMIT:
                joined = any(one.id == part.lot and one.expires_at == part.expires_at for one in self._lots)
                _check(joined or part.lot == lot, "lots", "it goes to a lot that it does not belong to")
                self._lots = put_at(self._lots, part)

    def _changed(self, parts: tuple[Part, ...], *, left: int, held: int) -> tuple[Lot, ...]:
        known = {lot.id for lot in self._lots} | {CREDIT_LIMIT}
        _check(all(part.lot in known for part in parts), "lots", "it takes from a lot that has nothing left")
        return moved(self._lots, parts, left=left, held=held)


def _check(right: bool, what: str, message: str) -> None:  # noqa: FBT001  the condition reads first
    if not right:
        raise _WrongError(what, message)


def _is_positive(part: Part) -> bool:
    return type(part.amount) is int and part.amount > 0


def _sum(parts: tuple[Part, ...]) -> int:
    return sum(part.amount for part in parts)


def _id(hold: Hold) -> str:
    return hold.id
