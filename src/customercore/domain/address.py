"""Postal addresses, as values inside the book of their owner."""

from __future__ import annotations

from typing import Any

import attrs

from customercore.domain.field import Privacy, declared
from customercore.domain.info_values import NO_INFO, InfoValues
from customercore.errors import Problem

__all__ = ["DELIVERY", "INVOICE", "PURPOSES", "Address", "merged", "with_default"]

# What an address may serve.
INVOICE = "invoice"
DELIVERY = "delivery"
PURPOSES = (INVOICE, DELIVERY)

_PERSONAL = Privacy.PERSONAL


@attrs.frozen(kw_only=True, slots=False)
class Address:
    """A postal address.

    ``country`` is ISO 3166 alpha-2; ``purposes`` and ``default_for`` hold ``invoice`` and ``delivery``.
    ``warnings`` is not stored: it tells the caller of ``add`` or ``update`` what looked doubtful.
    """

    id: str = declared("id", default="", read_only=True, exported=False, privacy=Privacy.BOOKKEEPING)
    label: str | None = declared("text", privacy=_PERSONAL)
    purposes: frozenset[str] = declared("choices", default=frozenset(PURPOSES), choices=PURPOSES)
    default_for: frozenset[str] = declared("choices", default=frozenset(), choices=PURPOSES)
    salutation: str | None = declared("text", privacy=_PERSONAL)
    first_name: str | None = declared("text", privacy=_PERSONAL)
    last_name: str | None = declared("text", privacy=_PERSONAL)
    company_name: str | None = declared("text", privacy=_PERSONAL)
    department: str | None = declared("text", privacy=_PERSONAL)
    line1: str | None = declared("text", privacy=_PERSONAL)
    line2: str | None = declared("text", privacy=_PERSONAL)
    line3: str | None = declared("text", privacy=_PERSONAL)
    city: str | None = declared("text", privacy=_PERSONAL)
    region: str | None = declared("text", privacy=_PERSONAL)
    postcode: str | None = declared("text", privacy=_PERSONAL, max_length=32)
    country: str = declared("country", default="", required=True)
    phone: str | None = declared("phone", privacy=_PERSONAL)
    email: str | None = declared("email", privacy=_PERSONAL)
    info: InfoValues = declared("info", default=NO_INFO)
    warnings: tuple[Problem, ...] = attrs.field(default=(), eq=False, repr=False)

    def __repr__(self) -> str:
        """Name the address without a personal value in it."""
        return f"<Address {self.id or 'new'} {self.country}>"

    def same_place(self, other: Address) -> bool:
        """Tell whether both would print the same envelope: all but id, label, purposes and defaults are equal."""
        return _place(self) == _place(other)


_NOT_PLACE = frozenset({"id", "label", "purposes", "default_for", "warnings"})


def _place(address: Address) -> tuple[Any, ...]:
    return tuple(value for name, value in attrs.asdict(address, recurse=False).items() if name not in _NOT_PLACE)


def with_default(book: tuple[Address, ...], address_id: str, purpose: str) -> tuple[Address, ...]:
    """Return the book with this address as its only default for ``purpose`` (which it then also serves)."""
    changed = []
    for address in book:
        if address.id == address_id:
            address = attrs.evolve(
                address,
                purposes=address.purposes | {purpose},
                default_for=address.default_for | {purpose},
            )
        elif purpose in address.default_for:
            address = attrs.evolve(address, default_for=address.default_for - {purpose})
        changed.append(address)
    return tuple(changed)


def merged(book: tuple[Address, ...], new: Address) -> tuple[tuple[Address, ...], Address]:
    """Return the book with ``new`` in it, and the address as it stands there.

    An address that is there already is not added twice: the purposes are joined. The first address
    for a purpose becomes its default; a new default takes the place of the old one.
    """
    wanted = new.default_for
    twin = next((address for address in book if address.same_place(new)), None)
    if twin is None:
        stands = attrs.evolve(new, default_for=frozenset())
        book = (*book, stands)
    else:
        stands = attrs.evolve(
            twin,
            purposes=twin.purposes | new.purposes,
            label=new.label or twin.label,
            warnings=new.warnings,
        )
        book = tuple(stands if address.id == stands.id else address for address in book)
    taken = {purpose for address in book for purpose in address.default_for}
    for purpose in sorted(wanted | (stands.purposes - taken)):
        book = with_default(book, stands.id, purpose)
    return book, next(address for address in book if address.id == stands.id)
