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
    endings = (".jsonl", ".ndjson")

    def write(self, path: str, columns: Sequence[ExportColumn], records: Iterable[Sequence[Any]]) -> int:
        """Write the records and return how many there were."""
        placed = [(one.name, at, plain_form(one.kind)) for at, one in enumerate(columns)]
        fields = [one for one in placed if not one[0].startswith(_PREFIX)]
        info = [(name[len(_PREFIX) :], at, plain) for name, at, plain in placed if name.startswith(_PREFIX)]
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
        count = 0
        with replacing(path) as file:
            for record in records:
                row = _plain(fields, record)
                if info:
                    row[INFO] = _plain(info, record)
                file.write(encode(row) + "\n")
                count += 1
        return count


_PREFIX = f"{INFO}."

_Placed = tuple[str, int, Callable[[Any], Any]]
"""A key, where its value is in a record, and what makes JSON of it."""


def _plain(fields: Sequence[_Placed], record: Sequence[Any]) -> dict[str, Any]:
    return {name: None if (value := record[at]) is None else plain(value) for name, at, plain in fields}
