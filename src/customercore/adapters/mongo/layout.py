"""Where a record's document holds what it is found by, and the indexes over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from pymongo import ASCENDING, IndexModel

from customercore.adapters.mongo.form import BSON
from customercore.catalogue.aggregate import Aggregate
from customercore.catalogue.bound_field import ColumnSpec

__all__ = [
    "CLAIMS",
    "CLAIMS_INDEX",
    "DELIVERIES",
    "ELEMENTS",
    "ENTRIES",
    "EVENTS",
    "HOLDS",
    "META",
    "PREFIX",
    "SEARCH",
    "TENANT",
    "TERMS",
    "Layout",
    "index",
    "key_of",
]

PREFIX = "customercore_"
"""What the names of all our collections start with, so that they can live beside the host's own."""
META, EVENTS, HOLDS = f"{PREFIX}meta", f"{PREFIX}events", f"{PREFIX}holds"
DELIVERIES, ENTRIES = f"{PREFIX}deliveries", f"{PREFIX}entries"
TENANT = "tenant"
"""The field that leads every index but that of ``_id``, and can be the sharding key."""
SEARCH = "search"
"""The part of a document that is made for searches alone: nobody reads it back."""
CLAIMS_INDEX = "claims"
TERMS, ELEMENTS, CLAIMS = f"{SEARCH}.terms", f"{SEARCH}.elements", f"{SEARCH}.claims"

_BSON_TYPES: Mapping[str, tuple[str, ...]] = {
    "text": ("string",),
    "long_text": ("string",),
    "key": ("string",),
    "integer": ("int", "long"),
    "boolean": ("bool",),
    "date": ("date",),
    "datetime": ("date",),
}
_LEAST: Mapping[str, Any] = {
    "text": "",
    "long_text": "",
    "key": "",
    "integer": -(1 << 63),
    "boolean": False,
    "date": dt.datetime(1, 1, 1),  # noqa: DTZ001  as they are stored
    "datetime": dt.datetime(1, 1, 1),  # noqa: DTZ001  likewise
}
"""The least value of each type: a range from it on is an index's part of those that have a value."""


_CHECKS: Mapping[str, Any] = {
    "wallets": {
        "$and": [
            {"$gte": ["$held_minor", 0]},
            {"$gte": [{"$subtract": ["$posted_minor", "$held_minor"]}, "$floor_minor"]},
        ]
    }
}
"""What must hold of every document whatever a program does: nobody spends what a wallet does not have (decision 35)."""


def key_of(tenant: str, id: str) -> dict[str, str]:
    """Return the ``_id`` of a record: the tenant first, so that ids of one tenant are neighbours."""
    return {"t": tenant, "i": id}


@attrs.frozen
class Column:
    """Where a column is in a document, and how its values are written."""

    path: str
    least: Any
    types: tuple[str, ...]
    nullable: bool
    write: Callable[[Any], Any] | None


class Layout:
    """The collection of an aggregate.

    Fields are where a reader would look for them, by their names. What is derived from them for searches
    (text keys, slots, terms, addresses, claims) is in `SEARCH`.
    """

    def __init__(self, aggregate: Aggregate[Any]) -> None:
        self.aggregate = aggregate
        self.name = f"{PREFIX}{aggregate.plural}"
        derived = {field.name for field in aggregate.fields if field.place == "derived"}
        aside = {*derived, *(one.name for one in aggregate.slots)}
        self.columns = {one.name: _column(one, aside=aside) for one in aggregate.columns}
        self.claims = bool(aggregate.uniques)
        self.sort = self.columns[aggregate.by_name[aggregate.default_sort].order_column].path

    def indexes(self) -> list[IndexModel]:
        """Return the indexes of the collection; the tenant leads each of them."""
        made = []
        if self.claims:
            made.append(index(CLAIMS_INDEX, CLAIMS, unique=True, present=CLAIMS))
        if self.aggregate.has_terms:
            made.append(index("terms", TERMS, *([] if self.sort == "_id" else [self.sort]), "_id"))
        indexed = [field.order_column for field in self.aggregate.fields if field.field.indexed]
        made += [index(f"{column}_order", self.columns[column].path, "_id") for column in indexed]
        for slot in self.aggregate.slots:
            path = self.columns[slot.name].path
            made.append(index(f"{slot.name}_slot", path, "_id", present=path))
        return made

    def wall(self) -> dict[str, Any]:
        """Return what every document has to be, for the server to check: a second wall behind the core's own rules."""
        check = _CHECKS.get(self.aggregate.plural)
        return {"$jsonSchema": self._schema(), **({} if check is None else {"$expr": check})}

    def _schema(self) -> dict[str, Any]:
        top: dict[str, Any] = {"_id": _KEY, TENANT: {"bsonType": "string"}}
        search: dict[str, Any] = {}
        required = [TENANT]
        for column in self.columns.values():
            first, _, rest = column.path.partition(".")
            if first == "_id":
                continue
            # What a document leaves out is its default: where that is another value, none is written as null.
            null = ["null"] if column.nullable and not rest else []
            (search if rest else top)[rest or first] = {"bsonType": [*column.types, *null]}
            if not column.nullable and not rest:
                required.append(first)
        for path in (TERMS, CLAIMS):
            search[path.partition(".")[2]] = {"bsonType": "array", "items": {"bsonType": "string"}}
        search[ELEMENTS.partition(".")[2]] = {"bsonType": "array", "items": {"bsonType": "object"}}
        top[SEARCH] = {"bsonType": "object", "properties": search}
        return {"bsonType": "object", "required": required, "properties": top}


_KEY = {
    "bsonType": "object",
    "required": ["t", "i"],
    "properties": {"t": {"bsonType": "string"}, "i": {"bsonType": "string"}},
}


def _column(spec: ColumnSpec, *, aside: set[str]) -> Column:
    if spec.name == "id":
        return Column("_id", None, ("object",), nullable=False, write=None)
    path = f"{SEARCH}.{spec.name}" if spec.type == "key" or spec.name in aside else spec.name
    write = BSON.write_day if spec.type == "date" else None
    return Column(path, _LEAST[spec.type], _BSON_TYPES[spec.type], spec.nullable, write)


def index(
    name: str, *paths: str, unique: bool = False, present: str | None = None, of: Mapping[str, Any] | None = None
) -> IndexModel:
    """Return an index led by the tenant: of documents that have the path ``present``, or these values, or of all."""
    where = of if present is None else {present: {"$exists": True}}
    partial = {} if where is None else {"partialFilterExpression": where}
    keys = [(path, ASCENDING) for path in (TENANT, *paths)]
    return IndexModel(keys, name=name, unique=unique, **partial)
