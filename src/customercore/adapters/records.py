"""Records, events and entries as bytes, for stores that keep values by key: a document, and what it is found by."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

import attrs

from customercore.adapters.documents import (
    Documents,
    dump_changes,
    dump_parts,
    event_actor,
    load_changes,
    load_parts,
)
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import Projection
from customercore.domain.entry import Entry
from customercore.domain.event import Event
from customercore.domain.money import Money

__all__ = ["Row", "Rows", "dump_entry", "dump_event", "load_entry", "load_event"]

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


def dump_entry(entry: Entry) -> bytes:
    """Return an entry as bytes."""
    actor, expires = entry.actor, entry.expires_at
    money = (entry.amount, entry.balance_after, entry.held, entry.held_after)
    parts = [entry.id, entry.wallet, entry.sequence, entry.kind, entry.amount.currency, *(one.minor for one in money)]
    parts += [entry.at.isoformat(), actor.kind, actor.id, actor.on_behalf_of, entry.reason, entry.reference]
    parts += [entry.about, dump_parts(entry.parts), None if expires is None else expires.isoformat()]
    return json.dumps(parts).encode()


def load_entry(value: bytes) -> Entry:
    """Return an entry of its bytes."""
    id, wallet, sequence, kind, currency, *rest = json.loads(value)
    amount, balance_after, held, held_after = (Money.of_minor(minor, currency) for minor in rest[:4])
    at, actor_kind, actor_id, on_behalf_of, reason, reference, about, parts, expires = rest[4:]
    return Entry(
        id=id,
        wallet=wallet,
        sequence=sequence,
        kind=kind,
        amount=amount,
        balance_after=balance_after,
        held=held,
        held_after=held_after,
        at=dt.datetime.fromisoformat(at),
        actor=event_actor(actor_kind, actor_id, on_behalf_of),
        reason=reason,
        reference=reference,
        about=about,
        parts=load_parts(parts),
        expires_at=None if expires is None else dt.datetime.fromisoformat(expires),
    )
