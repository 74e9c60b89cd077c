"""The columns of files, named as callers name fields.

A column is a field of the customer; ``address.<field>``, of the default address for invoices;
``addresses[1].<field>``, of the second address of the book, counted from 0; or ``addresses``, the
book as a list. Where a file has a column for every exported field of the invoice address, the list
holds the other addresses only, so that each address is in a row once and can be changed there;
None in the list then tells where in the book the invoice address stands, when it is not the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import attrs

from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.catalogue import Catalogue
from customercore.domain.address import INVOICE, Address
from customercore.domain.customer import Customer

__all__ = ["Column", "Place", "column_of", "default_columns", "invoice_address", "listed_beside"]

_OF_ADDRESS = re.compile(r"(?:address|addresses\[([0-9]{1,3})\])\.(\w+)")
_INFO = "info"  # not a column: each info type is to be one

Place = Literal["customer", "invoice"] | int
"""Whose field a column shows: the customer's, the invoice address's, or that of the address with this number."""


@attrs.frozen
class Column:
    """A column of a file."""

    name: str
    field: BoundField
    place: Place


def column_of(catalogue: Catalogue, name: str) -> Column | None:
    """Return the column of this name, None when there is none."""
    match = _OF_ADDRESS.fullmatch(name)
    aggregate = catalogue.customers if match is None else catalogue.addresses
    field = aggregate.by_name.get(name if match is None else match[2])
    if field is None or field.field.hidden or field.name == _INFO:
        return None
    if match is None:
        return Column(name, field, "customer")
    return Column(name, field, "invoice" if match[1] is None else int(match[1]))


def default_columns(catalogue: Catalogue, *, flat: bool) -> list[str]:
    """Return the columns of a file that nobody chose columns for: they say everything but ids, versions and times.

    ``flat`` files are rows of cells and have the invoice address in columns of its own.
    """
    names = [
        one.name for one in catalogue.customers.fields if one.field.exported and one.name not in ("addresses", _INFO)
    ]
    if flat:
        names += [f"address.{name}" for name in _exported(catalogue)]
    return [*names, "addresses"]


def listed_beside(catalogue: Catalogue, columns: Iterable[Column]) -> bool:
    """Tell whether ``addresses`` in a file with these columns leaves the invoice address to columns of its own."""
    return set(_exported(catalogue)) <= {one.field.name for one in columns if one.place == "invoice"}


def invoice_address(customer: Customer) -> Address | None:
    """Return the default address for invoices: the one in the columns ``address.<field>``."""
    return next((one for one in customer.addresses if INVOICE in one.default_for), None)


def _exported(catalogue: Catalogue) -> list[str]:
    return [one.name for one in catalogue.addresses.fields if one.field.exported and one.name != _INFO]
