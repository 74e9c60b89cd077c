"""A table as a source of drafts: what all formats of cells have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from customercore.adapters.files.table import Table
from customercore.errors import InvalidValueError, Problem
from customercore.ports.import_format import Draft, Rejects, SourceRow

__all__ = ["TableSource", "no_mapping", "undefined_info"]

CellsToDraft = Callable[[list[str], list[Problem]], Draft]
"""Makes a draft of the cells of one row; appends what it cannot understand."""


class TableSource:
    """Implements `ports.import_format.ImportSource`; ``draft`` is what makes the format."""

    def __init__(
        self,
        rows: Table,
        draft: CellsToDraft,
        ignored: tuple[str, ...],
        *,
        complete: bool = False,
        extends_known: bool = False,
    ) -> None:
        self._rows = rows
        self._draft = draft
        self.ignored = ignored
        self.complete = complete
        self.extends_known = extends_known
        self.size = rows.size
        self.read_as = rows.read_as

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._rows.position

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows."""
        return self._rows.rows()

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what a row says about a customer."""
        return self._draft(row.cells, problems)

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file with this file's columns."""
        return self._rows.rejects(path)

    def close(self) -> None:
        """Close the file."""
        self._rows.close()


def no_mapping(name: str, mapping: str | None) -> None:
    """Raise `InvalidValueError` when a mapping was given to a format that has one of its own."""
    if mapping is not None:
        raise InvalidValueError.of("mapping", "not_allowed", f"the format {name} takes no mapping: leave one out")


def undefined_info(path: str, *, of_address: bool) -> Problem:
    """Return the problem of a column for an info type that the tenant has not defined."""
    whose, option = ("addresses", ' with applies_to="address"') if of_address else ("customers", "")
    how = f"core.info_types.define(…){option}, or customercore fields define"
    return Problem(path, "unknown_field", f"there is no such info type of {whose} in use: define it first, by {how}")
