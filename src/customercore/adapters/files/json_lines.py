"""Exporting to JSON lines: UTF-8, one object a record, keys in alphabetical order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from customercore.adapters.files.opening import replacing
from customercore.domain.kinds import Kind
from customercore.ports.export_format import ExportColumn

__all__ = ["JsonLinesExport"]


class JsonLinesExport:
    """Implements `ports.export_format.ExportFormat`. A missing value is null; dates and moments are ISO 8601 texts."""

    name = "jsonl"
    flat = False

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Any]) -> int:
        """Write the records and return how many there were."""
        readers = [(column.name, column.value, _writer(column.kind)) for column in columns]
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
        count = 0
        with replacing(path) as file:
            for record in records:
                row = {name: None if (value := read(record)) is None else plain(value) for name, read, plain in readers}
                file.write(encode(row) + "\n")
                count += 1
        return count


def _writer(kind: Kind) -> Callable[[Any], Any]:
    """Return what makes a JSON value of a value of this kind."""
    if kind.many:
        return lambda value: sorted(value) if isinstance(value, frozenset) else list(value)
    if kind.column in ("text", "long_text", "integer", "boolean"):
        return _same
    return kind.to_text


def _same(value: Any) -> Any:
    return value
