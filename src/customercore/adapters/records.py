"""Records and events as bytes, for stores that keep values by key: a document, and what it is found by."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

import attrs

from customercore.adapters.documents import Documents, dump_changes, event_actor, load_changes
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection
from customercore.domain.event import Event

__all__ = ["Row", "Rows", "dump_event", "load_event"]

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


def dump_event(event: Event) -> bytes:
    """Return an event as bytes."""
    parts = {name: value for name, value in vars(event).items() if name != "actor"}
    parts |= {"at": event.at.isoformat(), "actor": attrs.astuple(event.actor), "kind": event.actor.kind}
    parts |= {"changes": dump_changes(event.changes), "personal": dump_changes(event.personal)}
    return json.dumps(parts).encode()


def load_event(value: bytes) -> Event:
    """Return an event of its bytes."""
    parts = json.loads(value)
    parts |= {"at": dt.datetime.fromisoformat(parts["at"]), "actor": event_actor(parts.pop("kind"), *parts["actor"])}
    return Event(**parts | {name: load_changes(parts[name]) for name in ("changes", "personal")})
