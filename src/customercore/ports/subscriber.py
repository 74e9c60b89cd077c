"""Who is told of events, at least once."""

from __future__ import annotations

from typing import Protocol

from customercore.domain.event import Event

__all__ = ["Subscriber"]


class Subscriber(Protocol):
    """Hears of every event from its registration on, at least once, those of one aggregate in their order.

    An event that is delivered again has the same ``id``: whoever must not act twice remembers it. A subscriber
    is called by one thread of a dispatcher at a time, and by several dispatchers at once about different
    aggregates. It must come back: it gives whatever it waits for a time-out.
    """

    @property
    def name(self) -> str:
        """What it is known by, in every process and release: lower-case letters, digits, ``_``, ``.``, ``-``."""

    @property
    def types(self) -> frozenset[str] | None:
        """The types of the events it hears of; None for all."""

    def deliver(self, event: Event, *, tenant: str) -> None:
        """Take one event; whatever it raises, it is called with the event again, later."""
