"""Making drafts of the columns of our own files (`catalogue.columns`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import INFO, Column, Place, column_of, info_key, listed_beside, names_info
from customercore.domain.address import INVOICE
from customercore.errors import Problem
from customercore.ports.import_format import Draft

__all__ = ["OwnDraft", "read_list"]

_RESTORED = ("kind", "status")
_EMPTY: tuple[Any, ...] = (None, "", [])


@attrs.frozen
class _Part:
    """The columns of one record, a customer or an address: each with its field, or with the key of its info type."""

    fields: list[tuple[str, str]] = attrs.field(factory=list)
    info: list[tuple[str, str]] = attrs.field(factory=list)

    def add(self, column: Column) -> None:
        """Take a column."""
        key = info_key(column.field)
        if key is None:
            self.fields.append((column.name, column.field.name))
        else:
            self.info.append((column.name, key))

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [name for name, _ in (*self.fields, *self.info)]

    def filled(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is filled of its fields in a row; info types are left to the caller."""
        return {field: value for name, field in self.fields if (value := row.get(name)) or value not in _EMPTY}

    def address(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is filled of an address in a row."""
        found = self.filled(row)
        if self.info:
            info = {key: value for name, key in self.info if (value := row.get(name)) or value not in _EMPTY}
            if info:
                found[INFO] = info
        return found


@attrs.frozen
class OwnDraft:
    """What becomes of the columns of a file.

    ``customer`` are the columns of the customer, ``places`` those of addresses; ``ignored`` are known
    but only set by the core, or say again what ``addresses`` says; ``undefined`` name info types that
    are not defined; ``unknown`` are none of ours.
    """

    customer: _Part
    places: Mapping[Place, _Part]
    ignored: tuple[str, ...]
    undefined: tuple[str, ...]
    unknown: tuple[str, ...]
    beside: bool
    """Whether ``addresses`` leaves the invoice address to columns of its own."""

    @classmethod
    def of(cls, catalogue: Catalogue, names: Iterable[str]) -> OwnDraft:
        """Return what becomes of the columns of these names; ``catalogue`` is the tenant's."""
        known: list[Column] = []
        ignored: list[str] = []
        undefined: list[str] = []
        unknown: list[str] = []
        customer, places = _Part(), dict[Place, _Part]()
        for name in names:
            column = column_of(catalogue, name)
            if column is None:
                (undefined if names_info(name) else unknown).append(name)
                continue
            known.append(column)
            if not _settable(column):
                ignored.append(name)
            elif column.place == "customer":
                customer.add(column)
            else:
                places.setdefault(column.place, _Part()).add(column)
        beside = listed_beside(catalogue, known)
        if _BOOK in customer.fields:
            customer.fields.remove(_BOOK)
            for place in [one for one in places if one != "invoice" or not beside]:
                ignored += places.pop(place).names
        return cls(customer, places, tuple(ignored), tuple(undefined), tuple(unknown), beside)

    @property
    def known(self) -> frozenset[str]:
        """The fields of the customer that the file has."""
        return frozenset(field for _, field in self.customer.fields)

    def draft(self, row: Mapping[str, Any]) -> Draft:
        """Return the draft of a row, given by the names of its columns; ``addresses`` is a list when it is there.

        An empty cell of an info type says that there is no value: the row tells all of a customer.
        """
        draft: Draft = self.customer.filled(row)
        if self.customer.info:
            values = ((key, row.get(name)) for name, key in self.customer.info)
            draft[INFO] = {key: None if value in _EMPTY else value for key, value in values}
        placed: dict[Place, Any] = {place: part.address(row) for place, part in self.places.items()}
        invoice = placed.pop("invoice", {})
        if invoice.get("default_for"):
            invoice["default_for"] = _with_invoice(invoice["default_for"])
        listed = row.get("addresses") or []
        others = [*listed, *(placed[place] for place in sorted(placed, key=str))]
        if self.beside and None in others:
            others[others.index(None)] = invoice
        else:
            others.insert(0, invoice)
        addresses = [_told(one) for one in others if one not in (None, {})]
        if addresses:
            draft["addresses"] = addresses
        return draft


_BOOK = ("addresses", "addresses")


def _settable(column: Column) -> bool:
    field = column.field.field
    return not (field.read_only or field.derived) or column.name in _RESTORED


def _with_invoice(given: Any) -> Any:
    """Return the purposes an address is the default for, ``invoice`` among them: that is what its columns are about."""
    purposes = [one.strip() for one in given.split(";")] if isinstance(given, str) else given
    return [*purposes, INVOICE] if isinstance(purposes, list) and INVOICE not in purposes else purposes


def _told(address: Any) -> Any:
    """Return an address of a list without what it leaves empty, as a mapping of its own."""
    if not isinstance(address, dict):
        return address
    told = {name: value for name, value in address.items() if value not in (None, "")}
    if isinstance(told.get(INFO), dict):
        told[INFO] = dict(told[INFO])
    return told


def read_list(name: str, text: str, problems: list[Problem]) -> Any:
    """Return the list that a cell holds as JSON, which only ``addresses`` must be."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return found
    if name != "addresses":
        return text
    problems.append(Problem(name, "invalid_json", "must be a JSON list of addresses"))
    return []
