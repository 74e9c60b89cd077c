"""Who holds the codes and e-mail addresses that a batch of rows speaks of, while the batch is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from customercore.catalogue.aggregate import Aggregate
from customercore.domain.customer import Customer
from customercore.ports.unit_of_work import UnitOfWork
from customercore.services.import_claims import Claims
from customercore.services.import_memory import Digests
from customercore.services.import_rows import ImportedRow

__all__ = ["KEYS", "Before", "Holder", "HolderIndex", "Holders", "Seen"]

KEYS = ("code", "email")
"""The unique keys by which a row is known."""

Holder = Customer | str
"""A customer, or its id where a dry run keeps no more of it."""

Holders = dict[str, dict[str, Holder | None]]
"""The holders of keys, by unique key and key; None holds a key that is free."""


@attrs.define
class Seen:
    """What a batch has seen.

    ``codes`` are the keys of codes that were made for rows without one. ``made`` and ``found`` count, by all they
    say, the guests that were made and those that were found. ``holders`` and ``claims`` are filled in a dry
    run only: who would hold which key, and which value of a unique info type.
    """

    codes: set[str] = attrs.field(factory=set)
    made: Counter[Any] = attrs.field(factory=Counter)
    found: Counter[Any] = attrs.field(factory=Counter)
    holders: Holders = attrs.field(factory=lambda: {"code": {}, "email": {}})
    claims: Claims = attrs.field(factory=dict)


@attrs.define
class Before:
    """What an import remembers from batch to batch, of the same things; each batch is added once it has been stored."""

    codes: Digests = attrs.field(factory=Digests)
    made: Digests = attrs.field(factory=Digests)
    found: Digests = attrs.field(factory=Digests)
    holders: Holders = attrs.field(factory=lambda: {"code": {}, "email": {}})
    claims: Claims = attrs.field(factory=dict)

    def add(self, batch: Seen) -> None:
        """Add what a batch has seen."""
        self.codes.add(batch.codes)
        self.made.add(batch.made.elements())
        self.found.add(batch.found.elements())
        self.claims |= batch.claims
        for unique, holders in batch.holders.items():
            self.holders[unique].update(holders)


class HolderIndex:
    """The holders of unique keys as a unit sees them, with what the batch has changed itself."""

    def __init__(self, unit: UnitOfWork, customers: Aggregate[Customer], before: Holders) -> None:
        self._unit = unit
        self._uniques = [customers.unique(name) for name in KEYS]
        self._before = before
        self._known: Holders = {name: {} for name in KEYS}
        self.changed: Holders = {name: {} for name in KEYS}
        """What the batch has changed: the new holders of keys."""

    def look_up(self, rows: Iterable[ImportedRow]) -> None:
        """Look up every key of some rows at once."""
        self._look_up("code", {row.code_key for row in rows})
        self._look_up("email", {row.email_key for row in rows})

    def _look_up(self, unique: str, keys: set[str | None]) -> None:
        known = self._known[unique]
        new = {key for key in keys if key is not None and key not in known}
        if not new:
            return
        known.update(dict.fromkeys(new))
        known.update(self._unit.customers.by_keys(unique, new))
        before = self._before[unique]
        if before:
            known.update({key: before[key] for key in new if key in before})

    def holder(self, unique: str, key: str | None) -> Holder | None:
        """Return who holds a key, None when it is free."""
        if key is None:
            return None
        known = self._known[unique]
        if key not in known:
            self._look_up(unique, {key})
        return known[key]

    def put(self, code_key: str | None, email_key: str | None, holder: Holder) -> None:
        """Note that a new customer holds these keys."""
        if code_key is not None:
            self._known["code"][code_key] = self.changed["code"][code_key] = holder
        if email_key is not None:
            self._known["email"][email_key] = self.changed["email"][email_key] = holder

    def replace(self, was: Customer, now: Customer) -> None:
        """Note that a customer has changed, and perhaps its keys."""
        for unique in self._uniques:
            old, new = unique.key(was), unique.key(now)
            known, changed = self._known[unique.name], self.changed[unique.name]
            if old is not None:
                known[old] = changed[old] = None
            if new is not None:
                known[new] = changed[new] = now
