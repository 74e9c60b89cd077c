"""Tables whose columns have names of their own: which of them become which fields.

Columns of info types' keys are info types; every other column is named in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from customercore.adapters.files.cells import AddressOfCells, Columns, Named, OneCell, RecordOfCells, Same
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.columns import INFO, info_key
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft

__all__ = ["NamedAddress", "NamedColumns", "Table", "need"]

Table = Mapping[str, str]
"""Fields by the name of a column. Where several columns have one field, the first that is there and filled counts."""


@attrs.frozen
class NamedAddress:
    """The columns of an address, and the values that each address of this kind has."""

    columns: Table
    always: Mapping[str, Any] = attrs.field(factory=dict)


class _FirstFilled:
    """The text of the first cell that is filled."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = tuple(places)

    def __call__(self, cells: list[str], problems: list[Problem]) -> Any:
        """Return the text."""
        return next((cell for at in self._places if (cell := cells[at].strip())), None)


class NamedColumns:
    """Makes drafts of rows with a header like this. ``raw`` are columns that the format asks for itself."""

    def __init__(
        self,
        header: Sequence[str],
        customers: Aggregate[Any],
        fields: Table,
        addresses: Iterable[NamedAddress] = (),
        raw: Iterable[str] = (),
    ) -> None:
        columns = Columns(header)
        self._customer = RecordOfCells(_named(columns, fields), _info(columns, customers, {*fields, *raw}))
        self._addresses = [
            AddressOfCells(
                [*_named(columns, one.columns), *((name, Same(value)) for name, value in one.always.items())], ()
            )
            for one in addresses
        ]
        self._raw = {name: at for name in raw if (at := columns.index(name)) is not None}
        self.ignored = tuple(name for name in header if name not in columns.used)

    def draft(self, cells: list[str], problems: list[Problem]) -> Draft:
        """Return the draft of one row."""
        draft: Draft = self._customer.draft(cells, problems)
        book = [one for address in self._addresses if (one := address.draft(cells, problems))]
        if book:
            draft["addresses"] = book
        return draft

    def raw(self, name: str, cells: list[str]) -> str:
        """Return the text of a column of ``raw``, empty when there is none."""
        at = self._raw.get(name)
        return "" if at is None else cells[at].strip()


def _same(always: Mapping[str, Any]) -> Named:
    return [(name, Same(value)) for name, value in always.items()]


def _named(columns: Columns, fields: Table) -> Named:
    places: dict[str, list[int]] = {}
    for name, field in fields.items():
        at = columns.index(name)
        if at is not None:
            places.setdefault(field, []).append(at)
    return [(field, OneCell(at[0], path=field) if len(at) == 1 else _FirstFilled(at)) for field, at in places.items()]


def _info(columns: Columns, customers: Aggregate[Any], taken: set[str]) -> Named:
    keys = [key for field in customers.fields if (key := info_key(field)) is not None and key not in taken]
    found = [(key, at) for key in keys if key in columns and (at := columns.index(key)) is not None]
    return [(key, OneCell(at, path=f"{INFO}.{key}")) for key, at in found]


def need(header: Sequence[str], platform: str, *alternatives: Sequence[str]) -> None:
    """Raise `InvalidValueError` (``missing_columns``) unless the header has one column of each alternative."""
    missing = [" or ".join(names) for names in alternatives if not set(names).intersection(header)]
    if missing:
        raise InvalidValueError.of("path", "missing_columns", f"{platform}'s column {', '.join(missing)} is missing")
