"""What happened to an aggregate: one immutable record for each change, numbered by the aggregate's version.

The values before and after are kept in two parts, so that erasing a person removes the ``personal``
part of its events and leaves the rest true (ruling 21).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from customercore.domain.actor import Actor

__all__ = ["ERASED", "EVENT_TYPES", "MASK", "Change", "Changes", "Event"]

Change = tuple[Any, Any]
"""The value before and the value after, as JSON knows them; None where there was none."""

Changes = Mapping[str, Change]
"""Changes by the path of their field: ``last_name``, ``addresses.<id>.city``."""

ERASED: Change = (None, None)
"""What is left of a personal change that was erased; no change is from nothing to nothing."""

MASK = "***"
"""Stands for a secret value: that it changed is told, what it was is kept nowhere."""

EVENT_TYPES: dict[str, int] = {
    "customer.created": 1,
    "customer.updated": 1,
    "customer.deactivated": 1,
    "customer.reactivated": 1,
    "customer.address_added": 1,
    "customer.address_updated": 1,
    "customer.address_removed": 1,
    "shop.created": 1,
    "shop.updated": 1,
    "flag.created": 1,
    "flag.updated": 1,
    "info_type.created": 1,
    "info_type.updated": 1,
    "customer_type.created": 1,
    "customer_type.updated": 1,
    "note.created": 1,
    "note.removed": 1,
    "template.created": 1,
    "template.updated": 1,
    "template.removed": 1,
    "wallet.opened": 1,
    "wallet.updated": 1,
    "wallet.credited": 1,
    "wallet.debited": 1,
    "wallet.held": 1,
    "wallet.captured": 1,
    "wallet.voided": 1,
    "wallet.refunded": 1,
    "wallet.expired": 1,
    "wallet.transferred": 1,
    "gift_card.issued": 1,
    "gift_card.resent": 1,
    "gift_card.redeemed": 1,
    "gift_card.cancelled": 1,
    "tenant.created": 1,
    "tenant.updated": 1,
}
"""Every event type and the version of its schema."""


@attrs.frozen(kw_only=True, slots=False)
class Event:
    """One change of one aggregate.

    ``version`` is the version the aggregate had after it, ``ordinal`` counts the events of that
    version from 0; together they number an aggregate's events without a gap. ``changes`` holds values
    that say nothing about a person, ``personal`` those that do; ``reason`` is the acting party's own
    words and counts as personal.
    """

    id: str
    type: str
    aggregate: str
    aggregate_id: str
    version: int
    at: dt.datetime
    actor: Actor
    ordinal: int = 0
    schema: int = 1
    customer_id: str | None = None
    reason: str | None = attrs.field(default=None, repr=False)
    changes: Changes = attrs.field(factory=dict)
    personal: Changes = attrs.field(factory=dict, repr=False)

    def erased(self) -> Event:
        """Return the event without what it says about a person: only which personal fields changed is left."""
        return attrs.evolve(self, reason=None, personal=dict.fromkeys(self.personal, ERASED))
