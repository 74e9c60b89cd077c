"""A wallet: what an owner has in one currency, in lots, and what of it is held."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.entry import Part
from customercore.domain.field import Privacy, declared

__all__ = ["Hold", "Lot", "Wallet"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True)
class Lot:
    """What is left of one credit, in minor units, held money included; lots with nothing left are not kept."""

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
    amount: int
    """What is still held, in minor units."""
    currency: str
    parts: tuple[Part, ...]
    """The lots that it comes from."""
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    reference: str | None = None


@attrs.frozen(kw_only=True, slots=False)
class Wallet:
    """A wallet as stored: frozen; a posting gives a new one with the next ``version``. Sums are minor units.

    ``last_sequence`` is the sequence number of the newest entry, 0 without one. ``due_at`` is when the next lot
    or hold runs out.
    """

    id: str = declared("id", default="", read_only=True, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    owner: str = declared("id", default="", indexed=True, read_only=True)
    currency: str = declared("currency", default="", read_only=True)
    credit_limit: int = declared("integer", default=0)
    posted_minor: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    held_minor: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    last_sequence: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    lots: tuple[Lot, ...] = declared("lots", default=(), read_only=True, privacy=_KEPT)
    holds: tuple[Hold, ...] = declared("holds", default=(), read_only=True, privacy=_KEPT)
    due_at: dt.datetime | None = declared("datetime", indexed=True, read_only=True, privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)
