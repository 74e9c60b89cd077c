"""Guests in imports. They have no identity: two of one mailbox are two guests.

So that a file imported twice makes no guest twice, a row that says exactly what a stored guest says
is that guest; two equal rows are two guests, as they were when the file was exported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.query import Query
from customercore.catalogue.resolve import resolve
from customercore.domain.address import Address
from customercore.domain.criteria.where import where
from customercore.domain.customer import GUEST, Customer
from customercore.domain.field import fields_of
from customercore.services.import_index import Seen
from customercore.services.import_rows import ImportedRow
from customercore.services.units import Work

__all__ = ["KnownGuests", "guests_of", "said_of_book"]

_SAID = tuple(one.name for one in fields_of(Address) if one.exported)


def said_of_book(book: Iterable[Address]) -> tuple[Any, ...]:
    """Return all that a book says, without the ids of its addresses."""
    return tuple(tuple(getattr(one, name) for name in _SAID) for one in book)


def said_of(customer: Customer) -> int:
    """Return a digest of all that an export says of a customer."""
    said = [
        getattr(customer, one.name) for one in fields_of(type(customer)) if one.exported and one.name != "addresses"
    ]
    return hash((*said, said_of_book(customer.addresses)))


def guests_of(catalogue: Catalogue, work: Work, rows: Iterable[ImportedRow]) -> Counter[int]:
    """Count the stored guests, by what they say, that have the mailbox of one of the rows of guests."""
    emails = {email for row in rows if row.kind == GUEST and (email := row.values.get("email"))}
    if not emails:
        return Counter()
    wanted = where.email.is_in(sorted(emails)) & (where.kind == GUEST)
    node = resolve(catalogue.customers, wanted, work.definitions)
    return Counter(map(said_of, work.uow.customers.stream(Query(where=node))))


class KnownGuests:
    """Tells which guests were there before the import."""

    def __init__(self, stored: Counter[int], before: Seen, seen: Seen, *, dry_run: bool) -> None:
        self._stored = stored
        self._before = before
        self._seen = seen
        self._dry_run = dry_run

    def known(self, guest: Customer) -> bool:
        """Tell whether this guest is one that was there, and that no other row has been yet."""
        said = said_of(guest)
        there = self._stored[said] - (0 if self._dry_run else self._before.made[said])
        if there > self._before.found[said] + self._seen.found[said]:
            self._seen.found[said] += 1
            return True
        self._seen.made[said] += 1
        return False
