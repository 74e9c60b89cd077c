"""Rejects files: the refused rows as they came, each with where, what and why, to be mended and imported again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from customercore.adapters.files.formulas import neutralised
from customercore.adapters.files.header import REJECT_COLUMNS
from customercore.adapters.files.libraries import library
from customercore.adapters.files.opening import created
from customercore.errors import Problem
from customercore.ports.import_format import SourceRow

__all__ = ["CsvRejects", "JsonRejects", "XlsxRejects", "XmlRejects"]


class CsvRejects:
    """A CSV file with the original columns and those of `REJECT_COLUMNS`.

    ``_extra`` is filled where the row itself is at fault: with the cells that were too many, else with
    what is to be looked at. Until somebody empties it, the row is refused again. Cells are marked
    against spreadsheets' formulas; readers take the mark away.
    """

    def __init__(self, path: str, header: Sequence[str], delimiter: str, encoding: str = "utf-8") -> None:
        self._file = created(path, "rejects", encoding)
        self._width = len(header)
        self._delimiter = delimiter
        self._writer = csv.writer(self._file, delimiter=delimiter)
        self._writer.writerow([*header, *REJECT_COLUMNS])

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        self._writer.writerow(map(neutralised, _told(row, problems, self._width, self._delimiter)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class XlsxRejects:
    """A workbook with the columns of `CsvRejects`. All cells are texts, whatever they look like."""

    def __init__(self, path: str, header: Sequence[str]) -> None:
        created(path, "rejects").close()  # so that only its owner may read it
        self._width = len(header)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = library("xlsxwriter", "files").Workbook(path, options)
        self._sheet = self._book.add_worksheet()
        self._next = 0
        self._write([*header, *REJECT_COLUMNS])

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        self._write(_told(row, problems, self._width, ","))

    def close(self) -> None:
        """Make the file complete."""
        self._book.close()

    def _write(self, cells: Sequence[str]) -> None:
        for at, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._next, at, cell[:_LONGEST_CELL])
        self._next += 1


_LONGEST_CELL = 32_767
"""How many characters a spreadsheet can hold in a cell."""


def _told(row: SourceRow, problems: tuple[Problem, ...], width: int, delimiter: str) -> list[str]:
    """Return the cells of a refused row and those of `REJECT_COLUMNS`."""
    cells: list[str] = list(row.cells)
    extra = ""
    if row.problems:
        extra = _joined(cells[width:], delimiter) if len(cells) > width else f"({row.problems[0].message})"
    cells = cells[:width] + [""] * (width - len(cells))
    texts = ("; ".join(getattr(problem, name) for problem in problems) for name in ("field", "code", "message"))
    return [*cells, str(row.line), *texts, extra]


def _joined(cells: list[str], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue() or f"({len(cells)} empty cells)"


class XmlRejects:
    """An XML file of the original elements, each below a comment that tells the line and what is wrong with it."""

    def __init__(self, path: str, root: str) -> None:
        self._file = created(path, "rejects")
        self._root = root
        self._file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n')

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused element and what is wrong with it."""
        for one in problems:
            told = f"line {row.line}: {one.field}: {one.message} [{one.code}]"
            self._file.write(f"<!-- {told.replace('--', '- ')} -->\n")
        self._file.write(f"{row.cells[0]}\n")

    def close(self) -> None:
        """Make the file complete."""
        self._file.write(f"</{self._root}>\n")
        self._file.close()


class JsonRejects:
    """A JSON-lines file with the original objects, to which ``_line``, ``_field``, ``_code`` and ``_reason`` are added.

    A line that is no object stands in ``_raw``; it is refused again as long as that is there.
    """

    def __init__(self, path: str) -> None:
        self._file = created(path, "rejects")

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        given = row.cells if isinstance(row.cells, dict) else {"_raw": row.cells}
        told = {
            "_line": row.line,
            "_field": "; ".join(problem.field for problem in problems),
            "_code": "; ".join(problem.code for problem in problems),
            "_reason": "; ".join(problem.message for problem in problems),
        }
        # ASCII, so that a lone surrogate is written as it was read.
        self._file.write(json.dumps(given | told) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
