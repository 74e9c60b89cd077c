"""What happened, append-only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from customercore.domain.event import Event

__all__ = ["Journal"]


class Journal(Protocol):
    """Rows under the key of their aggregate, numbered by (version, ordinal) without a gap (ruling 21)."""

    def record(self, event: Event) -> None:
        """Append one event; it commits and rolls back with the change it tells of.

        A number that is taken is a lost race: a retryable `ConflictError` (``write_conflict``).
        """

    def load(self, events: Sequence[Event], *, deferred: bool = False) -> None:
        """Append many events at once; ``deferred`` as in `Repository.load`."""

    def of(self, aggregate: str, id: str, *, after: tuple[int, int] = (0, -1), limit: int = 100) -> list[Event]:
        """Return the events of one aggregate behind ``after`` (version, ordinal), oldest first."""

    def back(self, aggregate: str, id: str, *, before: tuple[int, int] | None = None, limit: int = 100) -> list[Event]:
        """Return the events of one aggregate before a number, None for all of them, newest first."""

    def rewrite(self, events: Sequence[Event]) -> None:
        """Give stored events the ``personal`` part and the ``reason`` that these have; nothing else of them changes.

        For erasure alone (docs/decisions/0032). An event that is not there is passed over; of two units that
        rewrite one event one may end with a retryable `ConflictError`.
        """
