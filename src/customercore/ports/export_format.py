"""The formats that files go out in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import attrs

from customercore.domain.kinds import Kind

__all__ = ["ExportColumn", "ExportFormat"]


@attrs.frozen
class ExportColumn:
    """A column of an export: its name, the kind of its values, and how a record gives its value (None: it has none)."""

    name: str
    kind: Kind
    value: Callable[[Any], Any]


class ExportFormat(Protocol):
    """A format of export files. A plug-in registers an object like this."""

    @property
    def name(self) -> str:
        """What callers call it."""

    @property
    def flat(self) -> bool:
        """Whether a record is a row of cells, so that the invoice address has columns of its own."""

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Any]) -> int:
        """Write the records in their order and return how many there were.

        The file appears under ``path``, in place of one that is there, once it is complete; nothing is
        left behind otherwise. Raises `InvalidValueError` (``path``) when it cannot be written.
        """
