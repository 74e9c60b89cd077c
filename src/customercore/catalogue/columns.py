"""The columns of files, named as callers name fields.

A column is a field of the customer; ``address.<field>``, of the default address for invoices;
``addresses[1].<field>``, of the second address of the book, counted from 0; or ``addresses``, the
book as a list. A tenant's info types are fields too: ``info.points``, ``address.info.floor``.

Where a file has a column for every exported built-in field of the invoice address, the list holds
the other addresses only, so that each address is in a row once and can be changed there; None in
the list then tells where in the book the invoice address stands, when it is not the first. Info
types do not count: a file stays what it is when one is defined after it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

import attrs

from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.info_fields import InfoField
from customercore.domain.address import INVOICE, Address
from customercore.domain.customer import Customer
from customercore.domain.kinds import Kind
from customercore.domain.many_valued import ListKind

__all__ = [
    "INFO",
    "Column",
    "Place",
    "column_of",
    "default_columns",
    "info_key",
    "invoice_address",
    "listed_beside",
    "names_info",
    "plain_form",
]

INFO = "info"
"""The field that holds the values of info types. It is no column: each info type is one."""

_OF_ADDRESS = re.compile(r"(?:address|addresses\[([0-9]{1,3})\])\.((?:info\.)?\w+)")
_OF_INFO = re.compile(r"((?:address|addresses\[[0-9]{1,3}\])\.)?info\.[A-Za-z][A-Za-z0-9_]{0,62}")

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
    if field is None or field.field.hidden or field.name == INFO:
        return None
    if match is None:
        return Column(name, field, "customer")
    return Column(name, field, "invoice" if match[1] is None else int(match[1]))


def default_columns(catalogue: Catalogue, *, flat: bool) -> list[str]:
    """Return the columns of a file that nobody chose columns for: they say everything but ids, versions and times.

    ``flat`` files are rows of cells and have the invoice address in columns of its own.
    """
    names = [
        one.name for one in catalogue.customers.fields if one.field.exported and one.name not in ("addresses", INFO)
    ]
    if flat:
        names += [f"address.{name}" for name in (*_built_in(catalogue), *_info_of_addresses(catalogue))]
    return [*names, "addresses"]


def listed_beside(catalogue: Catalogue, columns: Iterable[Column]) -> bool:
    """Tell whether ``addresses`` in a file with these columns leaves the invoice address to columns of its own."""
    return set(_built_in(catalogue)) <= {one.field.name for one in columns if one.place == "invoice"}


def invoice_address(customer: Customer) -> Address | None:
    """Return the default address for invoices: the one in the columns ``address.<field>``."""
    for one in customer.addresses:
        if INVOICE in one.default_for:
            return one
    return None


def names_info(name: str) -> bool:
    """Tell whether a column's name is that of an info type, defined or not."""
    return _OF_INFO.fullmatch(name) is not None


def info_key(field: BoundField) -> str | None:
    """Return the key of the info type that a field is, None for a built-in field."""
    return field.info_type.key if isinstance(field, InfoField) else None


def plain_form(kind: Kind) -> Callable[[Any], Any]:
    """Return what makes the form of a value that JSON knows and an import reads: text, number, truth or list."""
    if isinstance(kind, ListKind):
        return lambda value: sorted(value) if isinstance(value, frozenset) else list(value)
    to_text = kind.to_text
    return lambda value: value if isinstance(value, bool | int | list) else to_text(value)


def _built_in(catalogue: Catalogue) -> list[str]:
    fields = catalogue.addresses.fields
    return [one.name for one in fields if one.field.exported and one.name != INFO and info_key(one) is None]


def _info_of_addresses(catalogue: Catalogue) -> list[str]:
    return [one.name for one in catalogue.addresses.fields if one.field.exported and info_key(one) is not None]
