"""A stored record: its document and, beside it, what it is found by, as JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from customercore.adapters.documents import Documents
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection

__all__ = ["Row", "Rows"]

_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}


class Row:
    """One record, whose document is read when somebody wants it."""

    def __init__(self, rows: Rows, parts: list[Any]) -> None:
        self._rows = rows
        self._parts = parts
        self.id: str = parts[0]
        self.version: int = parts[1]

    @cached_property
    def projection(self) -> Projection:
        """What it was found by when it was written."""
        _, _, _, values, uniques, terms, elements = self._parts
        read = [
            value if convert is None or value is None else convert(value)
            for value, convert in zip(values, self._rows.converters, strict=True)
        ]
        return Projection(tuple(read), uniques, frozenset(terms), tuple(map(frozenset, elements)))

    @property
    def one(self) -> Any:
        """The record itself."""
        return self._rows.documents.load(self._parts[2], self.id)


class Rows:
    """Writes and reads the records of one aggregate."""

    def __init__(self, aggregate: Aggregate[Any]) -> None:
        self.documents = Documents(aggregate)
        self.converters = [_FROM_TEXT.get(column.type) for column in aggregate.columns]

    def dump(self, one: Any, found_by: Projection) -> bytes:
        """Return a record as bytes."""
        values = [value.isoformat() if isinstance(value, dt.date) else value for value in found_by.values]
        elements = [sorted(one) for one in found_by.elements]
        parts = [one.id, one.version, self.documents.dump(one), values, found_by.uniques, sorted(found_by.terms)]
        return json.dumps([*parts, elements]).encode()

    def load(self, value: bytes) -> Row:
        """Return a record of its bytes."""
        return Row(self, json.loads(value))
