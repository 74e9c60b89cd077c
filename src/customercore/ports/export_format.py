"""The formats that files go out in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import attrs

from customercore.domain.kinds import Kind

__all__ = ["ExportColumn", "ExportFormat"]


@attrs.frozen
class ExportColumn:
    """A column of an export: its name, and the kind of its values."""

    name: str
    kind: Kind


class ExportFormat(Protocol):
    """A format of export files. A plug-in registers an object like this."""

    @property
    def name(self) -> str:
        """What callers call it."""

    @property
    def flat(self) -> bool:
        """Whether a record is a row of cells, so that the invoice address has columns of its own."""

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records in their order and return how many there were.

        A record is its values in the order of the columns; None is a value that it has not.

        The file appears under ``path``, in place of one that is there, once it is complete; nothing is
        left behind otherwise. Raises `InvalidValueError` (``path``) when it cannot be written.
        """
