"""A wallet: what an owner has in one currency, in lots, and what of it is held."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.entry import Part
from customercore.domain.field import Privacy, declared
from customercore.domain.money import Money

__all__ = ["Hold", "Lot", "Wallet"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True)
class Lot:
    """What is left of the credits that expire together, in minor units, held money included.

    A lot with nothing left is not kept.
    """

    id: str
    """The id of the entry that made it."""
    left: int
    held: int = 0
    expires_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class Hold:
    """An authorization that is open: money set aside for one order."""

    id: str
    """The id of its entry."""
    wallet: str
    amount_minor: int
    """What is still held, in minor units."""
    currency: str
    parts: tuple[Part, ...]
    """The lots that it comes from."""
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    reference: str | None = None

    @property
    def amount(self) -> Money:
        """What is still held."""
        return Money.of_minor(self.amount_minor, self.currency)


@attrs.frozen(kw_only=True, slots=False)
class Wallet:
    """A wallet as stored: frozen; a posting gives a new one with the next ``version``. Sums are minor units.

    ``last_sequence`` is the sequence number of the newest entry, 0 without one. ``due_at`` is when the next lot
    or hold runs out. ``floor_minor`` is the lowest that posted less held may be: minus the credit limit, or lower
    while more is in use than a limit that was lowered. ``lots`` are in the order they are spent in.
    """

    id: str = declared("id", default="", read_only=True, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    owner: str = declared("id", default="", indexed=True, read_only=True)
    currency: str = declared("currency", default="", read_only=True)
    credit_limit_minor: int = declared("integer", default=0, stored="credit_limit")
    posted_minor: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    held_minor: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    floor_minor: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    last_sequence: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    lots: tuple[Lot, ...] = declared("lots", default=(), read_only=True, privacy=_KEPT)
    holds: tuple[Hold, ...] = declared("holds", default=(), read_only=True, privacy=_KEPT)
    due_at: dt.datetime | None = declared("datetime", indexed=True, read_only=True, privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)

    @property
    def credit_limit(self) -> Money:
        """What can be spent beyond the balance."""
        return Money.of_minor(self.credit_limit_minor, self.currency)

    @property
    def posted(self) -> Money:
        """The sum of the entries so far; below zero for what the credit limit gave."""
        return Money.of_minor(self.posted_minor, self.currency)

    @property
    def held(self) -> Money:
        """The sum of the open holds."""
        return Money.of_minor(self.held_minor, self.currency)

    @property
    def available(self) -> Money:
        """What could be spent when the last entry was written; `Balances.available` leaves out what is due since."""
        return Money.of_minor(self.available_minor, self.currency)

    @property
    def available_minor(self) -> int:
        """Posted, less held, plus the credit limit, in minor units; zero while more is in use than the limit."""
        return max(0, self.posted_minor - self.held_minor + self.credit_limit_minor)
