"""Tables of cells, whatever file they stand in: CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from customercore.adapters.files.csv_rows import CsvRows
from customercore.adapters.files.opening import opened
from customercore.ports.import_format import Rejects, SourceRow

__all__ = ["Table", "opened_table"]

_ARCHIVE = b"PK\x03\x04"


class Table(Protocol):
    """An open table: a header, and rows of as many texts."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def marked(self) -> bool:
        """Whether cells may be marked against formulas."""

    @property
    def read_as(self) -> str:
        """What kind of file it is, in which encoding and with which delimiter."""

    @property
    def size(self) -> int:
        """The file's size in bytes."""

    @property
    def position(self) -> int:
        """How many bytes have been read."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows; one that cannot be read with its problem."""

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file with this table's columns."""

    def close(self) -> None:
        """Close the file."""


def opened_table(path: str, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """Open a table: XLSX when the file is one, whatever its name, else CSV.

    Raises `InvalidValueError` for a file that is no table, and for a delimiter or encoding that cannot be.
    """
    with opened(path) as file:
        archive = file.read(len(_ARCHIVE)) == _ARCHIVE
    if not archive:
        return CsvRows(path, delimiter, encoding)
    from customercore.adapters.files.xlsx_rows import XlsxRows

    return XlsxRows(path, delimiter, encoding)
