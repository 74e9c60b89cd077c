"""Exporting to Apache Parquet: typed columns, in groups of rows that are compressed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from customercore.adapters.files.cell_texts import cell_text
from customercore.adapters.files.libraries import library
from customercore.adapters.files.opening import replacing
from customercore.catalogue.addresses import AddressesKind
from customercore.catalogue.columns import plain_form
from customercore.domain.amount_kinds import SCALE, DecimalKind
from customercore.domain.kinds import Kind
from customercore.domain.many_valued import ListKind
from customercore.domain.scalar_kinds import BooleanKind, DateKind, DateTimeKind, IntegerKind
from customercore.ports.export_format import ExportColumn

__all__ = ["ParquetExport"]

GROUP = 5_000
"""How many records are in memory at once, and in a group of rows."""

_DIGITS = 19
"""A decimal is a 64-bit integer with `SCALE` of its digits after the point."""

Values = Callable[[Sequence[Any]], Sequence[Any]]
"""Makes of the values of one column what the library takes."""


class ParquetExport:
    """Implements `ports.export_format.ExportFormat`; needs the extra ``parquet``.

    Whole numbers are 64-bit integers, decimals `decimal128(19, 4)`, moments UTC timestamps in
    milliseconds; truths and dates are what they are, lists are lists of texts. Everything else is
    text: money with its currency, ``addresses`` as JSON. A missing value is null.
    """

    name = "parquet"
    flat = True
    endings = (".parquet",)

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records and return how many there were."""
        arrow, parquet = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
        typed = [_typed(arrow, column.kind) for column in columns]
        schema = arrow.schema([(column.name, type_) for column, (type_, _) in zip(columns, typed, strict=True)])
        rest, count = iter(records), 0
        with replacing(path) as file, parquet.ParquetWriter(file.buffer, schema, compression="zstd") as writer:
            while some := list(islice(rest, GROUP)):
                made = zip(zip(*some, strict=True), typed, strict=True)
                arrays = [arrow.array(values(column), type_) for column, (type_, values) in made]
                writer.write_batch(arrow.record_batch(arrays, schema=schema))
                count += len(some)
        return count


def _typed(arrow: Any, kind: Kind) -> tuple[Any, Values]:
    """Return the type of a column, and what makes its values."""
    types = (
        (BooleanKind, arrow.bool_()),
        (IntegerKind, arrow.int64()),
        (DecimalKind, arrow.decimal128(_DIGITS, SCALE)),
        (DateKind, arrow.date32()),
        (DateTimeKind, arrow.timestamp("ms", tz="UTC")),
    )
    for of, type_ in types:
        if isinstance(kind, of):
            return type_, list
    if isinstance(kind, ListKind):
        return arrow.list_(arrow.string()), _each(plain_form(kind))
    text = cell_text(kind)
    return arrow.string(), _each((lambda value: text(value) or None) if isinstance(kind, AddressesKind) else text)


def _each(form: Callable[[Any], Any]) -> Values:
    return lambda values: [None if value is None else form(value) for value in values]
