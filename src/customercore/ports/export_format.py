"""The formats that files go out in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

import attrs

from customercore.domain.kinds import Kind

__all__ = ["ExportColumn", "ExportFormat", "FileEndings", "FixedColumns"]


@attrs.frozen
class ExportColumn:
    """A column of an export: its name, and the kind of its values."""

    name: str
    kind: Kind


class ExportFormat(Protocol):
    """A format of export files. A plug-in registers an object like this."""

    @property
    def name(self) -> str:
        """What callers call it. One of a plug-in is called by the name that it is registered under."""

    @property
    def flat(self) -> bool:
        """Whether a record is a row of cells, so that the invoice address has columns of its own."""

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records in their order and return how many there were.

        A record is its values in the order of the columns; None is a value that it has not.

        The file appears under ``path``, in place of one that is there, once it is complete; nothing is
        left behind otherwise. Raises `InvalidValueError` (``path``) when it cannot be written.
        """


@runtime_checkable
class FixedColumns(ExportFormat, Protocol):
    """A format of somebody else's, which has room for some columns of ours and no other."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of those columns: what is written when nobody chose, and all that can be chosen from."""


@runtime_checkable
class FileEndings(Protocol):
    """What a format is beside, whose files can be told by the endings of their names."""

    @property
    def endings(self) -> Sequence[str]:
        """The endings, each in lower case and with the dot before it: ``.vcf``."""
