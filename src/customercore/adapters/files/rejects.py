"""Rejects files: the refused rows as they came, each with where, what and why, to be mended and imported again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from customercore.adapters.files.csv_rows import REJECT_COLUMNS
from customercore.adapters.files.formulas import neutralised
from customercore.adapters.files.opening import created
from customercore.errors import Problem
from customercore.ports.import_format import SourceRow

__all__ = ["CsvRejects", "JsonRejects"]


class CsvRejects:
    """A CSV file with the original columns and those of `REJECT_COLUMNS`.

    ``_extra`` is filled where the row itself is at fault: with the cells that were too many, else with
    what is to be looked at. Until somebody empties it, the row is refused again. Cells are marked
    against spreadsheets' formulas; readers take the mark away.
    """

    def __init__(self, path: str, header: Sequence[str], delimiter: str) -> None:
        self._file = created(path, "rejects")
        self._width = len(header)
        self._delimiter = delimiter
        self._writer = csv.writer(self._file, delimiter=delimiter)
        self._writer.writerow([*header, *REJECT_COLUMNS])

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""
        cells: list[str] = list(row.cells)
        extra = ""
        if row.problems:
            extra = self._joined(cells[self._width :]) if len(cells) > self._width else f"({row.problems[0].message})"
        cells = cells[: self._width] + [""] * (self._width - len(cells))
        told = (
            str(row.line),
            *("; ".join(getattr(problem, name) for problem in problems) for name in ("field", "code", "message")),
            extra,
        )
        self._writer.writerow(map(neutralised, (*cells, *told)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _joined(self, cells: list[str]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return text.getvalue() or f"({len(cells)} empty cells)"


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
