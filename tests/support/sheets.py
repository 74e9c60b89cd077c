"""Reading XLSX files as a spreadsheet does, for tests."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import python_calamine

__all__ = ["cells_of", "text_of"]


def cells_of(path: Path) -> list[list[Any]]:
    """Return the cells of the only sheet, its names of columns first."""
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        (name,) = book.sheet_names
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def text_of(cell: Any) -> str:
    """Return what a cell says as text: numbers without a point where they have none, truths and dates as in CSV."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
