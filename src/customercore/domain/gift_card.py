"""A gift card: money behind a code that is stored as a digest only."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.field import Privacy, declared

__all__ = ["GiftCard"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False, repr=False)
class GiftCard:
    """A gift card as stored; ``wallet`` and ``redeemed_at`` are None until it is redeemed, once."""

    id: str = declared("id", default="", read_only=True, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, privacy=_KEPT)
    code_digest: str = declared("slug", default="", unique=True, read_only=True, hidden=True, privacy=Privacy.SECRET)
    currency: str = declared("currency", default="", read_only=True)
    amount_minor: int = declared("integer", default=0, read_only=True)
    expires_at: dt.datetime | None = declared("datetime", read_only=True)
    reference: str | None = declared("id", read_only=True)
    wallet: str | None = declared("id", read_only=True, privacy=_KEPT)
    redeemed_at: dt.datetime | None = declared("datetime", read_only=True, privacy=_KEPT)
    cancelled_at: dt.datetime | None = declared("datetime", read_only=True, privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", read_only=True, privacy=_KEPT)

    def __repr__(self) -> str:
        """Name the card without its code's digest."""
        return f"<GiftCard {self.id}>"
