"""Reading the first sheet of an XLSX workbook row by row, as the texts that a CSV file would have.

The sheet is read twice as it comes, first to see that all of it can be read, so that memory does not grow
with it (docs/decisions/0028).
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from typing import BinaryIO

from customercore.adapters.files.header import Header
from customercore.adapters.files.opening import opened
from customercore.adapters.files.rejects import XlsxRejects
from customercore.adapters.files.xlsx_book import Parts, SharedStrings, unreadable
from customercore.adapters.files.xlsx_cells import Row, SheetCells
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Rejects, SourceRow

__all__ = ["XlsxRows"]

_LARGEST = 2_000_000_000
"""How many bytes a workbook may have when it is unpacked."""
_TOO_LARGE = Problem("row", "cell_too_large", "has a cell of more than 131,072 characters")
_LONGEST_CELL = 131_072


class XlsxRows:
    """Implements `table.Table`. Numbers, dates and truths are written as in CSV."""

    marked = False
    read_as = "XLSX, its first sheet"

    def __init__(self, path: str, delimiter: str | None = None, encoding: str | None = None) -> None:
        for name, given in (("delimiter", delimiter), ("encoding", encoding)):
            if given is not None:
                raise InvalidValueError.of(name, "not_allowed", "an XLSX file has none: leave it out")
        with ExitStack() as kept:
            file = kept.enter_context(opened(path))
            self.size, self.position = os.fstat(file.fileno()).st_size, 0
            parts = Parts(_archive(file))
            length = max(parts.read(parts.sheet), default=0)
            strings = kept.enter_context(closing(parts.strings()))
            self._cells = kept.enter_context(closing(self._read(parts, strings, length)))
            names = _names(self._cells)
            self._left, self._right = min(names), max(names) + 1
            self._head = Header([names.get(at, "") for at in range(self._left, self._right)], marked=False)
            self._kept = kept.pop_all()
        self.header = self._head.names

    def rows(self) -> Iterator[SourceRow]:
        """Yield every row but empty ones; one with cells beside the columns with its problem."""
        for line, found in self._cells:
            # What stands beside the columns makes the row longer than the header, to the left as to the right.
            first, last = min(self._left, *found), max(self._right, max(found) + 1)
            cells = [found.get(at, "") for at in range(first, last)]
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                yield SourceRow(line, cells, (_TOO_LARGE,))
            elif (row := self._head.row(line, cells)) is not None:
                yield row

    def _read(self, parts: Parts, strings: SharedStrings, length: int) -> Generator[Row]:
        cells = SheetCells(strings, parts.styles(), since_1904=parts.since_1904)
        for read in parts.read(parts.sheet, cells.begin, cells.end, cells.text):
            self.position = self.size * read // length
            yield from cells.taken()

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file with this sheet's columns: a workbook too, whatever its name."""
        return XlsxRejects(path, self.header)

    def close(self) -> None:
        """Close the file."""
        self._kept.close()


def _names(rows: Iterator[Row]) -> dict[int, str]:
    """Return the cells of the first row; raise `InvalidValueError` (``empty_file``) when there is none."""
    for _, cells in rows:
        return cells
    raise InvalidValueError.of("path", "empty_file", "the sheet is empty: its first row must name the columns")


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
        unpacked = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable() from error
    if unpacked > _LARGEST:
        raise InvalidValueError.of(
            "path", "file_too_large", f"the workbook has more than {_LARGEST:,} bytes when it is unpacked"
        )
    return archive
