"""Exporting to CSV: UTF-8, RFC 4180, cells marked so that no spreadsheet takes them for formulas."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from customercore.adapters.files.cell_texts import cell_text
from customercore.adapters.files.formulas import neutralised
from customercore.adapters.files.opening import replacing
from customercore.ports.export_format import ExportColumn

__all__ = ["CsvExport"]


class CsvExport:
    """Implements `ports.export_format.ExportFormat`.

    A missing value is an empty cell; see `cell_texts` for lists and ``addresses``.
    """

    name = "csv"
    flat = True
    endings = (".csv",)

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records and return how many there were."""
        texts = [cell_text(column.kind) for column in columns]
        count = 0
        with replacing(path) as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in columns])
            rest = iter(records)
            while some := list(islice(rest, _CHUNK)):
                # Column by column, since most columns are empty or plain texts from top to bottom.
                made = [_cells(values, text) for values, text in zip(zip(*some, strict=True), texts, strict=True)]
                writer.writerows(zip(*made, strict=True))
                count += len(some)
        return count


_CHUNK = 100
"""How many records are in memory at once: few, so that they are gone before the collector comes by."""
_SUSPECT = frozenset("'=+-@\t\r")
_TEXT_OR_NONE = frozenset({str, type(None)})


def _cells(values: Sequence[Any], text: Callable[[Any], str]) -> Sequence[str | None]:
    """Return the cells of some values of one column; those without a value are None, which is written as nothing."""
    if values.count(None) == len(values):
        return values
    if text is not str or not _TEXT_OR_NONE.issuperset(map(type, values)):
        values = [None if value is None else text(value) for value in values]
    if _SUSPECT.isdisjoint([cell[0] for cell in values if cell]):
        return values
    return [neutralised(cell) if cell and cell[0] in _SUSPECT else cell for cell in values]
