"""Money set aside for an order: authorize, capture, void."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.entry import CAPTURE, HOLD, VOID, Entry, Part
from customercore.domain.lots import moved, taken
from customercore.domain.posting import EXPIRED, Occasion, Posted, Posting
from customercore.domain.spending import in_future
from customercore.domain.wallet import Hold, Wallet
from customercore.errors import ConflictError

__all__ = ["authorized", "captured", "closed_hold", "hold_of", "parted", "voided"]


def authorized(wallet: Wallet, amount: int, occasion: Occasion, *, expires_at: dt.datetime | None = None) -> Posted:
    """Return the wallet with an open hold, whose id is that of its entry; `hold_of` the entry gives the hold.

    The money is chosen as a debit would choose it. While it is held it does not expire. Raises
    `InsufficientFundsError`, and `InvalidValueError` (``in_the_past``).
    """
    posting = Posting(wallet, occasion)
    in_future(expires_at, posting)
    posting.needs(amount)
    parts = taken(posting.lots, amount)
    posting.lots = moved(posting.lots, parts, held=1)
    entry = posting.ask(HOLD, held=amount, parts=parts, expires_at=expires_at)
    posting.holds = (*posting.holds, hold_of(entry))
    return posting.done(entry)


def captured(
    wallet: Wallet, hold: str, amount: int | None, occasion: Occasion, *, keep_open: bool = False
) -> Posted | None:
    """Return the wallet after at most what is held was taken, None when there is no such open hold.

    Without ``amount`` all of it is taken. The rest is released unless ``keep_open``; released money goes back to
    its lots, and what has expired meanwhile is written off. Raises `ConflictError` (``over_hold``).
    """
    posting = Posting(wallet, occasion)
    known = _open(posting, hold)
    if known is None:
        return None
    wanted = known.amount_minor if amount is None else amount
    if wanted > known.amount_minor:
        raise ConflictError("over_hold", "more than the hold cannot be captured", held=str(known.amount.amount))
    took, rest = parted(known.parts, wanted)
    posting.lots = moved(posting.lots, took, left=-1, held=-1)
    released = 0 if keep_open else known.amount_minor - wanted
    if keep_open and rest:
        left = attrs.evolve(known, amount_minor=known.amount_minor - wanted, parts=rest)
        posting.holds = tuple(left if one is known else one for one in posting.holds)
    else:
        posting.lots = moved(posting.lots, rest, held=-1)
        posting.holds = tuple(one for one in posting.holds if one is not known)
    entry = posting.ask(
        CAPTURE, amount=-wanted, held=-wanted - released, about=hold, reference=known.reference, parts=took
    )
    posting.write_off()
    return posting.done(entry)


def voided(wallet: Wallet, hold: str, occasion: Occasion) -> Posted | None:
    """Return the wallet after what is left of a hold was released, None when there is no such open hold."""
    posting = Posting(wallet, occasion)
    known = _open(posting, hold)
    if known is None:
        return None
    posting.lots = moved(posting.lots, known.parts, held=-1)
    posting.holds = tuple(one for one in posting.holds if one is not known)
    entry = posting.ask(VOID, held=-known.amount_minor, about=hold, reference=known.reference, parts=known.parts)
    posting.write_off()
    return posting.done(entry)


def closed_hold(hold: Entry, about: list[Entry]) -> ConflictError:
    """Return why a hold that is not open takes nothing: ``hold_captured``, ``hold_voided``, ``hold_expired``.

    ``about`` are the entries about it. Where they leave something of it, it has expired and nobody has written
    that down yet.
    """
    if any(one.kind == VOID and one.reason != EXPIRED for one in about):
        return ConflictError("hold_voided", "the hold has been voided")
    void = any(one.kind == VOID for one in about)
    if not void and -sum(one.held.minor for one in about) == hold.held.minor:
        return ConflictError("hold_captured", "the hold has been captured")
    return ConflictError("hold_expired", "the hold has expired")


def hold_of(entry: Entry) -> Hold:
    """Return the hold that an entry of the kind ``hold`` opened, as it was then."""
    return Hold(
        id=entry.id,
        wallet=entry.wallet,
        amount_minor=entry.held.minor,
        currency=entry.held.currency,
        parts=entry.parts,
        created_at=entry.at,
        expires_at=entry.expires_at,
        reference=entry.reference,
    )


def parted(parts: tuple[Part, ...], amount: int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the first ``amount`` of the parts, and the rest of them."""
    first, rest = [], []
    for part in parts:
        now = min(amount, part.amount)
        amount -= now
        if now:
            first.append(attrs.evolve(part, amount=now))
        if part.amount > now:
            rest.append(attrs.evolve(part, amount=part.amount - now))
    return tuple(first), tuple(rest)


def _open(posting: Posting, hold: str) -> Hold | None:
    return next((one for one in posting.holds if one.id == hold), None)
