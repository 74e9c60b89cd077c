"""Writing files out: ``core.exports``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import PurePath
from typing import Any

from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import BoundField
from customercore.catalogue.catalogue import Catalogue
from customercore.catalogue.columns import (
    INFO,
    Column,
    column_of,
    default_columns,
    info_key,
    invoice_address,
    listed_beside,
    plain_form,
)
from customercore.catalogue.query import EVERYTHING, OrderBy, Query
from customercore.catalogue.resolve import resolve, resolve_sort
from customercore.domain.address import Address
from customercore.domain.criteria.tree import Criteria
from customercore.domain.criteria.where import where
from customercore.domain.customer import STATUSES, Customer
from customercore.domain.info_values import NO_INFO
from customercore.domain.report import ExportReport
from customercore.errors import InvalidValueError, Problem
from customercore.ports.export_format import ExportColumn, ExportFormat, FileEndings, FixedColumns
from customercore.services.context import Context
from customercore.services.given_texts import given_path
from customercore.services.units import Work

__all__ = ["Exports", "Progress"]

_ANY_STATUS = "any"
_EMAIL_ORDER = OrderBy("email_key", descending=False, nullable=True)

_TOLD_EACH = 1_000
"""After how many records progress is told."""

Progress = Callable[[int, int], None]
"""Called after each thousand records, and at the end, with how many are written and how many there are."""

Path = str | os.PathLike[str]


class Exports:
    """Exports of customers to files."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def format_of(self, path: Path) -> str:
        """Return the format whose ending a file's name has, the longest one that fits; ``csv`` where none does.

        Raises `InvalidValueError` (``format``, ``ambiguous_format``) where several formats have that ending.
        """
        name, fits = PurePath(path).name.lower(), dict[str, set[str]]()
        for format_, one in self._context.formats.exports.items():
            for ending in one.endings if isinstance(one, FileEndings) else ():
                if name.endswith(ending):
                    fits.setdefault(ending, set()).add(format_)
        if not fits:
            return "csv"
        ending = max(fits, key=len)
        found = sorted(fits[ending])
        if len(found) > 1:
            message = f"must be named, since {' and '.join(found)} write files that end in {ending}"
            raise InvalidValueError.of("format", "ambiguous_format", message)
        return found[0]

    def run(
        self,
        path: Path,
        format: str = "csv",  # noqa: A002  as concepts.md names it
        criteria: Criteria | None = None,
        columns: Sequence[str] | None = None,
        sort: Sequence[str] | str | None = None,
        *,
        status: str | None = _ANY_STATUS,
        shop: str | None = None,
        progress: Progress | None = None,
    ) -> ExportReport:
        """Write customers to a file, as they all were at one moment.

        ``format`` is ``csv``, ``jsonl`` (JSON lines), ``xlsx``, ``parquet`` or ``shopify``, whose columns are
        given: ``columns`` chooses among them. Everybody is exported who meets the
        ``criteria``, guests and inactive ones too unless ``status`` or the criteria say otherwise.
        ``columns`` are customers' fields, ``address.<field>`` (the default invoice address),
        ``addresses[1].<field>`` and ``addresses``, the book as a list; info types are fields such as
        ``info.points``. Without ``columns``, everything but ids, versions, times and retired info types
        is written (see `catalogue.columns`), so that an import of the file makes an equal store.
        Without a ``sort`` the order is that of e-mail identity, then of ids: equal stores give equal
        files (ruling 38).

        The file replaces one of this name once it is complete, and only its owner may read it.
        Raises `InvalidValueError` (``path``, ``format``, ``status``, ``sort``, ``where.<field>``, ``columns``
        with every unknown one, and the name of a column with a value that the format cannot hold), and
        `ExtensionError` (``missing_extra``).
        """
        known = self._context.formats.exports
        if format not in known:
            raise InvalidValueError.of("format", "unknown_format", f"must be one of {', '.join(sorted(known))}")
        written = known[format]
        asked = _whole(criteria, status, shop)
        target = given_path(path)

        def use_case(work: Work) -> int:
            customers = work.catalogue.customers
            chosen = _chosen(work.catalogue, written, columns)
            order = (_EMAIL_ORDER,) if sort is None else resolve_sort(customers, sort)
            node = EVERYTHING if asked is None else resolve(customers, asked, work.definitions)
            query = Query(where=node, order=order)
            records: Iterable[Sequence[Any]] = map(_values(work.catalogue, chosen), work.uow.customers.stream(query))
            if progress is not None:
                records = _telling(records, work.uow.customers.count(query), progress)
            told = [ExportColumn(one.name, one.field.kind) for one in chosen]
            return written.write(target, told, records)

        return ExportReport(written=self._context.units.read(use_case), path=target)


def _whole(criteria: Criteria | None, status: str | None, shop: str | None) -> Criteria | None:
    if criteria is not None and not isinstance(criteria, Criteria):
        raise InvalidValueError.of("criteria", "invalid_criteria", "must be built with where")
    if status not in (None, _ANY_STATUS, *STATUSES):
        raise InvalidValueError.of("status", "unknown_choice", f"must be one of {', '.join(STATUSES)} or {_ANY_STATUS}")
    parts = [] if criteria is None else [criteria]
    if status not in (None, _ANY_STATUS):
        parts.append(where.status == status)
    if shop is not None:
        parts.append(where.shop(shop))
    whole = parts.pop() if parts else None
    for part in parts:
        whole = part & whole if whole is not None else part
    return whole


