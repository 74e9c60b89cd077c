"""Mapping files: TOML that says which column of a CSV or XLSX file becomes which field of a customer.

::

    format = "csv"
    delimiter = ";"                                   # found in the header when left out
    encoding = "windows-1252"                         # UTF-8 when left out, or what the file's mark says

    [customer]
    email = "E-mail"                                  # a column's name
    code = { column = "Number", prefix = "CH-" }
    customer_type = { column = "Company", map = { "" = "private" }, otherwise = "business" }
    tags = { column = "Keywords", split = "," }
    flags = { constant = ["imported"] }
    phones = ["Phone", "Fax"]                         # a list takes what is filled
    password_hash = { column = "Hash", scheme = "md5" }  # without a scheme its form tells

    [[customer.addresses]]
    purposes = ["invoice"]
    line1 = "Street"
    country = { column = "Country", default = "SE" }

    [customer.info]                                   # info types, defined beforehand
    points = "Bonus"

The info types of addresses are in ``[customer.addresses.info]``, behind their address.

In a table, ``map`` is looked up with the text of the cell and ``otherwise`` answers for what it has
not; ``prefix`` is put before what came of the cell; ``default`` stands in when nothing came of it;
``split`` makes a list of the text. An address is made when one of its columns is filled.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from customercore.adapters.files.cells import (
    AddressOfCells,
    Cells,
    Columns,
    ListOfCells,
    Named,
    OneCell,
    RecordOfCells,
    Same,
)
from customercore.adapters.files.opening import opened
from customercore.adapters.files.table import opened_table
from customercore.adapters.files.table_source import TableSource, undefined_info
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import INFO, info_key
from customercore.domain.password_hash import SCHEMES
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, ImportSource

__all__ = ["MappedCsv"]

_KEYS = frozenset({"column", "constant", "prefix", "map", "otherwise", "default", "split"})
_TOP = frozenset({"format", "delimiter", "encoding", "customer"})
_LARGEST = 1_000_000
_PASSWORD, _OF_HASHES = "password_hash", {"column", "scheme"}


class MappedCsv:
    """Implements `ports.import_format.ImportFormat` for CSV files with a mapping."""

    name = "csv"

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file; everything that is wrong with its mapping is raised at once, before a row is read."""
        if mapping is None:
            raise InvalidValueError.of("mapping", "required", "the format csv needs a mapping")
        given = _read(mapping)
        rows = opened_table(
            path,
            given.get("delimiter") if delimiter is None else delimiter,
            given.get("encoding") if encoding is None else encoding,
        )
        problems: list[Problem] = []
        plan = _Plan(catalogue, given["customer"], Columns(rows.header), problems)
        if problems:
            rows.close()
            raise InvalidValueError(problems)
        unused = [name for name in rows.header if name not in plan.columns.used]
        return TableSource(rows, plan.draft, tuple(unused))


def _read(path: str) -> dict[str, Any]:
    with opened(path, "mapping") as file:
        raw = file.read(_LARGEST)
    try:
        given = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        where = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise _invalid("mapping", f"is not TOML{where}") from error
    for name in given:
        if name not in _TOP:
            raise _invalid(f"mapping.{name}", f"must be one of {', '.join(sorted(_TOP))}")
    if given.get("format", "csv") != "csv":
        raise _invalid("mapping.format", "must be csv")
    if not isinstance(given.get("customer"), dict):
        raise _invalid("mapping.customer", "must be a table of customers' fields")
    return given


def _invalid(field: str, message: str) -> InvalidValueError:
    return InvalidValueError.of(field, "invalid_mapping", message)


