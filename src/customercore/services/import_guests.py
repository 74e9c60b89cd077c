"""Guests in imports. They have no identity: two of one mailbox are two guests.

So that a file imported twice makes no guest twice, a row that says exactly what a stored guest says
is that guest; two equal rows are two guests, as they were when the file was exported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import INFO
from customercore.catalogue.query import All, Leaf, Query
from customercore.catalogue.resolve import resolve
from customercore.domain.address import Address
from customercore.domain.criteria.where import where
from customercore.domain.customer import GUEST, Customer
from customercore.services.import_index import Before, Seen
from customercore.services.import_rows import ImportedRow
from customercore.services.units import Work

__all__ = ["KnownGuests", "Said", "guests_of"]

_EMAILS = 100
"""How many addresses one search names."""


class Said:
    """What records say of themselves in an export; ``catalogue`` is the tenant's."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._of_customer = _readers(catalogue.customers)
        self._of_address = _readers(catalogue.addresses)

    def book(self, book: Iterable[Address]) -> tuple[Any, ...]:
        """Return all that a book says, without the ids of its addresses."""
        return tuple(tuple(read(one) for read in self._of_address) for one in book)

    def digest(self, customer: Customer) -> int:
        """Return a digest of all that an export says of a customer."""
        return hash((*(read(customer) for read in self._of_customer), self.book(customer.addresses)))


def _readers(aggregate: Aggregate[Any]) -> list[Callable[[Any], Any]]:
    return [one.value for one in aggregate.fields if one.field.exported and one.name not in ("addresses", INFO)]


def guests_of(said: Said, work: Work, rows: Iterable[ImportedRow]) -> Counter[int]:
    """Count the stored guests, by what they say, that may be one of the rows of guests.

    One that says the same has its address in the same spelling, so it stands where that does in the order.
    """
    customers = work.catalogue.customers
    email, guests = customers.by_name["email"], resolve(customers, where.kind == GUEST, work.definitions)
    places = sorted({email.order(typed) for row in rows if row.kind == GUEST and (typed := row.values.get("email"))})
    stored = Counter[int]()
    for start in range(0, len(places), _EMAILS):
        wanted = Leaf(email.order_column, "in", tuple(places[start : start + _EMAILS]), negated=False)
        node = All((wanted, guests))
        stored.update(map(said.digest, work.uow.customers.stream(Query(where=node))))
    return stored


class KnownGuests:
    """Tells which guests were there before the import."""

    def __init__(self, digests: Said, stored: Counter[int], before: Before, seen: Seen, *, dry_run: bool) -> None:
        self._digest = digests.digest
        self._before = before
        self._seen = seen
        # What is stored by now holds what earlier rows of the import made: those are no guests from before it.
        made = () if dry_run else (before.made, seen.made)
        self._there = {said: count - sum(one[said] for one in made) for said, count in stored.items()}

    def known(self, guest: Customer) -> bool:
        """Tell whether this guest is one that was there, and that no other row has been yet."""
        said = self._digest(guest)
        if self._there.get(said, 0) > self._before.found[said] + self._seen.found[said]:
            self._seen.found[said] += 1
            return True
        self._seen.made[said] += 1
        return False
