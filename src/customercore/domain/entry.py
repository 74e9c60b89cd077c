"""One line of a wallet's account: written once, never changed (ruling 23)."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.actor import Actor
from customercore.domain.money import Money

__all__ = ["CAPTURE", "CREDIT", "DEBIT", "ENTRY_KINDS", "EXPIRY", "HOLD", "REFUND", "TRANSFER", "VOID", "Entry", "Part"]

CREDIT, DEBIT, HOLD, CAPTURE = "credit", "debit", "hold", "capture"
VOID, REFUND, EXPIRY, TRANSFER = "void", "refund", "expiry", "transfer"
ENTRY_KINDS = (CREDIT, DEBIT, HOLD, CAPTURE, VOID, REFUND, EXPIRY, TRANSFER)
"""Every kind of entry."""


@attrs.frozen
class Part:
    """What one lot gave to an entry, or got from it, in minor units; always positive."""

    lot: str
    """The id of the entry that made the lot; "" for what the credit limit gave."""
    amount: int
    expires_at: dt.datetime | None = None
    """When the lot expires, or expired."""


@attrs.frozen(kw_only=True, slots=False)
class Entry:
    """A line of an account. It holds no personal value: free text stands in a note beside it.

    ``amount`` is what it changed in the wallet's posted balance, positive for a credit and negative for a
    debit, zero for a hold and a void; ``held`` what it changed in the sum that is held. ``about`` is the id
    of the entry it is about: of the hold for a capture and a void, of the capture or debit for a refund.
    """

    id: str
    wallet: str
    sequence: int
    """1 for the wallet's first entry, without a gap."""
    kind: str
    amount: Money
    balance_after: Money
    held: Money
    held_after: Money
    at: dt.datetime
    actor: Actor
    reason: str | None = None
    """A code of the merchant's."""
    reference: str | None = None
    """The number of an order or a payment."""
    about: str | None = None
    parts: tuple[Part, ...] = ()
    expires_at: dt.datetime | None = None
    """When the lot of a credit, or a hold, expires."""

    @property
    def currency(self) -> str:
        """The wallet's currency, in which all four sums are."""
        return self.amount.currency
