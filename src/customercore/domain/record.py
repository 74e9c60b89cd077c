"""Small records the core keeps for itself: uses of idempotency keys, where number ranges stand, who is subscribed."""

from __future__ import annotations

import datetime as dt

import attrs

from customercore.domain.field import Privacy, declared

__all__ = ["IDEMPOTENCY_DAYS", "Counter", "IdempotencyRecord", "Subscription"]

IDEMPOTENCY_DAYS = 30
"""How long an idempotency key is remembered (ruling 19)."""
_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False)
class IdempotencyRecord:
    """An operation that took effect under a key (ruling 19).

    ``id`` is a digest of operation and key, ``fingerprint`` an HMAC over the arguments, ``result`` the
    id of what the operation made or changed; the answer itself is not kept.
    """

    id: str = declared("id", default="", privacy=_KEPT)
    version: int = declared("integer", default=0, privacy=_KEPT)
    operation: str = declared("slug", default="", privacy=_KEPT)
    fingerprint: str = declared("slug", default="", privacy=_KEPT)
    result: str = declared("id", default="", privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", indexed=True, privacy=_KEPT)


@attrs.frozen(kw_only=True, slots=False)
class Counter:
    """A range of numbers; ``next`` is the first that was not handed out. ``id`` names the range."""

    id: str = declared("id", default="", privacy=_KEPT)
    version: int = declared("integer", default=0, privacy=_KEPT)
    next: int = declared("integer", default=1, privacy=_KEPT)

    def moved(self) -> Counter:
        """Return it at its next version."""
        return attrs.evolve(self, version=self.version + 1)


@attrs.frozen(kw_only=True, slots=False)
class Subscription:
    """That a subscriber, whose name is ``id``, is to hear of events: of these ``types``, or of all when there are none.

    Every change of it moves the tenant's definitions on, so that every later write knows whom to tell.
    """

    id: str = declared("id", default="", privacy=_KEPT)
    version: int = declared("integer", default=0, privacy=_KEPT)
    types: tuple[str, ...] = declared("slugs", default=(), privacy=_KEPT)
    created_at: dt.datetime = declared("datetime", privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", privacy=_KEPT)

    def wants(self, type: str) -> bool:
        """Tell whether it hears of events of a type."""
        return not self.types or type in self.types
