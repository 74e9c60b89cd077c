"""Exporting to XLSX (ECMA-376): one sheet, a row a customer, the names of the columns above."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from customercore.adapters.files.cell_texts import cell_text
from customercore.adapters.files.formulas import starts_like_a_formula
from customercore.adapters.files.libraries import library
from customercore.adapters.files.opening import replacing
from customercore.domain.amount_kinds import DecimalKind
from customercore.domain.kinds import Kind
from customercore.domain.scalar_kinds import BooleanKind, DateKind, IntegerKind
from customercore.errors import InvalidValueError
from customercore.ports.export_format import ExportColumn

__all__ = ["LONGEST_CELL", "MOST_ROWS", "XlsxExport"]

LONGEST_CELL = 32_767
"""How many characters a cell of a spreadsheet holds, in UTF-16 units."""
MOST_ROWS = 1_048_575
"""How many customers a sheet holds below the names of its columns."""

_EXACT = 10**15
"""Spreadsheets count in binary floating point: whole numbers are exact below this, and decimals of that many digits."""
_FIRST_DAY = dt.date(1900, 3, 1)
"""Before it, spreadsheets do not agree on what day a number is."""
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001  what the file says of itself, without a zone
"""Every file says that it was made at this moment, so that equal stores give equal files."""

Cell = Callable[[int, int, Any], None]
"""Writes a value into the cell of a row and a column."""


class XlsxExport:
    """Implements `ports.export_format.ExportFormat`; needs the extra ``files``.

    Whole and decimal numbers, truths and dates are cells of these types, as long as a spreadsheet can
    hold them exactly; everything else is text (see `cell_texts`), as it is in CSV. Texts are written as
    texts, whatever they look like: nothing becomes a formula, a link or a number. One that starts like
    a formula stays a text when somebody edits it.
    """

    name = "xlsx"
    flat = True
    endings = (".xlsx",)

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records and return how many there were.

        Raises `InvalidValueError` for what a sheet cannot hold: ``cell_too_long`` with the column for a
        text of more than 32,767 characters, ``too_many_rows`` for more than 1,048,575 records.
        """
        made = library("xlsxwriter", "files")
        failures = library("xlsxwriter.exceptions", "files")
        count = 0
        try:
            with replacing(path) as file, _book(made, file.buffer) as book:
                sheet = _Sheet(book)
                sheet.head([column.name for column in columns])
                cells = [sheet.cell(column) for column in columns]
                for count, record in enumerate(records, 1):
                    if count > MOST_ROWS:
                        raise InvalidValueError.of("path", "too_many_rows", f"a sheet holds {MOST_ROWS:,} customers")
                    for at, (value, write) in enumerate(zip(record, cells, strict=True)):
                        if value is not None:
                            write(count, at, value)
        except failures.XlsxWriterException as error:
            raise InvalidValueError.of("path", "file_not_writable", "the file cannot be written") from error
        return count


@contextlib.contextmanager
def _book(made: Any, file: BinaryIO) -> Iterator[Any]:
    """Give a workbook that is written to the file when the block ends without an error.

    Rows wait in a file of a folder of their own, which only its owner may read, and never in memory.
    """
    with tempfile.TemporaryDirectory(prefix="customercore-", ignore_cleanup_errors=True) as folder:
        book = made.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            book.use_zip64()
            book.set_properties({"created": _CREATED})
            yield book
        except BaseException:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        book.close()


class _Sheet:
    """The sheet of a workbook, and what writes cells into it."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet("Customers")
        self._sheet.freeze_panes(1, 0)
        self._heading = book.add_format({"bold": True})
        self._text = book.add_format({"num_format": "@"})
        self._marked = book.add_format({"num_format": "@", "quote_prefix": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})

    def head(self, names: Sequence[str]) -> None:
        """Write the names of the columns."""
        for at, name in enumerate(names):
            self._sheet.write_string(0, at, name, self._heading)

    def cell(self, column: ExportColumn) -> Cell:
        """Return what writes the values of a column."""
        text, sheet, digits = self._texts(column.name, column.kind), self._sheet, column.kind.number

        def number(row: int, at: int, value: Any) -> None:
            if -_EXACT < digits(value) < _EXACT:
                sheet.write_number(row, at, value)
            else:
                text(row, at, value)

        def date(row: int, at: int, value: Any) -> None:
            if value >= _FIRST_DAY:
                sheet.write_datetime(row, at, value, self._date)
            else:
                text(row, at, value)

        if isinstance(column.kind, IntegerKind | DecimalKind):
            return number
        if isinstance(column.kind, BooleanKind):
            return sheet.write_boolean  # type: ignore[no-any-return]  # the library has no annotations
        return date if isinstance(column.kind, DateKind) else text

    def _texts(self, name: str, kind: Kind) -> Cell:
        made, write, plain, marked = cell_text(kind), self._sheet.write_string, self._text, self._marked

        def text(row: int, at: int, value: Any) -> None:
            cell = value if made is str and type(value) is str else made(value)
            if not cell:
                return
            if _longer(cell):
                message = f"a cell holds {LONGEST_CELL:,} characters, and the customer in row {row + 1} has more"
                raise InvalidValueError.of(name, "cell_too_long", message)
            if cell[:3] == "<r>" and cell[-4:] == "</r>":  # the library takes this for markup of its own
                self._sheet.write_rich_string(row, at, "<", plain, cell[1:], plain)
            else:
                write(row, at, cell, marked if starts_like_a_formula(cell) else plain)

        return text


def _longer(cell: str) -> bool:
    """Tell whether a text has more UTF-16 units than a cell holds."""
    if len(cell) * 2 <= LONGEST_CELL:
        return False
    return len(cell) + sum(character > "\uffff" for character in cell) > LONGEST_CELL