def _chosen(catalogue: Catalogue, written: ExportFormat, names: Sequence[str] | None) -> list[Column]:
    room = written.columns if isinstance(written, FixedColumns) else None
    if names is None:
        names = room or default_columns(catalogue, flat=written.flat)
    if isinstance(names, str) or not names:
        raise InvalidValueError.of("columns", "wrong_type", "must be a list of column names")
    found = {name: column_of(catalogue, name) for name in names if isinstance(name, str)}
    unknown = [name for name in names if found.get(name) is None]
    if unknown:
        raise InvalidValueError(Problem("columns", "unknown_field", f"there is no column {name!r}") for name in unknown)
    if room is not None and (beyond := [name for name in found if name not in room]):
        raise InvalidValueError(
            Problem("columns", "no_room", f"{written.name} has no room for {name}") for name in beyond
        )
    return [column for column in found.values() if column is not None]


def _telling(records: Iterable[Sequence[Any]], total: int, progress: Progress) -> Iterator[Sequence[Any]]:
    """Yield the records, and tell how many have been taken."""
    count = 0
    for count, record in enumerate(records, 1):
        yield record
        if count % _TOLD_EACH == 0:
            progress(count, total)
    progress(count, total)


class _NoAddress:
    """Stands for an invoice address that is not there: it has no value in any column."""

    info = NO_INFO

    def __getattr__(self, name: str) -> None:
        return None


_NO_ADDRESS = _NoAddress()


class _Record:
    """What the columns of one row are read of: a customer, and its invoice address, found once for all of them."""

    __slots__ = ("customer", "invoice")

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.invoice = invoice_address(customer) or _NO_ADDRESS


def _values(catalogue: Catalogue, columns: Sequence[Column]) -> Callable[[Customer], Sequence[Any]]:
    """Return what gives the values of a customer in the order of the columns.

    Nearly all are attributes and read at once, the others put in their places afterwards.
    """
    beside = listed_beside(catalogue, columns)
    paths = [_path(one) for one in columns]
    attributes = attrgetter(*(path or "customer" for path in paths), "customer")
    others = [(at, _value(catalogue, one, beside=beside)) for at, one in enumerate(columns) if paths[at] is None]

    def values(customer: Customer) -> Sequence[Any]:
        record = _Record(customer)
        *found, _ = attributes(record)
        for at, value in others:
            found[at] = value(record)
        return found

    return values


def _path(column: Column) -> str | None:
    """Return the path of the attribute of a record that is the column's value, None when it is no attribute."""
    whose = column.place if isinstance(column.place, str) else None
    if whose is None or column.name == "addresses" or info_key(column.field) is not None:
        return None
    return f"{whose}.{column.field.name}"


def _value(catalogue: Catalogue, column: Column, *, beside: bool) -> Callable[[_Record], Any]:
    """Return what gives a column's value of a record."""
    if column.name == "addresses":
        plain = _plain(catalogue.addresses)

        def listed(record: _Record) -> list[Any]:
            if beside and record.customer.addresses in ((), (record.invoice,)):  # as nearly all customers have it
                return []
            return [one and plain(one) for one in _listed(record, beside=beside)]

        return listed
    if isinstance(column.place, str):
        whose, of_info = attrgetter(column.place), _reader(column.field)
        return lambda record: of_info(whose(record))
    number, read = column.place, _reader(column.field)

    def numbered(record: _Record) -> Any:
        addresses = record.customer.addresses
        return read(addresses[number]) if number < len(addresses) else None

    return numbered


def _reader(field: BoundField) -> Callable[[Any], Any]:
    """Return what gives a field's value of a customer or an address."""
    return attrgetter(field.name) if info_key(field) is None else field.value


def _listed(record: _Record, *, beside: bool) -> Iterator[Address | None]:
    """Yield the addresses of the column ``addresses``; see `catalogue.columns`."""
    first = record.invoice if beside else None
    for number, address in enumerate(record.customer.addresses):
        if address is not first:
            yield address
        elif number > 0:
            yield None


def _plain(addresses: Aggregate[Address]) -> Callable[[Address], dict[str, Any]]:
    """Return what makes a plain mapping of an address: texts, lists and truths; what is missing is left out."""
    exported = [one for one in addresses.fields if one.field.exported and one.name != INFO]
    fields = [(one.name, _reader(one), plain_form(one.kind)) for one in exported if info_key(one) is None]
    info = [(key, one.value, plain_form(one.kind)) for one in exported if (key := info_key(one)) is not None]

    def plain(address: Address) -> dict[str, Any]:
        found = {name: form(value) for name, read, form in fields if (value := read(address)) is not None}
        if info and address.info:
            values = {key: form(value) for key, read, form in info if (value := read(address)) is not None}
            if values:
                found[INFO] = values
        return found

    return plain
