"""Making drafts of the columns of our own files (`catalogue.columns`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import Column, Place, column_of, listed_beside
from customercore.domain.address import INVOICE
from customercore.ports.import_format import Draft

__all__ = ["OwnDraft"]

_RESTORED = ("kind", "status")
_EMPTY: tuple[Any, ...] = (None, "", [])


@attrs.frozen
class OwnDraft:
    """What becomes of the columns of a file.

    ``fields`` are fields of the customer, ``places`` the columns of addresses (each with its field);
    ``ignored`` are known but only set by the core, or say again what ``addresses`` says; ``unknown``
    are none of ours.
    """

    fields: tuple[str, ...]
    places: Mapping[Place, list[tuple[str, str]]]
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    beside: bool
    """Whether ``addresses`` leaves the invoice address to columns of its own."""

    @classmethod
    def of(cls, catalogue: Catalogue, names: Iterable[str]) -> OwnDraft:
        """Return what becomes of the columns of these names."""
        fields, ignored, unknown, known = [], [], [], []
        places: dict[Place, list[tuple[str, str]]] = {}
        for name in names:
            column = column_of(catalogue, name)
            if column is None:
                unknown.append(name)
                continue
            known.append(column)
            if not _settable(column):
                ignored.append(name)
            elif column.place == "customer":
                fields.append(name)
            else:
                places.setdefault(column.place, []).append((name, column.field.name))
        beside = listed_beside(catalogue, known)
        if "addresses" in fields:
            fields.remove("addresses")
            for place in [one for one in places if one != "invoice" or not beside]:
                ignored += [name for name, _ in places.pop(place)]
        return cls(tuple(fields), places, tuple(ignored), tuple(unknown), beside)

    def draft(self, row: Mapping[str, Any]) -> Draft:
        """Return the draft of a row, given by the names of its columns; ``addresses`` is a list when it is there."""
        draft: Draft = {name: value for name in self.fields if (value := row.get(name)) not in _EMPTY}
        placed: dict[Place, Any] = {
            place: {field: value for name, field in columns if (value := row.get(name)) not in _EMPTY}
            for place, columns in self.places.items()
        }
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
    return {name: value for name, value in address.items() if value not in (None, "")}
