"""The row of column names of a table, and what becomes of the rows below it."""

from __future__ import annotations

from collections.abc import Sequence

from customercore.adapters.files.formulas import restored
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import SourceRow

__all__ = ["REJECT_COLUMNS", "Header"]

REJECT_COLUMNS = ("_line", "_field", "_code", "_reason", "_extra")
"""What a rejects file has beside the original columns. Readers leave them out; only a filled ``_extra`` counts."""

_NOT_MENDED = Problem("row", "column_count", "its _extra column is still filled: mend the row, then empty it")


class Header:
    """The columns of a table. ``names`` are without those that a rejects file adds.

    Raises `InvalidValueError` (``path``) when a column has no name, an unreadable one, or that of another.
    ``marked`` says that a rejects file of this kind marks cells against formulas.
    """

    def __init__(self, names: Sequence[str], *, marked: bool = True) -> None:
        stripped = [name.strip() for name in names]
        _check_names(stripped)
        self.width = len(stripped)
        self.names = tuple(name for name in stripped if name not in REJECT_COLUMNS)
        rejects = len(self.names) < self.width
        self.kept = [at for at, name in enumerate(stripped) if name not in REJECT_COLUMNS] if rejects else None
        self._extra = stripped.index("_extra") if "_extra" in stripped else None
        self._restored = restored if marked else str

    def row(self, start: int, cells: list[str]) -> SourceRow | None:
        """Return the row that starts on this line, with its problem if it has one; None for an empty one."""
        if len(cells) != self.width:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                return None
            count = Problem("row", "column_count", f"has {len(cells)} cells, the header {self.width}")
            return SourceRow(start, self._without_rejects(cells), (count,))
        if not any(cells):
            return None
        return SourceRow(start, cells) if self.kept is None else self._mended(start, cells, self.kept)

    def _mended(self, start: int, cells: list[str], kept: list[int]) -> SourceRow:
        extra = self._extra is not None and bool(cells[self._extra].strip())
        return SourceRow(start, [self._restored(cells[at]) for at in kept], (_NOT_MENDED,) if extra else ())

    def _without_rejects(self, cells: list[str]) -> list[str]:
        if self.kept is None:
            return cells
        # Which cells are the rejects file's own is known as long as they are in front of the fault.
        mine = set(range(self.width)).difference(self.kept)
        return [self._restored(cell) for at, cell in enumerate(cells) if at not in mine]


def _check_names(names: list[str]) -> None:
    empty = [at for at, name in enumerate(names, 1) if not name]
    if empty:
        raise InvalidValueError.of("path", "missing_column_name", f"column {empty[0]} has no name")
    for at, name in enumerate(names):
        if name in names[:at]:
            both = f"columns {names.index(name) + 1} and {at + 1}"
            raise InvalidValueError.of("path", "duplicate_column", f"{both} have the same name")
        if not name.isprintable():
            which = f"the name of column {at + 1}"
            raise InvalidValueError.of("path", "invalid_column_name", f"{which} is not text in this encoding")
