"""What is on its way to subscribers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from customercore.domain.delivery import Candidate, Delivery, Number

__all__ = ["Deliveries"]


class Deliveries(Protocol):
    """One row for each event and subscriber, of one tenant, beside the immutable event (ruling 21)."""

    def add(self, many: Sequence[Delivery]) -> None:
        """Store new ones; they commit and roll back with their event, and may be put off until then."""

    def due(self, subscriber: str, now: dt.datetime, limit: int) -> list[Candidate]:
        """Return what is open and due, for this unit to claim: longest due first, then in the order of numbers.

        Where the database can, those that another unit is about to claim are left out; otherwise one of
        the two units meets a retryable `ConflictError`, or `save` tells.
        """

    def save(self, one: Delivery, *, fence: int) -> bool:
        """Store a delivery in place of the one with this fence; False when that has another one, or is gone."""

    def dead(
        self, *, subscriber: str = "", event_id: str = "", after: Delivery | None = None, limit: int = 100
    ) -> list[Delivery]:
        """Return dead letters behind ``after``, in the order of subscriber, aggregate, id and number.

        An empty ``subscriber`` or ``event_id`` stands for all of them.
        """

    def numbers(self, subscriber: str, aggregate: str, aggregate_id: str) -> list[Number]:
        """Return the numbers of one aggregate's events that have a row for the subscriber, in any state."""

    def purge(self, before: dt.datetime, limit: int) -> int:
        """Delete at most so many that were delivered before a moment, and return how many; dead letters stay."""

    def remove(self, subscriber: str, limit: int) -> int:
        """Delete at most so many of a subscriber's, in whatever state, and return how many."""
