"""Reading the first sheet of an XLSX workbook row by row, as the texts that a CSV file would have.

The library reads one sheet as a whole before its first row, so memory grows with the sheet: about
as much as it has as text. A sheet has at most 1,048,576 rows; what is larger is better moved as CSV.
"""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from customercore.adapters.files.header import Header
from customercore.adapters.files.libraries import library
from customercore.adapters.files.opening import opened
from customercore.adapters.files.rejects import XlsxRejects
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Rejects, SourceRow

__all__ = ["XlsxRows"]

_LARGEST = 2_000_000_000
"""How many bytes a workbook may have when it is unpacked."""
_TOO_LARGE = Problem("row", "cell_too_large", "has a cell of more than 131,072 characters")
_LONGEST_CELL = 131_072
_MIDNIGHT = dt.time()


class XlsxRows:
    """Implements `table.Table`; needs the extra ``files``. Numbers, dates and truths are written as in CSV."""

    marked = False

    def __init__(self, path: str, delimiter: str | None = None, encoding: str | None = None) -> None:
        for name, given in (("delimiter", delimiter), ("encoding", encoding)):
            if given is not None:
                raise InvalidValueError.of(name, "not_allowed", "an XLSX file has none: leave it out")
        self.size = _checked_size(path)
        self.position = 0
        calamine = library("python_calamine", "files")
        try:
            self._book = calamine.CalamineWorkbook.from_path(path)
            sheet = self._book.get_sheet_by_index(0)
            self._height = max(1, sheet.total_height)
            self.read_as = "XLSX, its first sheet"
            self._cells = enumerate(sheet.iter_rows(), 1)
        except (calamine.CalamineError, IndexError) as error:
            raise InvalidValueError.of(
                "path", "unreadable_workbook", "the file is no XLSX workbook that can be read"
            ) from error
        names = next((row for _, row in self._cells if any(map(_text, row))), None)
        if names is None:
            raise InvalidValueError.of("path", "empty_file", "the sheet is empty: its first row must name the columns")
        self._columns = max(at for at, name in enumerate(names, 1) if _text(name))
        self._head = Header([_text(name) for name in names[: self._columns]], marked=False)
        self.header = self._head.names

    def rows(self) -> Iterator[SourceRow]:
        """Yield every row but empty ones; one with cells beside the columns with its problem."""
        for line, row in self._cells:
            cells = [value if type(value) is str else _text(value) for value in row]
            while len(cells) > self._columns and not cells[-1]:
                cells.pop()
            self.position = self.size * line // self._height
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                yield SourceRow(line, cells, (_TOO_LARGE,))
            elif (found := self._head.row(line, cells)) is not None:
                yield found

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file with this sheet's columns: a workbook too, whatever its name."""
        return XlsxRejects(path, self.header)

    def close(self) -> None:
        """Close the file."""
        self._book.close()


def _checked_size(path: str) -> int:
    with opened(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                unpacked = sum(one.file_size for one in archive.infolist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise InvalidValueError.of(
                "path", "unreadable_workbook", "the file is no XLSX workbook that can be read"
            ) from error
        if unpacked > _LARGEST:
            raise InvalidValueError.of(
                "path", "file_too_large", f"the workbook has more than {_LARGEST:,} bytes when it is unpacked"
            )
        return os.fstat(file.fileno()).st_size


def _unreadable() -> InvalidValueError:
    return InvalidValueError.of("path", "unreadable_workbook", "the file is no XLSX workbook that can be read")


def _text(value: Any) -> str:
    """Return the text of a cell as it stands in CSV: numbers in plain digits, dates in ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