class _Plan:
    """The mapping, checked against the catalogue and the columns of one file."""

    def __init__(
        self, catalogue: Catalogue, given: Mapping[str, Any], columns: Columns, problems: list[Problem]
    ) -> None:
        self.columns = columns
        self._problems = problems
        fields = {name: value for name, value in given.items() if name not in ("addresses", _PASSWORD)}
        self._customer = RecordOfCells(*self._record(catalogue.customers, fields, "customer"))
        self._password = self._hash(given[_PASSWORD]) if _PASSWORD in given else None
        books = given.get("addresses", [])
        if not isinstance(books, list) or not all(isinstance(one, dict) for one in books):
            problems.append(_problem("customer.addresses", "must be written as [[customer.addresses]]"))
            books = []
        self._addresses = []
        for number, one in enumerate(books):
            record = self._record(catalogue.addresses, one, f"customer.addresses[{number}]")
            self._addresses.append(AddressOfCells(*record))

    def draft(self, cells: list[str], problems: list[Problem]) -> Draft:
        """Return the draft of one row."""
        draft: Draft = self._customer.draft(cells, problems)
        book = [one for address in self._addresses if (one := address.draft(cells, problems))]
        if book:
            draft["addresses"] = book
        if self._password is not None and (password := self._password(cells, problems)):
            draft["password_hash"] = password
        return draft

    def _hash(self, value: object) -> Cells | None:
        """Return the reader of a column of password hashes, which go with the scheme that the mapping names."""
        path = f"customer.{_PASSWORD}"
        table = {"column": value} if isinstance(value, str) else value
        if not isinstance(table, dict) or not isinstance(table.get("column"), str) or set(table) - _OF_HASHES:
            self._problems.append(_problem(path, "must be a column's name, or a table of column and scheme"))
            return None
        if table.get("scheme", "md5") not in tuple(SCHEMES):
            self._problems.append(_problem(f"{path}.scheme", f"must be one of {', '.join(SCHEMES)}"))
            return None
        mark = f"{table['scheme']}:" if "scheme" in table else ""
        return self._table({"column": table["column"], **({"prefix": mark} if mark else {})}, path, many=False)

    def _record(self, aggregate: Aggregate[Any], given: Mapping[str, Any], path: str) -> tuple[Named, Named]:
        """Return the readers of a record's fields, and those of its info types by key."""
        fields = {name: value for name, value in given.items() if name != INFO}
        return self._planned(aggregate, fields, path), self._info(aggregate, given.get(INFO, {}), f"{path}.{INFO}")

    def _info(self, aggregate: Aggregate[Any], given: object, path: str) -> Named:
        if not isinstance(given, dict):
            self._problems.append(_problem(path, "must be a table of info types"))
            return []
        planned: list[tuple[str, Cells]] = []
        for key, value in given.items():
            field, here = aggregate.by_name.get(f"{INFO}.{key}"), f"{path}.{key}"
            if field is None:
                self._problems.append(undefined_info(here, of_address=aggregate.name == "address"))
            elif (reader := self._field(field, value, here)) is not None:
                planned.append((key, reader))
        return planned

    def _planned(self, aggregate: Aggregate[Any], given: Mapping[str, Any], path: str) -> Named:
        planned: list[tuple[str, Cells]] = []
        for name, value in given.items():
            field = aggregate.by_name.get(name)
            here = f"{path}.{name}"
            if field is None or field.field.hidden or info_key(field) is not None:
                self._problems.append(Problem(here, "unknown_field", f"a {aggregate.name} has no such field"))
            elif field.field.read_only or field.field.derived:
                self._problems.append(Problem(here, "read_only", "is set by the core only"))
            elif (reader := self._field(field, value, here)) is not None:
                planned.append((name, reader))
        return planned

    def _field(self, field: BoundField, value: object, path: str) -> Cells | None:
        if isinstance(value, list) and not field.kind.many:
            self._problems.append(_problem(path, "takes one value, not a list"))
            return None
        return self._reader(value, path, choices=field.field.choices, many=field.kind.many)

    def _reader(self, value: object, path: str, *, choices: Sequence[str], many: bool) -> Cells | None:
        if isinstance(value, list):
            if value and all(one in choices for one in value):
                return Same(value)
            parts = [self._reader(one, f"{path}[{number}]", choices=(), many=many) for number, one in enumerate(value)]
            return ListOfCells([part for part in parts if part is not None])
        if isinstance(value, str):
            value = {"column": value}
        if not isinstance(value, dict):
            self._problems.append(_problem(path, "must be a column's name, a table or a list"))
            return None
        return self._table(value, path, many=many)

    def _table(self, table: Mapping[str, Any], path: str, *, many: bool) -> Cells | None:
        wrong = _fault(table, many=many)
        if wrong is not None:
            self._problems.append(_problem(path, wrong))
            return None
        if "constant" in table:
            return Same(table["constant"])
        column = self.columns.index(table["column"])
        if column is None:
            self._problems.append(Problem(path, "unknown_column", f"the file has no column {table['column']!r}"))
            return None
        return OneCell(
            column,
            path=path.removeprefix("customer."),
            prefix=table.get("prefix", ""),
            answers=table.get("map"),
            otherwise=table.get("otherwise"),
            default=table.get("default"),
            split=table.get("split"),
        )


def _fault(table: Mapping[str, Any], *, many: bool) -> str | None:
    """Return what is wrong with the keys and values of a table, or None."""
    unknown = sorted(set(table) - _KEYS)
    answers = table.get("map", {})
    constant = "constant" in table
    fixed = [table[key] for key in ("constant", "otherwise", "default") if key in table]
    texts = [table[key] for key in ("prefix", "split") if key in table]
    faults = (
        (unknown, f"has an unknown key {''.join(unknown[:1])!r}; there are {', '.join(sorted(_KEYS))}"),
        (constant and len(table) > 1, "a constant stands alone"),
        (not constant and not isinstance(table.get("column"), str), "needs a column or a constant"),
        ("otherwise" in table and "map" not in table, "'otherwise' needs a map"),
        (not isinstance(answers, dict) or not all(map(_is_value, answers.values())), "'map' must be a table of texts"),
        (not all(map(_is_value, fixed)), "a fixed value is a text, a truth or a list of texts"),
        (not all(isinstance(one, str) and one for one in texts), "'prefix' and 'split' are texts"),
        ("split" in table and not many, "'split' is for fields that take a list"),
    )
    return next((message for wrong, message in faults if wrong), None)


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | bool)


def _problem(path: str, message: str) -> Problem:
    return Problem(path, "invalid_mapping", message)
