"""Money in and out of a wallet: credits, debits, what moves between two wallets, and the credit limit."""

from __future__ import annotations

import datetime as dt

from customercore.domain.entry import CREDIT, DEBIT, TRANSFER, Entry, Part
from customercore.domain.lots import CREDIT_LIMIT, added, is_due, moved, taken
from customercore.domain.posting import LARGEST, Occasion, Posted, Posting
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, InvalidValueError

__all__ = ["credited", "debited", "limited", "received", "transferred"]


def credited(wallet: Wallet, amount: int, occasion: Occasion, *, expires_at: dt.datetime | None = None) -> Posted:
    """Return the wallet with a credit: it first repays what is owed, and the rest makes a lot or joins one.

    Raises `InvalidValueError`: ``in_the_past`` (``expires_at``), ``balance_overflow``.
    """
    posting = Posting(wallet, occasion)
    in_future(expires_at, posting)
    return posting.done(_get(posting, CREDIT, amount, id=occasion.id, expires_at=expires_at))


def debited(wallet: Wallet, amount: int, occasion: Occasion) -> Posted:
    """Return the wallet with a debit: unheld money of the soonest-expiring lots, then of the credit limit.

    Raises `InsufficientFundsError`.
    """
    posting = Posting(wallet, occasion)
    return posting.done(_give(posting, DEBIT, amount))


def transferred(wallet: Wallet, amount: int, occasion: Occasion, *, to: Wallet) -> Posted:
    """Return the wallet that money is moved from; `received` takes its entry's parts.

    Raises `ConflictError` (``same_wallet``), `InvalidValueError` (``currency_mismatch``), `InsufficientFundsError`.
    """
    if wallet.id == to.id:
        raise ConflictError("same_wallet", "money moves between two wallets")
    if wallet.currency != to.currency:
        raise InvalidValueError.of("to", "currency_mismatch", "the two wallets are in different currencies")
    posting = Posting(wallet, occasion)
    return posting.done(_give(posting, TRANSFER, amount))


def received(wallet: Wallet, sent: Entry, occasion: Occasion) -> Posted:
    """Return the wallet that money is moved to: an entry for each lot that it came from, expiring as that does."""
    posting = Posting(wallet, occasion)
    for part in sent.parts:
        _get(posting, TRANSFER, part.amount, id=occasion.more(), expires_at=part.expires_at, about=sent.id)
    posting.write_off()  # by this wallet's time, money may have expired on its way
    return posting.done()


def limited(wallet: Wallet, credit_limit: int, occasion: Occasion) -> Posted:
    """Return the wallet with another credit limit, zero or more.

    It may be below what is in use: then nothing can be spent until that much is paid back. Raises
    `InvalidValueError` (``balance_overflow``).
    """
    posting = Posting(wallet, occasion)
    if posting.posted + credit_limit > LARGEST:
        raise InvalidValueError.of("credit_limit", "balance_overflow", "the balance would not fit into 64 bits")
    return posting.done(credit_limit=credit_limit)


def in_future(expires_at: dt.datetime | None, posting: Posting) -> None:
    """Raise `InvalidValueError` (``in_the_past``) for what has expired when it is posted."""
    if is_due(expires_at, posting.at):
        raise InvalidValueError.of("expires_at", "in_the_past", "must be later than now")


def _give(posting: Posting, kind: str, amount: int) -> Entry:
    posting.needs(amount)
    parts = taken(posting.lots, amount)
    posting.lots = moved(posting.lots, parts, left=-1)
    return posting.ask(kind, amount=-amount, parts=parts)


def _get(
    posting: Posting, kind: str, amount: int, *, id: str, expires_at: dt.datetime | None, about: str | None = None
) -> Entry:
    posting.has_room(amount)
    paid = min(amount, posting.owed)
    parts = [Part(CREDIT_LIMIT, paid)] if paid else []
    if amount > paid:
        posting.lots, part = added(posting.lots, id, amount - paid, expires_at)
        parts.append(part)
    return posting.ask(kind, id=id, amount=amount, about=about, parts=tuple(parts), expires_at=expires_at)
