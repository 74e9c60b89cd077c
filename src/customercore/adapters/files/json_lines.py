"""Exporting to JSON lines: UTF-8, one object a record, keys in alphabetical order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from customercore.adapters.files.opening import replacing
from customercore.catalogue.columns import INFO, plain_form
from customercore.ports.export_format import ExportColumn

__all__ = ["JsonLinesExport"]


class JsonLinesExport:
    """Implements `ports.export_format.ExportFormat`.

    A missing value is null; dates and moments are ISO 8601 texts. The columns ``info.<key>`` are
    together the object ``info``.
    """

    name = "jsonl"
    flat = False

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Any]) -> int:
        """Write the records and return how many there were."""
        readers = [(one.name, one.value, plain_form(one.kind)) for one in columns if not _of_info(one)]
        info = [(one.name[len(_PREFIX) :], one.value, plain_form(one.kind)) for one in columns if _of_info(one)]
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
        count = 0
        with replacing(path) as file:
            for record in records:
                row = _plain(readers, record)
                if info:
                    row[INFO] = _plain(info, record)
                file.write(encode(row) + "\n")
                count += 1
        return count


_PREFIX = f"{INFO}."

_Reader = tuple[str, Callable[[Any], Any], Callable[[Any], Any]]
"""A key, what reads its value of a record, and what makes JSON of it."""


def _of_info(column: ExportColumn) -> bool:
    return column.name.startswith(_PREFIX)


def _plain(readers: Sequence[_Reader], record: Any) -> dict[str, Any]:
    return {name: None if (value := read(record)) is None else plain(value) for name, read, plain in readers}
