"""Giving back what a debit or a capture took."""

from __future__ import annotations

import datetime as dt

from customercore.domain.entry import CAPTURE, DEBIT, REFUND, Entry, Part
from customercore.domain.holding import parted
from customercore.domain.lots import CREDIT_LIMIT, added, put_back
from customercore.domain.money import Money
from customercore.domain.posting import Occasion, Posted, Posting
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError

__all__ = ["GRACE", "refundable", "refunded"]

GRACE = dt.timedelta(days=30)
"""For how long a refund opens a lot again that has expired since (ruling 24)."""


def refundable(taken: Entry, about: list[Entry]) -> int:
    """Return how much of a debit or capture has not been refunded yet, ``about`` being the entries about it.

    Raises `ConflictError` (``not_refundable``) for an entry of another kind.
    """
    if taken.kind not in (DEBIT, CAPTURE):
        raise ConflictError("not_refundable", "only debits and captures are refunded")
    return -taken.amount.minor - sum(one.amount.minor for one in about if one.kind == REFUND)


def refunded(
    wallet: Wallet, taken: Entry, about: list[Entry], amount: int | None, occasion: Occasion, *,
    grace: dt.timedelta = GRACE,
) -> Posted:  # fmt: skip
    """Return the wallet with a refund: money goes back to where it came from, in the reverse order of taking.

    So the credit limit is repaid first, and the lot that expires soonest gets its part last. What is not owed any
    more makes a lot that does not expire. A lot that has expired since is opened again until ``grace`` from now.
    Without ``amount`` all that was not refunded yet goes back.

    Raises `ConflictError`: ``not_refundable``, ``over_refund`` (more than was taken), ``fully_refunded``; and
    `InvalidValueError` (``balance_overflow``).
    """
    left = refundable(taken, about)
    if not left:
        raise ConflictError("fully_refunded", "all of it has been refunded")
    wanted = left if amount is None else amount
    if wanted > left:
        most = Money.of_minor(left, wallet.currency).amount
        raise ConflictError("over_refund", "more than was taken cannot be refunded", refundable=str(most))
    posting = Posting(wallet, occasion)
    posting.has_room(wanted)
    before = -taken.amount.minor - left
    backwards = tuple(reversed(taken.parts))
    parts: list[Part] = []
    for part in parted(parted(backwards, before)[1], wanted)[0]:
        parts += _returned(posting, part, occasion.id, grace)
    entry = posting.ask(REFUND, amount=wanted, about=taken.id, reference=taken.reference, parts=tuple(parts))
    posting.write_off()
    return posting.done(entry)


def _returned(posting: Posting, part: Part, id: str, grace: dt.timedelta) -> list[Part]:
    """Put one part back, and return where it went."""
    if part.lot != CREDIT_LIMIT:
        posting.lots, back = put_back(posting.lots, part, posting.at, grace)
        return [back]
    paid = min(part.amount, posting.owed)  # it is the first to come back: nothing has moved yet
    parts = [Part(CREDIT_LIMIT, paid)] if paid else []
    if part.amount > paid:
        posting.lots, rest = added(posting.lots, id, part.amount - paid, None)
        parts.append(rest)
    return parts
