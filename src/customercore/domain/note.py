"""Internal notes on customers: what the merchant's people write down for each other."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.actor import Actor, actor_of
from customercore.domain.field import Privacy, declared

__all__ = ["LONGEST_NOTE", "Note"]

LONGEST_NOTE = 20_000
"""The most characters that a note may have."""
_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Note:
    """A note on a customer, never shown to it. It is written once: a correction is another note.

    The text stands here and nowhere else, so that what is removed is gone (docs/decisions/0033).
    """

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    customer: str = declared("id", default="", indexed=True, read_only=True, privacy=_KEPT)
    text: str = declared("long_text", default="", privacy=Privacy.PERSONAL, max_length=LONGEST_NOTE)
    author_kind: str = declared("id", default="system", read_only=True, privacy=_KEPT)
    author_id: str | None = declared("id", read_only=True, privacy=_KEPT)
    on_behalf_of: str | None = declared("id", read_only=True, privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)

    def __repr__(self) -> str:
        """Name the note without its text."""
        return f"<Note {self.id} on {self.customer}>"

    @property
    def author(self) -> Actor:
        """Who wrote it."""
        return actor_of(self.author_kind, self.author_id, self.on_behalf_of)
