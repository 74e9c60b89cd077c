"""The formats that files come in by: a path becomes source rows, a row becomes a draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from customercore.catalogue.catalogue import Catalogue
from customercore.errors import Problem

__all__ = ["Draft", "ImportFormat", "ImportSource", "KeptRows", "Rejects", "SourceRow"]

Draft = dict[str, Any]
"""What a row says about a customer, by field name.

A value is the text of a cell, a list of texts for a many-valued field, a list of drafts of
addresses, or, for ``info``, the values of info types by key; formats that have types of their own
(JSON) may give truths and numbers. Empty cells are left out; None for an info type says that it has
no value, not even its default. ``password_hash`` is the text of a hash as the other platform kept it;
``later`` holds, by name, what this release has no place for and must not be lost. Texts become values
by the field's kind, in one place for all formats. A draft belongs to whoever asked for it.
"""


class SourceRow(NamedTuple):
    """A row as it was read. ``problems`` are those of the row itself: it cannot be made a draft."""

    line: int
    """The line of the file on which the row starts; the first line is 1."""
    cells: Any
    """What stood there, in the shape that the source understands."""
    problems: tuple[Problem, ...] = ()


class Rejects(Protocol):
    """A file of refused rows, which can be mended and imported again."""

    def add(self, row: SourceRow, problems: tuple[Problem, ...]) -> None:
        """Write a refused row and what is wrong with it."""

    def close(self) -> None:
        """Make the file complete."""


class KeptRows(Protocol):
    """A file of what an import keeps for later."""

    def add(self, row: dict[str, Any]) -> None:
        """Write what a row says."""

    def close(self) -> None:
        """Make the file complete."""


class ImportSource(Protocol):
    """An open file."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """What the file (as far as it has been read) holds and is not imported."""

    @property
    def read_as(self) -> str:
        """What the file was taken for: its kind, and where that can differ its encoding and delimiter."""

    @property
    def complete(self) -> bool:
        """Whether drafts may tell everything about a customer: also kind, status and what is a default."""

    @property
    def extends_known(self) -> bool:
        """Whether rows only add to customers that are there: they make none, and change nothing but addresses."""

    @property
    def size(self) -> int:
        """The file's size in bytes."""

    @property
    def position(self) -> int:
        """How many bytes have been read."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows in the order of the file, holding one at a time in memory."""

    def draft(self, row: SourceRow, problems: list[Problem]) -> Draft:
        """Return what a row says about a customer; append to ``problems`` what cannot be understood."""

    def rejects(self, path: str) -> Rejects:
        """Create a rejects file for rows of this source; raise `InvalidValueError` when it cannot be written."""

    def close(self) -> None:
        """Close the file."""


class ImportFormat(Protocol):
    """A format of import files. A plug-in registers an object like this."""

    @property
    def name(self) -> str:
        """What callers call it."""

    def open(
        self,
        path: str,
        *,
        catalogue: Catalogue,
        mapping: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> ImportSource:
        """Open a file and check what can be checked before its first row.

        ``catalogue`` is the tenant's, with its info types as fields; ``mapping`` is the path of a mapping
        file, ``delimiter`` what separates cells and ``encoding`` how texts are written (None: what the
        mapping or the file itself says, without a guess). Raises `InvalidValueError` with the field
        ``path``, ``mapping``, ``delimiter`` or ``encoding``, or with those of the mapping and the columns
        that are wrong, when the file as a whole cannot be imported.
        """
